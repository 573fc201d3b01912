import { describe, expect, it } from "vitest";
import { type LedInput, type LedRules, ledAudio, ledStep } from "../../src/call/led.ts";
import { newCall, seeds, turnsInOrder } from "../../src/call/machine.ts";
import type { CallState, Command } from "../../src/call/state.ts";
import type { ClientEvent, Item, ResponseObject, ServerEvent } from "../../src/realtime/events.ts";

const RULES: LedRules = { own: new Set(["block_card"]), answers: true };
const RUN = {
  call_id: "call_1",
  name: "block_card",
  arguments: "{}",
  state: "done",
  summary: "Blocked.",
  order: 1,
  at: 0,
  ms: 5,
} as const;

/** A led call in a test: feeds it and keeps all its commands. */
class Led {
  readonly state: CallState = newCall({
    silence_ms: null,
    rest_ms: null,
    rotate_at: null,
    greeting: false,
    text: false,
  });
  readonly all: Command[] = [];
  now = 1_000;
  readonly #rules: LedRules;

  constructor(rules = RULES) {
    this.#rules = rules;
    this.take({ from: "engine_ready" });
  }

  take(input: LedInput): Command[] {
    const commands = ledStep(this.state, input, this.#rules, this.now);
    this.all.push(...commands);
    return commands;
  }

  engine(event: Record<string, unknown> & { type: string }): Command[] {
    return this.take({ from: "engine", event: { event_id: "e", ...event } as ServerEvent });
  }

  client(event: ClientEvent): Command[] {
    return this.take({ from: "client", event });
  }

  after(ms: number): Command[] {
    this.now += ms;
    return this.take({ from: "clock" });
  }

  response(id: string, status: ResponseObject["status"] = "completed", more: object = {}): void {
    const response = { id, status, output: [], ...more };
    this.engine({ type: status === "in_progress" ? "response.created" : "response.done", response });
  }

  /** A whole message of Luna's in sound. */
  speak(response_id: string, item_id: string, words: string, ms = 1_000): void {
    const place = { response_id, item_id, output_index: 0, content_index: 0 };
    this.engine({ type: "response.output_audio_transcript.delta", ...place, delta: words });
    ledAudio(this.state, { ...place, base64: "A".repeat(ms * 64) }, "audio/pcm", this.now);
    this.engine({ type: "response.output_item.done", ...place, item: message(item_id, "assistant", words) });
  }

  call(response_id: string, name: string, call_id = "call_1"): void {
    const item = {
      id: `item_${call_id}`,
      type: "function_call",
      call_id,
      name,
      arguments: '{"a":1}',
      status: "completed",
    };
    this.engine({ type: "response.output_item.done", response_id, output_index: 0, item });
  }

  sent(): ClientEvent[] {
    return this.all.flatMap((command) => (command.do === "send" ? [command.event] : []));
  }

  creates(): number {
    return this.sent().filter(({ type }) => type === "response.create").length;
  }
}

function message(id: string, role: "user" | "assistant", text: string, status = "completed"): Item {
  const type = role === "user" ? "input_text" : "output_text";
  return { id, type: "message", role, status, content: [{ type, text }] } as Item;
}

const userSays = (text: string, id: string) => ({ type: "conversation.item.added", item: message(id, "user", text) });

describe("a call that a client leads", () => {
  it("is never greeted, and nothing is answered for the client", () => {
    const led = new Led();
    led.engine(userSays("Hello", "item_1"));
    led.engine({ type: "input_audio_buffer.committed", item_id: "item_2", previous_item_id: "item_1" });
    led.response("resp_1", "in_progress");
    led.speak("resp_1", "item_3", "Good day.");
    led.response("resp_1", "failed", { status_details: { type: "failed", error: { code: "server_error" } } });
    led.after(60_000);
    expect(led.sent()).toEqual([]);
  });

  it("is written down turn by turn; what was generated counts as heard until the client says otherwise", () => {
    const led = new Led();
    led.engine(userSays("How are you?", "item_1"));
    led.response("resp_1", "in_progress");
    led.speak("resp_1", "item_2", "I am quite well, thank you.", 2_000);
    expect(turnsInOrder(led.state)).toMatchObject([
      { who: "caller", how: "typed", text: "How are you?", state: "final" },
      { who: "luna", text: "I am quite well, thank you.", heard: "I am quite well, thank you.", state: "final" },
    ]);
    led.engine({ type: "conversation.item.truncated", item_id: "item_2", content_index: 0, audio_end_ms: 1_000 });
    const [, luna] = turnsInOrder(led.state);
    expect(luna).toMatchObject({ state: "interrupted", text: "I am quite well, thank you." });
    expect(luna?.heard).toMatch(/^I am quite/);
    expect(luna?.heard).not.toContain("thank");
    expect(led.all.findLast((command) => command.do === "record")).toMatchObject({
      turn: { item_id: "item_2", state: "interrupted" },
    });
  });

  it("takes history that the client tells for what was said, and forgets what it deletes", () => {
    const led = new Led();
    led.engine(userSays("First", "item_1"));
    led.engine({ type: "conversation.item.added", item: message("item_2", "assistant", "Second") });
    led.engine(userSays("Third", "item_3"));
    led.engine({ type: "conversation.item.deleted", item_id: "item_1" });
    expect(JSON.stringify(seeds(led.state))).toMatch(/Second.*Third/);
    expect(JSON.stringify(seeds(led.state))).not.toContain("First");
  });

  it("leaves a response outside the conversation out of the record, and it holds nothing up", () => {
    const led = new Led();
    led.response("resp_side", "in_progress", { conversation_id: null });
    led.speak("resp_side", "item_side", "A summary.");
    led.call("resp_side", "block_card");
    led.response("resp_side", "completed", { conversation_id: null });
    expect(turnsInOrder(led.state)).toEqual([]);
    expect(led.all.filter((command) => command.do === "run")).toEqual([]);
    expect(led.state.gate.at).toBe("free");
  });
});

describe("tools", () => {
  it("that run here are run once, and one answer is asked for after the response and the output", () => {
    const led = new Led();
    led.response("resp_1", "in_progress");
    led.call("resp_1", "block_card");
    led.call("resp_1", "block_card");
    expect(led.all.filter((command) => command.do === "run")).toHaveLength(1);
    led.take({ from: "tool", call_id: "call_1", output: '{"ok":true}', run: RUN });
    expect(led.sent()).toMatchObject([
      { type: "conversation.item.create", item: { type: "function_call_output", call_id: "call_1" } },
    ]);
    led.response("resp_1");
    expect(led.creates()).toBe(1);
    led.response("resp_2", "in_progress");
    led.response("resp_2");
    led.after(60_000);
    expect(led.creates()).toBe(1);
  });

  it("of the client's own are its business: they are written down when their output comes", () => {
    const led = new Led();
    led.response("resp_1", "in_progress");
    led.call("resp_1", "get_weather");
    led.response("resp_1");
    led.after(120_000);
    expect(led.sent()).toEqual([]);
    const item = {
      type: "function_call_output",
      call_id: "call_1",
      output: "Card 4111111111114829 is sunny.",
    } as const;
    const commands = led.client({ type: "conversation.item.create", item });
    expect(commands).toMatchObject([{ do: "ran", run: { name: "get_weather", state: "done" }, output: item.output }]);
    expect(JSON.stringify(commands.map((command) => command.do === "ran" && command.run))).not.toContain("411111");
    expect(led.client({ type: "conversation.item.create", item })).toEqual([]);
    expect(led.creates()).toBe(0);
  });

  it("of an engine that is gone are told to the next one before the client's output", () => {
    const led = new Led();
    led.response("resp_1", "in_progress");
    led.call("resp_1", "get_weather");
    led.response("resp_1");
    led.take({ from: "engine_gone" });
    led.take({ from: "engine_ready" });
    led.client({
      type: "conversation.item.create",
      item: { type: "function_call_output", call_id: "call_1", output: "sunny" },
    });
    expect(led.sent()).toMatchObject([
      { type: "conversation.item.create", item: { type: "function_call", call_id: "call_1", name: "get_weather" } },
    ]);
  });

  it("that never come back are answered for, so that the model is not left waiting", () => {
    const led = new Led();
    led.response("resp_1", "in_progress");
    led.call("resp_1", "block_card");
    led.response("resp_1");
    led.after(30_000);
    expect(JSON.stringify(led.sent()[0])).toContain("cannot be sure");
    expect(led.creates()).toBe(1);
  });

  it("do not collide with the client's own request: a refused answer is asked for again, after the one under way", () => {
    const led = new Led();
    led.response("resp_1", "in_progress");
    led.call("resp_1", "block_card");
    led.take({ from: "tool", call_id: "call_1", output: "{}", run: RUN });
    led.response("resp_1");
    const [, create] = led.sent();
    expect(create?.type).toBe("response.create");
    const error = {
      type: "invalid_request_error",
      code: "conversation_already_has_active_response",
      message: "",
      event_id: create?.event_id,
    };
    led.engine({ type: "error", error });
    led.engine({
      type: "conversation.item.added",
      item: { id: "luna_out_2", type: "function_call_output", call_id: "call_1", output: "{}" },
    });
    led.response("resp_vad");
    expect(led.creates()).toBe(2);
  });
});

describe("what a client brings without measure", () => {
  it("is remembered as far as it fits: words, what a tool gave, and what it was called with", () => {
    const led = new Led();
    led.engine(userSays("word ".repeat(300_000), "item_1"));
    const item = {
      id: "item_f",
      type: "function_call",
      call_id: "call_1",
      name: "look_up",
      arguments: "a".repeat(1e6),
    };
    led.engine({ type: "response.output_item.done", response_id: "resp_1", output_index: 0, item });
    const output = { type: "function_call_output", call_id: "call_1", output: "o".repeat(1e6) } as const;
    led.client({ type: "conversation.item.create", item: output });
    expect(JSON.stringify(led.state).length).toBeLessThan(150_000);
    expect(JSON.stringify(led.all).length).toBeLessThan(150_000);
  });
});

describe("an engine that is lost", () => {
  it("while it answers: the next one is asked for it, once", () => {
    const led = new Led();
    led.response("resp_1", "in_progress");
    led.take({ from: "engine_gone" });
    led.take({ from: "engine_ready" });
    expect(led.creates()).toBe(1);
    led.take({ from: "engine_gone" });
    led.take({ from: "engine_ready" });
    expect(led.creates()).toBe(2);
  });

  it("while nobody waits for anything: nothing is asked for", () => {
    const led = new Led();
    led.engine(userSays("Hello", "item_1"));
    led.take({ from: "engine_gone" });
    led.take({ from: "engine_ready" });
    expect(led.sent()).toEqual([]);
  });

  it("after a spoken turn that it would have answered by itself: the next one is asked; in push to talk it is not", () => {
    for (const answers of [true, false]) {
      const led = new Led({ ...RULES, answers });
      led.engine({ type: "input_audio_buffer.committed", item_id: "item_1" });
      led.take({ from: "engine_gone" });
      led.take({ from: "engine_ready" });
      expect(led.creates()).toBe(answers ? 1 : 0);
    }
  });
});

describe("the end", () => {
  it("comes when the goodbye has been played, and not if the caller goes on", () => {
    for (const goesOn of [false, true]) {
      const led = new Led();
      led.response("resp_1", "in_progress");
      led.call("resp_1", "block_card");
      led.response("resp_1");
      led.take({ from: "tool", call_id: "call_1", output: "{}", run: RUN, then: "end" });
      led.response("resp_2", "in_progress");
      led.speak("resp_2", "item_bye", "Goodbye.", 3_000);
      led.response("resp_2");
      expect(led.after(2_000).filter((command) => command.do === "end")).toEqual([]);
      if (goesOn) led.engine({ type: "input_audio_buffer.committed", item_id: "item_9" });
      expect(led.after(2_000).some((command) => command.do === "end")).toBe(!goesOn);
      expect(led.state.ended).toBe(goesOn ? null : "luna_ended");
    }
  });

  it("comes when the money is spent, after what is being said", () => {
    const led = new Led();
    led.response("resp_1", "in_progress");
    led.speak("resp_1", "item_1", "Something long.", 4_000);
    led.take({ from: "spent" });
    expect(led.after(3_000)).not.toContainEqual({ do: "end", reason: "spent" });
    expect(led.after(2_000)).toContainEqual({ do: "end", reason: "spent" });
  });
});
