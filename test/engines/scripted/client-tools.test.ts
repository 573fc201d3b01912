import { describe, expect, it } from "vitest";
import { ledBrain } from "../../../src/engines/scripted/brains.ts";
import type { FunctionTool, Item } from "../../../src/realtime/events.ts";
import { FREEFORM } from "../../../src/scenarios/freeform.ts";
import { scenarioById } from "../../../src/scenarios/index.ts";

const TODAY = "2026-11-21";
const WEATHER: FunctionTool = {
  type: "function",
  name: "get_weather",
  description: "Tells the weather in a city.",
  parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] },
};
/** Would fit a good many of Luna's own sentences. */
const BALANCE: FunctionTool = {
  type: "function",
  name: "get_account_balance",
  description: "Tells the balance of a checking or savings account.",
  parameters: { type: "object", properties: {} },
};

/** A call that a client leads, with tools of its own beside Luna's: what is said and called after each thing said or given. */
function led(agent: string, theirs: FunctionTool[]) {
  const scenario = scenarioById(agent);
  if (!scenario) throw new Error(`no ${agent}`);
  const own = scenario.tools.filter((name) => name !== "switch_persona");
  const functions: FunctionTool[] = [...own.map((name): FunctionTool => ({ type: "function", name })), ...theirs];
  const context = { tools: functions.map(({ name }) => name), functions, today: TODAY };
  const history: Item[] = [];
  let brain = ledBrain(scenario);
  let n = 0;
  const add = (item: Item) => {
    history.push(item);
    brain.hear(item);
  };
  const message = (role: "user" | "assistant", text: string): Item =>
    role === "user"
      ? { id: `u${++n}`, type: "message", role, content: [{ type: "input_text", text }] }
      : { id: `a${++n}`, type: "message", role, content: [{ type: "output_text", text }] };
  const answer = () => {
    const { say, calls } = brain.answer(context);
    if (say.length > 0) add(message("assistant", say.join(" ")));
    for (const { name, arguments: given } of calls)
      add({ id: `f${++n}`, type: "function_call", call_id: `c${n}`, name, arguments: JSON.stringify(given) });
    return calls.length > 0 ? calls.map(({ name, arguments: given }) => ({ name, given })) : say.join(" ");
  };
  return {
    say(words: string) {
      add(message("user", words));
      return answer();
    },
    gives(output: string) {
      const call = history.findLast((item) => item.type === "function_call");
      if (call?.type !== "function_call") throw new Error("nothing was called");
      add({ id: `o${++n}`, type: "function_call_output", call_id: call.call_id, output });
      return answer();
    },
    /** Another engine takes the call over, and is told all of it. */
    restored() {
      brain = ledBrain(scenario);
      for (const item of history) brain.hear(item);
    },
  };
}

const OSLO = [{ name: "get_weather", given: { city: "Oslo" } }];

describe("Luna in a session with the client's own tools", () => {
  it("calls the client's tool for what is not her own, tells what it gave, and goes on as the bank", () => {
    const call = led(FREEFORM, [WEATHER]);
    expect(call.say("What is the weather in Oslo?")).toEqual(OSLO);
    expect(call.gives("It is 4 degrees.")).toBe("The get weather answer is: It is 4 degrees.");
    expect(call.say("I lost my card, please block it.")).toMatch(/last four digits/i);
    expect(call.say("And the weather in Oslo?")).not.toEqual(OSLO);
    expect(call.say("Please call get_weather for Oslo")).toEqual(OSLO);
    expect(call.gives("Rain.")).toBe("The get weather answer is: Rain.");
    expect(call.say("It ends in 4829.")).toMatchObject([{ name: "verify_identity" }]);
  });

  it("does herself what she can do herself, though a tool of the client's would fit it too", () => {
    const call = led(FREEFORM, [BALANCE]);
    expect(call.say("What is my checking balance?")).toMatch(/last four digits|verify/i);
    // Words that answer her question are for her.
    expect(call.say("My savings account.")).toEqual(expect.any(String));
  });

  it("says that she cannot where no tool of anybody's fits", () => {
    expect(led(FREEFORM, [WEATHER]).say("Tell me a joke")).toMatch(/outside what I do/);
    expect(led(FREEFORM, []).say("What is the weather in Oslo?")).toMatch(/outside what I do/);
  });

  it("goes on after another engine has taken over, before the tool has answered and after it", () => {
    const call = led(FREEFORM, [WEATHER]);
    call.say("What is the weather in Oslo?");
    call.restored();
    expect(call.gives("Snow.")).toBe("The get weather answer is: Snow.");
    call.restored();
    expect(call.say("Is that everything?")).not.toMatch(/Snow/);
    expect(call.say("What is the weather in Oslo?")).toEqual(OSLO);
  });

  it("so does the waiter", () => {
    const call = led("waiter", [WEATHER]);
    expect(call.say("What is the weather in Oslo?")).toEqual(OSLO);
    expect(call.gives("Sun.")).toMatch(/Sun\.$/);
    expect(call.say("Which desserts are without nuts?")).not.toEqual(OSLO);
  });
});
