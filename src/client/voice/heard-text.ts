/**
 * Which part of a spoken text had been said after so much of its sound: exact at the ends of sentences, and inside one by
 * the length of its words as they are spoken ("4829" takes as long as four words).
 */

export interface SpokenSentence {
  /** Place in the item's text, characters. */
  start: number;
  end: number;
  /** As it was spoken, numbers written out. */
  spoken: string;
  /** Length of its sound, with the pause after it. */
  ms: number;
  /** The part of it that is speech. */
  speech_ms: number;
}

/** Characters of `text` that had been spoken after `heard_ms`; a word counts when all of it has been heard. */
export function heardChars(text: string, sentences: readonly SpokenSentence[], heard_ms: number): number {
  let left = heard_ms;
  let chars = 0;
  for (const sentence of sentences) {
    if (left < sentence.speech_ms) return Math.max(chars, inside(text, sentence, left));
    chars = sentence.end;
    left -= sentence.ms;
    if (left < 0) return chars;
  }
  return chars;
}

function inside(text: string, sentence: SpokenSentence, heard_ms: number): number {
  const words = [...text.slice(sentence.start, sentence.end).matchAll(/\S+/g)];
  const weights = wordWeights(
    words.map(([word]) => word),
    sentence.spoken,
  );
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  let budget = total * (heard_ms / sentence.speech_ms);
  let chars = sentence.start;
  for (const [i, word] of words.entries()) {
    budget -= weights[i] as number;
    if (budget < 0) break;
    chars = sentence.start + word.index + word[0].length;
  }
  return chars;
}

/** Letters stand for themselves; what is written in figures shares the rest of what was spoken. */
function wordWeights(words: readonly string[], spoken: string): number[] {
  const figures = words.map((word) => (/[\d$%€£#&]/.test(word) ? word.length : 0));
  const inFigures = figures.reduce((sum, n) => sum + n, 0);
  const inLetters = words.reduce((sum, word, i) => sum + (figures[i] ? 0 : word.length + 1), 0);
  const rest = Math.max(inFigures, spoken.length - inLetters);
  return words.map((word, i) => (figures[i] ? (rest * figures[i]) / inFigures : word.length + 1));
}
