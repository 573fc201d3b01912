/**
 * Which words can be which digits: the ground under runs of digits. An utterance becomes a lattice of edges; a path through
 * the lattice is one way to hear the digits, and its cost says how bold that hearing is.
 */
import { moneyIn } from "./money.ts";
import { readNumber, TEENS, TENS, UNITS } from "./numbers.ts";
import { table } from "./table.ts";
import { isNumeral, type Token, tokens } from "./tokens.ts";

const HOMOPHONES = table<string>({
  oh: "0",
  o: "0",
  owe: "0",
  nought: "0",
  won: "1",
  to: "2",
  too: "2",
  tu: "2",
  tree: "3",
  free: "3",
  for: "4",
  fore: "4",
  fife: "5",
  sex: "6",
  sicks: "6",
  sax: "6",
  ate: "8",
  aight: "8",
  nein: "9",
  niner: "9",
});
/** Further off: used only where they complete a wished length. */
const FAR = table<string>({
  hive: "5",
  heaven: "7",
  height: "8",
  hate: "8",
  eighth: "8",
  night: "9",
  mine: "9",
  nigh: "9",
  foe: "4",
  thee: "3",
  or: "0",
  low: "0",
});
const REPEATS = table<number>({ double: 2, triple: 3, treble: 3 });
/** Words that may stand inside a run of digits and mean nothing. */
export const FILLERS = new Set([
  "um",
  "uh",
  "er",
  "erm",
  "uhm",
  "hmm",
  "then",
  "dash",
  "hyphen",
  "space",
  "comma",
  "dot",
]);
const POINTING = new Set("this that the other which no new old second third first".split(" "));
const MONTHS =
  /^(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec|january|february|march|april|may|june|july|august|september|october|november|december)$/;

/** One way to read the tokens from some place up to `next`. A higher cost is a bolder reading. */
export interface Edge {
  next: number;
  digits: string;
  cost: number;
}

export interface Utterance {
  text: string;
  t: Token[];
  edges: Edge[][];
  /** Token is surely a digit word or numeral. */
  sure: boolean[];
}

function plainDigit(word: string | undefined): string | undefined {
  if (word === undefined) return undefined;
  if (/^\d$/.test(word)) return word;
  return word in UNITS ? String(UNITS[word]) : HOMOPHONES[word];
}

/** "last four" and "four digits" speak about digits, they are none. */
function speaksAboutDigits(t: readonly Token[], i: number): boolean {
  const [before, word, after] = [t[i - 1]?.text ?? "", t[i]?.text ?? "", t[i + 1]?.text ?? ""];
  if (/^(?:last|final|first)$/.test(before) && /^(?:four|for|4|fore)$/.test(word)) return true;
  return /^(?:digits?|numbers?)$/.test(after) && !/^\d{3,}$/.test(word);
}

function sureEdges(t: readonly Token[], i: number, composite: boolean): Edge[] {
  const word = t[i]?.text ?? "";
  const next = t[i + 1]?.text ?? "";
  const found: Edge[] = [];
  if (isNumeral(word)) {
    if (!word.includes(".")) found.push({ next: i + 1, digits: word.replaceAll(",", ""), cost: 0 });
  } else if (word in UNITS) {
    const pointing = word === "one" && POINTING.has(t[i - 1]?.text ?? "");
    found.push({ next: i + 1, digits: String(UNITS[word]), cost: pointing ? 1 : 0 });
  } else if (word in TEENS) {
    found.push({ next: i + 1, digits: String(TEENS[word]), cost: 0 });
  } else if (word in TENS) {
    const tens = String(TENS[word]);
    const unit = plainDigit(next);
    if (unit && unit !== "0" && !isNumeral(next)) {
      found.push({ next: i + 2, digits: `${tens.charAt(0)}${unit}`, cost: next in UNITS ? 0 : 1 });
    }
    // "forty-eight" is 48, never 40 and 8.
    if (!(UNITS[next] ?? 0)) found.push({ next: i + 1, digits: tens, cost: 0.3 });
  }
  if (composite && mayName(t, i)) {
    const reading = readNumber(t, i);
    if (reading?.scaled && Number.isInteger(reading.value)) {
      found.unshift({ next: reading.next, digits: String(reading.value), cost: 0.1 });
    }
  }
  return found;
}

/** Words before a number that names something; elsewhere "two thousand" is a size. */
const NAMING = new Set(
  "in ending with card account number is it's its are four digits yes yeah no code um uh".split(" "),
);
/** What is moved is an amount, not a name. */
const MOVING = new Set("move send transfer pay wire".split(" "));

function mayName(t: readonly Token[], i: number): boolean {
  return !/^(?:hundred|thousand)$/.test(t[i]?.text ?? "") && (i === 0 || NAMING.has(t[i - 1]?.text ?? ""));
}

function edgesAt(t: readonly Token[], i: number, length: number | undefined): Edge[] {
  const word = t[i]?.text ?? "";
  if (speaksAboutDigits(t, i)) return [];
  const times = REPEATS[word];
  if (times) {
    const digit = plainDigit(t[i + 1]?.text);
    return digit ? [{ next: i + 2, digits: digit.repeat(times), cost: 0 }] : [];
  }
  const found = sureEdges(t, i, length !== undefined);
  const near = HOMOPHONES[word];
  if (near) found.push({ next: i + 1, digits: near, cost: 1 });
  const far = length !== undefined && length >= 3 ? FAR[word] : undefined;
  if (far) found.push({ next: i + 1, digits: far, cost: 3 });
  return found;
}

/** Tokens of "two hundred" and the like: a size, unless a wished length says that digits are meant. */
function inSizes(t: readonly Token[]): Set<number> {
  const found = new Set<number>();
  for (let i = 0; i < t.length; ) {
    const reading = readNumber(t, i);
    if (reading?.scaled) for (let k = i; k < reading.next; k++) found.add(k);
    i = reading?.scaled ? reading.next : i + 1;
  }
  return found;
}

/** Tokens that belong to amounts, dates, ordinals or times; their digits are spoken for. */
function spokenFor(text: string, t: readonly Token[], length: number | undefined): boolean[] {
  const money = moneyIn(text);
  const sizes = length === undefined ? inSizes(t) : new Set<number>();
  return t.map((token, i) => {
    if (sizes.has(i)) return true;
    if (money.some((span) => token.start >= span.start && token.end <= span.end)) return true;
    if (!isNumeral(token.text)) return false;
    if (MOVING.has(t[i - 1]?.text ?? "")) return true;
    const after = t[i + 1];
    if (after && after.gap === "" && /^(?:\p{L}|%)/u.test(after.text)) return true;
    if (/^\d{1,2}$/.test(token.text) && (/^:$/.test(token.gap) || after?.gap === ":")) return true;
    return MONTHS.test(t[i - 1]?.text ?? "") || (MONTHS.test(t[i - 2]?.text ?? "") && token.gap !== "");
  });
}

/** Reads an utterance token by token; with a wished length numbers like "four thousand" are digits too. */
export function digitWords(text: string, length: number | undefined): Utterance {
  const t = tokens(text);
  const taken = spokenFor(text, t, length);
  const edges = t.map((_, i) => {
    if (taken[i]) return [];
    return edgesAt(t, i, length).filter((edge) => !taken.slice(i, edge.next).includes(true));
  });
  const sure = t.map(() => false);
  edges.forEach((list, i) => {
    for (const edge of list) if (edge.cost < 1) for (let k = i; k < edge.next; k++) sure[k] = true;
  });
  return { text, t, edges, sure };
}
