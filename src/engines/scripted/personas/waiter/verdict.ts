/** Whether something on the menu is what a guest can have: what speaks against it, by the menu. */
import type { Allergen, Diet } from "../../../../tools/menu/menu.ts";
import { listed } from "./menu-words.ts";

/** A row of `lookup_menu`. */
export interface Found {
  name: string;
  course: string;
  /** "$12.50". */
  price: string;
  allergens: string[];
  diets: string[];
}

/** What something has to be. */
export interface Conditions {
  course?: string;
  diet?: Diet;
  without?: Allergen[];
  /** US dollars. */
  min_price?: number;
  max_price?: number;
}

const TRACES = "Our kitchen works with all fourteen allergens, so I can't rule traces out.";

export function foundIn(data: Record<string, unknown>): Found[] {
  return Array.isArray(data.items) ? (data.items as Found[]) : [];
}

/** The allergens in it that were to be left out. */
export function clashing({ allergens }: Found, without: Iterable<string>): string[] {
  const unwanted = new Set(without);
  return allergens.filter((one) => unwanted.has(one));
}

/** What of these conditions it does not meet, one sentence each. */
export function against(item: Found, { course, diet, without = [], min_price, max_price }: Conditions): string[] {
  const price = Number(item.price.slice(1));
  const clash = clashing(item, without);
  return [
    ...(clash.length > 0 ? [`${item.name} contains ${listed(clash)}.`] : []),
    ...(diet && !item.diets.includes(diet) ? [`${item.name} isn't ${dietName(diet)} by our menu.`] : []),
    ...(course && item.course !== course ? [`${item.name} is a ${item.course}, not a ${course}.`] : []),
    ...(max_price !== undefined && price > max_price ? [`${item.name} costs ${item.price}.`] : []),
    ...(min_price !== undefined && price < min_price ? [`${item.name} costs only ${item.price}.`] : []),
  ];
}

/** "Is it safe for me?", "is it vegan?": a plain yes or no, with the reason. */
export function verdict(item: Found, conditions: Conditions): string {
  const { diet, without = [] } = conditions;
  const bad = against(item, conditions);
  if (bad.length > 0) return `No: ${bad.join(" ")}`;
  if (diet === undefined && without.length === 0) return unasked(item);
  const good = [
    ...(without.length > 0 ? [`the menu lists no ${listed(without, "or")} in it`] : []),
    ...(diet ? [`it is ${dietName(diet)}`] : []),
  ];
  return `${item.name}: yes, ${good.join(" and ")}. ${without.length > 0 ? TRACES : ""}`.trim();
}

/** "Is there milk in it?" */
export function content(item: Found, asked: readonly Allergen[]): string {
  const inside = clashing(item, asked);
  const free = asked.filter((one) => !inside.includes(one));
  if (inside.length === 0) return `No, the menu lists no ${listed(free, "or")} in ${item.name}. ${TRACES}`;
  const rest = free.length > 0 ? ` It lists no ${listed(free, "or")}.` : "";
  return `Yes, ${item.name} contains ${listed(inside)}.${rest}`;
}

/** Safe for whom, nobody has said. */
function unasked({ name, allergens }: Found): string {
  const inside = allergens.length === 0 ? "none of the fourteen allergens" : listed(allergens);
  return `${name} contains ${inside}. Tell me what you can't have, and I'll say whether it fits. ${TRACES}`;
}

function dietName(diet: Diet): string {
  return diet.replace("_", "-");
}
