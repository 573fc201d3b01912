import { describe, expect, it } from "vitest";
import { SCENARIOS } from "../../../../src/scenarios/index.ts";
import { toolNamed } from "../../../../src/tools/registry.ts";
import { caller, dial, luna, play, robustDialogue, tool } from "../talking.ts";

const LOST = /didn't quite catch|still not sure|keep missing/;

describe("the lines a presenter is given", () => {
  it.each(SCENARIOS.map((scenario) => [scenario.id, scenario] as const))(
    "of %s are understood, and lead where the scenario ends",
    async (id, { notes, resolution }) => {
      const talking = await dial(id);
      const ran = new Set<string>();
      for (const line of notes.say) {
        await talking.hear(line.startsWith("(read the code") ? await talking.desk.code() : line);
        expect(talking.said.join(" "), talking.script.join("\n")).not.toMatch(LOST);
        for (const run of talking.ran) ran.add(run.name);
      }
      const promised = notes.expect.filter((name) => toolNamed(name));
      expect([...ran], talking.script.join("\n")).toEqual(expect.arrayContaining(promised));
      if (resolution === "escalated" || id === "freeform") expect(talking.then).toBe("transfer");
      else expect(talking.said.join(" ")).toMatch("Is there anything else I can help you with?");
    },
  );

  robustDialogue("Harbor Lane charged me twice: two are found, and Luna asks which", "dispute", [
    caller("Harbor Lane charged me twice"),
    caller("4829"),
    tool("get_transaction_details", { merchant: "Harbor Lane" }, true),
    luna("I found", "Which one do you mean?"),
    caller("the first one"),
    luna("$249.99 at Harbor Lane Electronics on November 13", "Shall I go ahead?"),
    caller("yes"),
    tool("file_dispute", { reason: "duplicate" }, true),
  ]);
});

describe("a shop in the middle of a sentence", () => {
  it.each([
    ["There's a charge from Quickcart I don't recognise", "Quickcart"],
    ["Quickcart charged me for something I never ordered", "Quickcart"],
    ["I was charged twice at Harbor Lane twice", "Harbor Lane"],
    ["I think Harbor Lane double charged me last week", "Harbor Lane"],
    ["the charge from Quickcart was wrong", "Quickcart"],
    ["a payment at Osteria Lumen which I did not make", "Osteria Lumen"],
  ])("%s", async (text, merchant) => {
    const talking = await dial("dispute");
    await play(talking, [caller(text), caller("4829"), tool("get_transaction_details", { merchant })]);
  });
});
