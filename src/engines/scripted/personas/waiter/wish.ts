/** What one sentence of a guest asks for: which things, and every condition that they have to meet. */
import type { Allergen, Course, Diet } from "../../../../tools/menu/menu.ts";
import { asDollars, currencyIn, moneyIn } from "../../../../words/money.ts";
import { wordsOf } from "../../dialogue/match.ts";
import { ALLERGEN, allergensIn, COURSES, DIETS, DRINK, listed, telling, UNTOLD } from "./menu-words.ts";

export interface MenuWish {
  /** A dish by name, or what should be in it; empty where none is named. */
  query: string;
  course?: Course;
  diet?: Diet;
  /** Allergens that must not be in it, from these words alone. */
  without: Allergen[];
  /** US dollars. */
  min_price?: number;
  max_price?: number;
  order?: "cheapest" | "dearest";
  /** Allergens that are mentioned otherwise: "is there milk in it". */
  mentioned: Allergen[];
  /** What cannot be met, or only so: to be said before anything else. */
  notes: string[];
}

const UNDER =
  /\b(under|below|less than|up to|at most|no more than|not more than|max|maximum|cheaper than|within|not over|or less|for less than)\b/;
const OVER = /\b(over|above|more than|at least|upwards of|dearer than|more expensive than|minimum|or more|not under)\b/;
const BETWEEN = /\bbetween\b/;
const AROUND = /\b(around|about|roughly|for)\b/;
const CHEAPEST = /\b(cheapest|least expensive|most affordable|lowest price|cheap|affordable|inexpensive)\b/;
const DEAREST = /\b(most expensive|dearest|priciest|highest price)\b/;

/** Everything right of it is what somebody does not want, up to where something else begins. */
const AVOID_RIGHT = new RegExp(
  `\\b(?:without(?: any)?|allergic to|allergy to|intolerant (?:to|of)|intolerance to|avoid(?:ing)?|leav(?:e|ing) out|can't (?:have|eat|take)|cannot (?:have|eat|take)|(?:don't|do not) (?:eat|like|want|take)|free (?:of|from)|(?:contain(?:s|ing)?|has|have) no|no (?=(?:${ALLERGEN})\\b))(.*?)(?= (?:with|that|which|what|but|please|under|over|for|is|are|do|have|safe|on|and (?:what|which|i|with))\\b|$)`,
  "g",
);
/** "a nut allergy", "nut and milk free", "I'm lactose intolerant". */
const AVOID_LEFT = /((?:\S+ (?:and|or) )?\S+) (?:allergy|allergies|intoleran\w+|free)\b(?! (?:of|from|to)\b)/g;
const ALLERGY = /\b(allerg\w+|intoleran\w+)\b/;
const REFUSES_MEAT = /^\s*(?:meat|alcohol|gluten)\s*$/;

export function wishIn(text: string): MenuWish {
  const notes: string[] = [];
  const price = priceIn(text, notes);
  let rest = wordsOf(price.rest).join(" ");
  const wish: MenuWish = { query: "", without: [], mentioned: [], notes, ...price.bounds };
  const order = DEAREST.test(rest) ? "dearest" : CHEAPEST.test(rest) ? "cheapest" : undefined;
  if (order) wish.order = order;
  rest = blank(blank(rest, DEAREST), CHEAPEST);
  for (const [word] of rest.matchAll(UNTOLD)) {
    notes.push(`The menu doesn't say what is ${word}, so I can't go by that.`);
  }
  rest = blank(rest, UNTOLD);
  for (const [form, diet] of DIETS) {
    if (!form.test(rest)) continue;
    if (wish.diet === undefined) wish.diet = diet;
    else if (diet === "gluten_free") wish.without.push("gluten");
    rest = blank(rest, form);
  }
  rest = courseIn(rest, wish);
  rest = avoidedIn(rest, wish);
  const { found, rest: other } = allergensIn(rest);
  wish.mentioned = found;
  // "Something with fish" is a wish for fish.
  wish.query = telling(found.length > 0 && wish.without.length === 0 ? rest : other).slice(0, 80);
  return wish;
}

function courseIn(said: string, wish: MenuWish): string {
  let rest = said;
  for (const [form, course] of COURSES) {
    if (!form.test(rest)) continue;
    wish.course ??= course;
    rest = blank(rest, form);
  }
  if (DRINK.test(rest)) wish.course ??= "drink";
  return rest;
}

function avoidedIn(said: string, wish: MenuWish): string {
  const severe = ALLERGY.test(said);
  const unlisted: string[] = [];
  const take = (part: string) => {
    if (REFUSES_MEAT.test(part)) return;
    const { found, rest } = allergensIn(part);
    wish.without.push(...found.filter((one) => !wish.without.includes(one)));
    const other = telling(rest);
    if (other) unlisted.push(other);
  };
  const left = said.replace(AVOID_LEFT, (_, part: string) => {
    const words = allergensIn(part);
    if (words.found.length === 0 && !severe) return ` ${part} `;
    take(part);
    return " ";
  });
  const rest = left.replace(AVOID_RIGHT, (_, part: string) => {
    take(part);
    return " ";
  });
  if (unlisted.length > 0) {
    const what = listed(unlisted, "or");
    wish.notes.push(
      severe
        ? `The menu lists the fourteen allergens by law, and ${what} is none of them, so I can't tell where it is in. Please ask a person about that.`
        : `The menu lists allergens but not every ingredient, so I can't be sure to leave out ${what}.`,
    );
  }
  return rest;
}

function blank(said: string, form: RegExp): string {
  return said.replace(new RegExp(form, "g"), " ").replace(/ +/g, " ").trim();
}

/** Fewer dollars than this are meant only where they are called so: "more than one starter". */
const BARE_CENTS = 300;

/** The bounds of a price, and the text without the sum. */
function priceIn(text: string, notes: string[]): { bounds: Pick<MenuWish, "min_price" | "max_price">; rest: string } {
  const said = wordsOf(text).join(" ");
  const bounded = UNDER.test(said) || OVER.test(said) || BETWEEN.test(said);
  const dollars = asDollars(text);
  const spans = moneyIn(dollars, { bare: bounded }).filter(
    ({ cents, start, end }) => cents >= BARE_CENTS || /\$|dollar|buck|usd|cent/i.test(dollars.slice(start, end)),
  );
  const [first, second] = spans;
  if (!first || (!bounded && !AROUND.test(said))) return { bounds: {}, rest: text };
  const foreign = currencyIn(text);
  if (foreign !== undefined && foreign !== "USD") {
    notes.push("Our prices are in US dollars, so I take that as dollars.");
  }
  const rest = spans.reduceRight((left, span) => `${left.slice(0, span.start)} ${left.slice(span.end)}`, dollars);
  return { bounds: boundsOf(said, first.cents / 100, second && second.cents / 100), rest };
}

function boundsOf(said: string, first: number, second: number | undefined): Pick<MenuWish, "min_price" | "max_price"> {
  if (second !== undefined && (BETWEEN.test(said) || (OVER.test(said) && UNDER.test(said)))) {
    return { min_price: Math.min(first, second), max_price: Math.max(first, second) };
  }
  // "No more than" holds "more than", so the upper bound is looked for first.
  if (UNDER.test(said)) return { max_price: first };
  if (OVER.test(said)) return { min_price: first };
  // "About twenty dollars": a fifth more or less.
  if (/\b(around|about|roughly)\b/.test(said)) {
    return { min_price: Math.round(first * 80) / 100, max_price: Math.round(first * 120) / 100 };
  }
  return { max_price: first };
}
