/** The scripted server beside traffic of the real one: the same client events, the same kinds of server events in the same order. */
import { describe, expect, it } from "vitest";
import type { Brain, Step } from "../../../src/engines/scripted/brain.ts";
import type { Ears, EarsListener } from "../../../src/engines/scripted/input-audio.ts";
import type { Item, ServerEvent } from "../../../src/realtime/events.ts";
import { type Line as CapturedLine, capturesMissing, linesOf } from "../../realtime/captures.ts";
import { serve } from "./serving.ts";

type Loose = Record<string, unknown> & { type: string };
type Line = Pick<CapturedLine, "dir" | "event">;

/** What the real server answered in each of its responses. */
function stepsOf(lines: Line[]): Step[] {
  const done = lines.filter(({ dir, event }) => dir === "s" && event.type === "response.done");
  return done.map(({ event }) => {
    const { output } = event.response as { output: Item[] };
    const say = output.flatMap((item) =>
      item.type === "message"
        ? item.content.map((part) => ("text" in part ? part.text : "transcript" in part ? (part.transcript ?? "") : ""))
        : [],
    );
    const calls = output.flatMap((item) =>
      item.type === "function_call"
        ? [{ name: item.name, arguments: JSON.parse(item.arguments) as Record<string, unknown> }]
        : [],
    );
    return { say, calls };
  });
}

class CapturedEars implements Ears {
  listener: EarsListener | undefined;
  words = "";
  open(listener: EarsListener): void {
    this.listener = listener;
  }
  append(): void {}
  clear(): void {}
  commit(): Promise<string> {
    return Promise.resolve(this.words);
  }
}

/** Plays the client's side of a capture against the scripted server. */
async function replay(lines: Line[]): Promise<Loose[]> {
  const steps = stepsOf(lines);
  const brain: Brain = { hear: () => undefined, answer: () => steps.shift() ?? { say: [], calls: [] } };
  const ears = new CapturedEars();
  const transcript = lines.find(({ event }) => event.type.endsWith("transcription.completed"))?.event.transcript;
  ears.words = typeof transcript === "string" ? transcript : "";
  const voice = function* () {
    for (let i = 0; i < 3; i++) yield new Uint8Array(4_800);
  };
  const { server, events } = serve(brain, { ears, voice });
  const settle = async () => {
    for (let i = 0; i < 40; i++) await new Promise<void>((done) => setImmediate(done));
  };
  for (const { dir, event } of lines) {
    if (dir === "s") {
      if (event.type.startsWith("input_audio_buffer.speech_")) await settle();
      if (event.type === "input_audio_buffer.speech_started") ears.listener?.started(event.audio_start_ms as number);
      if (event.type === "input_audio_buffer.speech_stopped") ears.listener?.stopped(event.audio_end_ms as number);
      continue;
    }
    if (event.type === "input_audio_buffer.append") continue;
    await settle();
    server.receive(withOurCall(event, events));
  }
  await settle();
  return events as unknown as Loose[];
}

/** The output of a tool names the call that this server made. */
function withOurCall(event: Loose, events: ServerEvent[]): Loose {
  const item = event.item as { type?: string } | undefined;
  if (item?.type !== "function_call_output") return event;
  const calls = events.flatMap((e) => (e.type === "response.function_call_arguments.done" ? [e.call_id] : []));
  return { ...event, item: { ...item, call_id: calls.at(-1) } };
}

/** Server events that belong to answers, those of one kind in a row as one; sound and its transcript come in any mixture. */
function answers(events: Loose[]): string[] {
  const kinds = events
    .filter((event) => {
      const item = event.item as { role?: string; type?: string } | undefined;
      if (event.type.startsWith("conversation.item."))
        return item?.role === "assistant" || item?.type === "function_call";
      return event.type.startsWith("response.");
    })
    .map(({ type }) => type.replace(/output_audio(?:_transcript)?\.delta/, "sound.delta"));
  return kinds.filter((type, at) => type !== kinds[at - 1]);
}

/** Server events that belong to the caller's items and to the session. */
function rest(events: Loose[]): string[] {
  return events
    .filter((event) => {
      const item = event.item as { role?: string; type?: string } | undefined;
      if (event.type.startsWith("conversation.item.input_audio")) return false;
      if (event.type.startsWith("conversation.item."))
        return item?.role === "user" || item?.type === "function_call_output";
      return event.type.startsWith("session.") || event.type.startsWith("input_audio_buffer.");
    })
    .map(({ type }) => type);
}

/** Paths of every field in these events, by kind of event; entries of lists by their own kind. */
function shapes(events: Loose[]): Map<string, Set<string>> {
  const found = new Map<string, Set<string>>();
  for (const event of events) {
    const paths = found.get(event.type) ?? new Set<string>();
    found.set(event.type, paths);
    walk(event, "", paths);
  }
  return found;
}

/** Left open: padding, what newer models add, and what a client itself defines. */
const OPEN = /obfuscation|phase|parameters|logprobs|reasoning_tokens/;

function walk(value: unknown, at: string, paths: Set<string>): void {
  if (Array.isArray(value)) {
    for (const entry of value) walk(entry, `${at}[${(entry as { type?: string } | null)?.type ?? ""}]`, paths);
    return;
  }
  if (typeof value !== "object" || value === null) return;
  for (const [key, inner] of Object.entries(value)) {
    const here = `${at}.${key}`;
    if (OPEN.test(here)) continue;
    paths.add(here);
    walk(inner, here, paths);
  }
}

const NAMES = [
  "ga-openai-text-in-audio-out",
  "ga-openai-tool-call-round",
  "ga-openai-tool-round-previous-model",
  "ga-openai-history-seeding",
  "ga-openai-history-seeding-current-model",
  "ga-openai-audio-turn-server-vad",
  "ga-openai-three-audio-turns",
];

describe.skipIf(capturesMissing)("beside the real server", () => {
  it.each(NAMES)("%s: events come in the same order", async (name) => {
    const lines = linesOf(`${name}.jsonl`);
    const theirs = lines.filter(({ dir }) => dir === "s").map(({ event }) => event);
    const ours = await replay(lines);
    expect(ours.filter((event) => event.type === "error")).toEqual([]);
    expect(answers(ours)).toEqual(answers(theirs));
    expect(rest(ours)).toEqual(rest(theirs));
  });

  it.each(NAMES)("%s: no field is missing", async (name) => {
    const lines = linesOf(`${name}.jsonl`);
    const theirs = shapes(lines.filter(({ dir }) => dir === "s").map(({ event }) => event));
    const ours = shapes(await replay(lines));
    for (const [type, paths] of theirs) {
      if (!ours.has(type)) continue;
      expect(
        [...paths].filter((one) => !ours.get(type)?.has(one)),
        type,
      ).toEqual([]);
    }
  });
});
