/**
 * Who may do what, when. The security heart: pure, and small enough to be read in one go.
 *
 * 1. Nothing is told or changed before the caller was verified in this call; three wrong answers lock the call.
 * 2. Money moves once, only after the amount and the target were read back and the caller said yes to exactly that.
 * 3. Large sums are for a specialist. (Wires always are: the bank has no way for Luna to send one.)
 *
 * `PolicyState` is plain JSON; functions give a new state and never change the one they got.
 */
import type { ConfirmStatus } from "../legs/wire.ts";
import { digitSpansIn } from "../words/digits.ts";
import { moneyIn } from "../words/money.ts";
import { yesOrNo } from "../words/yesno.ts";
import { type Gate, type Identity, type Lesson, type Proposal, type Refused, refused, type Said } from "./tool.ts";

export const MAX_ATTEMPTS = 3;
/** A question that was not answered for this long has to be asked again. */
export const PENDING_MS = 180_000;
/** From here on a person at the bank has to look at a transfer. */
const SPECIALIST_CENTS = 1_000_000;

/** A money movement that waits for the caller's yes. */
interface Pending {
  token: string;
  tool: string;
  fingerprint: string;
  amount_cents: number;
  target: string[];
  title: string;
  lines: { label: string; value: string }[];
  read_back: string;
  /** Highest order of a turn when the question was put: the read-back must come later. */
  order: number;
  /** Unix ms. */
  asked_at: number;
  /** The caller pressed yes on the card of this very token. */
  by_card: boolean;
}

export interface PolicyState {
  identity: Identity | null;
  attempts: number;
  locked: boolean;
  pending: Pending | null;
  /** Questions put so far: makes every token different. */
  asked: number;
}

/** What the policy looks at when money is about to move. */
export interface Moment {
  /** All turns so far, live ones included. */
  turns: Said[];
  /** Highest order given to a turn so far. */
  order: number;
  /** Unix ms. */
  now: number;
}

export type Verdict = { go: true; token: string } | { go: false; refusal: Refused };

export function newPolicy(): PolicyState {
  return { identity: null, attempts: 0, locked: false, pending: null, asked: 0 };
}

// Identity -----------------------------------------------------------------------------------------------------------

/** Null: the tool may go on (a money tool still needs `decide`). Otherwise why not. */
export function admit(state: PolicyState, gate: Gate, turns: Said[]): Refused | null {
  if (gate === "open") return null;
  if (state.locked) return LOCKED;
  if (gate === "attempt") return turns.some((turn) => turn.who === "caller") ? null : WHO_ARE_YOU;
  return state.identity ? null : WHO_ARE_YOU;
}

const WHO_ARE_YOU: Refused = {
  ...refused(
    "identity_required",
    "Before I can do that, I need to verify it's you. Could you tell me the last four digits of one of your cards or accounts?",
  ),
  did: "The caller has to be verified first.",
};
const LOCKED: Refused = {
  ...refused(
    "locked",
    "I couldn't verify you, so for your security I can't open your accounts on this call. I can connect you with a specialist who can help.",
  ),
  did: "Not possible: the caller could not be verified.",
};

export function learn(state: PolicyState, lesson: Lesson | undefined): PolicyState {
  if (!lesson) return state;
  if (lesson.kind === "identified") return { ...state, identity: lesson.identity };
  const attempts = state.attempts + 1;
  return { ...state, attempts, locked: attempts >= MAX_ATTEMPTS };
}

// Money --------------------------------------------------------------------------------------------------------------

/** May this money move now? Only a pending question with the very same tool and arguments, answered by a yes, lets it. */
export function decide(
  state: PolicyState,
  tool: string,
  proposal: Proposal,
  moment: Moment,
): { state: PolicyState; verdict: Verdict } {
  if (proposal.amount_cents >= SPECIALIST_CENTS) return say({ ...state, pending: null }, TOO_LARGE);
  const pending = stillOpen(state.pending, moment.now);
  if (pending?.tool !== tool || pending.fingerprint !== proposal.fingerprint) return ask(state, tool, proposal, moment);
  switch (pending.by_card ? "yes" : answerTo(pending, moment.turns)) {
    case "yes":
      return { state: { ...state, pending: null }, verdict: { go: true, token: pending.token } };
    case "no":
      return say({ ...state, pending: null }, NOT_MOVED);
    case "changed":
      return ask(state, tool, proposal, moment);
    default:
      return say(state, {
        ...refused("not_confirmed", pending.read_back, { read_back: true }),
        did: `${pending.title}: still waits for the caller's yes.`,
      });
  }
}

const TOO_LARGE = refused(
  "needs_specialist",
  "Transfers of $10,000 or more need one of our specialists. I can connect you now and pass on the details.",
  { department: "general" },
);
const NOT_MOVED = refused("not_confirmed", "All right, I haven't moved any money.", { cancelled: true });

function say(state: PolicyState, refusal: Refused): { state: PolicyState; verdict: Verdict } {
  return { state, verdict: { go: false, refusal } };
}

/** Puts the question; any question before it is off the table. */
function ask(state: PolicyState, tool: string, proposal: Proposal, moment: Moment) {
  const asked = state.asked + 1;
  const { fingerprint, amount_cents, target, title, lines, read_back } = proposal;
  const order = moment.turns.reduce((highest, turn) => Math.max(highest, turn.order), moment.order);
  const token = `yes-${asked}-${moment.now.toString(36)}-${shortHash(fingerprint)}`;
  const pending: Pending = {
    token,
    tool,
    fingerprint,
    amount_cents,
    target,
    title,
    lines,
    read_back,
    order,
    asked_at: moment.now,
    by_card: false,
  };
  const data = { details: Object.fromEntries(lines.map((line) => [line.label.toLowerCase(), line.value])) };
  const question = {
    ...refused("confirmation_required", read_back, data),
    did: `${title}: waits for the caller's yes.`,
  };
  return say({ ...state, pending, asked }, question);
}

function stillOpen(pending: Pending | null, now: number): Pending | null {
  return pending && now - pending.asked_at <= PENDING_MS ? pending : null;
}

/**
 * What the caller made of the question. A yes counts only as the answer to words of Luna's that were heard after the question
 * was put and held the amount and the target; the caller's last words must be a yes too, and nothing in between a no.
 * `changed`: a no was followed by other words, so the question has to be put anew.
 */
function answerTo(pending: Pending, turns: Said[]): "yes" | "no" | "changed" | undefined {
  const exchanges = exchangesAfter(pending.order, turns);
  const answers = exchanges.filter((exchange) => readsBack(exchange.luna, pending));
  const last = exchanges.at(-1);
  const final = last && meaning(last.caller, pending);
  const refusedBefore = exchanges.some((exchange) => meaning(exchange.caller, pending) === "no");
  if (answers.length === 0 || !last || last.caller.length === 0) return undefined;
  if (final === "no") return "no";
  if (refusedBefore) return "changed";
  return final === "yes" && answers.some((answer) => meaning(answer.caller, pending) === "yes") ? "yes" : undefined;
}

/** What Luna said in a row, and what the caller said to it. */
interface Exchange {
  luna: string;
  caller: string[];
}

/** Turns after `order`, in pairs. What Luna says last, unanswered yet, is left out. */
function exchangesAfter(order: number, turns: Said[]): Exchange[] {
  const later = turns.filter((turn) => turn.order > order).sort((a, b) => a.order - b.order);
  const exchanges: Exchange[] = [{ luna: "", caller: [] }];
  for (const turn of later) {
    const current = exchanges.at(-1);
    if (turn.who === "caller") current?.caller.push(turn.text);
    else if (current && current.caller.length === 0) current.luna += ` ${turn.text}`;
    else exchanges.push({ luna: turn.text, caller: [] });
  }
  return exchanges.filter((exchange) => exchange.caller.length > 0);
}

/** Several utterances in a row are one answer: a no anywhere in it is a no, a yes needs the last one to be clean. */
function meaning(utterances: string[], pending: Pending): "yes" | "no" | undefined {
  const heard = utterances.map((text) => yesOrNo(text));
  if (heard.includes("no")) return "no";
  return heard.at(-1) === "yes" && !utterances.some((text) => namesAnother(text, pending)) ? "yes" : undefined;
}

/** Sums below this are as likely a "one" or a "two" that means something else. */
const SMALLEST_SUM_CENTS = 500;

/** "Yes, three hundred" is no yes to two hundred and fifty. */
function namesAnother(text: string, pending: Pending): boolean {
  return moneyIn(text, { bare: true }).some(
    (sum) => sum.cents >= SMALLEST_SUM_CENTS && sum.cents !== pending.amount_cents && sum.or !== pending.amount_cents,
  );
}

/** Words that lead to a target: "from savings to checking" must not pass for a transfer to savings. */
const TOWARDS = String.raw`\b(?:to|into|for|pay|send|give)\b(?:(?!\bfrom\b)[^.?!;]){0,60}?`;

function readsBack(text: string, pending: Pending): boolean {
  if (!moneyIn(text).some((sum) => sum.cents === pending.amount_cents)) return false;
  const words = text.toLowerCase();
  const numbers = digitSpansIn(text, { length: 4 });
  return pending.target.some((target) =>
    /^\d{4}$/.test(target)
      ? numbers.some((n) => n.digits === target && new RegExp(`${TOWARDS}$`).test(words.slice(0, n.start)))
      : new RegExp(`${TOWARDS}${escaped(target.toLowerCase())}`).test(words),
  );
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");
}

/** The caller has spoken after the question but the words are not there yet (late transcript): worth a short wait. */
export function wordsStillComing(state: PolicyState, turns: Said[]): boolean {
  const pending = state.pending;
  if (!pending || pending.by_card) return false;
  const last = turns
    .filter((turn) => turn.order > pending.order)
    .sort((a, b) => a.order - b.order)
    .at(-1);
  return last?.who === "caller" && last.text.trim() === "";
}

// The card in the page -----------------------------------------------------------------------------------------------

/** The card that waits in the page, for `luna.confirm`. */
export function policyCard(state: PolicyState): ConfirmStatus["pending"] {
  const pending = state.pending;
  if (!pending) return null;
  return { token: pending.token, title: pending.title, lines: pending.lines };
}

/** The caller pressed yes or no. A token other than the waiting one changes nothing. */
export function confirmByCard(state: PolicyState, token: string, yes: boolean): PolicyState {
  if (state.pending?.token !== token) return state;
  return { ...state, pending: yes ? { ...state.pending, by_card: true } : null };
}

/** FNV-1a, enough to tell questions apart in a token. */
function shortHash(text: string): string {
  let hash = 0x811c9dc5;
  for (const char of text) hash = Math.imul(hash ^ (char.codePointAt(0) ?? 0), 0x01000193);
  return (hash >>> 0).toString(36);
}
