/**
 * Did Luna hear herself? With poor echo cancelling her own words come back through the microphone. What is recognised
 * while she speaks and runs along with what she has just said, word for word, is taken for an echo.
 */

/** Fewer words are never an echo: "checking" is a fair answer to "checking or savings?". */
const FEWEST = 4;
/** Part of the words that must be hers, in her order. "Block my card" to "shall I block your card" is two of three. */
const SHARE = 0.75;

/** `recent`: what Luna said in the last seconds, as spoken. */
export function isEcho(transcript: string, recent: string): boolean {
  const heard = wordsOf(transcript);
  if (heard.length < FEWEST) return false;
  return inCommon(heard, wordsOf(recent)) / heard.length >= SHARE;
}

function wordsOf(text: string): string[] {
  return text.toLowerCase().match(/[\p{L}\p{N}']+/gu) ?? [];
}

/** Longest common subsequence, with no more than two words left out on Luna's side between one and the next. */
function inCommon(heard: readonly string[], said: readonly string[]): number {
  const skips = 3;
  let best = 0;
  /** Longest run along both sides that ends with `heard[i]` matched to `said[j]`. */
  const runs = heard.map(() => new Array<number>(said.length).fill(0));
  for (const [i, word] of heard.entries())
    for (const [j, hers] of said.entries()) {
      if (!alike(word, hers)) continue;
      let before = 0;
      for (let a = Math.max(0, i - skips); a < i; a++)
        for (let b = Math.max(0, j - skips); b < j; b++) before = Math.max(before, runs[a]?.[b] ?? 0);
      const run = before + 1;
      (runs[i] as number[])[j] = run;
      best = Math.max(best, run);
    }
  return best;
}

/** Recognition bends words: the same first two letters and nearly the same length will do for longer ones. */
function alike(a: string, b: string): boolean {
  if (a === b) return true;
  return a.length > 3 && b.length > 3 && a.slice(0, 2) === b.slice(0, 2) && Math.abs(a.length - b.length) <= 1;
}
