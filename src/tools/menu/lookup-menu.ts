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

const Query = z.strictObject({
  query: words(80).optional().describe("A dish by name, or what should be in it: lamb, something with figs"),
  course: z.enum(COURSES).optional(),
  diet: z.enum(DIETS).optional(),
  without_allergens: z.array(z.enum(ALLERGENS)).max(14).optional().describe("Leave out what contains any of these"),
  max_price: amount.optional().describe("US dollars"),
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
    const about = query.query === undefined ? items : itemsAbout(items, query.query);
    const named = about.length === 0 && query.query !== undefined ? itemNamed(items, query.query) : undefined;
    const found = named ? [named] : about;
    const [first] = found;
    if (!first) {
      return refused("not_found", `I have no ${wished(query)} on the menu, I'm afraid. Would you like something else?`);
    }
    const say = found.length === 1 ? one(first) : several(found, query);
    return done(say, `${found.length === 1 ? first.name : `${found.length} things`} from the menu.`, {
      count: found.length,
      items: found.slice(0, MOST).map(row),
    });
  },
});

function one(item: MenuItem): string {
  const { name, description, price_cents, allergens } = item;
  const inside =
    allergens.length === 0 ? "None of the fourteen allergens is in it." : `It contains ${list(allergens)}.`;
  return `${name} is ${description}, for ${dollars(price_cents)}. ${inside}`;
}

function several(found: MenuItem[], query: Query): string {
  const named = found.slice(0, SPOKEN).map((item) => `${item.name} for ${dollars(item.price_cents)}`);
  if (found.length <= SPOKEN) return `There is ${list(named)}.`;
  const only = query.course ? plural(query) : "things";
  return `I have ${found.length} ${only}, for example ${list(named.slice(0, SPOKEN - 1))}. Shall I go on, or do you feel like something in particular?`;
}

/** What was asked for, in words. */
function wished(query: Query): string {
  const free = (query.without_allergens ?? []).map((name) => ` without ${name}`).join("");
  const under = query.max_price === undefined ? "" : ` under ${dollars(cents(query.max_price))}`;
  const diet = query.diet ? `${query.diet.replace("_", "-")} ` : "";
  return `${diet}${query.query ?? query.course ?? "dish"}${free}${under}`;
}

function plural({ course, diet }: Query): string {
  return `${diet ? `${diet.replace("_", "-")} ` : ""}${course}s`;
}

function row({ name, course, description, price_cents, allergens, diets }: MenuItem) {
  return { name, course, description, price: dollars(price_cents), allergens, diets };
}
