/** What guests call the parts of a menu: courses, diets, allergens, prices, and what no menu of this house tells. */
import type { Allergen, Course, Diet } from "../../../../tools/menu/menu.ts";

export const COURSES: [RegExp, Course][] = [
  [/\b(starters?|appetizers?|first course|to start|begin with)\b/, "starter"],
  [/\b(mains?|main (?:course|dish)(?:es)?|entrees?|for dinner)\b/, "main"],
  [/\b(sides?|side dish(?:es)?)\b/, "side"],
  [/\b(desserts?|something sweet|sweets)\b/, "dessert"],
  [/\b(drinks?|something to drink)\b/, "drink"],
];
/** Kinds of drink are words of the question too: "red wine" is not any drink. */
export const DRINK =
  /\b(wines?|beers?|lagers?|ciders?|cocktails?|coffees?|espresso|cappuccino|teas?|lemonades?|water)\b/;
export const DIETS: [RegExp, Diet][] = [
  [/\bvegans?\b/, "vegan"],
  [/\b(vegetarians?|veggie|without (?:any )?meat|no meat|meatless|meat free)\b/, "vegetarian"],
  [/\b(gluten ?free|coeliacs?|celiacs?)\b/, "gluten_free"],
  [/\b(alcohol ?free|non ?alcoholic|without (?:any )?alcohol|no alcohol|soft drinks?)\b/, "alcohol_free"],
];
/** Longer names come first: peanuts are no nuts. */
const ALLERGEN_WORDS: [string, Allergen[]][] = [
  ["peanuts?", ["peanuts"]],
  ["(?:tree )?nuts?|almonds?|hazelnuts?|walnuts?", ["nuts"]],
  ["milk|dairy|lactose|cheese|cream|butter", ["milk"]],
  ["gluten|wheat", ["gluten"]],
  ["eggs?", ["eggs"]],
  ["shellfish|seafood", ["crustaceans", "molluscs"]],
  ["prawns?|shrimps?|crustaceans?", ["crustaceans"]],
  ["mussels?|squid|molluscs?", ["molluscs"]],
  ["fish", ["fish"]],
  ["soy|soya", ["soy"]],
  ["sesame", ["sesame"]],
  ["celery|celeriac", ["celery"]],
  ["mustard", ["mustard"]],
  ["sulphites?|sulfites?", ["sulphites"]],
  ["lupins?", ["lupin"]],
];
const FORMS = ALLERGEN_WORDS.map(([form, allergens]): [RegExp, Allergen[]] => [
  new RegExp(`\\b(?:${form})\\b`, "g"),
  allergens,
]);
/** Any one of the allergens, by any of its names. */
export const ALLERGEN = ALLERGEN_WORDS.map(([form]) => form).join("|");

/** What people ask for and the menu has no column for. */
export const UNTOLD =
  /\b(halal|kosher|keto|ketogenic|low (?:carb|fat|salt|sugar|calorie)|paleo|organic|local(?:ly)?|sugar free|without sugar|no sugar|diabetics?|calories|fodmap|pescatarian|pregnant|spicy|mild|seasonal|sustainable|homemade|portion sizes?)\b/g;

export const SAFE =
  /\b(safe|suitable|(?:okay|ok|fine|alright|all right|good|possible) for (?:me|us|my \w+|a \w+|\w+s)|allowed|can (?:i|we) eat|could (?:i|we) eat|may (?:i|we) eat|am i allowed)\b/;
/** A question about something that is named. */
export const ASKS_WHETHER =
  /^(?:(?:and|but|so|okay|ok|um|well|then|also) )*(?:is|are|does|do|would|will|was|can|could|may)\b/;
export const CONTAINS = /\b(contains?|in it|in them|in the|in your|is there|are there|(?:have|has|with)\b.*\bin)\b/;

/** The allergens in these words, and the words without them. */
export function allergensIn(said: string): { found: Allergen[]; rest: string } {
  let rest = said;
  const found = FORMS.flatMap(([form, allergens]) => {
    const before = rest;
    rest = rest.replace(form, " ");
    return rest === before ? [] : allergens;
  });
  return { found, rest };
}

const LITTLE = new Set(
  "a an the to with without through me my your our i i'm i'd i'll i've you you've we we'd we'll us it's its that's there's they their them those these can could may might would will should shall like love want wants need needs please now then okay ok and or so but hey hi hello is are am was were be been being it that this there do does did don't has had have got get gets any anything something some somebody recommend suggest suggestion suggestions menu eat eating drink drinking hungry thirsty show list what what's which who tell about how how's much many free under below over above less more than up at most least no not nor dollars dollar bucks euros euro pounds cents allergic allergy allergies intolerant intolerance avoid of on in into for from take taking try order ordering contain contains containing dish dishes food foods meal thing things stuff one ones else also too today tonight evening fancy feel feeling well very really quite rather just only maybe perhaps possibly actually honestly exactly can't cannot won't isn't aren't doesn't i can two three four five six seven eight nine ten course courses if when where as by all each every both either cost costs costing price prices priced cheap cheaper expensive pricey affordable cheapest dearest most least safe suitable allowed possible fine good nice great best better delicious tasty big small light new special specials kind kinds sort sorts type types option options choice choices offer offers serve serves serving available us let let's lets give bring put make makes goes go going come comes see look looking know says say said ask asking question thank thanks sorry excuse sir no yes yeah um uh er oh ah hmm right sure course because myself guest friend wife husband son daughter kid kids child children girlfriend boyfriend partner mother father anymore any longer joking kidding lunch dinner supper tonight's table kitchen felix waiter work works here inside wanted wanting prefer leave out left still again remind mind instead between around roughly within max maximum minimum upwards either glass glasses bottle bottles plate plates portion portions".split(
    " ",
  ),
);

/** The words that tell which dish is meant. */
export function telling(said: string): string {
  return said
    .split(" ")
    .filter((word) => word !== "" && !LITTLE.has(word) && !/^\d+$/.test(word))
    .join(" ");
}

/** "milk", "milk and nuts", "milk, nuts, or eggs". */
export function listed(parts: readonly string[], word: "and" | "or" = "and"): string {
  if (parts.length < 3) return parts.join(` ${word} `);
  return `${parts.slice(0, -1).join(", ")}, ${word} ${parts.at(-1)}`;
}
