import { z } from "zod";
import { amount, words } from "../arguments.ts";
import { cents, dollars, list } from "../say.ts";
import { done, refused, tool } from "../tool.ts";
import { ALLERGENS, COURSES, DIETS, type MenuItem } from "./menu.ts";
import { itemNamed, itemsAbout } from "./names.ts";

/** More than this nobody remembers who only hears it. */
const SPOKEN = 4;
/** More than this fills a model's context for nothing. */
const MOST = 24;
const ORDERS = ["cheapest", "dearest"] as const;

const Query = z.strictObject({
  query: words(80).optional().describe("A dish by name, or what should be in it: lamb, something with figs"),
  course: z.enum(COURSES).optional(),
  diet: z.enum(DIETS).optional(),
  without_allergens: z.array(z.enum(ALLERGENS)).max(14).optional().describe("Leave out what contains any of these"),
  min_price: amount.optional().describe("US dollars"),
  max_price: amount.optional().describe("US dollars"),
  order: z.enum(ORDERS).optional().describe("By price; the first one is told alone"),
});
type Query = z.output<typeof Query>;

export const lookupMenu = tool({
  name: "lookup_menu",
  description:
    "Look dishes and drinks up on the menu, with description, price, allergens and diets. Never tell a price, an allergen or a dish that it has not told you.",
  schema: Query,
  gate: "open",
  effect: "read",
  working: "Looking at the menu",
  async run(query, { menu }) {
    const items = await menu.items({
      ...(query.course ? { course: query.course } : {}),
      ...(query.diet ? { diet: query.diet } : {}),
      ...(query.without_allergens ? { without: query.without_allergens } : {}),
      ...(query.max_price === undefined ? {} : { max_cents: cents(query.max_price) }),
    });
    const found = sorted(among(items, query), query.order);
    const [first] = found;
    if (!first) {
      return refused("not_found", `I have no ${wished(query)} on the menu, I'm afraid. Would you like something else?`);
    }
    const say = spoken(first, found, query);
    return done(say, `${found.length === 1 ? first.name : `${found.length} things`} from the menu.`, {
      count: found.length,
      items: found.slice(0, MOST).map(row),
    });
  },
});

/** What the words are about, dear enough. */
function among(all: MenuItem[], { query, min_price }: Query): MenuItem[] {
  const items = min_price === undefined ? all : all.filter((item) => item.price_cents >= cents(min_price));
  if (query === undefined) return items;
  const about = itemsAbout(items, query);
  const named = about.length === 0 ? itemNamed(items, query) : undefined;
  return named ? [named] : about;
}

function sorted(items: MenuItem[], order: Query["order"]): MenuItem[] {
  if (order === undefined) return items;
  const sign = order === "cheapest" ? 1 : -1;
  return [...items].sort((a, b) => sign * (a.price_cents - b.price_cents));
}

function spoken(first: MenuItem, found: MenuItem[], query: Query): string {
  if (found.length === 1) return one(first);
  if (query.order === undefined) return several(found, query);
  const same = found.filter((item) => item.price_cents === first.price_cents);
  const which = `The ${query.order === "cheapest" ? "cheapest" : "most expensive"} ${wished(query)}`;
  const names = list(same.slice(0, SPOKEN).map(({ name }) => name));
  return `${which} is ${names}, for ${dollars(first.price_cents)}.`;
}

function one(item: MenuItem): string {
  const { name, description, price_cents, allergens } = item;
  const inside =
    allergens.length === 0 ? "None of the fourteen allergens is in it." : `It contains ${list(allergens)}.`;
  return `${name} is ${description}, for ${dollars(price_cents)}. ${inside}`;
}

function several(found: MenuItem[], query: Query): string {
  const named = found.slice(0, SPOKEN).map((item) => `${item.name} for ${dollars(item.price_cents)}`);
  if (found.length <= SPOKEN) return `${capital(wished(query, true))}: there is ${list(named)}.`;
  return `I have ${found.length} ${wished(query, true)}, for example ${list(named.slice(0, SPOKEN - 1))}. Shall I go on, or do you feel like something in particular?`;
}

/** What was asked for, with each of its conditions, in words: "vegan mains without milk or nuts under $20.00". */
function wished(query: Query, plural = false): string {
  const { course, diet, min_price, max_price, without_allergens: without = [], query: about } = query;
  const free = without.length === 0 ? "" : ` without ${list(without, "or")}`;
  const over = min_price === undefined ? "" : ` from ${dollars(cents(min_price))} up`;
  const under = max_price === undefined ? "" : ` up to ${dollars(cents(max_price))}`;
  const kind = plural ? `${course ?? "thing"}s` : (course ?? "dish");
  const what = about === undefined ? kind : plural ? `${kind} for "${about}"` : about;
  return `${diet ? `${diet.replace("_", "-")} ` : ""}${what}${free}${over}${under}`;
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

function row({ name, course, description, price_cents, allergens, diets }: MenuItem) {
  return { name, course, description, price: dollars(price_cents), allergens, diets };
}
