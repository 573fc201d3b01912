/** Whether the caller is done. A no with more behind it is no goodbye. */
import { wordsOf } from "./match.ts";

/** What ends a call, with nothing else around it. */
const CLOSERS = [
  "(no|nope|nah|naw|know|negative|none|nothing)( (else|more|at all))?",
  "not (right now|now|today|at the moment|really|at all|that i can think of)",
  "(i'm|i am|we're|we are) (all )?(good|fine|done|set|okay|ok|finished)( here)?",
  "all (good|done|set)",
  "(that's|that is|that was|that'll be|that will be|that would be) (it|all|everything)( i need(ed)?| from me)?",
  "i (don't|do not) (think so|need anything( else)?|have anything( else)?)",
  "(good ?bye|bye bye|bye|see you|take care|hang up|you can hang up|end the call)",
  "(many )?(thank you|thanks|cheers)( so much| very much| a lot| again)?( for (everything|(all )?(your|the) help))?",
];
/** What may stand around it. */
const FILLERS = [
  "(that's|that is|it's|it is) (fine|great|good|perfect|okay|ok|kind)",
  "have a (very )?(nice|good|great|lovely|wonderful) (day|evening|night|weekend|one)",
  "you too",
  "(you've|you have) been (very |so |really )?(helpful|kind|great)",
  "for (now|today)",
  "i think",
  "(okay|ok|alright|all right|great|perfect|wonderful|lovely|fine|good|super|well|please|um|uh|oh|hm|just|luna|then|now|so|and|but|really|actually|yes|yeah|sir|ma'am|anything else)",
];
const CLOSER = new RegExp(`\\b(${CLOSERS.join("|")})(?![\\w'])`, "g");
const FILLER = new RegExp(`\\b(${FILLERS.join("|")})(?![\\w'])`, "g");

/** Nothing more is wanted: a no, a thanks, a goodbye, and not a word besides. */
export function closes(text: string): boolean {
  const said = wordsOf(text).join(" ");
  const rest = said.replace(CLOSER, " ");
  return rest !== said && rest.replace(FILLER, " ").trim() === "";
}
