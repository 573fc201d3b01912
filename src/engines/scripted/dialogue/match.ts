/** Phrases in speech: found by their key words, in any order, through what a recogniser makes of them. */
import { soundsLike } from "../../../words/similar.ts";

/** Short words are easily mistaken for each other, so they must be exact. */
const FUZZY_LENGTH = 4;
const ALIKE = 0.84;

/** The words of a text: small letters, digits and apostrophes. */
export function wordsOf(text: string): string[] {
  return (
    text
      .toLowerCase()
      .replaceAll("’", "'")
      .match(/[a-z0-9]+(?:'[a-z]+)?/g) ?? []
  );
}

/** How well a phrase fits: the letters of its key words when all are heard, else 0. */
export function fits(words: string[], phrase: string): number {
  let score = 0;
  for (const key of phrase.split(" ")) {
    const forms = key.split("|");
    const heard = forms.find((form) => words.includes(form)) ?? forms.find((form) => hearsAlike(words, form));
    if (!heard) return 0;
    score += words.includes(heard) ? heard.length : heard.length * ALIKE;
  }
  return score;
}

function hearsAlike(words: string[], form: string): boolean {
  if (form.length < FUZZY_LENGTH) return false;
  return words.some((word) => word.length >= FUZZY_LENGTH && alike(word, form));
}

/** Comparing sounds is the dear part of understanding, and the same few words are compared over and over. */
const known = new Map<string, boolean>();
const KNOWN_AT_MOST = 20_000;

function alike(word: string, form: string): boolean {
  // Words this different in length never sound alike enough.
  if (Math.abs(word.length - form.length) > 3) return false;
  const pair = `${word} ${form}`;
  const before = known.get(pair);
  if (before !== undefined) return before;
  if (known.size >= KNOWN_AT_MOST) known.clear();
  const result = soundsLike(word, form) >= ALIKE;
  known.set(pair, result);
  return result;
}

/** The best of some phrases, with its score; undefined when none fits. `asked`: phrases marked `~` count too. */
export function bestPhrase(
  words: string[],
  phrases: string[],
  asked = false,
): { phrase: string; score: number } | undefined {
  let best: { phrase: string; score: number } | undefined;
  for (const phrase of phrases) {
    const bare = phrase.startsWith("~");
    if (bare && !asked) continue;
    const score = fits(words, bare ? phrase.slice(1) : phrase);
    if (score > (best?.score ?? 0)) best = { phrase, score };
  }
  return best;
}

/** The key whose phrases fit best. `asked`: the words answer the question for it. */
export function bestKey(
  words: string[],
  choices: Record<string, string[]>,
  asked = false,
): { key: string; score: number } | undefined {
  let best: { key: string; score: number } | undefined;
  for (const [key, phrases] of Object.entries(choices)) {
    const score = bestPhrase(words, phrases, asked)?.score ?? 0;
    if (score > (best?.score ?? 0)) best = { key, score };
  }
  return best;
}
