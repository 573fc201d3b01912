import { beforeEach, describe, expect, it } from "vitest";
import type { SpokenSentence } from "../../../src/client/voice/heard-text.ts";
import { Mouth, type SpokenPart } from "../../../src/client/voice/mouth.ts";
import { digitsIn } from "../../../src/words/digits.ts";
import { moneyIn } from "../../../src/words/money.ts";
import { flite, recognise, tone, wordErrors } from "../../support/speech.ts";

interface Heard {
  item: string;
  text: string;
  ms: number;
  voice?: string;
}

/** A mouth whose voice is a tone of 10 ms a letter, and that works on only when told to. */
function slowMouth() {
  const out: (Heard | string)[] = [];
  const troubles: unknown[] = [];
  const held: (() => void)[] = [];
  let spokenBy = "";
  const mouth = new Mouth({
    voice: {
      speak: (text, { voice }) => {
        if (text.includes("unspeakable")) throw new Error("no such word");
        spokenBy = voice;
        return { samples: tone(200, text.length * 10, 0.5, 16_000), rate: 16_000 };
      },
    },
    events: {
      audio: (part, sentence) =>
        out.push({ item: part.item_id, text: sentence.spoken, ms: Math.round(sentence.ms), voice: spokenBy }),
      done: (part) => out.push(`${part.item_id} done`),
      trouble: (error) => troubles.push(error),
    },
    breathe: () => new Promise((resolve) => held.push(resolve)),
  });
  const goOn = async () => {
    held.shift()?.();
    await Promise.resolve();
    await Promise.resolve();
  };
  const all = async () => {
    while (held.length > 0) await goOn();
  };
  const texts = () => out.map((o) => (typeof o === "string" ? o : o.text));
  return { mouth, out, troubles, texts, goOn, all };
}

const part = (item_id: string, content_index = 0): SpokenPart => ({ item_id, content_index });

describe("Luna's mouth", () => {
  let slow: ReturnType<typeof slowMouth>;
  beforeEach(() => {
    slow = slowMouth();
  });

  it("speaks a sentence as soon as it is whole, before the rest is written", async () => {
    slow.mouth.say(part("a"), "Good morning. How ");
    expect(slow.texts()).toEqual(["Good morning."]);
    slow.mouth.say(part("a"), "can I help?");
    await slow.all();
    expect(slow.texts()).toEqual(["Good morning."]);
    slow.mouth.sayDone("a");
    await slow.all();
    expect(slow.texts()).toEqual(["Good morning.", "How can I help?", "a done"]);
  });

  it("speaks items in order, and reports each part's end", async () => {
    slow.mouth.say(part("a"), "One thing. Two things.");
    slow.mouth.say(part("b"), "Three things.");
    slow.mouth.sayDone("a");
    slow.mouth.sayDone("b");
    await slow.all();
    expect(slow.texts()).toEqual(["One thing.", "Two things.", "a done", "Three things.", "b done"]);
  });

  it("falls silent after the sentence at hand, and says nothing more of what it had begun", async () => {
    slow.mouth.say(part("a"), "One thing. Two things. Three");
    expect(slow.texts()).toEqual(["One thing."]);
    slow.mouth.stop();
    slow.mouth.say(part("a"), " more. And more.");
    slow.mouth.sayDone("a");
    await slow.all();
    expect(slow.texts()).toEqual(["One thing."]);
    slow.mouth.say(part("b"), "A new thing.");
    slow.mouth.sayDone("b");
    await slow.all();
    expect(slow.texts()).toEqual(["One thing.", "A new thing.", "b done"]);
  });

  it("changes its voice for what is said afterwards only", async () => {
    slow.mouth.say(part("a"), "I put you through. One moment. ");
    slow.mouth.setVoice({ voice: "rms" });
    slow.mouth.say(part("b"), "Hello there.");
    slow.mouth.sayDone("b");
    await slow.all();
    expect(slow.out.map((o) => (typeof o === "string" ? o : o.voice))).toEqual(["slt", "rms", "b done"]);
  });

  it("passes over what cannot be spoken and says so, but goes on", async () => {
    slow.mouth.say(part("a"), "The unspeakable word. — Fine. ");
    slow.mouth.sayDone("a");
    await slow.all();
    expect(slow.troubles).toHaveLength(1);
    expect(slow.out.at(-1)).toBe("a done");
    expect(slow.out[0]).toMatchObject({ ms: 0 });
  });

  it("puts a pause after each sentence and counts it", async () => {
    slow.mouth.say(part("a"), "Twenty letters here. ");
    slow.mouth.sayDone("a");
    await slow.all();
    const [first] = slow.out as Heard[];
    expect(first?.ms).toBeGreaterThanOrEqual(200 + 180 - 15);
    expect(first?.ms).toBeLessThanOrEqual(200 + 180 + 15);
  });
});

describe("with its real voice", { timeout: 60_000 }, () => {
  async function speakAll(text: string): Promise<{ sentences: SpokenSentence[]; sound: Int16Array[] }> {
    const sentences: SpokenSentence[] = [];
    const sound: Int16Array[] = [];
    const mouth = new Mouth({
      voice: await flite(),
      events: {
        audio: (_, sentence, pcm) => {
          sentences.push(sentence);
          sound.push(pcm);
        },
        done: () => {},
        trouble: (error) => {
          throw error;
        },
      },
      breathe: () => Promise.resolve(),
    });
    mouth.say(part("a"), text);
    mouth.sayDone("a");
    await new Promise((resolve) => setTimeout(resolve, 0));
    return { sentences, sound };
  }

  it("says what it was given, so that it is understood", async () => {
    const { sentences, sound } = await speakAll("Your card is now blocked. A new card will come in the mail.");
    expect(sentences.map((s) => s.spoken)).toEqual(["Your card is now blocked.", "A new card will come in the mail."]);
    for (const [i, sentence] of sentences.entries()) {
      const heard = await recognise(sound[i] as Int16Array);
      expect(wordErrors(sentence.spoken, heard), `${sentence.spoken} | ${heard}`).toBeLessThanOrEqual(0.3);
    }
  });

  it("says the digits of a card and an amount as a person would", async () => {
    const { sound } = await speakAll("Your card ending in 4829 is now blocked. You have $120.50 left.");
    expect(digitsIn(await recognise(sound[0] as Int16Array), { length: 4 })).toContain("4829");
    expect(moneyIn(await recognise(sound[1] as Int16Array)).map((sum) => sum.cents)).toContain(12_050);
  });

  it("starts at once: no silence before the speech, and the length it tells is the length it is", async () => {
    const { sentences, sound } = await speakAll("Good morning. How can I help you?");
    for (const [i, pcm] of sound.entries()) {
      const first = pcm.findIndex((v) => Math.abs(v) > 300);
      expect(first / 24).toBeLessThan(60);
      expect(sentences[i]?.ms).toBeCloseTo(pcm.length / 24, 0);
      expect(pcm.subarray(Math.ceil((sentences[i]?.speech_ms ?? 0) * 24)).every((v) => v === 0)).toBe(true);
    }
  });

  it("is about equally loud as Luna and as the specialist", async () => {
    const level = async (voice: "slt" | "rms") => {
      const pcm: Int16Array[] = [];
      const mouth = new Mouth({
        voice: await flite(),
        events: { audio: (_, __, sound) => pcm.push(sound), done: () => {}, trouble: () => {} },
        breathe: () => Promise.resolve(),
      });
      mouth.setVoice({ voice });
      mouth.say(part("a"), "This is how loud I am when I speak to you.");
      mouth.sayDone("a");
      const [sound = new Int16Array(0)] = pcm;
      expect(Math.max(...sound.map(Math.abs))).toBeLessThan(32_767);
      return Math.hypot(...sound) / Math.sqrt(sound.length);
    };
    const [luna, specialist] = [await level("slt"), await level("rms")];
    expect(Math.abs(20 * Math.log10(luna / specialist))).toBeLessThan(3);
  });

  it("speaks faster or slower when asked to", async () => {
    const voice = await flite();
    const length = (speed: number) => voice.speak("I can help you with that.", { voice: "slt", speed }).samples.length;
    expect(length(1) / length(1.5)).toBeGreaterThan(1.3);
    expect(length(0.5) / length(1)).toBeGreaterThan(1.7);
  });
});
