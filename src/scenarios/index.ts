/** All scenarios. */
import { activateCard } from "./activate-card.ts";
import { BALANCE } from "./balance.ts";
import { blockCard } from "./block-card.ts";
import { creditLimit } from "./credit-limit.ts";
import type { Dialogue } from "./dialogue.ts";
import { dispute } from "./dispute.ts";
import { FREEFORM, freeformOf } from "./freeform.ts";
import { loanBalance } from "./loan-balance.ts";
import { mortgageRate } from "./mortgage-rate.ts";
import { OTHERS, personaById } from "./personas/index.ts";
import { resetPassword } from "./reset-password.ts";
import { restructure } from "./restructure.ts";
import type { Scenario } from "./scenario.ts";
import { transferFunds } from "./transfer-funds.ts";
import { wireTransfer } from "./wire-transfer.ts";

export { instructionsFor } from "./base.ts";

const TEN: Scenario[] = [
  blockCard,
  transferFunds,
  dispute,
  loanBalance,
  activateCard,
  resetPassword,
  creditLimit,
  mortgageRate,
  restructure,
  wireTransfer,
];

/** The ten errands and the freeform call, in the order of the page. */
export const SCENARIOS: readonly Scenario[] = [...TEN, freeformOf(TEN)];

/** What the scripted engine can do: the ten errands, and the look at a balance on the way. */
export const ERRANDS: Record<string, Dialogue> = {
  ...Object.fromEntries(TEN.map((scenario) => [scenario.id, scenario.dialogue])),
  balance: BALANCE,
};

/** One of the bank's scenarios, or of those in which somebody else answers. */
export function scenarioById(id: string): Scenario | undefined {
  return SCENARIOS.find((scenario) => scenario.id === id) ?? OTHERS.find((scenario) => scenario.id === id);
}

/**
 * By what this persona answers in a call that was opened for `scenario`. Luna comes back to what the call was opened for;
 * where that was somebody else, she answers about anything.
 * @throws Error for somebody who does not exist.
 */
export function scenarioAs(key: string, scenario: Scenario): Scenario {
  const persona = personaById(key);
  const own = persona?.scenario ?? (scenario.answers ? scenarioById(FREEFORM) : scenario);
  if (!persona || !own) throw new Error(`Nobody answers as ${key}.`);
  return own;
}

/**
 * Whose specialist takes over: the scenario's own, but where it is about anything, the one of the department it went to.
 * @param used tools of the call: of several errands of a department, the one that something was done about is meant.
 */
export function scenarioOfSpecialist(
  scenario: Scenario,
  department: string | undefined,
  used: readonly string[] = [],
): Scenario {
  if (scenario.dialogue.steps.length > 0 || scenario.answers) return scenario;
  const there = TEN.filter((other) => other.dialogue.department === (department ?? scenario.dialogue.department));
  const begun = used.flatMap((name) => scenarioOfTool(name) ?? []).findLast((other) => there.includes(other));
  // Care for anything is the scenario's own; another department has its people.
  const own = department === undefined || department === scenario.dialogue.department;
  return begun ?? (own ? scenario : (there[0] ?? scenario));
}

/** The one errand that a tool belongs to; undefined for tools of every call, and for `verify_identity`. */
export function scenarioOfTool(name: string): Scenario | undefined {
  const owners = TEN.filter((scenario) => scenario.tools.includes(name));
  return owners.length === 1 ? owners[0] : undefined;
}
