import { z } from "zod";
import { words } from "../arguments.ts";
import { dollars, list } from "../say.ts";
import { done, refused, tool } from "../tool.ts";
import type { MenuItem } from "./menu.ts";
import { itemNamed, itemsAbout } from "./names.ts";

/** Dishes named for a drink. */
const NAMED = 3;

export const recommendPairing = tool({
  name: "recommend_pairing",
  description:
    "The drinks that go with a dish, with the reason and the price; or for a drink the dishes that it goes with. Call it whenever a guest asks what to drink with something.",
  schema: z.strictObject({
    dish: words(80).describe("Name of the dish, or of the drink"),
    drink: words(40).optional().describe("The kind that is wanted: wine, red wine, beer, alcohol-free"),
  }),
  gate: "open",
  effect: "read",
  working: "Finding what goes with it",
  async run({ dish, drink: kind }, { menu }) {
    const item = itemNamed(await menu.items({}), dish);
    if (!item) return refused("not_found", "I don't find that on the menu. Which dish do you mean?");
    if (item.course === "drink") {
      const dishes = await menu.dishesFor(item.id);
      if (dishes.length === 0) return refused("not_found", `${item.name} goes with everything, and with nothing best.`);
      const names = dishes.slice(0, NAMED).map((pair) => pair.dish.name);
      return done(`${item.name} goes well with ${list(names)}.`, `Dishes for ${item.name}.`, {
        drink: item.name,
        dishes: dishes.map((pair) => ({ name: pair.dish.name, reason: pair.reason })),
      });
    }
    const all = await menu.drinksFor(item.id);
    const fitting = kind === undefined ? all : all.filter(({ drink }) => isOfKind(drink, kind));
    const [best, second] = fitting.length > 0 ? fitting : all;
    if (!best) return refused("not_found", `I have nothing in particular for ${item.name}. What do you like to drink?`);
    const none = fitting.length > 0 ? "" : `I have no ${kind} in particular for it. `;
    const other = second ? ` Or ${second.drink.name}: ${second.reason}.` : "";
    return done(
      `${none}With ${item.name} I'd take ${best.drink.name}, ${dollars(best.drink.price_cents)}: ${best.reason}.${other}`,
      `${best.drink.name} with ${item.name}.`,
      {
        dish: item.name,
        drinks: [best, ...(second ? [second] : [])].map(({ drink, reason }) => ({
          name: drink.name,
          price: dollars(drink.price_cents),
          alcohol_free: drink.diets.includes("alcohol_free"),
          reason,
        })),
      },
    );
  },
});

function isOfKind(drink: MenuItem, kind: string): boolean {
  if (/\balcohol/i.test(kind)) return drink.diets.includes("alcohol_free");
  return itemsAbout([drink], kind).length > 0;
}
