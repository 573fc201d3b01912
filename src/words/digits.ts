/**
 * Runs of digits said one by one, in pairs or as a number: card ends, account ends, one-time codes.
 *
 * Recognisers write homophones: "for ate two nine" is 4829. Such words count only next to real digits, or when the
 * utterance is nothing but digits, so that "I want to pay for it" holds none. With a wished length only runs that can
 * be read with exactly that many digits are returned; doubtful words at the edges are used only to reach it.
 */

import { digitWords, type Edge, FILLERS, type Utterance } from "./digit-words.ts";

export interface DigitOptions {
  /** Return only runs of exactly this many digits. */
  length?: number;
}

export interface DigitSpan {
  digits: string;
  /** Offsets in the text, end exclusive. */
  start: number;
  end: number;
}

/** Homophones that are common little words: alone at the edge of a run they are words, not digits. */
const LITTLE = new Set(["to", "too", "for", "oh", "o", "free"]);
/** Words around digits that still leave an utterance "nothing but digits". */
const AROUND = new Set(
  (
    "it it's its is the that's my last four digits numbers number are yes yeah okay ok so well sure and please ending " +
    "ends in with card account code luna thanks no sorry"
  ).split(" "),
);

interface Run {
  /** Token range, end exclusive. */
  from: number;
  to: number;
}

/** No card, code or account number takes more words than this. */
const LONGEST_RUN = 64;

/** Stretches of tokens that can be digits, as long as they go; fillers may stand inside. */
function runsOf(u: Utterance): Run[] {
  const covered = u.t.map(() => false);
  u.edges.forEach((list, i) => {
    for (const edge of list) for (let k = i; k < edge.next; k++) covered[k] = true;
  });
  const runs: Run[] = [];
  for (let i = 0; i < covered.length; i++) {
    if (!covered[i]) continue;
    let to = i + 1;
    for (let k = to; k < covered.length && k - i < LONGEST_RUN && !/[:;?!$]/.test(u.t[k]?.gap ?? ""); k++) {
      if (covered[k]) to = k + 1;
      else if (!FILLERS.has(u.t[k]?.text ?? "")) break;
    }
    runs.push({ from: i, to });
    i = to - 1;
  }
  return runs;
}

/** Cheapest way to read all tokens of a range, with exactly `length` digits if given. */
function cover(u: Utterance, run: Run, length?: number): { digits: string; cost: number } | undefined {
  const best = new Map<string, { digits: string; cost: number } | null>();
  const walk = (i: number, left: number | undefined): { digits: string; cost: number } | null => {
    if (i === run.to) return left === undefined || left === 0 ? { digits: "", cost: 0 } : null;
    const key = `${i}:${left}`;
    const known = best.get(key);
    if (known !== undefined) return known;
    const edges: Edge[] = (u.edges[i] ?? []).filter((edge) => edge.next <= run.to);
    if (FILLERS.has(u.t[i]?.text ?? "")) edges.push({ next: i + 1, digits: "", cost: 0 });
    let found: { digits: string; cost: number } | null = null;
    for (const edge of edges) {
      if (left !== undefined && edge.digits.length > left) continue;
      const rest = walk(edge.next, left === undefined ? undefined : left - edge.digits.length);
      if (rest && (!found || rest.cost + edge.cost < found.cost)) {
        found = { digits: edge.digits + rest.digits, cost: rest.cost + edge.cost };
      }
    }
    best.set(key, found);
    return found;
  };
  return walk(run.from, length) ?? undefined;
}

/** The part of a run from its first sure digit to its last. */
function coreOf(u: Utterance, run: Run): Run | undefined {
  let from = run.from;
  let to = run.to;
  while (from < to && !u.sure[from]) from++;
  while (to > from && !u.sure[to - 1]) to--;
  return from < to ? { from, to } : undefined;
}

/** Nothing was said but digits (and words like "it's" or "the last four are"). */
function onlyDigits(u: Utterance, run: Run): boolean {
  return u.t.every((token, i) => (i >= run.from && i < run.to) || AROUND.has(token.text) || FILLERS.has(token.text));
}

function span(u: Utterance, run: Run, digits: string): DigitSpan {
  return { digits, start: u.t[run.from]?.start ?? 0, end: u.t[run.to - 1]?.end ?? 0 };
}

/** Reads a run with exactly `length` digits: its core if it fits, else with doubtful words at the edges. */
function exact(u: Utterance, run: Run, length: number): DigitSpan | undefined {
  const core = coreOf(u, run);
  if (!core) {
    const whole = length >= 3 && onlyDigits(u, run) ? cover(u, run, length) : undefined;
    return whole && whole.cost <= length ? span(u, run, whole.digits) : undefined;
  }
  let found: { run: Run; digits: string; cost: number } | undefined;
  // Every doubtful word at an edge adds a digit: more of them than digits are never needed.
  const [first, last] = [Math.max(run.from, core.from - length), Math.min(run.to, core.to + length)];
  for (let from = core.from; from >= first; from--) {
    for (let to = core.to; to <= last; to++) {
      const read = cover(u, { from, to }, length);
      // Between two ways to stretch the run the left one wins: "the card for eight two nine to ...".
      const cost = (read?.cost ?? 0) + (to - core.to) * 0.5;
      if (read && (!found || cost < found.cost)) found = { run: { from, to }, digits: read.digits, cost };
    }
  }
  return found && found.cost <= length ? span(u, found.run, found.digits) : undefined;
}

/** Splits a run at commas, stops and "or" (which may also be a misheard "oh"). */
function pieces(u: Utterance, run: Run): Run[] {
  const parts: Run[] = [];
  let from = run.from;
  for (let i = run.from + 1; i <= run.to; i++) {
    const or = u.t[i]?.text === "or";
    if (i < run.to && !or && !/[.,]/.test(u.t[i]?.gap ?? "")) continue;
    if (from < i) parts.push({ from, to: i });
    from = or ? i + 1 : i;
  }
  return parts;
}

/** Account numbers have eight digits and more, cards thirteen to nineteen; only last fours are asked for by their end. */
function endsNumber(digits: string, length: number): boolean {
  return digits.length >= (length === 4 ? 8 : 13) && digits.length <= 19;
}

function fitted(u: Utterance, run: Run, length: number): DigitSpan[] {
  const parts = pieces(u, run);
  const alone = parts.length > 1 ? parts.filter((part) => cover(u, coreOf(u, part) ?? part, length)) : [];
  const strict = alone.filter((part) => coreOf(u, part) !== undefined);
  if (strict.length > 0) return strict.map((part) => exact(u, part, length)).filter((one) => one !== undefined);
  const whole = exact(u, run, length);
  if (whole) return [whole];
  const all = cover(u, coreOf(u, run) ?? run);
  // A whole card or account number was read out: its end is what was asked for.
  if (all && endsNumber(all.digits, length)) return [span(u, run, all.digits.slice(-length))];
  const numerals = u.t.slice(run.from, run.to).map((token) => token.text);
  if (!numerals.every((word) => /^\d+$/.test(word) && word.length === length)) return [];
  return numerals.map((word, k) => span(u, { from: run.from + k, to: run.from + k + 1 }, word));
}

/** Without a wished length: sure digits, plus homophones at the edges that are not just little words. */
function loose(u: Utterance, run: Run): DigitSpan | undefined {
  const core = coreOf(u, run);
  if (!core) {
    const whole = onlyDigits(u, run) ? cover(u, run) : undefined;
    return whole && whole.digits.length >= 3 ? span(u, run, whole.digits) : undefined;
  }
  const little = (i: number) => LITTLE.has(u.t[i]?.text ?? "");
  const from = core.from - run.from === 1 && little(run.from) ? core.from : run.from;
  const atEnd = run.to === u.t.length;
  const to = run.to - core.to === 1 && little(core.to) && !atEnd ? core.to : run.to;
  const range = { from, to };
  const all = cover(u, range);
  if (!all) return undefined;
  const alone = onlyDigits(u, run) && all.digits !== "";
  return all.digits.length >= 2 || alone ? span(u, range, all.digits) : undefined;
}

/** "4829, 7316" are two runs, "4, 8, 2, 9" is one. */
function looseParts(u: Utterance, run: Run): Run[] {
  const parts = pieces(u, run);
  return parts.some((part) => (cover(u, part)?.digits.length ?? 0) >= 4) ? parts : [run];
}

/** Two stretches with only "and" between them are one if together they have the wished length. */
function joinedByAnd(u: Utterance, a: Run, b: Run, length: number): DigitSpan | undefined {
  if (b.from !== a.to + 1 || u.t[a.to]?.text !== "and") return undefined;
  const [left, right] = [cover(u, coreOf(u, a) ?? a), cover(u, coreOf(u, b) ?? b)];
  if (!left || !right || left.digits.length + right.digits.length !== length) return undefined;
  return span(u, { from: a.from, to: b.to }, left.digits + right.digits);
}

const CORRECTING = /\b(?:no|sorry|mean|meant|actually|rather|correction|oops|scratch|wait|not)\b/i;

/** "4 8 2 8, no, 9" is 4829; "4 8 2 8, no, 4 8 2 9" is 4829 too; "not 7316, 4829" is 4829. */
function corrected(u: Utterance, found: DigitSpan[], fragments: DigitSpan[], length: number): DigitSpan[] {
  const kept: DigitSpan[] = [];
  for (const one of found) {
    if (/\bnot\s+(?:the\s+)?(?:one\s+)?$/i.test(u.text.slice(0, one.start)) && found.length > 1) continue;
    const last = kept.at(-1);
    const between = last ? u.text.slice(last.end, one.start) : "";
    if (last && CORRECTING.test(between) && !/\bnot\b/i.test(between) && between.length < 30) kept.pop();
    kept.push(one);
  }
  return kept.map((one) => {
    const tail = fragments.find((part) => part.start >= one.end && part.digits.length < length);
    const between = tail ? u.text.slice(one.end, tail.start) : "";
    if (!tail || between.length > 24 || !CORRECTING.test(between)) return one;
    return { ...one, digits: one.digits.slice(0, length - tail.digits.length) + tail.digits, end: tail.end };
  });
}

/** Runs of digits with their places in the text; see `digitsIn`. */
export function digitSpansIn(text: string, options: DigitOptions = {}): DigitSpan[] {
  const { length } = options;
  const u = digitWords(text, length);
  const runs = runsOf(u);
  if (length === undefined) {
    return runs
      .flatMap((run) => looseParts(u, run))
      .map((run) => loose(u, run))
      .filter((one) => one !== undefined);
  }
  const found: DigitSpan[] = [];
  const fragments: DigitSpan[] = [];
  runs.forEach((run, k) => {
    const before = runs[k - 1];
    const fit = fitted(u, run, length);
    const joined = fit.length === 0 && before ? joinedByAnd(u, before, run, length) : undefined;
    found.push(...fit, ...(joined ? [joined] : []));
    const core = coreOf(u, run);
    const part = fit.length === 0 && !joined && core ? cover(u, core) : undefined;
    if (part && core) fragments.push(span(u, core, part.digits));
  });
  return corrected(u, found, fragments, length);
}

/**
 * Runs of spoken or written digits, each as a string of digits: "four eight double two" gives ["4822"].
 * With `length` only runs that can be read with exactly that many digits; corrections are carried out.
 */
export function digitsIn(text: string, options: DigitOptions = {}): string[] {
  return digitSpansIn(text, options).map((one) => one.digits);
}
