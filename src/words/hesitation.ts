/** The sounds of somebody who is still thinking: "um", "er", "ehm". They say nothing, and are no name and no answer. */

/** Made of the same sounds, but an answer: "uh-huh", "uh-uh", "mm-hmm". */
const ANSWERS = "uh[\\s-]*(?:huh|uh)|nuh[\\s-]*uh|m+[\\s-]*h+m+|u+m[\\s-]*hum";
const SOUNDS = "u+h*m+|u+h+|e+r+m*|e+h+m+|h+m+|m{2,}";
const HESITATION = new RegExp(`(?<![\\w'-])(?:(${ANSWERS})|${SOUNDS})(?![\\w'])(?:[\\s,.…]*[,.…])?`, "gi");
/** Said alone they only begin a sentence. */
const BEGUN = /^(?:\s*(?:well|so|like|oh|you know|i mean)[\s,.…]*)+$/i;

/** The text without hesitations; empty when nothing else was said. Words that only begin a sentence count as nothing. */
export function withoutHesitation(text: string): string {
  const rest = text.replace(HESITATION, (sound: string, answer: string | undefined) => (answer ? sound : " "));
  if (rest === text && !BEGUN.test(rest)) return text;
  const plain = rest.replace(/\s+/g, " ").trim();
  return BEGUN.test(plain) || !/[\p{L}\p{N}]/u.test(plain) ? "" : plain;
}
