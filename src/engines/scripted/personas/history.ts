/** A conversation in which one answers after the other: which of its items each of them has to hear. */
import { changeIn } from "../../../call/persona.ts";
import type { Item } from "../../../realtime/events.ts";
import type { Sound } from "../brain.ts";
import { saidInItem, wordsOfItem } from "../dialogue/words-of-item.ts";

interface Entry {
  item: Item;
  sound?: Sound;
  /** Who answered then; null where nobody has said. */
  owner: string | null;
  /** Who came next, and has to answer it. */
  heir: string | null;
}

export class History {
  readonly #entries: Entry[] = [];
  #owner: string | null = null;

  get length(): number {
    return this.#entries.length;
  }

  add(item: Item, sound?: Sound): void {
    const change = changeOf(item);
    if (change) this.#change(change);
    else this.#entries.push({ item, ...(sound ? { sound } : {}), owner: this.#owner, heir: null });
  }

  /** The items from `index` on that this persona hears; null hears everything. */
  since(index: number, persona: string | null): Entry[] {
    const rest = this.#entries.slice(index);
    if (persona === null) return rest;
    return rest.filter(({ owner, heir }) => owner === null || owner === persona || heir === persona);
  }

  #change({ from, to }: { from: string; to: string }): void {
    for (const entry of this.#entries) entry.owner ??= from;
    this.#owner = to;
    for (const entry of this.#unanswered()) entry.heir = to;
  }

  /** What the caller said last, if nobody has answered it but with "I'm putting you through". */
  #unanswered(): Entry[] {
    const entries = this.#entries;
    let end = entries.length;
    const routing = entries.findLastIndex(
      ({ item }) => item.type === "function_call" && item.name === "switch_persona",
    );
    const later = entries.slice(routing + 1);
    if (routing >= 0 && later.every(({ item }) => item.type === "function_call_output")) {
      end = routing;
      if (isSaid(entries[end - 1])) end -= 1;
    }
    let begin = end;
    while (isCallers(entries[begin - 1])) begin -= 1;
    return entries.slice(begin, end);
  }
}

function isSaid(entry: Entry | undefined): boolean {
  return entry !== undefined && saidInItem(entry.item) !== undefined;
}

function isCallers(entry: Entry | undefined): boolean {
  return entry !== undefined && wordsOfItem(entry.item) !== undefined;
}

function changeOf(item: Item): { from: string; to: string } | undefined {
  if (item.type !== "message" || item.role !== "system") return undefined;
  const [part] = item.content;
  return part && "text" in part ? changeIn(part.text ?? "") : undefined;
}
