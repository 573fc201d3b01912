/**
 * Whether an utterance is a clean yes, a no, or neither. Money moves on a yes, so doubt is never one: every word of a yes
 * must be known, and conditions ("yes, but ..."), hesitation ("wait"), questions ("yes?"), guesses ("I think so") and
 * sounds ("uh-huh", which recognisers confuse with "uh-uh") give `undefined`. A no needs less: it stops nothing good.
 */
import { normalise } from "./similar.ts";

type Kind =
  | "yes"
  /** Agrees so plainly that it turns "no, no, ..." into a yes. */
  | "agreed"
  | "no"
  /** "not", "do not": turns what follows around. */
  | "negated"
  /** "but", "if": the yes has a condition. */
  | "condition"
  /** "wait", "maybe". */
  | "doubt"
  | "filler";

const PHRASES: Readonly<Record<Kind, string>> = {
  yes:
    "yes|yeah|yep|yup|yea|ya|yas|yess|yah|aye|sure|sure thing|ok|okay|okey|all right|alright|of course|certainly|" +
    "absolutely|definitely|affirmative|indeed|by all means|please do|right|sounds good|sounds right|sounds fine|" +
    "looks good|looks right|that works|works for me|fine by me|that is fine|that will be fine|looks correct|that is perfect|that amount is right|the amount is right|that is okay|that is good|all good|" +
    "good to go|fine|you bet|you got it|i do|i would|i am|it is|they are|you can|you may|i would like that|" +
    "i would love that|i want that|that would be great|that would be good|please go ahead|very well|why not do it",
  agreed:
    "that is right|that is correct|that is it|that is the one|correct|exactly|precisely|you are right|" +
    "you are correct|go ahead|go a head|go for it|do it|do that|do so|just do it|let us do it|let us do that|" +
    "let us go|proceed|continue|confirm|confirmed|i confirm|i can confirm|i agree|agreed|make it so|send it|" +
    "i approve|approved|yes sir|yes it is",
  no:
    "no|nope|i changed my mind|i have changed my mind|stop right there|nah|naw|know|negative|no way|no thanks|no thank you|cancel|cancel it|cancel that|stop|stop it|stop that|" +
    "never mind|nevermind|forget it|forget about it|forget that|leave it|leave it be|wrong|incorrect|" +
    "that is wrong|that is incorrect|i would rather not|rather not|i refuse|absolutely not|of course not|" +
    "certainly not|definitely not|not now|not today|not yet|not at all|uh uh|nuh uh|i disagree|i do not agree|i do not accept|i do not confirm|abort|hold off",
  negated:
    "not|do not|never|is not|that is not|it is not|i do not want|i do not want to|" +
    "i do not think so|i would not|please do not|let us not",
  condition:
    "but|except|unless|if|only if|although|though|however|instead|other than|apart from|as long as|when|until|after|before",
  doubt:
    "i do not|i do not understand|wait|wait a minute|wait a second|wait a moment|hold on|hang on|one moment|one second|just a moment|" +
    "just a second|just a minute|maybe|perhaps|probably|possibly|i think|i think so|i guess|i guess so|i suppose|" +
    "i suppose so|not sure|i am not sure|not certain|i do not know|no idea|no clue|i wonder|hmm|hm|mm|mhm|mm hmm|" +
    "mm hm|uh huh|um hum|actually|kind of|sort of|sorry|pardon|let me think|let me see|not wrong|not incorrect|" +
    "do not stop|do not cancel|do not wait|depends|it depends|i do not mind|do not worry|why not|whatever|either|" +
    "i do not care|not necessarily|not really sure|what|why|how|who|which",
  filler:
    "please|thanks|thank you|thank you very much|um|uh|er|erm|ah|oh|so|well|and|then|now|just|right now|luna|sir|" +
    "ma am|madam|hi|hey|for sure|no problem|no worries|no doubt|no question|not a problem|sure why not|yes why not|" +
    "that is me|i said|i mean|i meant|very much|very|totally|quite|perfectly|great|perfect|good|wonderful|lovely|" +
    "awesome|excellent|it|that|this|the|my|me|for me|to me|card|money|transfer|block|move|pay|order|activate|unlock|" +
    "reset|file|dispute|payment|account|a|honey|dear|go on|i|am|do|really|man|and yes|you",
};

const LEXICON = new Map<string, Kind>();
let longestPhrase = 1;
for (const [kind, list] of Object.entries(PHRASES) as [Kind, string][]) {
  for (const phrase of list.split("|")) {
    LEXICON.set(phrase, kind);
    longestPhrase = Math.max(longestPhrase, phrase.split(" ").length);
  }
}
/** Said with these, "why not" is part of the yes. */
const WHY_NOT = /\b(sure|yes|yeah|yep|ok|okay) why not\b/g;

/** The kinds of the phrases an utterance is made of, longest phrases first; "unknown" for every other word. */
function kindsOf(words: readonly string[]): (Kind | "unknown")[] {
  const kinds: (Kind | "unknown")[] = [];
  for (let i = 0; i < words.length; ) {
    let size = Math.min(longestPhrase, words.length - i);
    while (size > 1 && !LEXICON.has(words.slice(i, i + size).join(" "))) size--;
    kinds.push(LEXICON.get(words.slice(i, i + size).join(" ")) ?? "unknown");
    i += size;
  }
  return kinds;
}

/** A yes in an utterance without a no: every word must be known and none may doubt. */
function cleanYes(kinds: readonly (Kind | "unknown")[]): boolean {
  const agrees = kinds.some((kind) => kind === "yes" || kind === "agreed");
  return agrees && kinds.every((kind) => kind === "yes" || kind === "agreed" || kind === "filler");
}

/** "no no, that's right": the noes answer a worry, the rest agrees plainly. */
function agreesAfterNoes(kinds: readonly (Kind | "unknown")[]): boolean {
  const telling = kinds.filter((kind) => kind !== "filler");
  const noes = telling.findIndex((kind) => kind !== "no");
  if (noes < 2) return false;
  const rest = telling.slice(noes);
  return rest[0] === "agreed" && rest.every((kind) => kind === "agreed" || kind === "yes");
}

/** What an utterance answers to a question like "Shall I do that?". A doubtful one is `undefined`, never "yes". */
export function yesOrNo(text: string): "yes" | "no" | undefined {
  const asks = /\?\s*$/.test(text) && !/why not\?\s*$/i.test(text);
  const normal = normalise(text).replace(WHY_NOT, "$1");
  if (normal === "") return undefined;
  const kinds = kindsOf(normal.split(" "));
  if (asks) return undefined;
  const refuses = kinds.some((kind) => kind === "no" || kind === "negated");
  if (!refuses) return cleanYes(kinds) ? "yes" : undefined;
  if (agreesAfterNoes(kinds)) return "yes";
  return isNo(kinds) ? "no" : undefined;
}

function isNo(kinds: readonly (Kind | "unknown")[]): boolean {
  const telling = kinds.filter((kind) => kind !== "filler");
  const firstNo = telling.findIndex((kind) => kind === "no" || kind === "negated");
  const before = telling.slice(0, firstNo);
  const after = telling.slice(firstNo + 1);
  // "yes, but not the fee" answers neither way; "there is no card" is about something else.
  if (before.some((kind) => kind === "condition" || kind === "unknown")) return false;
  if (telling[firstNo] === "negated") return after.every((kind) => kind !== "no") && !after.includes("condition");
  // After a plain no a yes makes it doubtful: "no ... yes".
  return !after.some((kind) => kind === "yes" || kind === "agreed") || after.includes("negated");
}
