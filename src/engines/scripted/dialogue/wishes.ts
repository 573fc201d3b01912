/** What errand the caller has in mind: the first one, a look at something else, a change of mind. */
import { bestKey, bestPhrase, wordsOf } from "./match.ts";
import { severalOrders } from "./orders.ts";
import { advance, cannotHere, startErrand } from "./plan.ts";
import { identityIn, valuesIn } from "./slots.ts";
import { canRun, errandOf, newRun, type Talk } from "./state.ts";

/** A phrase of at least this many letters is a wish of its own, even in the middle of something else. */
export const CLEAR_WISH = 7;

/** Another errand than the one under way: a look at the balance, or a change of mind. */
export function wantsElse(talk: Talk, text: string): boolean {
  const found = wish(talk, text);
  const run = talk.state.run;
  if (!run || !found || found.errand === run.errand || !interrupts(talk, text, found)) return false;
  if (!canRun(talk, found.errand)) return cannotHere(talk, found.errand);
  if (!startsSeveral(talk, text)) begin(talk, found.errand, text);
  return true;
}

interface Wish {
  errand: string;
  score: number;
}

/** By how many letters a wish that cannot be met here must fit better than one that can. */
const CLEARLY_OTHER = 3;

/** By how many letters a wish must fit better than a value of the errand under way. */
const LEAST_MORE = 1;

/** The errand the words ask for: one that can be run in this call, unless they clearly ask for another. */
export function wish(talk: Talk, text: string): Wish | undefined {
  const here = wishAmong(talk, text, (errand) => canRun(talk, errand));
  const other = wishAmong(talk, text, (errand) => !canRun(talk, errand));
  return other && other.score >= (here?.score ?? 0) + CLEARLY_OTHER ? other : (here ?? other);
}

function wishAmong(talk: Talk, text: string, fitting: (errand: string) => boolean): Wish | undefined {
  const words = wordsOf(text);
  let best: Wish | undefined;
  for (const [errand, dialogue] of Object.entries(talk.script.errands)) {
    if (!fitting(errand)) continue;
    const score = bestPhrase(words, dialogue.intents)?.score ?? 0;
    if (score > 0 && score + favour(talk, errand) > (best?.score ?? 0)) {
      best = { errand, score: score + favour(talk, errand) };
    }
  }
  return best;
}

/** Draws go to the errand under way, then to the one the call is for, then to a short look. */
function favour(talk: Talk, errand: string): number {
  if (errand === talk.state.run?.errand) return 0.4;
  if (errand === talk.script.primary) return 0.3;
  return talk.script.errands[errand]?.digression ? 0.1 : 0;
}

/** Words that answer the open question are that answer, unless they clearly ask for something else. */
export function interrupts(talk: Talk, text: string, found: Wish): boolean {
  const run = talk.state.run;
  if (!run || found.score < CLEAR_WISH) return false;
  if (isOwnValue(talk, run.errand, text, found)) return false;
  const question = talk.state.asked?.question;
  const open = question?.kind === "slot" ? errandOf(talk, run).slots[question.slot] : undefined;
  if (open?.kind === "text" || open?.kind === "name" || open?.kind === "choice") {
    return (
      talk.script.errands[found.errand]?.digression === true ||
      /\b(actually|instead|first|before that|also|forget)\b/i.test(text)
    );
  }
  return true;
}

/** "For the mortgage" names one of the loans that the errand is about; "mortgage rates" is another errand. */
function isOwnValue(talk: Talk, errand: string, text: string, found: Wish): boolean {
  const words = wordsOf(text);
  const best = Object.values(talk.script.errands[errand]?.slots ?? {}).map(
    (slot) => (slot.kind === "choice" ? bestKey(words, slot.choices)?.score : 0) ?? 0,
  );
  return Math.max(0, ...best) > found.score - LEAST_MORE;
}

/** Starts an errand with everything the words give for it; `known`: what holds for it already. */
export function begin(
  talk: Talk,
  errand: string,
  text: string,
  known: Record<string, string> = {},
  whole: string = text,
): void {
  startErrand(talk, errand, known);
  const run = talk.state.run;
  const dialogue = talk.script.errands[errand];
  if (!run || !dialogue) return;
  Object.assign(run.slots, severalOrders(talk, errand, text) ?? valuesFor(talk, errand, text));
  const digits = identityIn(whole, dialogue);
  if (digits && !Object.values(run.slots).includes(digits)) run.slots.identity = digits;
  advance(talk);
}

/** What the words give for an errand that is not begun yet. */
export function valuesFor(talk: Talk, errand: string, text: string): Record<string, string> {
  const dialogue = talk.script.errands[errand];
  const reading = { open: null, correcting: false, today: talk.today };
  return dialogue ? valuesIn(text, dialogue, newRun(errand), reading) : {};
}

/** Where one wish may end and another begin. */
const BETWEEN = /[,;.!?]+\s|\b(?:and|then|also|plus)\b/i;

/** The wishes of a sentence, each with its own words: "I lost my card and what's my balance". */
function wishesIn(talk: Talk, text: string): { errand: string; text: string }[] {
  const found: { errand: string; text: string }[] = [];
  let lead = "";
  for (const part of text.split(BETWEEN)) {
    const clear = wish(talk, part);
    const last = found.at(-1);
    const owner = last?.errand ?? talk.state.run?.errand;
    const going = clear?.errand === talk.state.run?.errand || (clear && owner && isOwnValue(talk, owner, part, clear));
    if (clear && !going && clear.score >= CLEAR_WISH && !found.some((other) => other.errand === clear.errand))
      found.push({ errand: clear.errand, text: last ? part : lead + part });
    else if (last) last.text += `, ${part}`;
    else lead += `${part}, `;
  }
  return found;
}

/** The first of several wishes that can be met is begun, and the others wait for their turn. */
function startsSeveral(talk: Talk, text: string): boolean {
  const wishes = wishesIn(talk, text);
  const first = wishes.find(({ errand }) => canRun(talk, errand));
  const others = wishes.filter((other) => other !== first);
  if (!first || others.length === 0) return false;
  for (const { errand, text } of others) talk.state.waiting.push({ errand, slots: valuesFor(talk, errand, text) });
  const topics = [first, ...others].map(({ errand }) => talk.script.errands[errand]?.topic);
  talk.say.push(`One thing at a time: first ${topics.join(", then ")}.`);
  begin(talk, first.errand, first.text, {}, text);
  return true;
}

/** The first words of an errand: what is asked for, or a value for what the call is about. */
export function startsErrand(talk: Talk, text: string): boolean {
  if (startsSeveral(talk, text)) return true;
  const found = wish(talk, text);
  if (found && canRun(talk, found.errand)) {
    begin(talk, found.errand, text);
    return true;
  }
  if (startsPrimary(talk, text)) return true;
  return found ? cannotHere(talk, found.errand) : false;
}

/** The call was opened for one errand: a value for it says enough. */
function startsPrimary(talk: Talk, text: string): boolean {
  const { primary } = talk.script;
  const errand = primary ? talk.script.errands[primary] : undefined;
  if (!primary || !errand || !canRun(talk, primary) || talk.state.did.length > 0) return false;
  if (Object.keys(valuesFor(talk, primary, text)).length === 0 && !identityIn(text, errand)) return false;
  begin(talk, primary, text);
  return true;
}
