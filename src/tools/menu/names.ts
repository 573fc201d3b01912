/** Finding dishes by what a guest calls them. */
import { normalise, soundsLike } from "../../words/similar.ts";
import type { MenuItem } from "./menu.ts";

/** Below this likeness two words are different words. */
const ALIKE = 0.8;
/** Words of a name or a question that say nothing about which dish is meant. */
const LITTLE = new Set(
  "a an and the of in on with for from to my your our some any one two that this it is are there do you have has i we me us please something anything dish dishes food drink drinks menu like want would".split(
    " ",
  ),
);

/** The item that is meant by its name: "the sea bass", "aubergines", "your risotto". Undefined where none is, or several are. */
export function itemNamed(items: MenuItem[], said: string): MenuItem | undefined {
  const words = telling(said);
  if (words.length === 0) return undefined;
  const scored = items.map((item) => ({ item, score: nameScore(item.name, words) })).filter(({ score }) => score > 0);
  scored.sort((a, b) => b.score - a.score);
  const [best, next] = scored;
  return best && best.score > (next?.score ?? 0) ? best.item : undefined;
}

/** The items that every telling word fits, in their name or what is in them; all items where no word tells anything. */
export function itemsAbout(items: MenuItem[], said: string): MenuItem[] {
  const words = telling(said);
  return items.filter((item) => {
    const own = telling(`${item.name} ${item.description} ${item.course}`);
    return words.every((word) => own.some((other) => alike(word, other)));
  });
}

/** How much of the name was said: its letters that were heard, with a little more for the whole of it. */
function nameScore(name: string, words: string[]): number {
  const own = telling(name);
  const heard = own.filter((part) => words.some((word) => alike(word, part)));
  const letters = heard.join("").length;
  return letters === 0 ? 0 : letters + (heard.length === own.length ? 0.5 : 0);
}

function telling(text: string): string[] {
  return normalise(text)
    .split(" ")
    .filter((word) => word.length > 1 && !LITTLE.has(word))
    .map(singular);
}

function singular(word: string): string {
  return word.length > 4 && word.endsWith("s") && !word.endsWith("ss") ? word.slice(0, -1) : word;
}

function alike(word: string, other: string): boolean {
  if (word === other) return true;
  return Math.min(word.length, other.length) > 3 && soundsLike(word, other) >= ALIKE;
}
