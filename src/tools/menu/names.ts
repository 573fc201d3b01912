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
  // Where most of the words are of something else, it is not meant: "green wine" is no green beans.
  const scored = items
    .map((item) => ({ item, score: nameScore(item.name, words) }))
    .filter(({ item, score }) => score > 0 && heardIn(words, item) * 2 > words.length);
  scored.sort((a, b) => b.score - a.score);
  const [best, next] = scored;
  return best && best.score > (next?.score ?? 0) ? best.item : undefined;
}

/** The items that every telling word fits, in their name or what is in them; all items where no word tells anything. */
export function itemsAbout(items: MenuItem[], said: string): MenuItem[] {
  const words = telling(said);
  return items.filter((item) => {
    const own = telling(`${item.name} ${item.description} ${item.course} ${kindsOf(item)}`);
    return words.every((word) => own.some((other) => alike(word, other)));
  });
}

/** What people call things whose name and description leave it out. */
const KINDS: [RegExp, string][] = [
  [/\b(lager|beer)\b/i, "beer"],
  [/\b(port)\b/i, "wine"],
  [/\b(old fashioned|negroni|spritz)\b/i, "cocktail"],
  [/\b(espresso|cappuccino)\b/i, "coffee"],
  [/\b(sourdough|flatbread)\b/i, "bread"],
  [/\b(lamb|beef|duck|chicken|ribeye)\b/i, "meat"],
  [/\b(ribeye)\b/i, "steak beef"],
  [/\b(gnocchi|pappardelle)\b/i, "pasta"],
  [/\b(duck|chicken)\b/i, "poultry"],
];

/** Its kinds, and the seafood in it: no description of a sea bass says that it is a fish. */
function kindsOf({ name, description, allergens }: MenuItem): string {
  const text = `${name} ${description}`;
  const kinds = KINDS.flatMap(([form, kind]) => (form.test(text) ? [kind] : []));
  if (allergens.includes("fish")) kinds.push("fish");
  if (allergens.some((one) => one === "fish" || one === "crustaceans" || one === "molluscs")) kinds.push("seafood");
  return kinds.join(" ");
}

/** How much of the name was said: its letters that were heard, with a little more for the whole of it. */
function nameScore(name: string, words: string[]): number {
  const own = telling(name);
  const heard = own.filter((part) => words.some((word) => alike(word, part)));
  const letters = heard.join("").length;
  return letters === 0 ? 0 : letters + (heard.length === own.length ? 0.5 : 0);
}

function heardIn(words: string[], item: MenuItem): number {
  const own = telling(`${item.name} ${item.description} ${item.course} ${kindsOf(item)}`);
  return words.filter((word) => own.some((other) => alike(word, other))).length;
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
