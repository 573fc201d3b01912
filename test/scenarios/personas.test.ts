import { describe, expect, it } from "vitest";
import { instructionsFor, scenarioAs, scenarioById, scenarioOfSpecialist } from "../../src/scenarios/index.ts";
import { firstPersona, OTHERS, PERSONAS, personaById } from "../../src/scenarios/personas/index.ts";
import type { Scenario } from "../../src/scenarios/scenario.ts";
import { TOOLS, toolNamed } from "../../src/tools/registry.ts";

const others = OTHERS.map((scenario): [string, Scenario] => [scenario.id, scenario]);
const bank = (id: string) => scenarioById(id) as Scenario;

describe("who answers", () => {
  it("is Luna, the waiter or the finance chief, each known by a key, a name and a voice of their own", () => {
    expect(PERSONAS.map(({ key }) => key)).toEqual(["luna", "waiter", "cfo"]);
    expect(new Set(PERSONAS.map(({ speaker }) => speaker)).size).toBe(3);
    expect(new Set(PERSONAS.map(({ voice }) => voice)).size).toBe(3);
    for (const persona of PERSONAS) expect(personaById(persona.key)).toBe(persona);
    expect(personaById("pirate")).toBeUndefined();
  });

  it("is Luna in a call about the bank, and whom the call was opened for in any other", () => {
    expect(firstPersona("block-card").key).toBe("luna");
    expect(firstPersona("freeform").key).toBe("luna");
    expect(firstPersona("waiter").key).toBe("waiter");
  });

  it("comes back to what the call was opened for, or to anything where that was somebody else", () => {
    expect(scenarioAs("luna", bank("block-card")).id).toBe("block-card");
    expect(scenarioAs("cfo", bank("block-card")).id).toBe("cfo");
    expect(scenarioAs("luna", bank("waiter")).id).toBe("freeform");
    expect(() => scenarioAs("pirate", bank("freeform"))).toThrow(/pirate/);
  });
});

describe.each(others)("%s", (id, scenario) => {
  it("has tools that exist, the router among them, and names no others", () => {
    for (const name of scenario.tools) expect(toolNamed(name), name).toBeDefined();
    expect(scenario.tools).toContain("switch_persona");
    const text = instructionsFor(scenario);
    const named = TOOLS.map((tool) => tool.name).filter((name) => text.includes(name));
    expect(named.filter((name) => !scenario.tools.includes(name))).toEqual([]);
  });

  it("is told how to speak, whom to put through, and nothing of the bank's own rules", () => {
    const text = instructionsFor(scenario);
    expect(text).toContain("One to three short sentences");
    expect(text).toContain("switch_persona");
    expect(text).not.toContain("verify_identity");
    for (const other of PERSONAS) expect(text.includes(`- ${other.key}: ${other.speaker}`)).toBe(other.key !== id);
  });

  it("has a specialist of its own house, whatever department is named", () => {
    expect(scenarioOfSpecialist(scenario, "general").specialist).toBe(scenario.specialist);
  });

  it("helps the presenter", () => {
    expect(scenario.notes.say.length).toBeGreaterThan(2);
    for (const name of scenario.notes.expect) expect(scenario.tools).toContain(name);
  });
});
