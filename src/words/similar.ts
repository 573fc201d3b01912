/**
 * How alike words sound and which known phrase an utterance comes closest to, so that "black my card" finds
 * "block my card". Letters count half, sounds count half: recognisers keep the sounds and lose the spelling.
 */
import { table } from "./table.ts";

const CONTRACTIONS: readonly (readonly [RegExp, string])[] = [
  [/\bcan't\b/g, "can not"],
  [/\bwon't\b/g, "will not"],
  [/\bshan't\b/g, "shall not"],
  [/\bain't\b/g, "is not"],
  [/n't\b/g, " not"],
  [/\b(dont|doesnt|didnt|isnt|wasnt|arent|wouldnt|couldnt|shouldnt|havent|hasnt)\b/g, ""],
  [/\bcannot\b/g, "can not"],
  [/\b(let)'s\b/g, "$1 us"],
  [/\b(i)'m\b/g, "$1 am"],
  [/\b(it|that|what|who|where|there|here|how|he|she)'s\b/g, "$1 is"],
  [/'re\b/g, " are"],
  [/'ve\b/g, " have"],
  [/'ll\b/g, " will"],
  [/'d\b/g, " would"],
  [/\bcheck in ?to\b/g, "checking to"],
  [/\bgonna\b/g, "going to"],
  [/\bwanna\b/g, "want to"],
  [/\bgotta\b/g, "got to"],
  [/\blemme\b/g, "let me"],
  [/\bgimme\b/g, "give me"],
];

/** Words a recogniser writes for the bank's words. */
const MISHEARD = table<string>({
  czech: "check",
  cheque: "check",
  chequing: "checking",
  checkin: "checking",
  chicken: "checking",
  checkings: "checking",
  savins: "savings",
  saving: "savings",
  lone: "loan",
  lones: "loans",
  alone: "loan",
  morgage: "mortgage",
  mortage: "mortgage",
  ballance: "balance",
  balanced: "balance",
  acount: "account",
  credited: "credit",
  kard: "card",
  cart: "card",
  passwort: "password",
});

/** Words that say little about what a phrase means. */
const LITTLE = new Set(
  (
    "a an the my your our this that these those i me we you it is are am was be been to of on in at for with from by " +
    "and or so please can could would will do does did want need like just um uh well have has got get some what how " +
    "us let go going hi hello hey luna know thanks thank not"
  ).split(" "),
);

/** Lower case, no punctuation or accents, contractions written out, misheard bank words put right, single spaces. */
export function normalise(text: string): string {
  let plain = text.toLowerCase().replaceAll("’", "'").normalize("NFKD").replace(/\p{M}/gu, "");
  for (const [short, long] of CONTRACTIONS) {
    plain = plain.replace(short, (all, ...groups) =>
      long === "" ? `${all.slice(0, -2)} not` : long.replace("$1", String(groups[0])),
    );
  }
  const words = plain
    .replace(/[^\p{L}\p{N}]+/gu, " ")
    .trim()
    .split(" ");
  return words.map((word) => MISHEARD[word] ?? word).join(" ");
}

/**
 * A short key of how a word sounds: its first sound and the consonants after it, with voiced and unvoiced pairs merged
 * (b/p, d/t, g/k, v/f, z/s), because recognisers mix these up first. Vowels after the first sound are left out.
 */
export function soundKey(word: string): string {
  const sounds = word
    .toLowerCase()
    .replace(/[^a-z]/g, "")
    .replace(/^(?:kn|gn|pn)/, "n")
    .replace(/^wr/, "r")
    .replace(/^wh/, "w")
    .replace(/^x/, "s")
    .replace(/mb$/, "m")
    .replace(/e$/, "")
    .replace(/tion|sion/g, "xn")
    .replace(/ought|aught/g, "ot")
    .replace(/igh/g, "i")
    .replace(/ph|gh(?=t?$)/g, (pair) => (pair === "ph" ? "f" : ""))
    .replace(/tch|ch|sh/g, "x")
    .replace(/dge|dg/g, "j")
    .replace(/th/g, "t")
    .replace(/ck|qu?|c(?![eiy])/g, "k")
    .replace(/c/g, "s");
  const merged = sounds.replace(/[bdgvz]/g, (letter) => MERGED[letter] ?? letter);
  const first = merged.charAt(0);
  const start = /[aeiouy]/.test(first) ? "a" : first;
  return (start + merged.slice(1).replace(/[aeiouyhw]/g, "")).replace(/(.)\1+/g, "$1");
}

const MERGED: Readonly<Record<string, string>> = { b: "p", d: "t", g: "k", v: "f", z: "s" };

/** Optimal string alignment distance: insert, delete, replace or swap of neighbours each cost one. */
function editDistance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a.charAt(i - 1) === b.charAt(j - 1);
      let cost = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, (last[j - 1] ?? 0) + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a.charAt(i - 1) === b.charAt(j - 2) && a.charAt(i - 2) === b.charAt(j - 1);
      if (swapped) cost = Math.min(cost, (before[j - 2] ?? 0) + 1);
      row.push(cost);
    }
    before = last;
    last = row;
  }
  return last[b.length] ?? 0;
}

function likeness(a: string, b: string): number {
  const longest = Math.max(a.length, b.length);
  return longest === 0 ? 1 : 1 - editDistance(a, b) / longest;
}

/** How alike two words or short phrases sound: 1 is the same word, below about 0.6 they have little in common. */
export function soundsLike(a: string, b: string): number {
  const [left, right] = [normalise(a), normalise(b)];
  if (left === right) return 1;
  if (left === "" || right === "") return 0;
  const letters = likeness(left.replaceAll(" ", ""), right.replaceAll(" ", ""));
  const [keyA, keyB] = [left, right].map((words) => words.split(" ").map(soundKey).join(""));
  const sounds = likeness(keyA ?? "", keyB ?? "");
  // A key of one sound ("to", "day") is no proof.
  const trust = Math.min(keyA?.length ?? 0, keyB?.length ?? 0) >= 2 ? 0.5 : 0.25;
  return Math.min(0.99, letters * (1 - trust) + sounds * trust);
}

function keyWords(normal: string): string[] {
  const words = normal.split(" ").filter((word) => word !== "");
  const telling = words.filter((word) => !LITTLE.has(word));
  return telling.length > 0 ? telling : words;
}

/** The words of an utterance and its neighbours joined ("check in" for "checking"). */
function candidates(normal: string): string[] {
  const words = normal.split(" ").filter((word) => word !== "");
  const joined = words.slice(1).map((word, k) => `${words[k]}${word}`);
  return [...words, ...joined];
}

export interface PhraseMatch {
  /** The phrase as it was given. */
  phrase: string;
  /** 0..1: how much of the phrase's key words was heard. */
  score: number;
}

export interface PhraseOptions {
  /** Matches below this score are not given (0.7 unless told). */
  least?: number;
}

/** Words less alike than this do not count as heard. */
const HEARD = 0.62;

function phraseScore(heard: readonly string[], phrase: string): number {
  const words = keyWords(normalise(phrase));
  let sum = 0;
  let weight = 0;
  for (const word of words) {
    const best = Math.max(0, ...heard.map((other) => soundsLike(other, word)));
    const size = Math.min(8, Math.max(2, word.length));
    sum += (best >= HEARD ? best : 0) * size;
    weight += size;
  }
  return weight === 0 ? 0 : sum / weight;
}

/**
 * The phrase whose key words were best heard in the text, in any order; little words do not count.
 * Of equally good ones the phrase with more key words wins, then the first. Nothing if no phrase reaches `least`.
 */
export function matchPhrase(
  text: string,
  phrases: readonly string[],
  options: PhraseOptions = {},
): PhraseMatch | undefined {
  const heard = candidates(normalise(text));
  if (heard.length === 0) return undefined;
  let found: PhraseMatch | undefined;
  let rank = 0;
  for (const phrase of phrases) {
    const score = phraseScore(heard, phrase);
    if (score < (options.least ?? 0.7)) continue;
    // A longer phrase that was heard almost as well says more.
    const ranked = score + 0.02 * Math.min(5, keyWords(normalise(phrase)).length);
    if (!found || ranked > rank) {
      found = { phrase, score };
      rank = ranked;
    }
  }
  return found;
}
