/** What may be one thing or another, or cannot be, is asked for again, never guessed. */
import { namesNoDay } from "../../../words/dates.ts";
import { amountIn, unclearMoneyIn } from "../../../words/money.ts";
import { changeable } from "./corrections.ts";
import { ask, errandOf, type Talk } from "./state.ts";
import { filled } from "./texts.ts";

/** Questions to what is known already. */
const REVIEWING: ReadonlySet<string> = new Set(["read-back", "change"]);

/** "Five thousand a month" is no sum of a year, and nobody but the caller knows what it comes to. */
const SHORTER =
  /\b(?:a|an|per|each|every) (?:month|week|fortnight|day|hour)\b|\b(?:monthly|weekly|biweekly|daily|hourly)\b/i;

/** The amount that is asked for or put right may be one or another: it is asked for again, and none is taken. */
export function blursSum(talk: Talk, text: string): boolean {
  const { run, asked } = talk.state;
  if (!run || !asked) return false;
  const { question } = asked;
  const errand = errandOf(talk, run);
  const names =
    question.kind === "slot" ? [question.slot] : REVIEWING.has(question.kind) ? changeable(errand, run) : [];
  const name = names.find((slot) => errand.slots[slot]?.kind === "money");
  const slot = name === undefined ? undefined : errand.slots[name];
  if (name === undefined || slot?.kind !== "money") return false;
  const shorter = slot.yearly === true && SHORTER.test(text);
  if (!shorter && (!unclearMoneyIn(text) || amountIn(text, { bare: true }) !== undefined)) return false;
  delete run.slots[name];
  const lead = shorter ? "I need it for a whole year." : "I'm not sure I heard the amount right.";
  ask(talk, { kind: "slot", slot: name }, filled(slot.again, errand, run), lead);
  return true;
}

/** A day is asked for, and one that is in no calendar was named. */
export function missesDay(talk: Talk, text: string): boolean {
  const { run, asked } = talk.state;
  if (!run || asked?.question.kind !== "slot" || !namesNoDay(text, talk.today)) return false;
  const errand = errandOf(talk, run);
  const slot = errand.slots[asked.question.slot];
  if (slot?.kind !== "date") return false;
  ask(talk, asked.question, filled(slot.again, errand, run), "There is no such day.");
  return true;
}
