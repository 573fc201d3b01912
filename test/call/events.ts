/** Server events and page messages as short as a test needs them. */

import type { CallState, Command, Input } from "../../src/call/machine.ts";
import { newCall, step } from "../../src/call/machine.ts";
import type { EngineSetup } from "../../src/call/state.ts";
import type { ToolRun } from "../../src/call/turn.ts";
import type { PageEvent, PageMessage } from "../../src/legs/wire.ts";
import type { AudioDelta } from "../../src/realtime/audio-delta.ts";
import type { Item, ResponseObject, ServerEvent, StatusDetails } from "../../src/realtime/events.ts";

const event_id = "event_of_the_server";

export function message(id: string, role: "user" | "assistant" = "assistant", text = ""): Item {
  if (role === "user") {
    const content =
      text === "" ? [{ type: "input_audio" as const, transcript: null }] : [{ type: "input_text" as const, text }];
    return { id, type: "message", role, status: "completed", content };
  }
  return {
    id,
    type: "message",
    role,
    status: "in_progress",
    content: text === "" ? [] : [{ type: "output_text", text }],
  };
}

export function call(id: string, name = "check_balance", args = "{}"): Item {
  return { id: `item_${id}`, type: "function_call", status: "completed", call_id: id, name, arguments: args };
}

function response(
  id: string,
  status: ResponseObject["status"],
  details?: StatusDetails,
  output: Item[] = [],
): ResponseObject {
  return { id, status, status_details: details ?? null, output, conversation_id: "conv_1" };
}

export const server = {
  created: (id: string): ServerEvent => ({ type: "response.created", event_id, response: response(id, "in_progress") }),
  done: (
    id: string,
    status: ResponseObject["status"] = "completed",
    details?: StatusDetails,
    output?: Item[],
  ): ServerEvent => ({
    type: "response.done",
    event_id,
    response: response(id, status, details, output),
  }),
  itemAdded: (item: Item, previous_item_id?: string | null): ServerEvent => ({
    type: "conversation.item.added",
    event_id,
    item,
    previous_item_id,
  }),
  outputAdded: (response_id: string, item: Item, output_index = 0): ServerEvent => ({
    type: "response.output_item.added",
    event_id,
    response_id,
    output_index,
    item,
  }),
  outputDone: (response_id: string, item: Item, output_index = 0): ServerEvent => ({
    type: "response.output_item.done",
    event_id,
    response_id,
    output_index,
    item,
  }),
  text: (response_id: string, item_id: string, delta: string, output_index = 0): ServerEvent => ({
    type: "response.output_text.delta",
    event_id,
    response_id,
    item_id,
    output_index,
    content_index: 0,
    delta,
  }),
  textDone: (response_id: string, item_id: string, text: string, output_index = 0): ServerEvent => ({
    type: "response.output_text.done",
    event_id,
    response_id,
    item_id,
    output_index,
    content_index: 0,
    text,
  }),
  transcript: (response_id: string, item_id: string, delta: string, output_index = 0): ServerEvent => ({
    type: "response.output_audio_transcript.delta",
    event_id,
    response_id,
    item_id,
    output_index,
    content_index: 0,
    delta,
  }),
  transcriptDone: (response_id: string, item_id: string, transcript: string, output_index = 0): ServerEvent => ({
    type: "response.output_audio_transcript.done",
    event_id,
    response_id,
    item_id,
    output_index,
    content_index: 0,
    transcript,
  }),
  audioDone: (response_id: string, item_id: string, output_index = 0): ServerEvent => ({
    type: "response.output_audio.done",
    event_id,
    response_id,
    item_id,
    output_index,
    content_index: 0,
  }),
  speechStarted: (item_id: string): ServerEvent => ({
    type: "input_audio_buffer.speech_started",
    event_id,
    item_id,
    audio_start_ms: 0,
  }),
  speechStopped: (item_id: string): ServerEvent => ({
    type: "input_audio_buffer.speech_stopped",
    event_id,
    item_id,
    audio_end_ms: 0,
  }),
  committed: (item_id: string, previous_item_id: string | null = null): ServerEvent => ({
    type: "input_audio_buffer.committed",
    event_id,
    item_id,
    previous_item_id,
  }),
  heardDelta: (item_id: string, delta: string): ServerEvent => ({
    type: "conversation.item.input_audio_transcription.delta",
    event_id,
    item_id,
    delta,
  }),
  heard: (item_id: string, transcript: string): ServerEvent => ({
    type: "conversation.item.input_audio_transcription.completed",
    event_id,
    item_id,
    content_index: 0,
    transcript,
  }),
  notHeard: (item_id: string): ServerEvent => ({
    type: "conversation.item.input_audio_transcription.failed",
    event_id,
    item_id,
    content_index: 0,
    error: { message: "no" },
  }),
  error: (code: string, about: string | null = null, text = "refused"): ServerEvent => ({
    type: "error",
    event_id,
    error: { type: "invalid_request_error", code, message: text, event_id: about },
  }),
};

export const page = {
  typed: (text: string, id?: string): PageMessage => words(text, "typed", id),
  spoken: (text: string, id?: string): PageMessage => words(text, "speech", id),
  speech: (state: "started" | "stopped"): PageMessage => ({ type: "luna.speech", state }),
  playback: (
    item_id: string,
    state: "started" | "progress" | "done" | "flushed",
    heard_ms: number,
    heard_chars?: number,
  ): PageMessage => ({ type: "luna.playback", item_id, content_index: 0, state, heard_ms, heard_chars }),
};

function words(text: string, luna_how: "typed" | "speech", id?: string): PageMessage {
  return {
    type: "conversation.item.create",
    luna_how,
    item: { id, type: "message", role: "user", content: [{ type: "input_text", text }] },
  };
}

export function delta(response_id: string, item_id: string, output_index = 0): AudioDelta {
  return { response_id, item_id, output_index, content_index: 0, base64: "AAAA" };
}

export function run(call_id: string, name = "check_balance", state: ToolRun["state"] = "done"): ToolRun {
  return { call_id, name, arguments: "{}", state, summary: "It went well.", order: 1, at: 0, ms: 5 };
}

export type SentType = Extract<Command, { do: "send" }>["event"]["type"];

/** A call under test: keeps the clock and everything the call commanded. */
export class Line {
  readonly state: CallState;
  now = 1_000_000;
  all: Command[] = [];

  constructor(options: Partial<EngineSetup> & { greeting?: boolean; ready?: boolean } = {}) {
    const { greeting = false, ready = true, speaker: _, ...given } = options;
    const setup = { text: false, silence_ms: null, rest_ms: null, rotate_at: null, ...given };
    this.state = newCall({ ...setup, greeting });
    if (ready) this.ready(setup);
  }

  /** An engine is there; the first, or another one that was told the conversation. */
  ready(given: Partial<EngineSetup> = {}): Command[] {
    return this.take({ from: "engine_ready", setup: this.setup(given) });
  }

  setup(given: Partial<EngineSetup> = {}): EngineSetup {
    const { text } = this.state.setup;
    return { text, silence_ms: null, speaker: "luna", rest_ms: null, rotate_at: null, ...given };
  }

  take(input: Input, after_ms = 0): Command[] {
    this.now += after_ms;
    const commands = step(this.state, input, this.now);
    this.all.push(...commands);
    return commands;
  }

  engine(...events: ServerEvent[]): Command[] {
    return events.flatMap((event) => this.take({ from: "engine", event }));
  }

  page(...messages: PageMessage[]): Command[] {
    return messages.flatMap((each) => this.take({ from: "page", message: each }));
  }

  tool(call_id: string, options: { name?: string; then?: "end" | "transfer"; output?: string } = {}): Command[] {
    const { name, output = '{"ok":true}', then: next } = options;
    return this.take({ from: "tool", call_id, output, run: run(call_id, name), then: next });
  }

  /** Time passes; the call is woken whenever it asked to be. */
  wait(ms: number): Command[] {
    const until = this.now + ms;
    const commands: Command[] = [];
    while (this.state.wake_at !== null && this.state.wake_at <= until) {
      this.now = this.state.wake_at;
      commands.push(...this.take({ from: "clock" }));
    }
    this.now = until;
    return commands;
  }

  turn(item_id: string) {
    return this.state.transcript.turns.find((turn) => turn.item_id === item_id);
  }
}

/** The client events of these commands, of one type if given. */
export function sent(commands: Command[], type?: SentType) {
  return commands.flatMap((command) =>
    command.do === "send" && (type === undefined || command.event.type === type) ? [command.event] : [],
  );
}

export function told(commands: Command[], type: PageEvent["type"]): PageEvent[] {
  return commands.flatMap((command) => (command.do === "tell" && command.event.type === type ? [command.event] : []));
}

export function deeds(commands: Command[], what: Command["do"]): Command[] {
  return commands.filter((command) => command.do === what);
}
