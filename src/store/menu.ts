/** The restaurant's menu, in D1. */

import type { Allergen, Course, Diet, MenuApi, MenuFilter, MenuItem, Pairing } from "../tools/menu/menu.ts";
import type { Tables } from "./tables.ts";

interface Row {
  id: string;
  name: string;
  course: Course;
  description: string;
  price_cents: number;
  /** JSON lists. */
  allergens: string;
  diets: string;
}

const COLUMNS = "i.id, i.name, i.course, i.description, i.price_cents, i.allergens, i.diets";
/** Every part that is null fits everything. */
const ITEMS = `
  SELECT ${COLUMNS} FROM menu_items i
    WHERE (?1 IS NULL OR i.course = ?1)
      AND (?2 IS NULL OR EXISTS (SELECT 1 FROM json_each(i.diets) WHERE value = ?2))
      AND NOT EXISTS (SELECT 1 FROM json_each(i.allergens) a JOIN json_each(?3) b ON a.value = b.value)
      AND (?4 IS NULL OR i.price_cents <= ?4)
    ORDER BY instr('starter main side dessert drink', i.course), i.name`;

export function menuOf(db: Tables): MenuApi {
  return {
    async items({ course, diet, without, max_cents }: MenuFilter) {
      const wanted = [course ?? null, diet ?? null, JSON.stringify(without ?? []), max_cents ?? null];
      const { results } = await db
        .prepare(ITEMS)
        .bind(...wanted)
        .all<Row>();
      return results.map(itemOf);
    },
    async drinksFor(dish_id) {
      const rows = await pairs(db, "p.dish_id = ?", "p.drink_id", dish_id);
      return rows.map((row): Pairing => ({ drink: itemOf(row), reason: row.reason }));
    },
    async dishesFor(drink_id) {
      const rows = await pairs(db, "p.drink_id = ?", "p.dish_id", drink_id);
      return rows.map((row) => ({ dish: itemOf(row), reason: row.reason }));
    },
  };
}

async function pairs(db: Tables, where: string, other: string, id: string): Promise<(Row & { reason: string })[]> {
  const sql = `SELECT ${COLUMNS}, p.reason FROM menu_pairings p JOIN menu_items i ON i.id = ${other}
    WHERE ${where} ORDER BY p.rank, i.name`;
  return (await db.prepare(sql).bind(id).all<Row & { reason: string }>()).results;
}

function itemOf({ id, name, course, description, price_cents, allergens, diets }: Row): MenuItem {
  return {
    id,
    name,
    course,
    description,
    price_cents,
    allergens: JSON.parse(allergens) as Allergen[],
    diets: JSON.parse(diets) as Diet[],
  };
}
