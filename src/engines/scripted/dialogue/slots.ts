/** Values of slots in what the caller said, each by its kind. */
import type { Dialogue, Slot } from "../../../scenarios/dialogue.ts";
import { dateIn } from "../../../words/dates.ts";
import { digitSpansIn, digitsIn } from "../../../words/digits.ts";
import { amountIn, asDollars, currencyIn, moneyIn } from "../../../words/money.ts";
import { yesOrNo } from "../../../words/yesno.ts";
import { accountIn } from "./accounts.ts";
import { bestKey, bestPhrase, wordsOf } from "./match.ts";
import { nameIn, TAKEN_BACK } from "./names.ts";
import { pickIn } from "./pick.ts";
import type { Run } from "./state.ts";

export interface Reading {
  /** The slot that was asked for; it may be answered bare. */
  open: string | null;
  /** The caller is putting something right: bare values count. */
  correcting: boolean;
  today: string;
}

/** Words that make four digits the end of a card or account number, and not an amount. */
const NUMBER_CUE = /\b(ending|ends?|end|digits?|number|card|account|last four)\b/i;
/** Something is being put right. */
const CORRECTION =
  /\b(no|not|actually|instead|rather|sorry|i mean(t)?|make (it|that)|change|wait|wrong|correction|should be|scratch that)\b/i;

export function corrects(text: string): boolean {
  return CORRECTION.test(text);
}

/** Every slot of the errand that the text gives a value for. */
export function valuesIn(text: string, errand: Dialogue, run: Run, reading: Reading): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [name, slot] of Object.entries(errand.slots)) {
    const value = read(text, name, slot, errand, run, reading) ?? impliedBy(text, slot);
    if (value !== undefined) found[name] = value;
  }
  return found;
}

/** "Fifteen, no, thirty years": of several values with a correction between them the last. */
function lastMeant(text: string, read: (part: string) => string | undefined): string | undefined {
  const values = text.split(TAKEN_BACK).flatMap((part) => read(part) ?? []);
  return values.length > 1 ? values.at(-1) : read(text);
}

/** The value that is plain from other words. */
export function impliedBy(text: string, slot: Slot): string | undefined {
  return slot.implied ? bestKey(wordsOf(text), slot.implied)?.key : undefined;
}

function read(
  text: string,
  name: string,
  slot: Slot,
  errand: Dialogue,
  run: Run,
  reading: Reading,
): string | undefined {
  const open = reading.open === name;
  switch (slot.kind) {
    case "last-four":
      return lastFourIn(text, open || !hasMoney(errand) || NUMBER_CUE.test(text));
    case "code":
      return open || NUMBER_CUE.test(text) || /\bcode\b/i.test(text)
        ? digitsIn(text, { length: slot.length }).at(-1)
        : undefined;
    case "money":
      return moneyFor(text, name, errand, reading);
    case "date":
      return dateIn(text, reading.today, slot.past ? { past: true } : undefined);
    case "choice":
      return lastMeant(text, (part) => bestKey(wordsOf(part), slot.choices, open)?.key);
    case "currency":
      return currencyIn(text);
    case "yes-no":
      return open ? leaning(text) : undefined;
    case "account":
      return accountIn(withoutMoney(text), withoutMoney(text, true), slot.role, {
        open,
        rival: rival(errand, slot.role, run),
      });
    case "name":
      return nameIn(withoutMoney(text), slot, open, reading.correcting);
    case "pick":
      return pickIn(text, run.listed, open || reading.correcting, reading.today);
    case "text":
      return open ? plain(text) : undefined;
  }
}

const YES = /^(oh |well |um |uh )*(yes|yeah|yep|yup|sure|ok|okay|please|absolutely|definitely|of course)\b/i;
const NO = /^(oh |well |um |uh )*(no|nope|nah|not)\b/i;
const HEDGE = /\b(but|wait|not|no|don't|unless|if)\b/i;

/**
 * Yes or no, also with more after it: "yes please, send it express". For questions where a wrong guess does no harm;
 * what moves money takes only a clean yes.
 */
export function leaning(text: string): "yes" | "no" | undefined {
  const clean = yesOrNo(text);
  if (clean) return clean;
  const plain = text.trim();
  if (NO.test(plain)) return "no";
  return YES.test(plain) && !HEDGE.test(plain) && !plain.endsWith("?") ? "yes" : undefined;
}

/** The first run of four digits, corrections made; "not 4829" is not meant. */
export function lastFourIn(text: string, bare = true): string | undefined {
  if (!bare) return undefined;
  const plain = withoutMoney(text);
  const spans = digitSpansIn(plain, { length: 4 });
  return spans.filter((span) => !/\bnot\s+$/i.test(plain.slice(0, span.start)))[0]?.digits;
}

/** Nothing but digits, however a recogniser writes them. */
const ONLY_DIGITS =
  /^(\s|[\d,.-]|\b(it's|its|it is|they're|sure|okay|ok|yes|uh|um|zero|oh|o|one|won|two|to|too|three|four|for|five|six|seven|eight|ate|nine|double|triple|and)\b)+$/i;

/** Four digits that may say who is calling. In an errand about money they must be all that is said, or called the end of a number. */
export function identityIn(text: string, errand: Dialogue): string | undefined {
  return lastFourIn(text, !hasMoney(errand) || NUMBER_CUE.test(text) || ONLY_DIGITS.test(text.trim()));
}

/** Sums smaller than this are left standing: a "two" is often a "to". */
const LEAST_BARE_CENTS = 500;

/** The text with amounts blanked out; `bare` ones too, where an amount is what is talked about. */
function withoutMoney(text: string, bare = false): string {
  let rest = text;
  for (const money of [...moneyIn(text, { bare })].reverse()) {
    if (bare && money.cents < LEAST_BARE_CENTS) continue;
    rest = `${rest.slice(0, money.start)} . ${rest.slice(money.end)}`;
  }
  return rest;
}

function hasMoney(errand: Dialogue): boolean {
  return Object.values(errand.slots).some((slot) => slot.kind === "money");
}

/**
 * The open slot takes any amount; another one only an amount named with its money, or the only bare number of a request: an
 * order given anew in the middle of the questions names its amount as bare as the first one did.
 */
function moneyFor(text: string, name: string, errand: Dialogue, reading: Reading): string | undefined {
  const slot = errand.slots[name];
  const plain = slot?.kind === "money" && slot.currency ? asDollars(text) : text;
  const monies = Object.keys(errand.slots).filter((other) => errand.slots[other]?.kind === "money");
  const mine = reading.open === name || (!monies.includes(reading.open ?? "") && monies[0] === name);
  if (!mine) return undefined;
  const asked = reading.open === name || reading.correcting;
  const requested =
    ordersAt(errand, reading.open) && (ORDER.test(text) || bestPhrase(wordsOf(text), errand.intents) !== undefined);
  const cents = amountIn(plain) ?? (asked || requested ? amountIn(withoutNumbers(plain), { bare: true }) : undefined);
  return cents !== undefined && cents > 0 ? String(cents) : undefined;
}

/** "Send 100 to Nadia". */
const ORDER = /\b(?:send|move|transfer|give|pay|wire|put)\b.*\b(?:to|into)\b/i;

/** Where a free answer is asked for, its words are no order. */
function ordersAt(errand: Dialogue, open: string | null): boolean {
  const kind = open === null ? undefined : errand.slots[open]?.kind;
  return kind !== "text" && kind !== "choice" && kind !== "yes-no";
}

/** Blanks out the ends of card and account numbers: "from the account ending in 4471"; and "the Quickcart one". */
function withoutNumbers(text: string): string {
  return text
    .replace(/\b(the|that|this|which) ([a-z'-]+ ){0,3}one\b(?! (hundred|thousand|million|dollar))/gi, " ")
    .replace(/\b(ending|ends|end)( in| with)?[\s,]+\w+([\s,-]+\w+){0,3}[\s,-]*$/i, " ")
    .replace(/\b(card|account|from) \d{4}\b/gi, " ");
}

/** The account that the other side of a transfer has already: it cannot be meant again. */
function rival(errand: Dialogue, role: "from" | "to" | "any", run: Run): string | undefined {
  if (role === "any") return undefined;
  for (const [name, slot] of Object.entries(errand.slots)) {
    if (slot.kind === "account" && slot.role !== role) return run.slots[name];
  }
  return undefined;
}

const LONGEST_TEXT = 200;
function plain(text: string): string | undefined {
  const trimmed = text.trim().slice(0, LONGEST_TEXT);
  return wordsOf(trimmed).length > 0 ? trimmed : undefined;
}
