/** Felix without a model: dishes by what is in them, by diet, allergies and price; drinks for a dish; what was chosen. */
import type { Allergen, Course, Diet } from "../../../tools/menu/menu.ts";
import { amountIn } from "../../../words/money.ts";
import { yesOrNo } from "../../../words/yesno.ts";
import type { Call, Step } from "../brain.ts";
import { closes } from "../dialogue/closing.ts";
import { wordsOf } from "../dialogue/match.ts";
import type { ToolResult } from "../dialogue/results.ts";
import { type Part, say } from "./talker.ts";

const COURSES: [RegExp, Course][] = [
  [/\b(starters?|appetizers?|first course|to start|begin with)\b/, "starter"],
  [/\b(mains?|main (course|dish)(es)?|entrees?|for dinner)\b/, "main"],
  [/\b(sides?|side dish(es)?)\b/, "side"],
  [/\b(desserts?|something sweet|sweets)\b/, "dessert"],
  [/\b(drinks?|something to drink|wines?|beers?|cocktails?|coffees?|lemonades?)\b/, "drink"],
];
const DIETS: [RegExp, Diet][] = [
  [/\bvegan\b/, "vegan"],
  [/\b(vegetarian|veggie|without meat|no meat|meatless)\b/, "vegetarian"],
  [/\b(gluten ?free|coeliac|celiac)\b/, "gluten_free"],
  [/\b(alcohol ?free|non ?alcoholic|without alcohol|no alcohol|soft drinks?)\b/, "alcohol_free"],
];
/** Longer names come first: peanuts are no nuts. */
const ALLERGENS: [string, Allergen[]][] = [
  ["peanuts?", ["peanuts"]],
  ["nuts?|almonds?|hazelnuts?", ["nuts"]],
  ["milk|dairy|lactose|cheese|cream|butter", ["milk"]],
  ["gluten|wheat", ["gluten"]],
  ["eggs?", ["eggs"]],
  ["shellfish|seafood", ["crustaceans", "molluscs"]],
  ["prawns?|shrimps?|crustaceans?", ["crustaceans"]],
  ["mussels?|squid|molluscs?", ["molluscs"]],
  ["fish", ["fish"]],
  ["soy|soya", ["soy"]],
  ["sesame", ["sesame"]],
  ["celery", ["celery"]],
  ["mustard", ["mustard"]],
  ["sulphites?|sulfites?", ["sulphites"]],
];
const AVOIDS =
  /\b(without|no|allergic|allergy|allergies|intolerant|can't (?:have|eat)|cannot (?:have|eat)|avoid|free of)\b/;
const UNDER = /\b(under|below|less than|up to|at most|no more than|not more than|max|maximum|cheaper than|within)\b/;
const PAIRS =
  /\b(goes? (?:well )?with|pair|pairing|drink (?:with|to)|to drink with|wine (?:with|for|to)|drinks? for|match(?:es)? with)\b/;
const ORDERS =
  /^(?:(?:okay|ok|yes|then|so|and|um|well|great|good|perfect) )*(?:i'll (?:have|take|try|go for)|i will (?:have|take)|we'll (?:have|take)|i'd like (?:to (?:order|have))? ?the|can i (?:have|get|order) the|could i (?:have|get) the|let's (?:have|take)|make it the|i take the|order)\b/;
const CHOSEN = /\b(what (?:have|did) (?:i|we) (?:order|chosen|choose)|ordered so far|my order|read (?:it|that) back)\b/;
const ASKS =
  /\b(have|got|any|anything|something|recommend|suggest|menu|eat|hungry|special|specials|show|list|what|what's|which|tell me|how much|how about|is there|are there|contain|contains|in the)\b/;
const LITTLE = new Set(
  "a an the to with without through me my your our i i'm i'd i'll you we us can could may would will like want need please now then okay ok and or so hey hi hello is are it that this there do does have has got any anything something some recommend suggest menu eat hungry show list what what's which tell about how much many free under below less than up at most no not more dollars dollar bucks allergic allergy of on in for from take try order contain contains dish dishes food thing things else also today tonight fancy feel well very really can't eat one two three four ten fifteen twenty thirty forty fifty course courses be been if my".split(
    " ",
  ),
);

interface Memory {
  /** Allergens this guest does not take, and the diet: said once, they hold. */
  without: Set<Allergen>;
  diet: Diet | null;
  /** The dish spoken of last. */
  dish: string | null;
  chosen: string[];
  /** Open: "would you like a drink with it?", "anything else?" */
  asked: "drink" | "more" | null;
  /** The dish that is being looked up is to be noted. */
  ordering: boolean;
}

export function waiterPart(greeting: string): Part {
  const memory: Memory = { without: new Set(), diet: null, dish: null, chosen: [], asked: null, ordering: false };
  return {
    greeting,
    here: "Felix here.",
    again: "Felix here again. What may I find for you?",
    offer: "I know every dish and drink on our menu, what is in them, and what goes with what.",
    choices: 'You can say "something vegan", "starters without milk", or "what goes with the sea bass".',
    goodbye: "It was a pleasure. Enjoy your evening!",
    asides: [
      {
        phrases: ["reserve|reservation|book table", "table for"],
        say: "I can't take reservations here, but you can say that you would like to talk to a person.",
      },
      {
        phrases: ["are you open", "opening hours", "when do you open|close"],
        say: "We light the fire at five every day.",
      },
      { phrases: ["pay|bill|check card|please"], say: "You pay at the table when you leave. I can't take money here." },
      {
        phrases: ["traces", "cross contamination"],
        say: "Our kitchen works with all fourteen allergens, so I can't rule traces out.",
      },
    ],
    reply: (words) => reply(words, memory),
    told: (call, result) => told(call, result, memory),
  };
}

function reply(text: string, memory: Memory): Step | undefined {
  const said = wordsOf(text).join(" ");
  if (CHOSEN.test(said)) return recap(memory);
  const answered = answer(text, memory);
  if (answered) return answered;
  if (PAIRS.test(said)) return pairing(said, memory);
  if (ORDERS.test(said)) return order(said, memory);
  return lookup(text, said, memory);
}

/** Yes or no to the question that is open. */
function answer(text: string, memory: Memory): Step | undefined {
  const { asked, dish } = memory;
  const yes = yesOrNo(text);
  if (asked === null || yes === undefined) return undefined;
  memory.asked = asked === "drink" && yes === "no" ? "more" : null;
  if (asked === "drink") {
    return yes === "yes" && dish ? call("recommend_pairing", { dish }) : say("As you like. Anything else?");
  }
  if (yes === "yes") return say("With pleasure. What would you like?");
  return closes(text) ? undefined : recap(memory);
}

function recap({ chosen }: Memory): Step {
  if (chosen.length === 0) return say("Nothing is chosen yet. What do you feel like?");
  return say(`So far you'd like ${chosen.join(", ")}. It will be ready to order when you sit down.`);
}

function pairing(said: string, memory: Memory): Step {
  const named = telling(said.replace(PAIRS, " ").replace(/\b(drinks?|wine|pairing)\b/g, " "));
  const dish = named || memory.dish;
  return dish ? call("recommend_pairing", { dish: dish.slice(0, 80) }) : say("With which dish?");
}

function order(said: string, memory: Memory): Step {
  const named = telling(said.replace(ORDERS, " ").replace(/\b(?:with|and) .*$/, " "));
  memory.ordering = named !== "";
  if (named) return call("lookup_menu", { query: named.slice(0, 80) });
  return memory.dish ? say(note(memory, memory.dish)) : say("Which dish would you like?");
}

function lookup(text: string, said: string, memory: Memory): Step | undefined {
  const filters = filtersIn(text, said, memory);
  const named = telling(unfiltered(said));
  const found = Object.keys(filters.now).length > 0;
  if (!found && (!ASKS.test(said) || named === "")) {
    if (!/\b(menu|eat|hungry|recommend|suggest|special|specials)\b/.test(said)) return undefined;
    return call("lookup_menu", { course: "main", ...filters.always });
  }
  const query = named ? { query: named.slice(0, 80) } : {};
  // Asked for by its name alone, a dish is told of whatever the guest eats.
  return call("lookup_menu", found ? { ...query, ...filters.always, ...filters.now } : query);
}

/** What limits the choice: from these words, and from what the guest said before. */
function filtersIn(
  text: string,
  said: string,
  memory: Memory,
): { now: Record<string, unknown>; always: Record<string, unknown> } {
  const now: Record<string, unknown> = {};
  const course = COURSES.find(([form]) => form.test(said))?.[1];
  const diet = DIETS.find(([form]) => form.test(said))?.[1];
  const avoided = AVOIDS.test(said) || /\bfree\b/.test(said) ? allergensIn(said) : [];
  const price = UNDER.test(said) ? amountIn(text) : undefined;
  if (course) now.course = course;
  if (price !== undefined) now.max_price = price / 100;
  if (diet) now.diet = diet;
  // An alcohol-free drink is a choice for the moment, what one does not eat is not.
  if (diet && diet !== "alcohol_free") memory.diet = diet;
  for (const allergen of avoided) memory.without.add(allergen);
  if (avoided.length > 0) now.without_allergens = [...memory.without];
  const without = memory.without.size > 0 ? { without_allergens: [...memory.without] } : {};
  return { now, always: { ...without, ...(memory.diet && course !== "drink" ? { diet: memory.diet } : {}) } };
}

function allergensIn(said: string): Allergen[] {
  let rest = said;
  return ALLERGENS.flatMap(([form, allergens]) => {
    const before = rest;
    rest = rest.replace(new RegExp(`\\b(?:${form})\\b`, "g"), " ");
    return rest === before ? [] : allergens;
  });
}

/** The words without those that are filters already. */
function unfiltered(said: string): string {
  const forms = [...COURSES, ...DIETS].map(([form]) => form);
  const avoided = AVOIDS.test(said) ? ALLERGENS.map(([form]) => new RegExp(`\\b(?:${form})\\b`)) : [];
  return [...forms, ...avoided, AVOIDS, UNDER].reduce((rest, form) => rest.replace(new RegExp(form, "g"), " "), said);
}

function telling(said: string): string {
  return said
    .split(" ")
    .filter((word) => word !== "" && !LITTLE.has(word) && !/^\d+$/.test(word))
    .join(" ");
}

function call(name: string, args: Record<string, unknown>): Step {
  return { say: [], calls: [{ name, arguments: args }] };
}

function told({ name, arguments: args }: Call, result: ToolResult, memory: Memory): Step {
  const { ordering } = memory;
  Object.assign(memory, { asked: null, ordering: false });
  if (!result.ok) return name === "lookup_menu" ? elsewhere(args, result) : say(result.say);
  if (name !== "lookup_menu") {
    if (typeof result.data.dish === "string") memory.dish = result.data.dish;
    return say(result.say);
  }
  const items = Array.isArray(result.data.items) ? (result.data.items as { name?: unknown; course?: unknown }[]) : [];
  const [only] = items;
  if (items.length !== 1 || typeof only?.name !== "string") return say(result.say);
  const drink = only.course === "drink";
  if (!drink) memory.dish = only.name;
  return say(ordering ? note(memory, only.name, drink) : result.say);
}

/** Words that no dish fits may have meant nothing: what fits without them is told. */
function elsewhere({ query, ...filters }: Record<string, unknown>, result: ToolResult): Step {
  if (query === undefined || Object.keys(filters).length === 0) return say(result.say);
  return call("lookup_menu", filters);
}

function note(memory: Memory, name: string, drink = false): string {
  if (!memory.chosen.includes(name)) memory.chosen.push(name);
  memory.asked = drink ? "more" : "drink";
  return `${name}, a good choice. ${drink ? "Anything else?" : "Shall I tell you what to drink with it?"}`;
}
