import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { base64, fromBase64 } from "../../src/audio/base64.ts";

/** As on a runtime that has no codec of its own. */
function withoutCodec(bytes: Uint8Array): Uint8Array {
  return Object.defineProperty(Uint8Array.from(bytes), "toBase64", { value: undefined });
}

describe("base64", () => {
  it("is what Node writes, with the runtime's own codec and without one, and comes back the same", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 2_000 }), (bytes) => {
        const text = Buffer.from(bytes).toString("base64");
        expect(base64(bytes)).toBe(text);
        expect(base64(withoutCodec(bytes))).toBe(text);
        expect(fromBase64(text)).toEqual(Uint8Array.from(bytes));
      }),
    );
  });

  it("holds a minute of sound", () => {
    const minute = new Uint8Array(48_000 * 60).fill(210);
    expect(Buffer.compare(fromBase64(base64(withoutCodec(minute))) ?? new Uint8Array(), minute)).toBe(0);
  });

  it("is undefined where the text is something else", () => {
    for (const text of ["not base64!", "A", "AAA=A"]) expect(fromBase64(text)).toBeUndefined();
  });
});
