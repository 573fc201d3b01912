/** A postcard as plain text, to keep. */
import type { Postcard } from "../../legs/links.ts";
import { clock } from "../export/transcript.ts";

export interface CardWords {
  caller: string;
  specialist: string;
  done: string;
  said: string;
  /** What came of something that was tried. */
  came: (done: Postcard["done"][number]) => string;
}

/** Who a turn is by, as a reader knows them. */
export function nameOf(turn: Pick<Postcard["turns"][number], "who" | "speaker">, words: CardWords): string {
  if (turn.who === "caller") return words.caller;
  return turn.speaker ?? (turn.who === "specialist" ? words.specialist : "Luna");
}

/** Time and name before each turn; line breaks in what was said cannot begin a turn of their own. */
export function cardText(card: Postcard, words: CardWords): string {
  const one = (text: string) => text.replace(/\s+/g, " ").trim();
  const turns = card.turns.map((turn) => {
    const into = clock((turn.at - card.started_at) / 1000);
    return `[${into}] ${one(nameOf(turn, words))}: ${one(turn.text)}`;
  });
  const done = card.done.map((deed) => {
    const says = deed.summary === "" ? "" : `: ${one(deed.summary)}`;
    return `- ${one(deed.label)} (${words.came(deed)})${says}`;
  });
  return [
    `${one(card.scenario)}, ${new Date(card.started_at).toISOString()}, ${clock(card.seconds)}`,
    ...(done.length === 0 ? [] : ["", words.done, ...done]),
    "",
    words.said,
    ...turns,
    "",
  ].join("\n");
}
