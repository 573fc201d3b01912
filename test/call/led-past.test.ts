import { describe, expect, it } from "vitest";
import { ledStep } from "../../src/call/led.ts";
import { least, type Tables, withLeft, withoutLeft } from "../../src/call/led-past.ts";
import { newCall, seeds } from "../../src/call/machine.ts";
import type { Finished } from "../../src/call/reseed.ts";
import type { CallState, Command } from "../../src/call/state.ts";
import type { Turn } from "../../src/call/turn.ts";
import type { ClientEvent, ServerEvent } from "../../src/realtime/events.ts";

const RULES = { own: new Set<string>(), answers: true };

/** What the tables have of a call in which a client asked so often and looked each answer up, and the state without it. */
class Talked {
  readonly state: CallState = newCall({
    silence_ms: null,
    rest_ms: null,
    rotate_at: null,
    greeting: false,
    text: false,
  });
  readonly turns = new Map<string, Turn>();
  readonly finished: Finished[] = [];

  constructor(times: number, found = "Nothing.") {
    this.#note(ledStep(this.state, { from: "engine_ready" }, RULES, 1_000));
    for (let n = 0; n < times; n++) {
      const content = [{ type: "input_text", text: `Question ${n}` }];
      this.engine({ type: "conversation.item.added", item: { id: `q_${n}`, type: "message", role: "user", content } });
      const item = { id: `f_${n}`, type: "function_call", call_id: `call_${n}`, name: "look_up", arguments: "{}" };
      this.engine({ type: "response.output_item.done", response_id: `resp_${n}`, output_index: 0, item });
      const output = { type: "function_call_output", call_id: `call_${n}`, output: found } as const;
      const event: ClientEvent = { type: "conversation.item.create", item: output };
      this.#note(ledStep(this.state, { from: "client", event }, RULES, 1_000 + n));
    }
  }

  engine(event: Record<string, unknown> & { type: string }): void {
    this.#note(
      ledStep(this.state, { from: "engine", event: { event_id: "e", ...event } as ServerEvent }, RULES, 1_000),
    );
  }

  #note(commands: Command[]): void {
    for (const command of structuredClone(commands)) {
      if (command.do === "record") this.turns.set(command.turn.item_id, command.turn);
      if (command.do === "ran") this.finished.push({ run: command.run, output: command.output });
    }
  }

  get tables(): Tables {
    return { turns: new Set(this.turns.keys()), tools: new Set(this.finished.map(({ run }) => run.call_id)) };
  }

  get inOrder(): Turn[] {
    return [...this.turns.values()].sort((a, b) => a.order - b.order);
  }

  back(): CallState {
    const { state, left } = structuredClone(withoutLeft(this.state, this.tables));
    return withLeft(state, left, this.inOrder, this.finished);
  }
}

describe("The past of a call that a client leads", () => {
  it("comes back from the tables with its turns and what its tools gave", () => {
    const call = new Talked(60, "It is sunny.");
    const back = call.back();
    expect(back.tools).toEqual(call.state.tools);
    const words = ({ transcript }: CallState) =>
      transcript.turns.map(({ item_id, text, order }) => [item_id, text, order]);
    expect(words(back)).toEqual(words(call.state));
    expect(JSON.stringify(seeds(back))).toContain("It is sunny.");
  });

  it("has no more in it what the client has deleted, though the record keeps it", () => {
    const call = new Talked(60);
    call.engine({ type: "conversation.item.deleted", item_id: "q_3" });
    expect(call.turns.has("q_3")).toBe(true);
    expect(call.back().transcript.turns.map((turn) => turn.item_id)).not.toContain("q_3");
    expect(call.back().transcript.turns).toHaveLength(59);
  });

  it("is not written again and again: neither old words nor what a tool gave, once the tables have it", () => {
    const size = (times: number) => {
      const call = new Talked(times, "x".repeat(60_000));
      return JSON.stringify(withoutLeft(call.state, call.tables)).length;
    };
    expect(size(100)).toBeLessThan(100_000);
  });

  it("stays where a table does not have it", () => {
    const call = new Talked(60, "x".repeat(1_000));
    const { state, left } = withoutLeft(call.state, { turns: new Set(), tools: new Set() });
    expect(state).toEqual(call.state);
    expect(left).toEqual({ turns: [], tools: [] });
  });

  it("is small where it must be, however much a function was called with and however much sound waits for its turn", () => {
    const call = new Talked(2);
    const args = JSON.stringify({ text: "x".repeat(2_000_000) });
    const item = { id: "f_x", type: "function_call", call_id: "call_x", name: "look_up", arguments: args };
    call.engine({ type: "response.output_item.done", response_id: "resp_x", output_index: 0, item });
    const delta = {
      response_id: "resp_x",
      item_id: "i",
      output_index: 1,
      content_index: 0,
      base64: "A".repeat(60_000),
    };
    for (let n = 0; n < 40; n++) call.state.playback.held.push(delta);
    expect(JSON.stringify(least(call.state, call.tables).state).length).toBeLessThan(10_000);
  });

  it("is cut to the last few words and calls where it must be small, and what runs is among them", () => {
    const call = new Talked(60);
    const item = { id: "f_x", type: "function_call", call_id: "call_x", name: "look_up", arguments: "{}" };
    call.engine({ type: "response.output_item.done", response_id: "resp_x", output_index: 0, item });
    const { state } = least(call.state, call.tables);
    expect(state.transcript.turns.map((turn) => turn.item_id)).toEqual(["q_56", "q_57", "q_58", "q_59"]);
    expect(state.tools.calls.map((one) => one.call_id)).toEqual(["call_57", "call_58", "call_59", "call_x"]);
    expect(JSON.stringify(state).length).toBeLessThan(10_000);
  });
});
