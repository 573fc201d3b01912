/**
 * What tools may ask of the menu. `store/menu.ts` reads it from D1. Money is in cents (integer, USD). A method throws only when
 * the menu cannot be reached.
 */

export const COURSES = ["starter", "main", "side", "dessert", "drink"] as const;
export type Course = (typeof COURSES)[number];

/** The EU's fourteen allergens. */
export const ALLERGENS = [
  "gluten",
  "crustaceans",
  "eggs",
  "fish",
  "peanuts",
  "soy",
  "milk",
  "nuts",
  "celery",
  "mustard",
  "sesame",
  "sulphites",
  "lupin",
  "molluscs",
] as const;
export type Allergen = (typeof ALLERGENS)[number];

export const DIETS = ["vegan", "vegetarian", "gluten_free", "alcohol_free"] as const;
export type Diet = (typeof DIETS)[number];

export interface MenuItem {
  id: string;
  name: string;
  course: Course;
  description: string;
  price_cents: number;
  allergens: Allergen[];
  diets: Diet[];
}

/** All given parts must fit. */
export interface MenuFilter {
  course?: Course;
  diet?: Diet;
  without?: Allergen[];
  max_cents?: number;
}

/** A drink that goes with a dish, and why. */
export interface Pairing {
  drink: MenuItem;
  reason: string;
}

export interface MenuApi {
  /** By course in the order of a meal, then by name. */
  items(filter: MenuFilter): Promise<MenuItem[]>;
  /** Drinks for this dish, the best one first; none for a drink. */
  drinksFor(dish_id: string): Promise<Pairing[]>;
  /** Dishes that this drink goes with. */
  dishesFor(drink_id: string): Promise<{ dish: MenuItem; reason: string }[]>;
}
