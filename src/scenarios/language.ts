/** Calls in another language than English: a link may ask for one, and an engine outside can speak it. */

const NAMES: Readonly<Record<string, string>> = { de: "German", es: "Spanish", fr: "French" };

/** The instructions of a call in this language; English is what they are written for. */
export function speakingIn(instructions: string, language: string | undefined): string {
  const name = language === undefined ? undefined : NAMES[language];
  if (name === undefined) return instructions;
  return `${instructions}

# The language of this call
Speak ${name} from the first word on, whatever is said above about English: that rule is not for this call. If the caller speaks another language, go on in ${name}. Translate what tools give you to say; names, amounts and digits stay as they are.`;
}
