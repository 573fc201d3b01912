/** Words about a person: whether one is asked for, turned down, only spoken of, or whether Luna is asked to be one. */
import { wordsOf } from "./match.ts";

const REAL = "(?:real |live |actual |true |another |other |single )*";
const OFFICE = `${REAL}(?:human(?: being)?s?|persons?|agents?|representatives?|specialists?|operators?|supervisors?|managers?|colleagues?)`;
const PERSON = `${REAL}(?:human(?: being)?s?|persons?|people|someone|somebody|anyone|anybody|agents?|representatives?|specialists?|operators?|supervisors?|managers?|colleagues?)`;
/** What stands between the no and the person, all of it about being connected. */
const CONNECTING =
  "(?:think i |(?:want|need|wish|like|care|please|to|be|get|have|speak|talk|call|connect|connected|connecting|transfer|transferred|transferring|put|through|hand|handed|over|pass|bring|give|me|us|the call|with|for|in|a|an|any|the|your|one|of) )*";
/** Who wants nobody is done with it; "I don't want anybody to use my card" is about something else. */
const NOBODY = `${PERSON}(?= (?:else|now|please|thanks?|thank you|here|yet|again|for (?:this|that)|at all)\\b|$)`;
/** "No connect me to a human" asks for one: a bare no turns down only what stands right behind it. */
const REFUSED = new RegExp(
  "\\b(?:(?:i|we) )?(?:(?:really|just|would|do|am|will|please) )*" +
    `(?:(?<!why )(?:don't|dont|not|never|rather not|no need) ${CONNECTING}(?:${OFFICE}|${NOBODY})|` +
    `(?:without|instead of) (?:an? |any |another )?${OFFICE}|no (?:more )?${OFFICE})\\b(?: please\\b)?`,
);
/** The nouns Luna is asked to be: not "are you the manager?". */
const KIND = `(?:an? |really |actually |even |just |talking |speaking )*${REAL}(?:human(?: being)?|person|agent)`;
const ASKS_LUNA = new RegExp(
  `\\b(?:(?:are|r) (?:you|u)|you are|you're|(?:is|isn't) (?:this|that|it|luna)|aren't you|you) (?:not )?${KIND}\\b|` +
    `\\bam i (?:really |actually )?(?:speaking|talking|chatting|connected) (?:to|with) ${KIND}\\b|` +
    `\\b(?:human|person) or (?:an? )?(?:robot|machine|computer|bot|ai|recording)\\b`,
);
/** Verbs that ask for somebody, with at most this much between them and the person. */
const ASKED = new RegExp(
  "\\b(?:speak|speaking|talk|talking|connect|put me|transfer me|hand me|pass me|switch me|bring in|escalate)\\b|" +
    "\\b(?:want|need|prefer|rather|like|get|give|call|have|bring|let|where|is there|can i)(?: \\S+){0,3} " +
    `${PERSON}\\b`,
);
const NAMED = new RegExp(`\\b${PERSON}\\b`);
/** A bare "human, please" is short. */
const BARE_WORDS = 5;

function plain(text: string): string {
  return wordsOf(text).join(" ");
}

/** "Are you human?", "am I speaking with a real person?" */
export function asksWhoLunaIs(text: string): boolean {
  return ASKS_LUNA.test(plain(text)) && !/\bi (?:want|need|would like)\b/.test(plain(text));
}

/** The parts of a sentence: a refusal in one does not reach into the next. */
const CLAUSES = /[.,;:!?]+(?=\s|$)|\bbut\b|\binstead\b(?! of)/i;

/** What else was said where a person was turned down: "no human please, just block my card"; undefined where none was. */
export function besidesNoPerson(text: string): string | undefined {
  const clauses = text.split(CLAUSES);
  if (!clauses.some((clause) => REFUSED.test(plain(clause)))) return undefined;
  return clauses
    .map((clause) => (REFUSED.test(plain(clause)) ? plain(clause).replace(REFUSED, " ") : clause).trim())
    .filter((clause) => clause !== "")
    .join(", ");
}

/** A person is asked for, not only spoken of: "a human being at the shop charged me twice". */
export function asksForPerson(text: string): boolean {
  const said = plain(text);
  if (ASKED.test(said) || /\bhumans? please\b/.test(said)) return true;
  return [text, ...text.split(CLAUSES).filter((clause) => NAMED.test(plain(clause)))].some(
    (part) => wordsOf(part).length <= BARE_WORDS,
  );
}
