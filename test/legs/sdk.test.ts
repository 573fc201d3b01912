import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { MAX_FRAME, readClientFrame } from "../../src/legs/sdk.ts";

const append = (audio: string) => `{"type":"input_audio_buffer.append","audio":"${audio}"}`;

describe("a client's frame", () => {
  it("of sound is passed on unread", () => {
    expect(readClientFrame(append("AAAA"))).toEqual({ kind: "append", text: append("AAAA") });
    expect(readClientFrame(append(""))).toEqual({ kind: "append", text: append("") });
  });

  it("of sound with an event id, or in another order of keys, is read", () => {
    const text = '{"event_id":"e1","type":"input_audio_buffer.append","audio":"AAAA"}';
    expect(readClientFrame(text)).toEqual({
      kind: "event",
      text,
      event: { type: "input_audio_buffer.append", event_id: "e1", audio: "AAAA" },
    });
  });

  it("that only begins like sound is never passed on unread with anything behind it", () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const text = `${append("AAAA").slice(0, -2)}${before}"${after}}`;
        const read = readClientFrame(text);
        if (read.kind !== "append") return;
        const parsed = text.slice(append("").length - 2, -2);
        expect(parsed).not.toContain('"');
      }),
    );
  });

  it("that is longer than anybody may send is refused unread", () => {
    const read = readClientFrame("x".repeat(MAX_FRAME + 1));
    expect(read).toMatchObject({ kind: "error", error: { code: "message_too_large" } });
  });
});
