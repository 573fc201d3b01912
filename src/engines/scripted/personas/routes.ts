/** Words that ask for somebody else on the line: "let me talk to the waiter", "back to the bank, please". */
import { wordsOf } from "../dialogue/match.ts";

const NAMES: Record<string, string> = {
  // Not "the bank loan", "the bank charges": these are things to ask whoever is there about.
  luna: "(?:luna|aurora bank|bank)(?! (?:loan|charge|charges|fee|fees|balance|account|interest|statement)s?\\b)",
  waiter: "(?:waiter|waitress|felix|fig and ember)",
  cfo: "(?:cfo|c f o|conrad|finance chief|financial officer|chief financial officer|finance department|finance)",
};
const ASKS =
  "(?:talk|talking|speak|speaking|connect me|connected|switch|put me|put through|back|get me|give me|bring me|pass me|hand me|send me|transfer me|return)";
const WANTS =
  "(?:i want|i'd like|i would like|i need|can i have|could i have|may i have|let me have|is there|where is|where's|give me|get me)";
const POLITE = "(?:please|now|again|then|thanks|thank you)";
/** What is left of a wish that is for nothing else. */
const LITTLE = new Set(
  "a an the to with through me my your our i you we can could may would will like want wanted need let please now again then okay ok and so hey hi hello talk talking speak speaking connect connected switch put get give bring pass hand send transfer back go going return over thanks thank just really for of on in at is it that one somebody someone person's actually instead well yes no".split(
    " ",
  ),
);

export interface Route {
  /** Who is asked for. */
  key: string;
  /** Nothing else is said. */
  bare: boolean;
}

/** Who is asked for in these words; undefined where nobody is. */
export function routeIn(text: string): Route | undefined {
  const said = wordsOf(text).join(" ");
  for (const [key, name] of Object.entries(NAMES)) {
    const forms = [
      `\\b${ASKS}(?: \\S+){0,3}? (?:the |your |our |a )?${name}\\b`,
      `\\b${WANTS} (?:the |your |a |to talk to the |to speak to the )${name}\\b`,
      `^(?:(?:hey|hi|hello|okay|ok|and|no|yes|the|your) )*${name}(?: ${POLITE})*$`,
    ];
    const form = forms.map((one) => new RegExp(one)).find((one) => one.test(said));
    if (form) return { key, bare: isBare(said.replace(form, " "), name) };
  }
  return undefined;
}

function isBare(rest: string, name: string): boolean {
  const telling = rest
    .replace(new RegExp(`\\b${name}\\b`, "g"), " ")
    .split(" ")
    .filter((word) => word !== "" && !LITTLE.has(word));
  return telling.length < 2;
}
