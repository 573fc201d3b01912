/** Accounts and people money moves between, by the words around them: "from checking", "into my savings", "pay Nadia". */
import { digitsIn } from "../../../words/digits.ts";
import { soundsLike } from "../../../words/similar.ts";
import { nameIn } from "./names.ts";

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

interface Mention {
  value: string;
  role: "from" | "to" | null;
}

/** The account meant in this role. Open: the only account in the answer will do, whatever stands before it. */
export function accountIn(
  text: string,
  role: AccountRole,
  { open, rival }: { open: boolean; rival: string | undefined },
): string | undefined {
  const mentions = mentionsIn(text);
  const inRole = mentions.filter((mention) => mention.role === role).at(-1);
  if (inRole) return inRole.value;
  if (role === "any") return mentions.at(-1)?.value;
  const unclaimed = mentions.filter((mention) => mention.role === null && mention.value !== rival);
  if (open && unclaimed.length > 0) return unclaimed.at(-1)?.value;
  if (role === "to") return nameIn(text, ["to", "pay", "send", "into"], open && mentions.length === 0);
  return undefined;
}

function mentionsIn(text: string): Mention[] {
  const found: Mention[] = [];
  const words = text.toLowerCase().match(/[a-z0-9']+/g) ?? [];
  for (const [at, word] of words.entries()) {
    const kind = KINDS.find((kind) => KIND_FORMS[kind].some((form) => alike(word, form)));
    if (kind) found.push({ value: kind, role: roleBefore(words, at) });
  }
  const ending =
    /\b(from|to|into|out of)?\s*(?:my |the |an? )?(?:account |card )?(?:ending|ends|that ends) (?:in |with )?(.*)$/i.exec(
      text,
    );
  const digits = digitsIn(ending?.[2] ?? "", { length: 4 })[0];
  if (digits)
    found.push({ value: digits, role: ending?.[1] ? (/^(from|out)/i.test(ending[1]) ? "from" : "to") : null });
  return found;
}

function alike(word: string, form: string): boolean {
  return word === form || (word.length > 4 && soundsLike(word, form) >= ALIKE);
}

function roleBefore(words: string[], at: number): "from" | "to" | null {
  for (let back = 1; back <= REACH; back++) {
    const word = words[at - back];
    if (!word) return null;
    if (TO.test(word)) return "to";
    if (FROM.test(word)) return "from";
  }
  return null;
}

/** The other of the two accounts, for "no, the other one". */
export function otherAccount(value: string | undefined): string | undefined {
  if (value === "checking") return "savings";
  if (value === "savings") return "checking";
  return undefined;
}
