/** The guest's pages in four languages. The Worker picks one and sends it along; the page itself holds none. */
import { de } from "./de.ts";
import { en, type GuestWords } from "./en.ts";
import { es } from "./es.ts";
import { fr } from "./fr.ts";

const ALL: Readonly<Record<string, GuestWords>> = { en, de, es, fr };

export type { GuestWords };

/** The words of a language such as `de` or `de-AT`; English where there are none. */
export function wordsOf(language: string): { language: string; words: GuestWords } {
  const two = language.slice(0, 2).toLowerCase();
  const words = Object.hasOwn(ALL, two) ? ALL[two] : undefined;
  return words === undefined ? { language: "en", words: en } : { language: two, words };
}

/** The first language of an `Accept-Language` header that the pages speak; English where there is none. */
export function languageWanted(header: string | null | undefined): string {
  const wishes = (header ?? "")
    .slice(0, 500)
    .split(",")
    .map((wish) => {
      const [tag = "", ...parameters] = wish.trim().split(";");
      const q = parameters.map((one) => /^\s*q=([\d.]+)\s*$/.exec(one)?.[1]).find((one) => one !== undefined);
      return { two: tag.slice(0, 2).toLowerCase(), q: q === undefined ? 1 : Number(q) };
    })
    .filter(({ two, q }) => Object.hasOwn(ALL, two) && q > 0);
  return wishes.toSorted((a, b) => b.q - a.q)[0]?.two ?? "en";
}
