import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { appendEvent, readAudioDelta } from "../../src/realtime/audio-delta.ts";
import { parseClientEvent } from "../../src/realtime/parse.ts";

const DELTA = {
  type: "response.output_audio.delta",
  event_id: "event_1",
  response_id: "resp_1",
  item_id: "item_1",
  output_index: 1,
  content_index: 2,
  delta: "AAAA",
};

/** What cutting must equal: the whole event parsed. */
function parsed(text: string) {
  const event = JSON.parse(text) as Record<string, unknown>;
  if (event.type !== "response.output_audio.delta" && event.type !== "response.audio.delta") return undefined;
  const { response_id, item_id, delta } = event;
  if (![response_id, item_id, delta].every((value) => typeof value === "string")) return undefined;
  if (response_id === "" || item_id === "") return undefined;
  const index = (value: unknown) => (typeof value === "number" ? value : 0);
  return {
    response_id,
    item_id,
    output_index: index(event.output_index),
    content_index: index(event.content_index),
    base64: delta,
  };
}

/** JSON text of a flat or nested value with white space of any kind between its parts. */
function spaced(value: unknown, blank: () => string): string {
  if (Array.isArray(value)) return `[${value.map((part) => blank() + spaced(part, blank) + blank()).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const pairs = Object.entries(value).map(
    ([key, part]) => `${blank()}${JSON.stringify(key)}${blank()}:${blank()}${spaced(part, blank)}${blank()}`,
  );
  return `${blank()}{${pairs.join(",") || blank()}}${blank()}`;
}

const base64Text = fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes).toString("base64"));
/** Mostly honest ids; sometimes with escapes, quotes, or of another type. */
const id = fc.oneof({ weight: 6, arbitrary: fc.stringMatching(/^[a-zA-Z0-9_-]{1,30}$/) }, fc.string(), fc.jsonValue());
const index = fc.oneof(
  { weight: 4, arbitrary: fc.nat(20) },
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.jsonValue(),
);
const type = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom("response.output_audio.delta", "response.audio.delta") },
  fc.constantFrom("response.output_audio.done", "response.output_text.delta", "audio.delta"),
);
const event = fc
  .record(
    {
      type,
      response_id: id,
      item_id: id,
      output_index: index,
      content_index: index,
      delta: fc.oneof({ weight: 6, arbitrary: base64Text }, fc.string()),
      event_id: id,
      obfuscation: fc.oneof(fc.string(), fc.constant('say "audio.delta"')),
      extra: fc.jsonValue(),
    },
    { requiredKeys: ["type", "response_id", "item_id", "delta"] },
  )
  .chain((fields) =>
    fc.shuffledSubarray(Object.entries(fields), { minLength: Object.keys(fields).length }).map(Object.fromEntries),
  );
const blanks = fc.infiniteStream(fc.constantFrom("", "", "", " ", "\n", "\t \r\n"));

describe("an audio delta", () => {
  it("is cut out as parsing would give it, for any order of keys, white space and extra fields", () => {
    fc.assert(
      fc.property(event, blanks, (fields, stream) => {
        const text = spaced(fields, () => stream.next().value ?? "");
        expect(readAudioDelta(text)).toEqual(parsed(text));
      }),
      { numRuns: 2_000 },
    );
  });

  it("is found under its beta name", () => {
    expect(readAudioDelta(JSON.stringify({ ...DELTA, type: "response.audio.delta" }))?.base64).toBe("AAAA");
  });

  it("is whole where a serialiser escapes the slash", () => {
    const text = JSON.stringify({ ...DELTA, delta: "ab/+cd==" }).replace("/", "\\/");
    expect(readAudioDelta(text)?.base64).toBe("ab/+cd==");
  });

  it("is not seen in a sentence that speaks of one", () => {
    const delta = '{"type":"response.output_audio.delta"}';
    expect(readAudioDelta(JSON.stringify({ ...DELTA, type: "response.output_text.delta", delta }))).toBeUndefined();
    const nested = { type: "x", inner: DELTA };
    expect(readAudioDelta(JSON.stringify(nested))).toBeUndefined();
  });

  it("is nothing when the frame is broken off", () => {
    const text = JSON.stringify(DELTA);
    for (let length = 0; length < text.length; length++) expect(readAudioDelta(text.slice(0, length))).toBeUndefined();
    expect(readAudioDelta(`${text} x`)).toBeUndefined();
  });

  it("with an id that is too long to be kept belongs nowhere", () => {
    const event = {
      type: "response.output_audio.delta",
      response_id: "r",
      item_id: "x".repeat(2_000_000),
      delta: "AAAA",
    };
    expect(readAudioDelta(JSON.stringify(event))).toBeUndefined();
  });

  it("without ids belongs nowhere", () => {
    for (const key of ["response_id", "item_id"]) {
      expect(readAudioDelta(JSON.stringify({ ...DELTA, [key]: "" }))).toBeUndefined();
      expect(readAudioDelta(JSON.stringify({ ...DELTA, [key]: undefined }))).toBeUndefined();
    }
  });
});

describe("a frame of the caller's voice", () => {
  it("becomes an append event that a server reads back to the same bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (frame) => {
        const read = parseClientEvent(appendEvent(frame));
        if (!read.ok || read.event.type !== "input_audio_buffer.append") throw new Error("no append event");
        expect(new Uint8Array(Buffer.from(read.event.audio, "base64"))).toEqual(new Uint8Array(frame));
      }),
    );
  });

  it("may be a view into a larger buffer", () => {
    const frame = new Uint8Array([9, 1, 2, 3, 9]).subarray(1, 4);
    expect(appendEvent(frame)).toBe('{"type":"input_audio_buffer.append","audio":"AQID"}');
  });
});
