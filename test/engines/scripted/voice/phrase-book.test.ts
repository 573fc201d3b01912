import { describe, expect, it } from "vitest";
import { encodeG711 } from "../../../../src/audio/g711.ts";
import { fragmentVoice, PHRASE_INDEX, spoken } from "../../../../src/engines/scripted/voice/fragment-voice.ts";
import { PhraseBook, type PhraseIndex, phraseKey } from "../../../../src/engines/scripted/voice/phrase-book.ts";

/** A book in which every phrase sounds `ms` long. */
function bookOf(phrases: Record<string, number>): { index: PhraseIndex; sound: Uint8Array } {
  const index: PhraseIndex = { rate: 16_000, file: "/voice/phrases-test.bin", phrases: {} };
  let from = 0;
  for (const [phrase, ms] of Object.entries(phrases)) {
    index.phrases[phrase] = [from, ms * 16];
    from += ms * 16;
  }
  return { index, sound: encodeG711("mu", new Int16Array(from).fill(8_000)) };
}

function open(phrases: Record<string, number>): PhraseBook {
  const { index, sound } = bookOf(phrases);
  return new PhraseBook(index, sound);
}

const said = (book: PhraseBook, text: string) =>
  book.pieces(text).flatMap((piece) => ("phrase" in piece ? [piece.phrase] : []));

describe("the phrase book", () => {
  it("says the longest phrases there are", () => {
    const book = open({ your: 1, card: 1, is: 1, "your card": 1, "is blocked": 1, blocked: 1, now: 1 });
    expect(said(book, "Your card is blocked now.")).toEqual(["your card", "is blocked", "now"]);
  });

  it("spells what it does not know", () => {
    const book = open({ hello: 1, z: 1, o: 1, e: 1 });
    expect(said(book, "Hello Zoe!")).toEqual(["hello", "z", "o", "e"]);
  });

  it("rests at a comma", () => {
    const book = open({ yes: 1, please: 1 });
    const pauses = (text: string) =>
      book.pieces(text).flatMap((piece) => ("pause_ms" in piece ? [piece.pause_ms] : []));
    expect(pauses("yes, please")[0]).toBeGreaterThan(pauses("yes please")[0] ?? 0);
  });

  it("looks words up by their letters alone", () => {
    expect(phraseKey(" I'll   block the Card-ending, OK? ")).toBe("i'll block the card ending ok");
  });

  it("is not opened when its sound is cut off", () => {
    const { index, sound } = bookOf({ hello: 100 });
    expect(() => new PhraseBook(index, sound.subarray(1))).toThrow(RangeError);
  });

  it("speaks in pieces of a tenth of a second, as long as its phrases are", () => {
    const chunks = [...spoken(open({ one: 250, hundred: 130, dollars: 300 }), "$100")];
    expect(chunks.slice(0, -1).every((chunk) => chunk.length === 4_800)).toBe(true);
    const ms = chunks.reduce((sum, chunk) => sum + chunk.length / 48, 0);
    expect(ms).toBeGreaterThan(250 + 130 + 300);
    expect(ms).toBeLessThan(250 + 130 + 300 + 400);
  });
});

describe("the voice of fragments", () => {
  const play = async (voice: ReturnType<typeof fragmentVoice>, text: string) => {
    let bytes = 0;
    for await (const chunk of voice(text)) bytes += chunk.length;
    return bytes;
  };

  it("is silent without its files, asks again after a minute, and then reads them once for all", async () => {
    const asked: string[] = [];
    const { index, sound } = bookOf({ hello: 200 });
    let there = false;
    let now = 0;
    const load = async (path: string): Promise<ArrayBuffer> => {
      asked.push(path);
      if (!there) throw new Error("not there");
      return (path === PHRASE_INDEX ? new TextEncoder().encode(JSON.stringify(index)) : sound).slice()
        .buffer as ArrayBuffer;
    };
    const clock = { now: () => now, rest: async () => undefined };
    const voice = fragmentVoice(load, clock);
    expect(await play(voice, "Hello")).toBe(0);
    there = true;
    now = 30_000;
    expect(await play(voice, "Hello")).toBe(0);
    expect(asked).toEqual([PHRASE_INDEX]);
    now = 61_000;
    await play(voice, "Hello");
    expect(await play(voice, "Hello")).toBeGreaterThan(48 * 200);
    const other = fragmentVoice(load, clock);
    expect(await play(other, "Hello")).toBeGreaterThan(48 * 200);
    expect(asked).toEqual([PHRASE_INDEX, PHRASE_INDEX, index.file]);
  });

  it("comes faster than it plays, but not all at once", async () => {
    const rests: number[] = [];
    // The isolate has its book from the test before: nobody is asked for another.
    const load = () => Promise.reject(new Error("asked again"));
    const voice = fragmentVoice(load, { now: () => 0, rest: async (ms) => void rests.push(ms) });
    const bytes = await play(voice, Array.from({ length: 10 }, () => "hello").join(" "));
    const ms = bytes / 48;
    expect(ms).toBeGreaterThan(2_000);
    const rested = rests.reduce((sum, one) => sum + one, 0);
    expect(rested).toBeCloseTo((ms - 500) / 8, 5);
  });
});
