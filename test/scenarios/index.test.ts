import { describe, expect, it } from "vitest";
import { scenarioOfTools } from "../../src/engines/scripted/brains.ts";
import { EVERYWHERE } from "../../src/scenarios/base.ts";
import { ERRANDS, instructionsFor, SCENARIOS, scenarioById, scenarioOfTool } from "../../src/scenarios/index.ts";
import { OTHERS } from "../../src/scenarios/personas/index.ts";
import type { Scenario } from "../../src/scenarios/scenario.ts";
import { TOOLS, toolNamed } from "../../src/tools/registry.ts";
import { bankInMemory } from "../tools/bank-in-memory.ts";

const ESCALATED = ["credit-limit", "mortgage-rate", "restructure", "wire-transfer"];
const ten = SCENARIOS.filter((scenario) => scenario.id !== "freeform");
const each = SCENARIOS.map((scenario): [string, Scenario] => [scenario.id, scenario]);

describe("the scenarios", () => {
  it("are ten and a freeform call, each found by its id", () => {
    expect(ten).toHaveLength(10);
    expect(new Set(SCENARIOS.map((scenario) => scenario.id)).size).toBe(11);
    for (const scenario of SCENARIOS) expect(scenarioById(scenario.id)).toBe(scenario);
    expect(scenarioById("nothing")).toBeUndefined();
  });

  it("end with a specialist in exactly four cases", () => {
    const escalated = SCENARIOS.filter((scenario) => scenario.resolution === "escalated").map(
      (scenario) => scenario.id,
    );
    expect(escalated.sort()).toEqual(ESCALATED);
  });

  it.each(each)("%s offers only tools that exist, each once, and those of every call", (_, scenario) => {
    expect(new Set(scenario.tools).size).toBe(scenario.tools.length);
    for (const name of scenario.tools) expect(toolNamed(name), name).toBeDefined();
    for (const name of EVERYWHERE) expect(scenario.tools).toContain(name);
  });

  it("use every tool there is, together with those in which somebody else answers", () => {
    const used = new Set([...SCENARIOS, ...OTHERS].flatMap((scenario) => scenario.tools));
    expect(TOOLS.map((tool) => tool.name).filter((name) => !used.has(name))).toEqual([]);
  });

  it("are all in the freeform call, which alone of them can put a caller through to somebody else", () => {
    const banking = new Set(ten.flatMap((scenario) => scenario.tools));
    expect([...(scenarioById("freeform")?.tools ?? [])].sort()).toEqual([...banking, "switch_persona"].sort());
    expect(banking).not.toContain("switch_persona");
  });

  it("are told apart by their tools alone", () => {
    for (const scenario of SCENARIOS) expect(scenarioOfTools([...scenario.tools].reverse())?.id).toBe(scenario.id);
    expect(scenarioOfTools(["lookup_menu"])).toBeUndefined();
  });

  it("are lit by the tools that belong to one of them", () => {
    expect(scenarioOfTool("block_card")?.id).toBe("block-card");
    expect(scenarioOfTool("transfer_funds")?.id).toBe("transfer-funds");
    expect(scenarioOfTool("initiate_wire")?.id).toBe("wire-transfer");
    for (const name of ["verify_identity", ...EVERYWHERE]) expect(scenarioOfTool(name)).toBeUndefined();
    for (const scenario of ten) {
      expect(scenario.tools.some((name) => scenarioOfTool(name)?.id === scenario.id)).toBe(true);
    }
  });
});

describe("the instructions of a call", () => {
  it.each(each)("of %s hold the rules, the caller and the objective", (_, scenario) => {
    const text = instructionsFor(scenario);
    for (const words of [
      "You are Luna",
      "confirmation_required",
      "Speak English",
      scenario.caller.name,
      scenario.objective,
    ]) {
      expect(text).toContain(words);
    }
    expect(text.includes(`connecting ${scenario.specialist.name}`)).toBe(scenario.resolution === "escalated");
  });

  it.each(each)("of %s never hold digits that would verify the caller", async (_, scenario) => {
    const bank = bankInMemory();
    const { accounts, cards, loans } = await bank.snapshot();
    const verifying = [...accounts, ...cards, ...loans].map((one) => one.last_4);
    expect(verifying.length).toBeGreaterThan(6);
    for (const digits of verifying) expect(instructionsFor(scenario)).not.toContain(digits);
    expect(instructionsFor(scenario)).not.toMatch(/\d{4}/);
  });

  it.each(each)("of %s name no tool that the call does not have", (_, scenario) => {
    const named = TOOLS.map((tool) => tool.name).filter((name) => scenario.prompt.includes(name));
    expect(named.filter((name) => !scenario.tools.includes(name))).toEqual([]);
  });
});

describe("the dialogue data", () => {
  it.each(Object.entries(ERRANDS))("of %s fits its slots, its steps and the tools", (id, dialogue) => {
    const scenario = scenarioById(id);
    expect(dialogue.steps[0]?.tool).toBe("verify_identity");
    for (const step of dialogue.steps) {
      const tool = toolNamed(step.tool);
      expect(tool, step.tool).toBeDefined();
      if (scenario) expect(scenario.tools).toContain(step.tool);
      const sources = Object.values(step.arguments).filter((source) => source.startsWith("$"));
      const slots = [...step.needs.flatMap((need) => need.split("|")), ...(step.when ? [step.when.slot] : [])];
      for (const slot of [...slots, ...sources.map((source) => source.slice(1))])
        expect(dialogue.slots).toHaveProperty(slot);
      for (const name of step.refused ? Object.values(step.refused) : []) {
        for (const slot of name?.clear ?? []) expect(dialogue.slots).toHaveProperty(slot);
      }
    }
  });

  it.each(ten.map((scenario): [string, Scenario] => [scenario.id, scenario]))(
    "of %s ends with a hand-over only where a specialist has to decide",
    (id, { dialogue }) => {
      const last = dialogue.steps.at(-1)?.tool;
      expect(last === "transfer_to_specialist").toBe(ESCALATED.includes(id));
    },
  );

  it.each(ten.map((scenario): [string, Scenario] => [scenario.id, scenario]))(
    "of %s has every tool of the scenario in its steps",
    (_, scenario) => {
      const steps = scenario.dialogue.steps.map((step) => step.tool);
      const own = scenario.tools.filter((name) => !EVERYWHERE.includes(name));
      expect(own.filter((name) => !steps.includes(name))).toEqual([]);
    },
  );

  it.each(each)("of %s helps the presenter", (_, { notes }) => {
    expect(notes.say.length).toBeGreaterThan(2);
    expect(notes.point.length).toBeGreaterThan(0);
    expect(notes.expect.length).toBeGreaterThan(0);
  });
});
