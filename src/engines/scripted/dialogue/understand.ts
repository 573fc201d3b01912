/** What the caller's words change: answers, corrections, other wishes, commands. */
import { withoutHesitation } from "../../../words/hesitation.ts";
import { seemsForeign } from "../../../words/language.ts";
import { amountIn } from "../../../words/money.ts";
import { yesOrNo } from "../../../words/yesno.ts";
import { closes } from "./closing.ts";
import { asideFor, CALM, type Command, commandIn, needsMoment, SMALL_TALK, WHO_LUNA_IS } from "./commands.ts";
import { changeable, correctsRun, looksElsewhere, objects } from "./corrections.ts";
import { regretLast, regrets } from "./hindsight.ts";
import { elsewhere, hasNoDigits, identify } from "./identifying.ts";
import { onlyNow } from "./later.ts";
import { wordsOf } from "./match.ts";
import { hesitate, miss, missForeign } from "./misses.ts";
import { goesOnFrom } from "./once-more.ts";
import { asksWhoLunaIs, besidesNoPerson } from "./person.ts";
import { choosesMany, choosesNone } from "./pick.ts";
import {
  ANYTHING_ELSE,
  advance,
  askSlot,
  callStep,
  dropErrand,
  examples,
  finishErrand,
  goodbye,
  offers,
  repeatQuestion,
  runnable,
  transfer,
} from "./plan.ts";
import { sendsAgain } from "./sent-again.ts";
import { type SetAside, setAside } from "./set-aside.ts";
import { identityIn, lastFourIn, leaning } from "./slots.ts";
import { ask, canRun, errandOf, type Question, type Run, stepOf, type Talk } from "./state.ts";
import { either, filled } from "./texts.ts";
import { blursSum, missesDay } from "./unclear.ts";
import { begin, startsErrand, valuesFor, wantsElse, wish } from "./wishes.ts";

const TO_HUMAN = "Of course. I'm connecting you with a specialist now. Please stay on the line.";

/** Takes in one utterance. */
export function understand(talk: Talk, said: string): void {
  const text = withoutHesitation(said);
  if (text === "" && said !== "") return hesitate(talk);
  if (seemsForeign(text) && !takesAnything(talk)) return missForeign(talk);
  const aside = setAside(talk, text);
  if (aside.noSum) talk.say.push("An amount has to be more than zero.");
  const offer = talk.state.asked?.question;
  const at = talk.say.length;
  const understood = understands(talk, aside.rest) || answersShelved(talk, aside.rest) || answersAside(talk, aside);
  const now = onlyNow(talk, aside.rest);
  if (now) talk.say.splice(at, 0, now);
  if (understood) {
    talk.state.misses = 0;
    if (offer?.kind === "human" && leaning(aside.rest) !== "no") comesBackTo(talk, offer.errand);
  } else if (now) repeatQuestion(talk);
  // With no question open there is nothing to have misunderstood: the errand goes on.
  else if (talk.state.run && !talk.state.asked) advance(talk);
  else miss(talk);
}

function understands(talk: Talk, text: string): boolean {
  if (wordsOf(text).length === 0) return false;
  return (
    staysWithLuna(talk, text) ||
    obeys(talk, text) ||
    looksBack(talk, text) ||
    hasNoDigits(talk, text) ||
    blursSum(talk, text) ||
    missesDay(talk, text) ||
    answersYesNo(talk, text) ||
    wantsElse(talk, text) ||
    wonders(talk, text) ||
    givesValues(talk, text) ||
    sendsAgain(talk, text) ||
    chats(talk, text)
  );
}

/** "Are you human?" is answered; who wants no person keeps Luna, and is served with what else was said. */
function staysWithLuna(talk: Talk, text: string): boolean {
  const asks = asksWhoLunaIs(text);
  const rest = asks ? "" : besidesNoPerson(text);
  if (rest === undefined) return false;
  if (asks) talk.say.push(WHO_LUNA_IS);
  else if (talk.state.asked?.question.kind === "human") {
    declineHuman(talk);
    return true;
  } else if (wordsOf(rest).length > 1 && yesOrNo(rest) === undefined && understands(talk, rest)) return true;
  else talk.say.push("All right, you stay with me.");
  repeatOrOffer(talk);
  return true;
}

/** The offer of a person is passed over, and the question before it answered. */
function answersShelved(talk: Talk, text: string): boolean {
  const { state } = talk;
  const { asked, shelved } = state;
  if (asked?.question.kind !== "human" || !shelved) return false;
  state.asked = shelved;
  if (understands(talk, text)) return true;
  state.asked = asked;
  return false;
}

/** What this call is not for, and a person was offered for, is not forgotten. */
function comesBackTo(talk: Talk, errand: string | undefined): void {
  const { state, script } = talk;
  if (!errand || state.over || state.asked?.question.kind === "human" || state.run?.errand === errand) return;
  state.waiting.push({ errand, slots: {} });
  talk.say.unshift(`I'll come back to ${script.errands[errand]?.topic}.`);
}

/** Whatever is said answers the open question. */
function takesAnything(talk: Talk): boolean {
  const { run, asked } = talk.state;
  return (
    run !== null && asked?.question.kind === "slot" && errandOf(talk, run).slots[asked.question.slot]?.kind === "text"
  );
}

/** Nothing else was understood than what was set aside. */
function answersAside(talk: Talk, { cursed, refused, noSum }: SetAside): boolean {
  const { run, asked } = talk.state;
  const reviewing = asked?.question.kind === "read-back";
  if (refused && run) reviewing ? turnedDown(talk) : leaveErrand(talk);
  else if (refused) ask(talk, { kind: "more" }, "What can I do for you?", "All right, I won't.");
  else if (cursed) calm(talk);
  else if (noSum) repeatOrOffer(talk);
  return refused || cursed || noSum;
}

function calm(talk: Talk): void {
  talk.say.push(CALM);
  repeatOrOffer(talk);
}

/** What was done is regretted, or wanted once more. */
function looksBack(talk: Talk, text: string): boolean {
  const { run, last } = talk.state;
  if (run || !last || closes(text)) return false;
  const other = wish(talk, text);
  if (regrets(text, other !== undefined)) {
    regretLast(talk, last);
    return true;
  }
  // "And the mortgage too" is one more loan, although there is an errand of its own for mortgages.
  const fits = !other || (!canRun(talk, other.errand) && Object.keys(valuesFor(talk, last.errand, text)).length > 0);
  return goesOnFrom(talk, last, text, !fits);
}

/** Commands that hold at any point. */
function obeys(talk: Talk, text: string): boolean {
  const { state } = talk;
  const kind = state.asked?.question.kind;
  const command = commandIn(text);
  if (command === "human") {
    if (kind === "human" && yesOrNo(text) === "no") return false;
    transfer(talk, TO_HUMAN);
  } else if (command === "repeat") {
    talk.say.push(state.said || "I'm Luna from Aurora Bank.");
  } else if (command === "help") {
    talk.say.push(`I can ${either([...offers(talk), "bring in a person"], "and")}. You can say ${examples(talk)}.`);
    if (state.run) repeatQuestion(talk);
  } else if (takesLeave(talk, text, command)) {
    goodbye(talk);
  } else if (command === "cancel" && state.run && !objects(text)) {
    return cancels(talk, state.run, text);
  } else return false;
  return true;
}

/** A goodbye, or a thanks with nothing open; not "no, that's all wrong", nor "thanks, and I need my balance". */
function takesLeave(talk: Talk, text: string, command: Command | undefined): boolean {
  const kind = talk.state.asked?.question.kind;
  if (command === "goodbye") {
    const other = wish(talk, text) !== undefined;
    return closes(text) || /\bbye\b|\bgood ?bye\b/i.test(text) || (!other && !regrets(text, other));
  }
  return command === "thanks" && (kind === "more" || kind === undefined) && closes(text);
}

const CANCELLED =
  /\b(?:never ?mind|forget (?:about )?(?:it|that|this)|leave it|(?:cancel|stop) (?:that|it|this))\b[\s,.;!]*(?:(?:and|please|just|instead) )*/i;

/** "Forget that" leaves the errand; what comes after it is the next one, or puts this one right. */
function cancels(talk: Talk, run: Run, text: string): boolean {
  const rest = text.split(CANCELLED).at(-1) ?? "";
  const other = rest === text ? undefined : wish(talk, rest);
  const again = rest !== text && (amountIn(rest, { bare: true }) !== undefined || hasValues(talk, run, rest));
  if (again || other?.errand === run.errand) return false;
  if (!other || !canRun(talk, other.errand)) leaveErrand(talk);
  else {
    talk.say.push("All right, I'll leave that.");
    talk.state.run = null;
    talk.state.asked = null;
    startsErrand(talk, rest);
  }
  return true;
}

function hasValues(talk: Talk, run: Run, text: string): boolean {
  return Object.keys(valuesFor(talk, run.errand, text)).length > 0;
}

function leaveErrand(talk: Talk): void {
  talk.say.push("All right, I'll leave that.");
  dropErrand(talk, true);
}

/** A yes or no to an open question. */
function answersYesNo(talk: Talk, text: string): boolean {
  const { state } = talk;
  const question = state.asked?.question;
  const answer = question && answerTo(question, text);
  if (!question || !answer) return false;
  const run = state.run;
  // "No, what's my balance?" is a question before it is a no.
  if (answer === "no" && question.kind !== "more" && elsewhere(talk, text)) return false;
  switch (question.kind) {
    case "read-back":
      if (!run) return false;
      if (answer === "yes") agreed(talk, run, question.step);
      else if (!correctsRun(talk, run, text)) turnedDown(talk);
      return true;
    case "human":
      if (answer === "yes") transfer(talk, TO_HUMAN, undefined, question.errand);
      else declineHuman(talk);
      return true;
    case "resume":
      if (answer === "yes") advance(talk);
      else finishErrand(talk);
      return true;
    case "topic":
      if (answer === "yes" && talk.script.primary) begin(talk, talk.script.primary, text);
      else ask(talk, { kind: "more" }, `What can I do for you, then? You can say ${examples(talk)}.`);
      return true;
    case "change":
      return answersChange(talk, text, answer);
    case "more":
      if (wish(talk, text)) return false;
      if (answer === "no") goodbye(talk);
      else ask(talk, { kind: "more" }, "Of course. What would you like me to do?");
      return true;
    case "slot":
      return run ? answersWithoutValue(talk, run, question.slot, text, answer) : false;
    default:
      return false;
  }
}

/** What moves or changes something takes a clean yes only; the end of a call takes a bare no; the rest may be guessed. */
function answerTo({ kind }: Question, text: string): "yes" | "no" | undefined {
  if (kind === "more") return closes(text) ? "no" : yesOrNo(text) === "yes" ? "yes" : undefined;
  return kind === "human" || kind === "resume" ? leaning(text) : yesOrNo(text);
}

/** "Yes" to "would you like a smaller amount?": the value itself is still to come. A plain no leaves the choice. */
function answersWithoutValue(talk: Talk, run: Run, name: string, text: string, answer: "yes" | "no"): boolean {
  const slot = errandOf(talk, run).slots[name];
  if (!slot || slot.kind === "yes-no" || slot.kind === "choice" || slot.kind === "text" || slot.kind === "pick")
    return false;
  if (correctsRun(talk, run, text)) return true;
  if (answer === "yes") askSlot(talk, run, name);
  else turnedDown(talk);
  return true;
}

function agreed(talk: Talk, run: Run, index: number): void {
  const step = stepOf(talk, run, index);
  if (!step) return advance(talk);
  callStep(talk, run, step, true);
}

function turnedDown(talk: Talk): void {
  const words = "All right, nothing has been done. Would you like to change something, or leave it there?";
  ask(talk, { kind: "change" }, words);
}

function declineHuman(talk: Talk): void {
  const { state } = talk;
  if (state.locked || !state.shelved) {
    state.run = null;
    state.suspended = [];
    return ask(talk, { kind: "more" }, `All right. ${ANYTHING_ELSE}`);
  }
  state.asked = state.shelved;
  state.shelved = null;
  talk.say.push("All right, let's go on.");
  repeatQuestion(talk);
}

function answersChange(talk: Talk, text: string, answer: "yes" | "no"): boolean {
  const run = talk.state.run;
  if (!run || givesValues(talk, text)) return true;
  if (answer === "no") leaveErrand(talk);
  else ask(talk, { kind: "change" }, `What should I change: ${either(labels(talk, run))}?`);
  return true;
}

/** What the waiting step is made of, by its names: "the amount". */
function labels(talk: Talk, run: Run): string[] {
  const errand = errandOf(talk, run);
  return changeable(errand, run).map((slot) => errand.slots[slot]?.label ?? slot);
}

/** Values for the slots of the errand; in a scenario's call they also start it. */
function givesValues(talk: Talk, text: string): boolean {
  const { state } = talk;
  if (!state.run) return startsErrand(talk, text);
  const run = state.run;
  const question = state.asked?.question;
  const digits = question?.kind === "identity" ? lastFourIn(text) : undefined;
  if (digits) return identify(talk, run, digits);
  if (correctsRun(talk, run, text) || choosesBadly(talk, run, text)) return true;
  const known = state.verified ? undefined : identityIn(text, errandOf(talk, run));
  return known !== undefined && identify(talk, run, known);
}

/** To a choice from a list: all of them at once, a mere yes, or none. */
function choosesBadly(talk: Talk, run: Run, text: string): boolean {
  const question = talk.state.asked?.question;
  if (question?.kind !== "slot") return false;
  const errand = errandOf(talk, run);
  const slot = errand.slots[question.slot];
  if (slot?.kind !== "pick") return false;
  if (choosesNone(text)) looksElsewhere(talk, run, question.slot);
  else if (choosesMany(text))
    ask(talk, question, filled(slot.again, errand, run), "I'll take one at a time. Which first?");
  else if (leaning(text) === "yes") ask(talk, question, filled(slot.again, errand, run));
  else return false;
  return true;
}

const QUESTION =
  /\?\s*$|^(and |but |so |wait |first |okay |ok )*(what|why|how|when|where|who|can|could|will|would|do|does|is|are|am|should)\b/i;

/** A question about what is going on, in the words of one: it is answered, not mistaken for a value in it. */
function wonders(talk: Talk, text: string): boolean {
  const run = talk.state.run;
  if (!run || !QUESTION.test(text.trim())) return false;
  const said = asideFor(text, errandOf(talk, run).asides);
  if (!said) return false;
  talk.say.push(said);
  repeatQuestion(talk);
  return true;
}

/** Questions on the way, small talk, a moment to think, thanks. */
function chats(talk: Talk, text: string): boolean {
  const { state } = talk;
  const asides = state.run ? errandOf(talk, state.run).asides : talk.script.scenario.dialogue.asides;
  const said = asideFor(text, [...asides, ...SMALL_TALK]);
  if (said) {
    talk.say.push(said);
    repeatOrOffer(talk);
    return true;
  }
  if (needsMoment(text)) {
    talk.say.push("Of course, take your time.");
    return true;
  }
  if (commandIn(text) === "thanks") {
    talk.say.push("You're welcome.");
    repeatOrOffer(talk);
    return true;
  }
  return greets(talk, text);
}

function greets(talk: Talk, text: string): boolean {
  if (talk.state.run || !/^(hi|hello|hey|good (morning|afternoon|evening))\b/i.test(text.trim())) return false;
  if (wordsOf(text).length > 5) return false;
  const first = runnable(talk)[0];
  const opening = talk.script.primary ? talk.script.errands[first ?? ""]?.opening : undefined;
  if (opening) ask(talk, { kind: "topic" }, opening, "Hello!");
  else ask(talk, { kind: "more" }, "What can I do for you?", "Hello!");
  return true;
}

function repeatOrOffer(talk: Talk): void {
  if (talk.state.asked || talk.state.run) repeatQuestion(talk);
  else ask(talk, { kind: "more" }, "What can I do for you?");
}
