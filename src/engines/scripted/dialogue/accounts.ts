/** Accounts and people money moves between, by the words around them: "from checking", "into my savings", "pay Nadia". */
import { digitSpansIn } from "../../../words/digits.ts";
import { soundsLike } from "../../../words/similar.ts";
import { type Announced, nameIn } from "./names.ts";

export type AccountRole = "from" | "to" | "any";

const ALIKE = 0.8;
const KINDS = ["checking", "savings"] as const;
const KIND_FORMS: Record<(typeof KINDS)[number], string[]> = {
  checking: ["checking", "chequing", "checkings", "checkin", "current"],
  savings: ["savings", "saving", "saver"],
};
/** "to" is often heard as "two" or "too". */
const TO = /^(to|two|too|2|into|onto|for)$/;
const FROM = /^(from|of|off|form|using)$/;
/** How far before an account its preposition may stand: "from my other checking account". */
const REACH = 3;
/** "from the account that ends in 4471". */
const NUMBER_REACH = 6;
const NUMBERED = /\b(end|ends|ending|account|number|digits?)\b/i;

const PAYEE: Announced = { after: ["to", "pay", "send", "into"] };
const TURNED =
  /\b(other way (a)?round|vice versa|the opposite|opposite direction|the reverse|reverse (it|that|them)|swap|switch (them|those|the accounts)|flip (it|them|that)|backwards)\b/i;

interface Mention {
  value: string;
  role: "from" | "to" | null;
}

/**
 * The account meant in this role. Open: the only account in the answer will do, whatever stands before it.
 * @param text what was said, amounts with a currency blanked out; `plain`: bare amounts too, which names must not swallow
 */
export function accountIn(
  text: string,
  plain: string,
  role: AccountRole,
  { open, rival }: { open: boolean; rival: string | undefined },
): string | undefined {
  const mentions = mentionsIn(text, open);
  const inRole = mentions.filter((mention) => mention.role === role).at(-1);
  if (inRole) return inRole.value;
  if (role === "any") return mentions.at(-1)?.value;
  const unclaimed = mentions.filter((mention) => mention.role === null && mention.value !== rival);
  if (open && unclaimed.length > 0) return unclaimed.at(-1)?.value;
  if (role === "to") return nameIn(plain, PAYEE, open && mentions.length === 0);
  return undefined;
}

/** Nothing is said but a number, to the question which account it is. */
const ONLY_NUMBER = /^(?:it's|it is|the|my|one|that|that's|from|to|please|yes|uh|um|with|in|[\s,.])*$/i;

function mentionsIn(text: string, open: boolean): Mention[] {
  const found: Mention[] = [];
  const words = text.toLowerCase().match(/[a-z0-9']+/g) ?? [];
  for (const [at, word] of words.entries()) {
    const kind = KINDS.find((kind) => KIND_FORMS[kind].some((form) => alike(word, form)));
    if (kind) found.push({ value: kind, role: roleBefore(words, at) ?? (leadsOn(words, at) ? "from" : null) });
  }
  const spans = digitSpansIn(text, { length: 4 });
  const only =
    open &&
    spans.length === 1 &&
    spans.every((span) => ONLY_NUMBER.test(text.replace(text.slice(span.start, span.end), " ")));
  if (!only && !NUMBERED.test(text)) return found;
  for (const span of spans) {
    // A preposition of another sentence, or of another account, is not this number's.
    const clause =
      text
        .slice(0, span.start)
        .split(/[.;!?]/)
        .at(-1) ?? "";
    const before = wordsAfterKind(clause.toLowerCase().match(/[a-z0-9']+/g) ?? []);
    found.push({ value: span.digits, role: roleBefore(before, before.length, NUMBER_REACH) });
  }
  return found;
}

/** "Savings to checking": what stands before the "to" is where it comes from. */
function leadsOn(words: string[], at: number): boolean {
  const to = words[at + 1] === "account" ? at + 2 : at + 1;
  if (!TO.test(words[to] ?? "")) return false;
  return words.slice(to + 1, to + 1 + REACH).some((word) => KINDS.some((kind) => KIND_FORMS[kind].includes(word)));
}

function wordsAfterKind(words: string[]): string[] {
  const last = words.findLastIndex((word) => KINDS.some((kind) => KIND_FORMS[kind].includes(word)));
  return words.slice(last + 1);
}

function alike(word: string, form: string): boolean {
  return word === form || (word.length > 4 && soundsLike(word, form) >= ALIKE);
}

function roleBefore(words: string[], at: number, reach = REACH): "from" | "to" | null {
  for (let back = 1; back <= reach; back++) {
    const word = words[at - back];
    if (!word) return null;
    if (TO.test(word)) return "to";
    if (FROM.test(word)) return "from";
  }
  return null;
}

/** "The other way around". */
export function turnsAround(text: string): boolean {
  return TURNED.test(text);
}

/** The other of the two accounts, for "no, the other one". */
export function otherAccount(value: string | undefined): string | undefined {
  if (value === "checking") return "savings";
  if (value === "savings") return "checking";
  return undefined;
}
