/** How a call is summed up: what the page is told when it is over, and what a specialist is told who takes it over. */
import { outcomeOf } from "../../call/machine.ts";
import { turnsInOrder } from "../../call/transcript.ts";
import type { CallEnded, TransferStatus } from "../../legs/wire.ts";
import { scenarioOfSpecialist } from "../../scenarios/index.ts";
import { departmentIn, summaryCard } from "../../tools/summary.ts";
import { scenarioOf } from "./engines.ts";
import type { Live } from "./live.ts";
import { counted } from "./meter.ts";
import type { CallMemory } from "./record.ts";

/** The end as it goes to the page and into the record. Turns have to be settled before. */
export function endOf(live: Live, memory: CallMemory, reason: CallEnded["reason"], now: number): CallEnded {
  const { figures } = counted(memory.turns(), live.progress.counts);
  const { p50, p95, turns } = figures.ear;
  return {
    type: "luna.ended",
    reason,
    outcome: outcomeOf(live.progress.state, reason),
    seconds: Math.round((now - live.opened.opened_at) / 1000),
    latency: { p50, p95, turns },
    cost_usd: figures.cost_usd,
    talk_overs: figures.talk_overs,
  };
}

/** Who takes over, and the card made from the call so far. */
export function transferOf(live: Live, memory: CallMemory): Omit<TransferStatus, "state"> {
  const scenario = scenarioOf(live.opened);
  const runs = memory.toolRuns();
  const { name, department } = scenarioOfSpecialist(scenario, departmentIn(runs)).specialist;
  const summary = summaryCard({
    caller: scenario.caller.name,
    policy: live.progress.policy,
    turns: turnsInOrder(live.progress.state),
    runs,
  });
  return { type: "luna.transfer", department, specialist: name, summary };
}
