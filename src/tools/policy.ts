/**
 * Who may do what, when. The security heart: pure, and small enough to be read in one go.
 *
 * 1. Nothing is told or changed before the caller was verified in this call; three wrong answers lock the call.
 * 2. Money moves, and what cannot be taken back is done, once: only after the act, its amount and its target were read back
 *    and heard, and the caller said yes to exactly that.
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
/** From here on a person at the bank has to look at it. */
const SPECIALIST_CENTS = 1_000_000;

/** What waits for the caller's yes. */
interface Pending {
  token: string;
  tool: string;
  fingerprint: string;
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

/** What the policy looks at when something is about to be done. */
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

/** Null: the tool may go on (one behind `confirmed` still needs `decide`). Otherwise why not. */
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

// The yes ------------------------------------------------------------------------------------------------------------

/** May this be done now? Only a pending question with the very same tool and arguments, answered by a yes, lets it. */
export function decide(
  state: PolicyState,
  tool: string,
  proposal: Proposal,
  moment: Moment,
): { state: PolicyState; verdict: Verdict } {
  const settled = { ...state, pending: null };
  if ((proposal.amount_cents ?? 0) >= SPECIALIST_CENTS) return say(settled, TOO_LARGE);
  const open = stillOpen(state.pending, moment.now);
  const pending = open?.tool === tool && open.fingerprint === proposal.fingerprint ? open : null;
  const answer = pending?.by_card ? "yes" : pending && answerTo(pending.order, proposal, moment.turns);
  // Before the refusal: a change that was cut off after the yes is made again under the same key, and the bank knows it.
  if (pending && answer === "yes") return { state: settled, verdict: { go: true, token: pending.token } };
  if (answer === "no")
    return say(settled, refused("not_confirmed", `All right, ${proposal.left_alone}`, { cancelled: true }));
  if (proposal.refusal) return say(settled, proposal.refusal);
  if (!pending || answer === "changed") return ask(state, tool, proposal, moment);
  return say(state, {
    ...refused("not_confirmed", pending.read_back, { read_back: true }),
    did: `${pending.title}: still waits for the caller's yes.`,
  });
}

const TOO_LARGE = refused(
  "needs_specialist",
  "Sums of $10,000 or more need one of our specialists. I can connect you now and pass on the details.",
  { department: "general" },
);

function say(state: PolicyState, refusal: Refused): { state: PolicyState; verdict: Verdict } {
  return { state, verdict: { go: false, refusal } };
}

/** Puts the question; any question before it is off the table. */
function ask(state: PolicyState, tool: string, proposal: Proposal, moment: Moment) {
  const asked = state.asked + 1;
  const { fingerprint, title, lines, read_back } = proposal;
  const order = moment.turns.reduce((highest, turn) => Math.max(highest, turn.order), moment.order);
  const token = `yes-${asked}-${moment.now.toString(36)}-${shortHash(fingerprint)}`;
  const pending: Pending = {
    token,
    tool,
    fingerprint,
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
 * was put and named what would be done; the caller's last words must be a yes too, and nothing in between a no.
 * `changed`: a no was followed by other words, so the question has to be put anew.
 */
function answerTo(order: number, proposal: Proposal, turns: Said[]): "yes" | "no" | "changed" | undefined {
  const exchanges = exchangesAfter(order, turns);
  const answers = exchanges.filter((exchange) => readsBack(exchange.luna, proposal));
  const last = exchanges.at(-1);
  const final = last && meaning(last.caller, proposal);
  const refusedBefore = exchanges.some((exchange) => meaning(exchange.caller, proposal) === "no");
  if (answers.length === 0 || !last || last.caller.length === 0) return undefined;
  if (final === "no") return "no";
  if (refusedBefore) return "changed";
  return final === "yes" && answers.some((answer) => meaning(answer.caller, proposal) === "yes") ? "yes" : undefined;
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
function meaning(utterances: string[], proposal: Proposal): "yes" | "no" | undefined {
  const heard = utterances.map((text) => yesOrNo(text));
  if (heard.includes("no")) return "no";
  return heard.at(-1) === "yes" && !utterances.some((text) => namesAnother(text, proposal)) ? "yes" : undefined;
}

/** Sums below this are as likely a "one" or a "two" that means something else. */
const SMALLEST_SUM_CENTS = 500;

/** "Yes, three hundred" is no yes to two hundred and fifty, nor "yes, seven three one six" to the card ending in 4829. */
function namesAnother(text: string, { amount_cents, target }: Proposal): boolean {
  if (amount_cents === null) return digitSpansIn(text, { length: 4 }).some(({ digits }) => !target.includes(digits));
  return moneyIn(text, { bare: true }).some(
    (sum) => sum.cents >= SMALLEST_SUM_CENTS && sum.cents !== amount_cents && sum.or !== amount_cents,
  );
}

/** Within one sentence, and not past a "from": "from savings to checking" must not pass for a transfer to savings. */
const ON = String.raw`(?:(?!\bfrom\b)(?:[^.?!;]|\.(?=\d))){0,60}?`;
/** "I haven't moved it yet" and "I won't block it" tell of nothing that would be done. */
const NOT = String.raw`(?:n['’]t|\bnot|\bnever)(?:\s+[$\w.,'’]*\w){0,5}\s+`;

/** The caller has heard what a yes would do: the sum, where there is one, the target, and what is done to it. */
function readsBack(text: string, { amount_cents, target, act }: Proposal): boolean {
  if (amount_cents !== null && !moneyIn(text).some((sum) => sum.cents === amount_cents)) return false;
  const words = inDigits(text).toLowerCase();
  const told = String.raw`(?<!${NOT})\b(?:${act.words.join("|")})\b`;
  const named = target.map((one) => escaped(one.toLowerCase())).join("|");
  if (act.leads) return new RegExp(`${told}${ON}(?:${named})`).test(words);
  return new RegExp(told).test(words) && new RegExp(named).test(words);
}

/** "ending in four eight two nine" as "ending in 4829". */
function inDigits(text: string): string {
  const spans = digitSpansIn(text, { length: 4 }).sort((a, b) => b.start - a.start);
  return spans.reduce((words, { start, end, digits }) => words.slice(0, start) + digits + words.slice(end), text);
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
