import { readFile } from "node:fs/promises";
import path from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { makePhrases } from "../../../../scripts/voice-phrases.ts";
import { samplesOf } from "../../../../src/engines/scripted/formats.ts";
import { joined } from "../../../../src/engines/scripted/input-buffer.ts";
import { type Load, openBook, spoken } from "../../../../src/engines/scripted/voice/fragment-voice.ts";
import type { PhraseBook } from "../../../../src/engines/scripted/voice/phrase-book.ts";
import { speakable } from "../../../../src/words/speakable.ts";
import { recognise, wordErrors } from "../../../support/speech.ts";

const PUBLIC = path.resolve(import.meta.dirname, "../../../../public");
const fromDisk: Load = async (file) => {
  const bytes = await readFile(path.join(PUBLIC, file));
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
};

let book: PhraseBook;
beforeAll(async () => {
  await makePhrases(PUBLIC);
  book = await openBook(fromDisk);
}, 180_000);

describe("what was spoken at build time and joined in the Worker", () => {
  it.each([
    "Your checking account has $1,250.50, and your savings account has $8,300.",
    "I'll block the card ending in 4829 now, and that can't be undone. Shall I go ahead?",
    "I can move $120 from your checking account to your savings account on December 15. Is that right?",
  ])("is understood: %s", { timeout: 120_000 }, async (text) => {
    const heard = await recognise(samplesOf(joined([...spoken(book, text)])));
    const errors = wordErrors(speakable(text), speakable(heard));
    expect(errors, `heard: ${heard}`).toBeLessThan(0.34);
  });

  it("holds every number, letter and month", () => {
    const words = "zero nineteen ninety hundred thousand december twelfth dollars cents checking savings".split(" ");
    for (const word of [...words, ..."abcdefghijklmnopqrstuvwxyz"])
      expect(book.sound(word).length, word).toBeGreaterThan(800);
  });

  it("spells no word of a sum, a date or a card", () => {
    const text = speakable("$12,345.67 on March 31, 2026 for the card ending in 9047, at 6.29%, in 15 days.");
    const spelled = book
      .pieces(text)
      .filter((piece) => "phrase" in piece && piece.phrase.length === 1 && piece.phrase !== "a");
    expect(spelled).toEqual([]);
  });
});
