/** Putting right what is known already: another value, the other direction, the wrong card. */
import type { Dialogue } from "../../../scenarios/dialogue.ts";
import { yesOrNo } from "../../../words/yesno.ts";
import { otherAccount, turnsAround } from "./accounts.ts";
import { needsMoment } from "./commands.ts";
import { regret } from "./hindsight.ts";
import { bestPhrase, fits, wordsOf } from "./match.ts";
import { severalOrders } from "./orders.ts";
import { advance, askSlot, repeatQuestion } from "./plan.ts";
import { corrects, impliedBy, valuesIn } from "./slots.ts";
import { errandOf, type Run, type Talk } from "./state.ts";

/** Where a correction falls: the slot that is asked for, and whether Luna's own reading is up for review. */
interface Place {
  open: string | null;
  reviewing: boolean;
  /** The words put something right. */
  correcting: boolean;
  /** The words ask for something: "what about my mortgage". */
  asking: boolean;
}

const ASKING = /\b(what|how) about\b|^\s*(and|or)\b|\b(for|of|on) (the|my)\b/i;

const STOPPED = "All right, I've stopped, and nothing has been done.";
/** The caller sees that something is wrong, not only that it could be otherwise. */
const OBJECTION = /\b(wrong|not (that one|the (right )?one|the right|my)|isn't (the right|my))\b/i;

/** "No stop, it's the wrong card!" */
export function objects(text: string): boolean {
  return OBJECTION.test(text);
}

/** Puts new values in; true when that changed anything or named what to change. */
export function correctsRun(talk: Talk, run: Run, text: string): boolean {
  const errand = errandOf(talk, run);
  const place = placeOf(talk, errand, text);
  if (turnsAround(text) && turnAround(talk, errand, run)) return true;
  const several = severalOrders(talk, run.errand, text);
  const found = several ?? valuesIn(text, errand, run, { ...place, today: talk.today });
  forgetLookup(errand, run, found);
  if (objects(text) || turnsFrom(errand, run, found, place)) forgetAnswers(errand, found, text);
  const changed = Object.entries(found).filter(([slot, value]) => mayChange(errand, run, slot, value, place));
  if (changed.length === 0)
    return (
      (place.reviewing && sameAgain(talk, text, found)) ||
      namesWrong(talk, run, text, place) ||
      namesAnew(talk, run, text)
    );
  const before = { ...run.slots };
  for (const [slot, value] of changed) run.slots[slot] = value;
  if (place.correcting) keepApart(errand, run, before);
  lookAnew(
    errand,
    run,
    changed.map(([slot]) => slot),
  );
  if (place.reviewing) {
    talk.state.unconfirmed = 0;
    talk.say.push("Got it.");
  }
  advance(talk);
  return true;
}

function placeOf(talk: Talk, errand: Dialogue, text: string): Place {
  const question = talk.state.asked?.question;
  const open = question?.kind === "slot" ? question.slot : null;
  const reviewing = question?.kind === "read-back" || question?.kind === "change";
  const asking = ASKING.test(text) || bestPhrase(wordsOf(text), errand.intents) !== undefined;
  return { open, reviewing, correcting: reviewing || corrects(text), asking };
}

/**
 * What is known already was said once more, and not refused: the question stands. Where Luna asked what to change, it is wanted
 * after all, just so, and is up for a yes again.
 */
function sameAgain(talk: Talk, text: string, found: Record<string, string>): boolean {
  if (Object.keys(found).length === 0 || yesOrNo(text) === "no") return false;
  if (talk.state.asked?.question.kind !== "change") repeatQuestion(talk);
  else {
    talk.state.unconfirmed = 0;
    advance(talk);
  }
  return true;
}

/** "No, 5502": the no turns down what was known, and is no answer to the yes-or-no question. */
function turnsFrom(errand: Dialogue, run: Run, found: Record<string, string>, place: Place): boolean {
  const { open } = place;
  if (!open || errand.slots[open]?.kind !== "yes-no" || found[open] !== "no") return false;
  return Object.entries(found).some(
    ([slot, value]) => slot !== open && run.slots[slot] !== undefined && mayChange(errand, run, slot, value, place),
  );
}

/**
 * What a finished step was done with is history; what something was only looked up by may be put right, and what was only told
 * may be told of something else.
 */
function mayChange(errand: Dialogue, run: Run, slot: string, value: string, place: Place): boolean {
  if (slot === place.open) return true;
  if (run.slots[slot] === value) return false;
  const kind = place.open ? errand.slots[place.open]?.kind : undefined;
  if (kind === "text" && run.slots[slot] !== undefined && !place.correcting) return false;
  const used = errand.steps.filter(
    (step, index) => run.over[index] === "done" && Object.values(step.arguments).includes(`$${slot}`),
  );
  const looking = place.reviewing || kind === "pick";
  return used.every(
    (step) =>
      (step.lists !== undefined && looking && !isOver(errand, run, step.lists.slot)) ||
      (step.tells === true && (place.correcting || (place.asking && kind !== "text" && kind !== "choice"))),
  );
}

/** The step that the chosen entry is for has been done. */
function isOver(errand: Dialogue, run: Run, slot: string): boolean {
  return errand.steps.some((step, index) => run.over[index] !== undefined && step.needs.includes(slot));
}

/** An entry of the list was chosen: its amount or its day is no other search. */
function forgetLookup(errand: Dialogue, run: Run, found: Record<string, string>): void {
  for (const [index, step] of errand.steps.entries()) {
    if (!step.lists || run.over[index] !== "done" || found[step.lists.slot] === undefined) continue;
    for (const source of Object.values(step.arguments)) delete found[source.slice(1)];
  }
}

/** The no of an objection answers no question; what else it says may. */
function forgetAnswers(errand: Dialogue, found: Record<string, string>, text: string): void {
  for (const name of Object.keys(found)) {
    const slot = errand.slots[name];
    if (slot?.kind !== "yes-no") continue;
    const said = impliedBy(text, slot);
    if (said) found[name] = said;
    else delete found[name];
  }
}

/**
 * Another shop, amount or day: looked up again, by what was said now alone. Another card, where nothing was done with the first
 * one, and another loan: its step is taken anew.
 */
function lookAnew(errand: Dialogue, run: Run, changed: string[]): void {
  for (const [index, step] of errand.steps.entries()) {
    const sources = Object.values(step.arguments).map((source) => source.slice(1));
    if (!changed.some((slot) => sources.includes(slot))) continue;
    if (step.tells || run.over[index] === "skipped") delete run.over[index];
    if (!step.lists || run.over[index] !== "done") continue;
    forgetList(
      run,
      index,
      step.lists.slot,
      sources.filter((slot) => !changed.includes(slot)),
    );
  }
}

function forgetList(run: Run, index: number, pick: string, sources: string[]): void {
  delete run.over[index];
  run.listed = [];
  for (const slot of [pick, ...sources]) delete run.slots[slot];
}

/** None of the entries is the one: what to look for is asked once more. */
export function looksElsewhere(talk: Talk, run: Run, pick: string): void {
  const { steps } = errandOf(talk, run);
  const index = steps.findIndex((step) => step.lists?.slot === pick);
  forgetList(
    run,
    index,
    pick,
    Object.values(steps[index]?.arguments ?? {}).map((source) => source.slice(1)),
  );
  talk.say.push("All right, let's look for another one.");
  advance(talk);
}

/** The two sides of a transfer, by their slots. */
export function sides(errand: Dialogue): { from: string; to: string } | undefined {
  const side = (role: "from" | "to") =>
    Object.keys(errand.slots).find((name) => {
      const slot = errand.slots[name];
      return slot?.kind === "account" && slot.role === role;
    });
  const [from, to] = [side("from"), side("to")];
  return from && to ? { from, to } : undefined;
}

/** The money goes the other way: both sides change places. */
function turnAround(talk: Talk, errand: Dialogue, run: Run): boolean {
  const found = sides(errand);
  if (!found) return false;
  const { [found.from]: from, [found.to]: to, ...rest } = run.slots;
  // Nothing comes from a payee.
  if ((from ?? to) === undefined || (to !== undefined && !isAccount(to))) return false;
  run.slots = { ...rest, ...(to ? { [found.from]: to } : {}), ...(from ? { [found.to]: from } : {}) };
  talk.say.push("Got it, the other way around.");
  advance(talk);
  return true;
}

/** One of the caller's own accounts, and nobody's name. */
export function isAccount(value: string): boolean {
  return otherAccount(value) !== undefined || /^\d{4}$/.test(value);
}

/** One side was put right to what the other side is: the other one takes its place. */
function keepApart(errand: Dialogue, run: Run, before: Record<string, string>): void {
  const found = sides(errand);
  if (!found || run.slots[found.from] === undefined || run.slots[found.from] !== run.slots[found.to]) return;
  const moved = before[found.from] === run.slots[found.from] ? found.to : found.from;
  const other = moved === found.to ? found.from : found.to;
  const old = before[moved];
  if (old !== undefined && isAccount(old)) run.slots[other] = old;
}

/** "No, the other card", "the amount", "it's the wrong account": which value is wrong, without the right one. */
function namesWrong(talk: Talk, run: Run, text: string, { reviewing }: Place): boolean {
  const objecting = objects(text);
  if (!reviewing && !objecting) return false;
  const errand = errandOf(talk, run);
  const slot = wrongSlot(errand, run, text, talk.state.asked?.question.kind === "change");
  if (!slot) return false;
  if (isUsed(errand, run, slot)) {
    regret(talk, run);
    repeatQuestion(talk);
    return true;
  }
  const swapped = objecting ? undefined : otherAccount(run.slots[slot]);
  if (swapped && turnAround(talk, errand, run)) return true;
  delete run.slots[slot];
  talk.say.push(objecting ? STOPPED : "No problem.");
  askSlot(talk, run, slot);
  return true;
}

/** What the waiting step is made of, by its slots. */
export function changeable(errand: Dialogue, run: Run): string[] {
  const next = errand.steps.find((step, index) => !run.over[index] && step.tool !== "verify_identity");
  return (next?.needs ?? []).flatMap((need) => need.split("|"));
}

/** "No, Tomas": a name as it is written, and nothing else. */
const NAMED_INSTEAD =
  /^(?:no|nope|actually|sorry|wait),\s*(?:i meant? )?(?!luna\b)(\p{Lu}[\p{Ll}'-]+(?: \p{Lu}[\p{Ll}'-]+)?)[.!]?$/iu;

/** Asked what to change, or whether it is right, the caller says nothing but a name: "Quickcart". */
function namesAnew(talk: Talk, run: Run, text: string): boolean {
  const kind = talk.state.asked?.question.kind;
  const instead = kind === "read-back" ? NAMED_INSTEAD.exec(text.trim())?.[1] : undefined;
  const said = kind === "change" ? text : instead;
  if (said === undefined || (instead !== undefined && !/^\p{Lu}/u.test(instead))) return false;
  if (yesOrNo(said) !== undefined || needsMoment(said) || wordsOf(said).length > MOST_OF_A_NAME) return false;
  const errand = errandOf(talk, run);
  const named = changeable(errand, run).find((name) => {
    const slot = errand.slots[name];
    return slot?.kind === "name" || (slot?.kind === "account" && slot.role === "to");
  });
  const value = named && valuesIn(said, errand, run, { open: named, correcting: true, today: talk.today })[named];
  if (!named || !value) return false;
  run.slots[named] = value;
  talk.say.push("Got it.");
  advance(talk);
  return true;
}

/** The value that is called wrong: by its name, else the first that the waiting step names something with. */
function wrongSlot(errand: Dialogue, run: Run, text: string, open: boolean): string | undefined {
  const words = wordsOf(text);
  const slots = changeable(errand, run);
  const known = slots.filter((slot) => run.slots[slot] !== undefined);
  const labelled = (open ? slots : known).find((slot) => labelFits(words, errand, slot));
  if (labelled || (!objects(text) && fits(words, "other|another|wrong|different") === 0)) return labelled;
  return known.find((slot) => !["money", "choice", "currency"].includes(errand.slots[slot]?.kind ?? ""));
}

/** Words of a name that is all there is said. */
const MOST_OF_A_NAME = 3;
const PERSON = "person|recipient|payee|name";

function labelFits(words: string[], errand: Dialogue, name: string): boolean {
  const slot = errand.slots[name];
  if (slot?.kind === "account" && slot.role === "to" && fits(words, PERSON) > 0) return true;
  return wordsOf(`${slot?.label ?? ""} ${name}`).some(
    (word) => word.length > 2 && word !== "the" && fits(words, word) > 0,
  );
}

function isUsed(errand: Dialogue, run: Run, slot: string): boolean {
  return errand.steps.some(
    (step, index) => run.over[index] === "done" && !step.lists && Object.values(step.arguments).includes(`$${slot}`),
  );
}
