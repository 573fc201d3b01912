/** Words for the bank's "no", where several tools share them. */
import type { Card, Change } from "./bank.ts";
import { list } from "./say.ts";
import { type Refused, refused } from "./tool.ts";

type No = Extract<Change<unknown>, { ok: false }>;

/** The tool's own words for the bank's `detail`, else the plain ones for its code. */
export function explain(no: No, words: Partial<Record<string, string>>): Refused {
  return refused(no.code, words[no.detail] ?? PLAIN[no.code] ?? "I'm sorry, I can't do that right now.", {
    detail: no.detail,
  });
}

const PLAIN: Partial<Record<No["code"], string>> = {
  not_found: "I couldn't find that under your name.",
  already_done: "That has already been done.",
  not_allowed: "I'm sorry, that isn't possible here.",
  invalid_arguments: "Something about those details doesn't fit. Could you say it once more?",
  needs_specialist: "One of our specialists has to look at this. Shall I connect you?",
};

export function noSuchCard(cards: Card[]): Refused {
  const ends = cards.map((card) => card.last_4);
  return refused(
    "not_found",
    `I don't see that card under your name. Your cards end in ${list(ends)}. Which one do you mean?`,
    {
      cards: ends,
    },
  );
}
