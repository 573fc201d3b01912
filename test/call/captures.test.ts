/** Real traffic, recorded by others, goes through the rules of a call. Skipped where the recordings are not at hand. */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { describe, expect, test } from "vitest";
import { audioArrived, turnsInOrder } from "../../src/call/machine.ts";
import { readAudioDelta } from "../../src/realtime/audio-delta.ts";
import type { Item, ServerEvent } from "../../src/realtime/events.ts";
import { readServerEvents } from "../../src/realtime/read.ts";
import { Line, page, sent } from "./events.ts";

const FOLDER = path.resolve(import.meta.dirname, "../../../shared/captures");
const present = existsSync(FOLDER);
if (!present) console.warn(`Recorded traffic is not at ${FOLDER}: these tests are skipped.`);
const files = present ? readdirSync(FOLDER).filter((name) => /^ga-.*\.jsonl$/.test(name)) : [];

interface Recorded {
  line: Line;
  spoken: Map<string, string>;
  called: string[];
  users: Map<string, string>;
}

/** Gives every server line of the file to a call, with a page that hears everything. */
function replay(name: string): Recorded {
  const line = new Line();
  const truth: Recorded = { line, spoken: new Map(), called: [], users: new Map() };
  for (const row of readFileSync(path.join(FOLDER, name), "utf8").split("\n")) {
    if (row.trim() === "") continue;
    const { dir, event } = unwrap(JSON.parse(row));
    if (dir !== "s") continue;
    if (event.type === "__close__") {
      line.take({ from: "engine_gone" });
      line.ready({});
      continue;
    }
    line.now += 5;
    const text = JSON.stringify(event);
    const audio = readAudioDelta(text);
    if (audio !== undefined) {
      audioArrived(line.state, audio, 100, line.now);
      continue;
    }
    for (const read of readServerEvents(text)) {
      if (read.type === "unknown") continue;
      note(truth, read);
      for (const command of line.engine(read)) {
        if (command.do === "run") line.tool(command.call.call_id);
      }
    }
  }
  for (const sound of line.state.playback.sounds) {
    line.page(page.playback(sound.item_id, "done", Math.floor(sound.received_ms)));
  }
  line.wait(60_000);
  return truth;
}

function unwrap(row: { dir?: string; event?: { type: string }; type?: string }): {
  dir: string;
  event: { type: string };
} {
  return { dir: row.dir ?? "s", event: row.event ?? (row as { type: string }) };
}

/** What the recording itself says of who said and called what. */
function note(truth: Recorded, event: ServerEvent): void {
  switch (event.type) {
    case "response.output_audio_transcript.done":
      truth.spoken.set(event.item_id, event.transcript);
      break;
    case "response.output_text.done":
      truth.spoken.set(event.item_id, event.text);
      break;
    case "response.output_item.done":
      noteCall(truth, event.item);
      break;
    case "response.done":
      // One recording has the ends of responses and nothing before them.
      for (const item of event.response.status === "completed" ? event.response.output : []) noteCall(truth, item);
      break;
    case "conversation.item.input_audio_transcription.completed":
      truth.users.set(event.item_id, event.transcript.trim());
      break;
    default:
  }
}

function noteCall({ called }: Recorded, item: Item): void {
  if (item.type === "function_call" && !called.includes(item.call_id)) called.push(item.call_id);
}

describe.skipIf(!present)("a call that replays recorded traffic", () => {
  test("finds the recordings", () => {
    expect(files.length).toBeGreaterThan(15);
  });

  test.each(files)("understands %s", (name) => {
    const { line, spoken, called, users } = replay(name);
    const turns = new Map(turnsInOrder(line.state).map((turn) => [turn.item_id, turn]));
    for (const [id, text] of spoken) {
      expect(turns.get(id)).toMatchObject({ who: "luna", text, heard: text, state: "final" });
    }
    for (const [id, text] of users) expect(turns.get(id)).toMatchObject({ who: "caller", text, state: "final" });
    const runs = line.all.flatMap((command) => (command.do === "run" ? [command.call.call_id] : []));
    expect(runs).toEqual(called);
    const outputs = sent(line.all, "conversation.item.create").filter(
      (event) => event.type === "conversation.item.create" && event.item.type === "function_call_output",
    );
    expect(outputs).toHaveLength(called.length);
    expect(sent(line.all, "conversation.item.truncate")).toEqual([]);
    expect([...turns.values()].some((turn) => turn.state === "live")).toBe(false);
    expect(line.state.gate).toMatchObject({ at: "free", owed: null });
  });

  test("keeps the three spoken turns and their answers in turn", () => {
    const { line } = replay("ga-openai-three-audio-turns.jsonl");
    expect(turnsInOrder(line.state).map((turn) => turn.who)).toEqual([
      "caller",
      "luna",
      "caller",
      "luna",
      "caller",
      "luna",
    ]);
  });

  test("shows a spoken turn whose transcription failed as unclear, and its answer", () => {
    const { line } = replay("ga-azure-transcription-failed.jsonl");
    expect(turnsInOrder(line.state).map((turn) => turn.state)).toEqual(["unclear", "final"]);
  });

  test("tells the message from the call in one response", () => {
    const { line, called } = replay("ga-openai-tool-round-current-model.jsonl");
    expect(called).toHaveLength(1);
    expect(turnsInOrder(line.state).map((turn) => turn.who)).toEqual(["caller", "luna", "luna"]);
  });
});
