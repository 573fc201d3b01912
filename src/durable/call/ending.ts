/** How a call is summed up: what the page is told when it is over, and what a specialist is told who takes it over. */
import { type Command, closeTurns, outcomeOf } from "../../call/machine.ts";
import { turnsInOrder } from "../../call/transcript.ts";
import type { ToolRun, Turn } from "../../call/turn.ts";
import type { CallEnded, TransferStatus } from "../../legs/wire.ts";
import { log } from "../../log.ts";
import { scenarioOfSpecialist } from "../../scenarios/index.ts";
import { departmentIn, summaryCard } from "../../tools/summary.ts";
import { scenarioNow } from "./engines.ts";
import type { Live } from "./live.ts";
import { counted } from "./meter.ts";
import type { CallMemory, FinishedTool, Progress } from "./record.ts";

/** The end as it goes to the page and into the record. Turns have to be settled before. */
export function endOf(
  live: Pick<Live, "opened" | "progress">,
  memory: CallMemory,
  reason: CallEnded["reason"],
  now: number,
): CallEnded {
  const { figures } = counted(saidIn(memory, live.progress), live.progress.counts);
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

/** All of it; as much as is remembered where storage does not give it: nobody is held in a call for its figures. */
function saidIn(memory: CallMemory, { state }: Progress): Turn[] {
  try {
    return memory.turns();
  } catch (thrown) {
    log.error("Turns not read at the end", { error: (thrown as Error).name });
    return turnsInOrder(state);
  }
}

/** As `saidIn`: nobody is left on hold for the card of their call. */
function runsIn(memory: CallMemory, { state }: Progress): ToolRun[] {
  try {
    return memory.toolRuns();
  } catch (thrown) {
    log.error("Tool runs not read at a hand-over", { error: (thrown as Error).name });
    return state.tools.calls.flatMap(({ run }) => run ?? []);
  }
}

/** Settles all that is open, says goodbye to the page, and lets the engine go. The record has the end from here on. */
export function sayGoodbye(
  live: Live,
  memory: CallMemory,
  reason: CallEnded["reason"],
  carryOut: (command: Command) => void,
): CallEnded {
  const now = Date.now();
  live.meter.leaves(live.progress.state);
  for (const command of closeTurns(live.progress.state, now)) {
    if (command.do === "record" || command.do === "tell") carryOut(command);
  }
  memory.flush();
  const ended = endOf(live, memory, reason, now);
  // Before anything is written, which storage may refuse: nobody talks on here.
  live.tell(ended);
  live.leg?.close(1000, "The call has ended.");
  live.answering.close();
  live.progress.status = "ended";
  memory.progress = live.progress;
  memory.ended = ended;
  log.info("Call ended", { call: live.opened.id, reason, outcome: ended.outcome, seconds: ended.seconds });
  return ended;
}

/** A tool that comes back when the call is over has done its work: the record has it, and the outcome is judged with it. */
export function cameBackLate(progress: Progress, memory: CallMemory, finished: FinishedTool): void {
  const { ended } = memory;
  if (!ended) return;
  const call = progress.state.tools.calls.find((known) => known.call_id === finished.run.call_id);
  if (call) Object.assign(call, { output: finished.output, run: finished.run });
  memory.progress = progress;
  memory.ended = { ...ended, outcome: outcomeOf(progress.state, ended.reason) };
}

/** The specialist comes after this: long enough that the transfer is seen and heard to happen. */
const TRANSFER_MS = 1_500;

/**
 * The call goes to the specialist: the page is shown to whom, and the card made from the call so far. The engine has been
 * left before. @param isOn whether the call still is. Gives whether it is when the specialist has come.
 */
export async function transfer(live: Live, memory: CallMemory, isOn: () => boolean): Promise<boolean> {
  const { progress } = live;
  const told = { ...transferOf(live, memory), state: "connected" } as const;
  progress.transfer = told;
  memory.progress = progress;
  live.tell({ ...told, state: "starting" });
  await scheduler.wait(TRANSFER_MS);
  if (!isOn()) return false;
  progress.speaker = "specialist";
  memory.progress = progress;
  live.tell(told);
  return true;
}

/** To whom the call goes, and the card that they are given. */
export function transferOf(live: Pick<Live, "opened" | "progress">, memory: CallMemory): Omit<TransferStatus, "state"> {
  const scenario = scenarioNow(live.opened, live.progress.state.persona.key);
  const runs = runsIn(memory, live.progress);
  const { name, department } = scenarioOfSpecialist(scenario, departmentIn(runs)).specialist;
  const summary = summaryCard({
    caller: scenario.caller.name,
    policy: live.progress.policy,
    turns: turnsInOrder(live.progress.state),
    runs,
  });
  return { type: "luna.transfer", department, specialist: name, summary };
}
