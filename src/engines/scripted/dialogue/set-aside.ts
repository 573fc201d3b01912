/** Parts of what was said that are set aside before the rest is understood: curses, what is refused, sums that are none. */
import { asDollars, moneyIn } from "../../../words/money.ts";
import { errandOf, type Talk } from "./state.ts";

const CURSES =
  /\b(?:(?:oh )?go to hell|what the hell|the hell|hell no|god ?damn(?:ed|it)?|damn(?:ed| it|it)?|dammit|(?:mother)?fuck\w*(?: (?:you|off|this))?|(?:bull)?shit\w*|ass ?holes?|bitch|bastards?|crap|screw (?:you|this)|piss off|you idiots?|morons?)\b[,.!]*/gi;
/** "Please don't block my card 7316": to the end of its clause. */
const REFUSED =
  /\b(?:please )?(?:do not|don't|dont)(?: (?:want (?:you )?to|need (?:you )?to|you|please|go and|ever))* (?:block|freeze|lock|transfer|move|send|wire|activate|file|dispute|unlock|reset|raise|increase|refinance)\b[^.;,!?]*?(?=[.;,!?]|\bbut\b|\binstead\b|$)/gi;
const MINUS = /(?:\b(?:minus|negative)|(?<![\w\d])[-–−])\s*\$?$/i;

export interface SetAside {
  /** What is left to be understood. */
  rest: string;
  cursed: boolean;
  refused: boolean;
  /** An amount was said that nothing can be moved by. */
  noSum: boolean;
}

export function setAside(talk: Talk, text: string): SetAside {
  const calm = text.replace(CURSES, " ");
  const wished = takesRefusals(talk) ? calm.replace(REFUSED, " ") : calm;
  const rest = withoutNoSums(wished, asksMoney(talk));
  return { rest, cursed: calm !== text, refused: wished !== calm, noSum: rest !== wished };
}

/** To a yes-or-no question, or where any words will do, a refusal is an answer. */
function takesRefusals(talk: Talk): boolean {
  const kind = openKind(talk);
  return kind !== "yes-no" && kind !== "text" && kind !== "choice";
}

function asksMoney(talk: Talk): boolean {
  return openKind(talk) === "money";
}

function openKind(talk: Talk): string | undefined {
  const { run, asked } = talk.state;
  if (!run || asked?.question.kind !== "slot") return undefined;
  return errandOf(talk, run).slots[asked.question.slot]?.kind;
}

/** Less than nothing, and nothing: "minus forty dollars", "zero dollars", and a bare zero where an amount is asked for. */
function withoutNoSums(text: string, asked: boolean): string {
  const inDollars = asDollars(text);
  const named = moneyIn(inDollars).map((span) => span.start);
  let rest = text;
  for (const span of moneyIn(inDollars, { bare: true }).reverse()) {
    const before = text.slice(0, span.start);
    const minus = MINUS.exec(before);
    const counts = asked || named.includes(span.start);
    if (!counts || (!minus && span.cents > 0)) continue;
    rest = before.slice(0, minus ? minus.index : undefined) + rest.slice(span.end);
  }
  return rest;
}
