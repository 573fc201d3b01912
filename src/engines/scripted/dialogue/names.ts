/** Names of people and companies: after a word that announces them, before one that they do, spelled, or as the whole answer. */
import { spelledSpanIn } from "../../../words/names.ts";

/** What a name ends at: a stop, a little word, or the next thing that is told. */
const END =
  /[,.;!?]|\b(in|at|from|for|of|with|using|by|and|or|but|on|because|since|today|tomorrow|yesterday|last|this|please|thanks|account|ending|spelled|who|which|that|it's|it|i|i'm|i've|we|they|my|me|was|were|is|are|has|had|charged|billed|took|twice|double|again|too|also|as well|the same|two times|don't|didn't|never|not|no|dollars?|bucks|usd)(?![\w-])|\$?\d/i;
/** What people say before a name when asked for it. */
const LEAD =
  /^(?:(?:well|so|um|uh|sure|okay|ok|yes|oh|no|hi|hello|i think|i believe|look)[\s,]+)*(it's|it is|it was|its|from|at|the name is|the shop is|the shop was|his name is|her name is|their name is|the recipient is|recipient is|that's|that is|this is|to|for|a|pay|called|named|i mean|i meant)?[\s,]+/i;
/** Words of ordinary talk: nobody is called so, and no name begins with one. */
const NO_NAME =
  /^(my|the|your|his|her|our|their|an?|it|its|it's|me|you|we|they|he|she|us|today|tomorrow|yesterday|last|next|first|second|monday|tuesday|wednesday|thursday|friday|saturday|sunday|him|them|this|that|these|those|there|here|someone|somebody|anybody|anyone|everyone|nobody|people|friend|money|cash|funds|make|do|be|go|send|pay|wire|transfer|move|help|check|see|know|get|have|had|savings?|checking|another|other|abroad|overseas|any|some|all|both|each|either|none|neither|two|too|europe|not|no|nope|yes|yeah|yep|yup|nothing|something|anything|everything|change|what|what's|whatever|how|is|i|i'm|i've|i'd|i'll|can|could|will|would|should|why|when|where|which|does|did|are|was|were|been|who|right|wrong|say|says|said|well|so|sure|okay|ok|fine|good|great|bad|hi|hello|hey|hm|hmm|um|uh|huh|oh|please|sorry|thanks|thank|wait|stop|maybe|perhaps|later|now|then|just|let|let's|give|take|put|tell|talk|think|thinking|don't|dont|didn't|never|mind|always|really|actually|instead|because|and|or|but|if|with|without|question|problem|card|account|loan|bank|shop|store|person|name|again|back|still|hell|bye|goodbye|charge|payment|one|it'll|couldn't|can't|cannot|won't|of|on|off|up|down|out|over|same|different|whoever|wherever|dunno|idea|dispute|disputing|file|report|recognise|recognize)\b/i;
const LONGEST = 60;
const MOST_WORDS = 5;
/** What was said before is taken back. */
export const TAKEN_BACK =
  /\b(?:no|sorry|i mean|i meant|actually|rather|make (?:it|that)|correction|scratch that|wait)\b[\s,]*/i;

export interface Announced {
  /** Words that stand before a name: "from Quickcart". */
  after: string[];
  /** Words that stand behind it: "Quickcart charged me". */
  before?: string[];
}

/**
 * The name in a text.
 * @param whole the text answers the question for it
 * @param correcting something is put right: "I mean Quickcart", "the Quickcart one"
 */
export function nameIn(text: string, { after, before = [] }: Announced, whole: boolean, correcting = false) {
  const said = whole ? (spelled(text) ?? thatOne(text) ?? lastSaid(text)) : undefined;
  if (said) return said;
  for (const word of correcting ? [...after, "mean", "meant"] : after) {
    for (const found of text.matchAll(new RegExp(`\\b${word}\\s+(?=(.+)$)`, "gi"))) {
      const name = trimmed(found[1] ?? "");
      if (name) return name;
    }
  }
  return subject(text, before) ?? (correcting || before.length > 0 ? thatOne(text) : undefined);
}

/** The whole answer, without what leads to it; of "Sweden, no, Finland" the last. */
function lastSaid(text: string): string | undefined {
  const names = text.split(TAKEN_BACK).map((part) => {
    const plain = `${part.trim()} `;
    return trimmed(plain.replace(LEAD, "").trim()) ?? trimmed(plain.replace(LEAD, "").replace(LEAD, "").trim());
  });
  return names.findLast((name) => name !== undefined);
}

/** A spelled name, with what stands plain beside it: "E L I N A, Korhonen". */
function spelled(text: string): string | undefined {
  const span = spelledSpanIn(text);
  if (!span) return undefined;
  const behind = trimmed(text.slice(span.end).replace(/^[\s,.-]+/, ""));
  const ahead = /([\p{L}'-]+)\s+$/u.exec(text.slice(0, span.start))?.[1];
  const first = ahead && /^\p{Lu}\p{Ll}/u.test(ahead) ? trimmed(ahead) : undefined;
  return [first, span.name, behind].filter((part) => part !== undefined).join(" ");
}

/** "I think Harbor Lane charged me": the words before the verb, back to the last that is no name. */
function subject(text: string, before: string[]): string | undefined {
  if (before.length === 0) return undefined;
  const clause = new RegExp(
    `([^.,;!?]*?)\\s+(?:(?:has|have|had|just|double|over)[\\s-]+)*(?:${before.join("|")})\\b`,
    "i",
  );
  const words = clause.exec(text)?.[1]?.trim().split(/\s+/) ?? [];
  const from = words.findLastIndex((word) => NO_NAME.test(word) || END.test(word));
  return trimmed(words.slice(from + 1).join(" "));
}

/** What a charge is called by other than who took it. */
const NO_SHOP =
  /\b(others?|dollars?|third|fourth|fifth|big(ger)?|small(er)?|large(r)?|old(er)?|new(er)?|latest|recent|wrong|right|strange|suspicious|weird|odd|unknown|unauthori[sz]ed|fraudulent|unrecogni[sz]ed|disputed|duplicate|double|extra|only|entire|whole|very|credit|debit|card|pending|monthly|yearly|annual|online|loan|mortgage|minimum|ones?)\b/i;

/** "The Quickcart one", "I don't recognise the Quickcart payment". */
function thatOne(text: string): string | undefined {
  const words = /\bthe ((?:[\p{L}'-]+ ){1,3}?)(?:one|charge|payment|purchase|transaction)s?\b/iu
    .exec(text)?.[1]
    ?.trim();
  return words && !NO_SHOP.test(words) ? trimmed(words) : undefined;
}

function trimmed(text: string): string | undefined {
  const end = END.exec(text)?.index ?? text.length;
  const name = text.slice(0, end).trim().slice(0, LONGEST);
  if (name.length < 2 || NO_NAME.test(name) || !/\p{L}/u.test(name)) return undefined;
  return name.split(/\s+/).length > MOST_WORDS ? undefined : name;
}
