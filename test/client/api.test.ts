import { expectTypeOf, it } from "vitest";
import type { BankSnapshot, ScenarioCard } from "../../src/client/api.ts";
import type { Scenario } from "../../src/scenarios/scenario.ts";
import type { Snapshot } from "../../src/tools/bank.ts";

it("the bank's snapshot and the scenarios are what the page reads (held by the compiler)", () => {
  expectTypeOf<Snapshot>().toExtend<BankSnapshot>();
  expectTypeOf<Scenario>().toExtend<ScenarioCard>();
});
