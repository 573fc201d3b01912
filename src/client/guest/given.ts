/** What came with this page: its data, its words, the token in its address. */
import { signal } from "@preact/signals";
import { DATA_ID, type PageData } from "./page-data.ts";
import { fill } from "./words/fill.ts";
import type { GuestWords } from "./words/index.ts";

export const given = JSON.parse(document.getElementById(DATA_ID)?.textContent ?? "null") as PageData;

/** The last part of `/c/<token>`, `/w/<token>`, `/p/<token>`. */
export const token = location.pathname.split("/")[2] ?? "";

/** What stands in for `{speaker}` and its like; set once the page knows. */
export const names = signal<Readonly<Record<string, string>>>({ speaker: "Luna" });

/** Words of this page in its language. */
export function say(name: keyof GuestWords, values?: Readonly<Record<string, string | number>>): string {
  return fill(given.words[name], { ...names.value, ...values });
}

/** A day as people write it in the page's language. @param at Unix ms. */
export function day(at: number): string {
  return new Intl.DateTimeFormat(given.language, { dateStyle: "long" }).format(at);
}
