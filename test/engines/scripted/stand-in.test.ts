import { describe, expect, it } from "vitest";
import { BrainByTools } from "../../../src/engines/scripted/brains.ts";
import { standInBrain } from "../../../src/engines/scripted/stand-in.ts";
import type { FunctionTool, Item } from "../../../src/realtime/events.ts";
import { scenarioById } from "../../../src/scenarios/index.ts";

const TODAY = "2026-11-21";
let ids = 0;
const user = (text: string): Item => ({
  id: `u${++ids}`,
  type: "message",
  role: "user",
  content: [{ type: "input_text", text }],
});
const luna = (text: string): Item => ({
  id: `a${++ids}`,
  type: "message",
  role: "assistant",
  content: [{ type: "output_text", text }],
});
const WEATHER: FunctionTool = {
  type: "function",
  name: "get_weather",
  description: "Look up the weather for a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};

/** A conversation with the stand-in: what it says or calls after each thing that is said to it. */
function talk(functions: FunctionTool[] = []) {
  const brain = standInBrain();
  const context = { tools: functions.map((tool) => tool.name), functions, today: TODAY };
  return {
    brain,
    say(words: string, more: object = {}) {
      brain.hear(user(words));
      const step = brain.answer({ ...context, ...more });
      for (const sentence of step.say) brain.hear(luna(sentence));
      return step.calls.length > 0 ? step.calls : step.say.join(" ");
    },
    gives(name: string, output: unknown) {
      const call_id = `call_${++ids}`;
      brain.hear({ id: `f${ids}`, type: "function_call", call_id, name, arguments: "{}" });
      const text = typeof output === "string" ? output : JSON.stringify(output);
      brain.hear({ id: `o${ids}`, type: "function_call_output", call_id, output: text });
      return brain.answer(context).say.join(" ");
    },
    next: (more: object = {}) => brain.answer({ ...context, ...more }).say.join(" "),
  };
}

describe("the stand-in", () => {
  it("greets, and repeats what it does not understand", () => {
    const { next, say } = talk();
    expect(next()).toMatch(/^Hello!/);
    expect(say("Bananas are blue")).toBe("You said: Bananas are blue.");
    expect(say("Are they?")).toBe("You said: Are they?");
  });

  it("repeats as much as anybody listens to, and says that there was more", () => {
    const { say } = talk();
    for (const words of ["one two ".repeat(60_000), `Say exactly: ${"on and on ".repeat(400)}`, "x".repeat(9_000)]) {
      const answer = say(words) as string;
      expect(answer.length).toBeLessThan(2_100);
      expect(answer).toMatch(/\S\.\.\. The rest of it is left out here, because it is too long\.$/);
    }
    expect(say("what is ".repeat(60_000))).toMatch(/^You said: what is what is/);
  });

  it.each([
    ["Repeat after me: the eagle has landed.", "the eagle has landed."],
    ['Please say exactly: "Hello, world!"', "Hello, world!"],
    ["Say exactly forty-two", "forty-two"],
    ["Reply with: OK", "OK"],
  ])("says what it is told: %s", (words, answer) => {
    expect(talk().say(words)).toBe(answer);
  });

  it("says what a response's own instructions tell it, before anything else", () => {
    const { say, next } = talk([WEATHER]);
    expect(next({ instructions: "Greet the caller. Say exactly: Welcome aboard." })).toBe("Welcome aboard.");
    expect(say("weather in Rome", { instructions: "Reply with: no comment" })).toBe("no comment");
  });

  it("remembers what was said before", () => {
    const { say } = talk();
    say("My name is Alice and my favourite color is teal.");
    expect(say("What did I say before?")).toBe(
      "Before that you said: My name is Alice and my favourite color is teal.",
    );
    expect(say("What is my name and my favourite color?")).toBe(
      "Your name is Alice, and your favourite color is teal.",
    );
    expect(say("What is my shoe size?")).toBe("You said: What is my shoe size?");
    expect(say("What did I say first?")).toMatch(/My name is Alice/);
  });

  it("knows a conversation that was told to it again", () => {
    const brain = standInBrain();
    for (const item of [
      user("My dog is Rex."),
      luna("You said: My dog is Rex."),
      user("Who is my dog? What is my dog?"),
    ])
      brain.hear(item);
    expect(brain.answer({ tools: [], today: TODAY }).say).toEqual(["Your dog is Rex."]);
  });

  it("tells what a tool answered, in its own words where it has some", () => {
    const { gives } = talk([WEATHER]);
    expect(gives("get_weather", "sunny, 21 degrees")).toBe("The get weather answer is: sunny, 21 degrees.");
    expect(gives("get_weather", { temperature: 21, sky: ["clear", "blue"] })).toContain(
      "temperature: 21, sky: clear, blue",
    );
    expect(gives("get_weather", { ok: true, say: "It is raining in Rome." })).toBe("It is raining in Rome.");
    expect(gives("get_weather", "")).toBe("The get weather gave no answer.");
    const long = gives("get_weather", "word ".repeat(500));
    expect(long.length).toBeLessThan(450);
  });

  it("calls the tool the words are about, and no other", () => {
    const alarm: FunctionTool = { type: "function", name: "set_alarm", description: "Wakes somebody at a time." };
    const { say } = talk([WEATHER, alarm]);
    expect(say("How is the weather in New York today?")).toEqual([
      { name: "get_weather", arguments: { city: "New York" } },
    ]);
    expect(say("Please set an alarm")).toEqual([{ name: "set_alarm", arguments: {} }]);
    expect(say("Tell me a joke")).toBe("You said: Tell me a joke.");
    expect(say("What's the weather? Don't use any tools.")).toMatch(/^You said/);
  });

  it("answers for other people's tools, and leaves Luna's to Luna, also when they change in mid-call", () => {
    const brain = new BrainByTools();
    const tools = scenarioById("block-card")?.tools ?? [];
    brain.hear(user("Hello"));
    expect(brain.answer({ tools: ["fly"], today: TODAY }).say).toEqual(["You said: Hello."]);
    brain.hear(luna("You said: Hello."));
    brain.hear(user("I lost my card"));
    expect(brain.answer({ tools, today: TODAY }).say.join(" ")).toMatch(/card/);
    // Tools that may not be called for once do not make somebody else of her.
    brain.hear(user("It ends in 4829"));
    expect(brain.answer({ tools: [], offered: tools, today: TODAY }).say.join(" ")).not.toMatch(/You said/);
  });
});
