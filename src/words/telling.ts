/** What a caller came for, among all that they said: not the greeting, not the digits that say who is calling. */
import { digitSpansIn } from "./digits.ts";

/** Fewer words than this are a greeting or an answer. */
const TELLING_WORDS = 4;

/** The first utterance that tells something; else the first that is not empty. */
export function firstTelling(utterances: readonly string[]): string | undefined {
  const said = utterances.filter((text) => text.trim() !== "");
  return said.find(tells) ?? said.find((text) => digitSpansIn(text, { length: 4 }).length === 0) ?? said[0];
}

function tells(text: string): boolean {
  let rest = text;
  for (const span of digitSpansIn(text, { length: 4 }).reverse())
    rest = rest.slice(0, span.start) + rest.slice(span.end);
  return rest.trim().split(/\s+/).length >= TELLING_WORDS;
}
