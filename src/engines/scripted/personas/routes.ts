/** Words that ask for somebody else on the line: "let me talk to the waiter", "back to the bank, please", "put Luna back". */

const NAMES: Record<string, string> = {
  // Not "the bank loan", "the bank charges": these are things to ask whoever is there about.
  luna: "(?:luna|aurora bank|bank)(?! (?:loan|charge|charges|fee|fees|balance|account|interest|statement)s?\\b)",
  waiter: "(?:waiter|waitress|felix|fig and ember)",
  cfo: "(?:cfo|c f o|conrad|finance chief|chief of finance|finance (?:guy|man|person|team)|financial officer|chief financial officer|finance department|finance)",
};
const ASKS =
  "(?:talk|talking|speak|speaking|connect me|connected|switch|swap|change|put me|put through|back|get me|give me|bring me|pass me|hand me|send me|transfer me|return|pass me on|ask)";
const WANTS =
  "(?:i want|i'd like|i would like|i'd rather have|i prefer|i need|can i have|could i have|may i have|let me have|is there|where is|where's|give me|get me|let)";
const POLITE =
  "(?:please|now|again|then|thanks|thank you|instead|back|here|on|the line|quickly|for a (?:moment|second|minute)|once more|though)";
/** What may stand before a name that is said alone. */
const LEADS =
  "(?:hey|hi|hello|okay|ok|and|no|yes|the|your|actually|now|so|well|um|uh|then|please|just|sorry|wait|oh|i mean|i meant|rather|maybe|but|alright|all right|right|great|thanks|thank you|next|not that|that's fine)";
const CORRECTS = "(?:no|sorry|i mean|i meant|actually|rather|but)";
const THE = "(?:the |your |our |a |that |my )?";
/** A negation in front of the wish, with nothing but little words between. */
const REFUSES =
  /\b(?:don't|do not|never|not|no need to|rather not|wouldn't|didn't|without)(?: (?:want|wanna|need|like|have|to|you|me|please|be|get|just|yet|ever|going|dare|let|would|it))* ?$/;
const INVITES = /\bwhy (?:don't|not)\b/;
/** What is left of a wish that is for nothing else. */
const LITTLE = new Set(
  "a an the to with through me my your our i you we can could may would will like want wanted need let please now again then okay ok and so hey hi hello talk talking speak speaking connect connected switch put get give bring pass hand send transfer back go going return over thanks thank just really for of on in at is it that one somebody someone person's actually instead well yes no don't do not never didn't wouldn't rather be have any yet only here line sorry wait oh mean meant but".split(
    " ",
  ),
);

export interface Route {
  /** Who is asked for. */
  key: string;
  /** Nothing else is said. */
  bare: boolean;
  /** What is said before and after the wish. */
  before: string;
  after: string;
}

/** A sentence as words with their places in the text. */
interface Sentence {
  said: string;
  /** The text from the word on that begins at this place of `said`. */
  text: string;
  places: { at: number; from: number; to: number }[];
}

interface Match {
  key: string;
  /** In `said`, end exclusive. */
  at: number;
  end: number;
  refused: boolean;
}

/** Who is asked for in these words, the last one where there are several; undefined where nobody is. */
export function routeIn(text: string): Route | undefined {
  const sentence = sentenceOf(text);
  const wanted = matchesIn(sentence.said).filter(({ refused }) => !refused);
  const last = wanted.reduce<Match | undefined>((best, one) => (best && best.end >= one.end ? best : one), undefined);
  if (!last) return undefined;
  const before = sentence.places.findLast(({ at }) => at < last.at);
  const after = sentence.places.find(({ at }) => at >= last.end);
  return {
    key: last.key,
    bare: isBare(`${sentence.said.slice(0, last.at)} ${sentence.said.slice(last.end)}`),
    before: before ? text.slice(0, before.to).trim() : "",
    after: after ? text.slice(after.from).trim() : "",
  };
}

/** Whom the words ask not to be put through to, and nothing else: "don't connect me to the waiter". */
export function refusedIn(text: string): string | undefined {
  const { said } = sentenceOf(text);
  const matches = matchesIn(said);
  if (matches.length === 0 || matches.some(({ refused }) => !refused) || !isBare(said)) return undefined;
  return matches[0]?.key;
}

function sentenceOf(text: string): Sentence {
  const places: Sentence["places"] = [];
  let said = "";
  for (const match of text
    .toLowerCase()
    .replaceAll("’", "'")
    .matchAll(/[a-z0-9]+(?:'[a-z]+)?/g)) {
    if (said !== "") said += " ";
    places.push({ at: said.length, from: match.index, to: match.index + match[0].length });
    said += match[0];
  }
  return { said, text, places };
}

const FORMS = Object.entries(NAMES).flatMap(([key, name]) =>
  [
    `\\b${ASKS}(?: (?!from\\b|of\\b|at\\b|about\\b)\\S+){0,3}? ${THE}${name}\\b`,
    `\\b${WANTS} ${THE}(?:to talk to ${THE}|to speak to ${THE})?${name}\\b`,
    `\\b(?:put|bring|get|have|want|call|fetch)(?: me)? ${THE}${name} (?:back|on|again|here|in|to the phone)(?: on| again| here| please| the line| the phone)*\\b`,
    `\\b(?:don't|do not|not) (?:want|need)(?: to have| to get)? ${THE}${name}\\b`,
    `^(?:${LEADS} )*${name}(?: ${POLITE})*$`,
    `\\bnot ${THE}(?:${Object.values(NAMES).join("|")}) (?:but )?${THE}${name}(?: ${POLITE})*$`,
    `\\b${CORRECTS} ${THE}${name}(?: ${POLITE})*$`,
  ].map((form): [string, RegExp] => [key, new RegExp(form, "g")]),
);

function matchesIn(said: string): Match[] {
  return FORMS.flatMap(([key, form]) =>
    [...said.matchAll(form)].map((match) => {
      const at = match.index;
      const before = said.slice(0, at);
      const own = /^(?:don't|do not|not) (?:want|need)/.test(match[0]);
      const refused = (own || REFUSES.test(before)) && !INVITES.test(`${before}${match[0]}`);
      return { key, at, end: at + match[0].length, refused };
    }),
  );
}

function isBare(rest: string): boolean {
  const telling = rest
    .replace(new RegExp(`\\b(?:${Object.values(NAMES).join("|")})\\b`, "g"), " ")
    .split(" ")
    .filter((word) => word !== "" && !LITTLE.has(word));
  return telling.length < 2;
}
