import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ALLERGENS, COURSES, DIETS, type MenuItem } from "../../src/tools/menu/menu.ts";
import { Conversation } from "./conversation.ts";
import { shelves } from "./d1-in-memory.ts";

const { menu } = shelves();
const guest = () => new Conversation();

interface Found {
  items: { name: string; course: string; price: string; allergens: string[]; diets: string[] }[];
  count: number;
}
const found = async (args: object) => (await guest().uses("lookup_menu", args)) as unknown as Found & { say: string };

describe("the menu", () => {
  it("has forty dishes and drinks and more, each with a price, a description and a course", async () => {
    const items = await menu.items({});
    expect(items.length).toBeGreaterThanOrEqual(40);
    expect(new Set(items.map(({ course }) => course))).toEqual(new Set(COURSES));
    for (const item of items) expect(item.description.length, item.name).toBeGreaterThan(8);
  });

  it("tells no vegan that milk is fine, and no celiac that bread is", async () => {
    const animal = ["milk", "eggs", "fish", "crustaceans", "molluscs"];
    for (const { name, diets, allergens } of await menu.items({})) {
      if (diets.includes("vegan"))
        expect(
          allergens.filter((one) => animal.includes(one)),
          name,
        ).toEqual([]);
      if (diets.includes("vegan")) expect(diets, name).toContain("vegetarian");
      expect(diets.includes("gluten_free"), name).toBe(!allergens.includes("gluten"));
      for (const one of allergens) expect(ALLERGENS, name).toContain(one);
    }
  });

  it("has a drink for every dish, and the best one first", async () => {
    for (const item of await menu.items({})) {
      if (item.course === "drink") continue;
      const drinks = await menu.drinksFor(item.id);
      expect(drinks.length, item.name).toBeGreaterThan(0);
      for (const { drink, reason } of drinks) {
        expect(drink.course).toBe("drink");
        expect(reason.length).toBeGreaterThan(5);
      }
    }
  });

  it("gives what fits all that was asked for, and all of it", async () => {
    const all = await menu.items({});
    const filter = fc.record({
      course: fc.option(fc.constantFrom(...COURSES), { nil: undefined }),
      diet: fc.option(fc.constantFrom(...DIETS), { nil: undefined }),
      without: fc.option(fc.uniqueArray(fc.constantFrom(...ALLERGENS), { maxLength: 4 }), { nil: undefined }),
      max_cents: fc.option(fc.integer({ min: 0, max: 4_500 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(filter, async ({ course, diet, without, max_cents }) => {
        const fits = (item: MenuItem) =>
          (course === undefined || item.course === course) &&
          (diet === undefined || item.diets.includes(diet)) &&
          !(without ?? []).some((one) => item.allergens.includes(one)) &&
          (max_cents === undefined || item.price_cents <= max_cents);
        const given = await menu.items({
          ...(course ? { course } : {}),
          ...(diet ? { diet } : {}),
          ...(without ? { without } : {}),
          ...(max_cents === undefined ? {} : { max_cents }),
        });
        expect(given.map(({ id }) => id).sort()).toEqual(
          all
            .filter(fits)
            .map(({ id }) => id)
            .sort(),
        );
      }),
      { numRuns: 150 },
    );
  });
});

describe("looking it up", () => {
  it("finds a dish by its name, with its price and what is in it", async () => {
    const { say, items } = await found({ query: "the sea bass" });
    expect(items.map(({ name }) => name)).toEqual(["Grilled sea bass"]);
    expect(say).toMatch(/\$28\.50.*contains fish/);
  });

  it("hears names through a recogniser's ears", async () => {
    expect((await found({ query: "wild mushroom resotto" })).items[0]?.name).toBe("Wild mushroom risotto");
    expect((await found({ query: "oberjean" })).items).toBeUndefined();
    expect((await found({ query: "auberjine" })).items[0]?.name).toBe("Whole roasted aubergine");
  });

  it("leaves out what somebody cannot eat, and says how much there is", async () => {
    const { items, say } = await found({ course: "main", without_allergens: ["milk", "nuts"], max_price: 25 });
    expect(items.length).toBeGreaterThan(2);
    for (const item of items) {
      expect(item.allergens).not.toContain("milk");
      expect(item.allergens).not.toContain("nuts");
      expect(Number(item.price.slice(1))).toBeLessThanOrEqual(25);
    }
    expect(say.split("$").length - 1).toBeLessThanOrEqual(4);
  });

  it("says so when there is nothing like it", async () => {
    expect(await guest().uses("lookup_menu", { query: "sushi" })).toMatchObject({ ok: false, code: "not_found" });
    expect(await guest().uses("lookup_menu", { diet: "vegan", max_price: 1 })).toMatchObject({ ok: false });
  });

  it("refuses an allergen that is none, and takes a price as people write it", async () => {
    expect(await guest().uses("lookup_menu", { without_allergens: ["joy"] })).toMatchObject({
      code: "invalid_arguments",
    });
    expect((await found({ course: "dessert", max_price: "$9.00" })).count).toBeGreaterThan(0);
  });
});

describe("what goes with it", () => {
  it("is a drink with a reason and a price, and another one", async () => {
    const answer = await guest().uses("recommend_pairing", { dish: "ribeye" });
    expect(answer.say).toMatch(/Malbec, \$10\.50: its dark fruit is made for the char\. Or Fig old fashioned/);
  });

  it("goes both ways", async () => {
    expect((await guest().uses("recommend_pairing", { dish: "pinot noir" })).say).toMatch(
      /Pinot noir goes well with .*Duck/,
    );
  });

  it("is asked back for where nobody knows the dish", async () => {
    expect(await guest().uses("recommend_pairing", { dish: "the thing" })).toMatchObject({
      ok: false,
      code: "not_found",
    });
  });
});
