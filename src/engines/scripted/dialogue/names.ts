/** Names of people and companies: after a word that announces them, spelled, or as the whole answer. */
import { spelledIn } from "../../../words/names.ts";

/** What a name ends at. */
const END =
  /[,.;!?]|\b(in|at|from|for|of|with|using|by|and|on|today|tomorrow|please|account|ending|spelled|who|which|that|it's|dollars?|bucks|usd|\$?\d)/i;
/** What people say before a name when asked for it. */
const LEAD =
  /^(well |so |um |uh |sure |okay |ok |yes )*(it's|it is|it was|its|from|at|the name is|the shop is|the shop was|his name is|her name is|their name is|the recipient is|recipient is|that's|that is|this is|to|for|a|pay|called|named)\s+/i;
/** Never a name by itself. */
const NO_NAME =
  /^(my|the|your|his|her|our|an?|it|me|you|today|tomorrow|yesterday|last|next|monday|tuesday|wednesday|thursday|friday|saturday|sunday|him|them|this|that|someone|somebody|a friend|money|make|do|be|go|send|pay|wire|transfer|move|help|check|see|know|get|have|savings?|checking|another|other|abroad|overseas|any|some|two|too|europe|not|no|yes|yeah|nothing|change|what|how|is|i|i'm|i'd|can|could|will|would|why|when|where|do|does|is|are|who)\b/i;
const LONGEST = 60;

/** The name in a text; `whole`: the text answers the question for it. */
export function nameIn(text: string, after: string[], whole: boolean): string | undefined {
  const spelled = spelledIn(text);
  if (spelled && whole) return spelled;
  for (const word of after) {
    for (const found of text.matchAll(new RegExp(`\\b${word}\\s+(?=(.+)$)`, "gi"))) {
      const name = trimmed(found[1] ?? "");
      if (name) return name;
    }
  }
  return whole ? trimmed(text.trim().replace(LEAD, "").replace(LEAD, "")) : undefined;
}

function trimmed(text: string): string | undefined {
  const end = END.exec(text)?.index ?? text.length;
  const name = text.slice(0, end).trim().slice(0, LONGEST);
  return name.length < 2 || NO_NAME.test(name) || !/[a-z]/i.test(name) ? undefined : name;
}
