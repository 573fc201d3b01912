import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { rmsOfInt16 } from "../../../src/audio/rms.ts";
import { bytesOf, Decoder, Encoder, samplesOf } from "../../../src/engines/scripted/formats.ts";
import { joined } from "../../../src/engines/scripted/input-buffer.ts";

const PCM = { type: "audio/pcm", rate: 24_000 } as const;

function tone(hz: number, ms: number): Uint8Array {
  const samples = Int16Array.from({ length: ms * 24 }, (_, i) => 8_000 * Math.sin((2 * Math.PI * hz * i) / 24_000));
  return bytesOf(samples);
}

/** The same bytes in pieces of these lengths, over and over. */
function cut(bytes: Uint8Array, lengths: number[]): Uint8Array[] {
  const pieces: Uint8Array[] = [];
  for (let from = 0, n = 0; from < bytes.length; n++) {
    const length = lengths[n % lengths.length] ?? 1;
    pieces.push(bytes.slice(from, from + length));
    from += length;
  }
  return pieces;
}

const lengths = fc.array(fc.integer({ min: 1, max: 3_000 }), { minLength: 1, maxLength: 5 });

describe.each([PCM, { type: "audio/pcmu" }, { type: "audio/pcma" }] as const)("sound as $type", (format) => {
  it("comes out the same however it was cut", () => {
    const sent = joined([new Encoder(format).encode(tone(440, 200))]);
    const whole = new Decoder(format).decode(sent);
    fc.assert(
      fc.property(lengths, (pieces) => {
        const decoder = new Decoder(format);
        const parts = cut(sent, pieces).map((piece) => decoder.decode(piece));
        expect(Buffer.from(joined(parts))).toEqual(Buffer.from(whole.slice(0, joined(parts).length)));
        // Half a sample at the end may still wait for its other half.
        expect(whole.length - joined(parts).length).toBeLessThan(2);
      }),
      { numRuns: 40 },
    );
  });

  it("keeps its loudness and its length on the way out and back in", () => {
    const back = samplesOf(new Decoder(format).decode(new Encoder(format).encode(tone(440, 500))));
    expect(back.length / 24).toBeGreaterThan(490);
    expect(back.length / 24).toBeLessThanOrEqual(500);
    expect(rmsOfInt16(back, 2_400)).toBeCloseTo(8_000 / 32_768 / Math.SQRT2, 2);
  });
});

it("a telephone hears no tone above its band", () => {
  const heard = samplesOf(
    new Decoder({ type: "audio/pcmu" }).decode(new Encoder({ type: "audio/pcmu" }).encode(tone(6_000, 300))),
  );
  expect(rmsOfInt16(heard, 2_400)).toBeLessThan(0.005);
});
