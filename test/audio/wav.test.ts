import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { readWav, wavHeader, writeWav } from "../../src/audio/wav.ts";

const samples = fc
  .array(fc.integer({ min: -32_768, max: 32_767 }), { maxLength: 500 })
  .map((list) => Int16Array.from(list));
const ascii = (text: string) => Uint8Array.from(text, (c) => c.charCodeAt(0));

/** A WAV file with two channels and a chunk of notes before the data. */
function stereoWithNotes(left: number[], right: number[]): Uint8Array {
  const bytes = new Uint8Array(12 + 24 + 12 + 8 + left.length * 4);
  const view = new DataView(bytes.buffer);
  bytes.set(ascii("RIFF"), 0);
  view.setUint32(4, bytes.length - 8, true);
  bytes.set(ascii("WAVEfmt "), 8);
  view.setUint32(16, 16, true);
  view.setUint16(20, 1, true);
  view.setUint16(22, 2, true);
  view.setUint32(24, 48_000, true);
  view.setUint32(28, 192_000, true);
  view.setUint16(32, 4, true);
  view.setUint16(34, 16, true);
  bytes.set(ascii("LIST"), 36);
  view.setUint32(40, 3, true); // odd: a pad byte follows
  bytes.set(ascii("abc"), 44);
  bytes.set(ascii("data"), 48);
  view.setUint32(52, left.length * 4, true);
  left.forEach((v, i) => {
    view.setInt16(56 + i * 4, v, true);
    view.setInt16(58 + i * 4, right[i] ?? 0, true);
  });
  return bytes;
}

describe("WAV", () => {
  it("is read back as it was written", () => {
    fc.assert(
      fc.property(samples, fc.constantFrom(8_000, 16_000, 24_000, 48_000), (pcm, rate) => {
        expect(readWav(writeWav(pcm, rate))).toEqual({ samples: pcm, rate });
      }),
    );
  });

  it("header in front of interleaved stereo makes a file that is read whole", () => {
    const stereo = Int16Array.of(10, 30, -10, -30);
    const file = new Uint8Array([...wavHeader(stereo.byteLength, 24_000, 2), ...new Uint8Array(stereo.buffer)]);
    expect(readWav(file)).toEqual({ samples: Int16Array.of(20, -20), rate: 24_000 });
  });

  it("header cannot count more than 4 GiB", () => {
    expect(() => wavHeader(2 ** 32 - 40, 24_000, 2)).toThrow(RangeError);
  });

  it("is read out of the middle of a larger buffer", () => {
    const file = writeWav(Int16Array.of(1, 2, 3), 16_000);
    const around = new Uint8Array(file.length + 7);
    around.set(file, 5);
    expect([...readWav(around.subarray(5, 5 + file.length)).samples]).toEqual([1, 2, 3]);
  });

  it("with two channels becomes their mean; other chunks are stepped over", () => {
    expect(readWav(stereoWithNotes([100, -100], [300, -300]))).toEqual({
      rate: 48_000,
      samples: Int16Array.of(200, -200),
    });
  });

  it("whose data claims too much gives what is there (programs that stream write no length)", () => {
    const file = writeWav(Int16Array.of(1, 2, 3), 16_000);
    new DataView(file.buffer).setUint32(40, 0xffffffff, true);
    expect([...readWav(file).samples]).toEqual([1, 2, 3]);
  });

  it("that is none is refused in plain words", () => {
    expect(() => readWav(new Uint8Array(4))).toThrow("Not a WAV file.");
    expect(() => readWav(writeWav(Int16Array.of(1), 8_000).subarray(0, 36))).toThrow("WAV file has no data.");
    const floats = writeWav(Int16Array.of(1), 8_000);
    floats[20] = 3;
    expect(() => readWav(floats)).toThrow("not PCM16");
    const silent = writeWav(Int16Array.of(1), 8_000);
    silent[22] = 0;
    expect(() => readWav(silent)).toThrow("no channels");
  });

  it("never breaks the reader, whatever the bytes", () => {
    fc.assert(
      fc.property(samples, fc.nat(60), fc.nat(255), fc.nat(120), (pcm, at, value, keep) => {
        const file = writeWav(pcm, 16_000).slice();
        if (at < file.length) file[at] = value;
        const cut = file.subarray(0, Math.min(file.length, 20 + keep));
        try {
          expect(readWav(cut).samples.length).toBeLessThanOrEqual(cut.length / 2);
        } catch (error) {
          expect(String(error)).toMatch(/WAV file/);
        }
      }),
      { numRuns: 300 },
    );
  });
});
