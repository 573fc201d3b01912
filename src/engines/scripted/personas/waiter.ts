/** Felix without a model: dishes by what is in them, by diet, allergies and price; drinks for a dish; what was chosen. */

import type { Course } from "../../../tools/menu/menu.ts";
import { numbersIn } from "../../../words/numbers.ts";
import { yesOrNo } from "../../../words/yesno.ts";
import type { Step } from "../brain.ts";
import { closes } from "../dialogue/closing.ts";
import { wordsOf } from "../dialogue/match.ts";
import { type Part, say } from "./talker.ts";
import { look, type Memory, newMemory } from "./waiter/memory.ts";
import {
  ASKS_WHETHER,
  allergensIn,
  CONTAINS,
  COURSES,
  DIETS,
  DRINK,
  listed,
  SAFE,
  telling,
} from "./waiter/menu-words.ts";
import { note, toldOf } from "./waiter/told.ts";
import type { Conditions } from "./waiter/verdict.ts";
import { type MenuWish, wishIn } from "./waiter/wish.ts";

const PAIRS =
  /\b(goes? (?:well |best )?with|pair|pairs with|pairing|(?:drink|wine|beer) (?:with|to)|have with|to drink with|wine (?:for|to)|drinks? for|match(?:es)? with)\b/;
const ORDERS =
  /^(?:(?:okay|ok|yes|then|so|and|um|well|great|good|perfect|no|actually) )*(?:i'll (?:have|take|try|go for)|i will (?:have|take)|we'll (?:have|take)|i'd like (?:to (?:order|have))? ?(?:the|two|a glass of)|can (?:i|we) (?:have|get|order) the|could (?:i|we) (?:have|get) the|let's (?:have|take)|make it the|i take the|order|(?:the|for me the) (?=.* for me\b))\b/;
const REMOVES =
  /^(?:(?:no|and|please|actually|sorry|um|oh|wait) )*(?:cancel|remove|take off|never mind|scratch|drop|leave off|i don't want) (?:the |my )?(.+)$/;
const CHOSEN = /\b(what (?:have|did) (?:i|we) (?:order|chosen|choose)|ordered so far|my order|read (?:it|that) back)\b/;
const ASKS =
  /\b(have|got|any|anything|something|recommend|suggest|menu|eat|hungry|special|specials|show|list|what|what's|which|tell me|how much|how about|is there|are there|contain|contains|in the|cheaper)\b/;
/** "I'm not allergic to nuts any more": what held does not hold any longer. */
const TAKES_BACK =
  /\b(?:(?:not|never|no longer|isn't|wasn't|don't have|am not) (?:really )?(?:a |an |any )?(?:\w+ (?:and \w+ )?)?(?:allerg\w+|intoleran\w+)|(?:not|no longer|isn't|stop being) (?:a )?(?:vegan|vegetarian|coeliac|celiac)|(?:i|we) (?:can|do) (?:eat|have|take) .*(?:again|after all|now)|(?:forget|ignore|never mind|drop) (?:about )?(?:the|my) (?:\w+ )?(?:allerg\w+|intoleran\w+|diet)|(?:was|were|only) (?:just )?(?:joking|kidding)|(?:is|are) (?:okay|ok|fine) (?:again|after all))\b/;
const ORDINAL =
  /\bthe (first|second|third|fourth|last)(?: (?:one|dish|drink|wine|of (?:them|those|these)))?(?! (?:course|quarter))\b/;
const PLACES: Record<string, number> = { first: 0, second: 1, third: 2, fourth: 3, last: -1 };
const POINTS = /\b(it|that one|that|this one|this)\b/;
const GUESS = /\b(?:what|which) (?:can|could|may|should) (?:i|we) (?:eat|have|order)\b/;
/** Where one question ends and the next begins. */
const BETWEEN =
  /(?<=[?!.;])\s+|,?\s+and\s+(?=(?:what|which|how|is|are|does|do|can|could|would)\b)|,\s+(?=(?:what|which|how|is|are|does|do|can)\b)/i;

export function waiterPart(greeting: string): Part {
  const memory = newMemory();
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
    concerns: (words) => concerns(words),
    reply: (words) => reply(words, memory),
    told: (call, result) => {
      const told = toldOf(call, result, memory);
      if (told.calls.length > 0 || memory.then.length === 0) return told;
      const more = memory.then.splice(0).flatMap((words) => clause(words, memory) ?? []);
      return joined([told, ...more]);
    },
  };
}

/** Whether words are about food and drink at all. */
function concerns(text: string): boolean {
  const said = wordsOf(text).join(" ");
  const forms = [...COURSES.map(([form]) => form), ...DIETS.map(([form]) => form), DRINK, PAIRS];
  return (
    forms.some((form) => form.test(said)) ||
    allergensIn(said).found.length > 0 ||
    /\b(menu|eat|hungry|food|dish|dishes|order|allerg\w+|table|dinner|meal)\b/.test(said)
  );
}

function joined(steps: Step[]): Step {
  return { say: steps.flatMap((one) => one.say), calls: steps.flatMap((one) => one.calls) };
}

/** Each question of an utterance for itself; what hangs on the answer to another waits for that. */
function reply(text: string, memory: Memory): Step | undefined {
  memory.then = [];
  const parts = text.split(BETWEEN).filter((part) => wordsOf(part).length > 0);
  const steps: Step[] = [];
  for (const part of parts) {
    const said = wordsOf(part).join(" ");
    const looking = steps.some(({ calls }) => calls.length > 0);
    if (looking && (ORDINAL.test(said) || POINTS.test(said))) {
      memory.then.push(part);
      continue;
    }
    const stated = parts.length > 1 ? statement(part, said, memory) : undefined;
    const step = stated ?? clause(part, memory);
    if (step) steps.push(step);
  }
  return steps.length > 0 ? joined(steps) : undefined;
}

/** "I have a milk allergy", with a question beside it. */
function statement(text: string, said: string, memory: Memory): Step | undefined {
  if (
    TAKES_BACK.test(said) ||
    !/\b(allerg\w+|intoleran\w+|i'm (?:a )?(?:vegan|vegetarian|coeliac|celiac))\b/.test(said)
  ) {
    return undefined;
  }
  const wish = wishIn(text);
  if (wish.course || wish.query || (wish.without.length === 0 && !wish.diet && wish.notes.length === 0))
    return undefined;
  keep(wish, memory);
  const noted = wish.without.length > 0 ? [`No ${listed(wish.without, "or")}, I'll keep to that.`] : [];
  return say(...noted, ...wish.notes);
}

function clause(text: string, memory: Memory): Step | undefined {
  const said = pointed(wordsOf(text).join(" "), memory);
  if (CHOSEN.test(said)) return recap(memory);
  const answered = removed(said, memory) ?? answer(text, memory) ?? takenBack(said, memory);
  if (answered) return answered;
  if (PAIRS.test(said)) return pairing(said, memory);
  if (ORDERS.test(said)) return order(said, memory);
  return lookup(text, said, memory);
}

/** The words with "the second" replaced by what it stands for. */
function pointed(said: string, { listed: named }: Memory): string {
  return said.replace(ORDINAL, (whole, place: string) => {
    const item = named.at(PLACES[place] ?? 0);
    return item ? `the ${wordsOf(item.name).join(" ")}` : whole;
  });
}

/** Yes or no to the question that is open. */
function answer(text: string, memory: Memory): Step | undefined {
  const { asked, dish, doubtful } = memory;
  const yes = yesOrNo(text);
  if (asked === null || yes === undefined) return undefined;
  memory.asked = asked === "drink" && yes === "no" ? "more" : null;
  if (asked === "anyway") {
    memory.doubtful = null;
    if (yes === "no" || !doubtful) return say("As you like. What would you like instead?");
    return say(note(memory, doubtful.name, doubtful.label, doubtful.drink));
  }
  if (asked === "drink") {
    return yes === "yes" && dish ? pair({ dish }) : say("As you like. Anything else?");
  }
  if (yes === "yes") return say("With pleasure. What would you like?");
  return closes(text) ? undefined : recap(memory);
}

function recap({ chosen }: Memory): Step {
  if (chosen.length === 0) return say("Nothing is chosen yet. What do you feel like?");
  return say(
    `So far you'd like ${listed(chosen.map(({ label }) => label))}. It will be ready to order when you sit down.`,
  );
}

/** An allergy or a diet that was said before holds no longer. */
function takenBack(said: string, memory: Memory): Step | undefined {
  if (!TAKES_BACK.test(said)) return undefined;
  const { found } = allergensIn(said);
  const diet = DIETS.some(([form]) => form.test(said)) || /\bdiet\b/.test(said);
  const held = [...memory.without];
  if (found.length > 0) for (const one of found) memory.without.delete(one);
  else if (!diet) memory.without.clear();
  const undiet = (diet || found.length === 0) && memory.diet !== null;
  if (undiet) memory.diet = null;
  const gone = held.filter((one) => !memory.without.has(one));
  if (gone.length === 0 && !undiet) {
    return say(found.length > 0 ? `I wasn't leaving out ${listed(found, "or")}.` : "I wasn't leaving anything out.");
  }
  const still = memory.without.size > 0 ? ` I still leave out ${listed([...memory.without])}.` : "";
  const what = gone.length > 0 ? `I no longer leave out ${listed(gone)}.` : "I no longer keep to that diet.";
  return say(`All right: ${what}${still} What would you like?`);
}

function removed(said: string, memory: Memory): Step | undefined {
  const named = telling(REMOVES.exec(said)?.[1] ?? "");
  if (named === "") return undefined;
  const item = memory.chosen.find(({ name }) =>
    named.split(" ").some((word) => name.toLowerCase().includes(word.replace(/s$/, ""))),
  );
  if (!item) return undefined;
  memory.chosen = memory.chosen.filter((one) => one !== item);
  return say(`${item.name} is off your list. Anything else?`);
}

const NO_ALCOHOL = /\b(?:non ?alcoholic|alcohol ?free|without alcohol|no alcohol)\b/;

function pairing(said: string, memory: Memory): Step {
  // "A red wine with the ribeye": the kind of drink is not what it is to go with.
  const kind = NO_ALCOHOL.test(said)
    ? "alcohol-free"
    : /\b((?:red|white|rose|sparkling|sweet|dry) )?(wine|beer|cocktail|cider|tea|coffee)s?\b/.exec(said)?.[0];
  const rest = said
    .replace(NO_ALCOHOL, " ")
    .replace(PAIRS, " ")
    .replace(kind?.replace(/s$/, "") ?? "", " ");
  const named = telling(rest.replace(/\b(drinks?|wines?|beers?|pairing|red|white)\b/g, " "));
  const dish = named || memory.dish;
  return dish ? pair({ dish: dish.slice(0, 80), ...(kind ? { drink: kind } : {}) }) : say("With which dish?");
}

function pair(args: Record<string, unknown>): Step {
  return { say: [], calls: [{ name: "recommend_pairing", arguments: args }] };
}

/** Each thing that is ordered, with how many and what it is to be without. */
function order(said: string, memory: Memory): Step {
  const parts = said.replace(ORDERS, " ").split(/\b(?:and|plus|also)\b/);
  const steps = parts.flatMap((part) => {
    const [what = "", without] = part.split(/\b(?:without|no)\b/);
    const query = telling(what).slice(0, 80);
    if (query === "") return [];
    const amount = numbersIn(what)[0]?.value ?? 1;
    const extra = without ? ` without ${telling(without) || without.trim()}` : "";
    // "With" tells one dish with something in it from two things.
    const asked = what.includes(" with ") ? what.trim() : query;
    return [look(memory, { query }, { kind: "order", query: asked, amount, extra })];
  });
  if (steps.length > 0) {
    const wishes = parts.some((part) => /\bwithout\b/.test(part));
    return joined([
      ...(wishes ? [say("I'll note that for the kitchen; whether they can, they say at the table.")] : []),
      ...steps,
    ]);
  }
  const { item, dish } = memory;
  const name = item?.name ?? dish;
  if (name) return look(memory, { query: name }, { kind: "order", query: name, amount: 1, extra: "" });
  return say("Which dish would you like?");
}

/** Allergens and a diet that were said hold from now on; an alcohol-free drink is a choice for the moment. */
function keep({ without, diet }: MenuWish, memory: Memory): void {
  for (const allergen of without) memory.without.add(allergen);
  if (diet && diet !== "alcohol_free") memory.diet = diet;
}

function lookup(text: string, said: string, memory: Memory): Step | undefined {
  const wish = wishIn(text);
  const query = telling(wish.query === "" ? "" : pointedQuery(said, wish, memory));
  const whether = questioned(said, query, wish, memory);
  if (whether) return joined([say(...wish.notes), whether]);
  if (/\ballerg\w+\b/.test(said) && wish.without.length === 0 && wish.notes.length === 0 && query === "") {
    return say("What are you allergic to?");
  }
  const cheaper = /\bcheaper\b/.test(said) && wish.max_price === undefined ? below(memory) : undefined;
  // Cheaper than a wine is another drink.
  if (cheaper !== undefined && query === "") wish.course ??= memory.item?.course as Course | undefined;
  keep(wish, memory);
  const now = filtersOf(wish, cheaper);
  const held = heldBy(memory, wish.course);
  const filtered = Object.keys(now).length > 0 || wish.without.length > 0;
  const points = said !== wordsOf(text).join(" ");
  if (!filtered && ((!ASKS.test(said) && !points) || query === "")) {
    if (wish.notes.length > 0) return say(...wish.notes);
    if (!GUESS.test(said) && !/\b(menu|eat|hungry|recommend|suggest|special|specials)\b/.test(said)) return undefined;
    return look(memory, { course: "main", ...held });
  }
  const named = query ? { query } : {};
  // Asked for by its name alone, a dish is told of whatever the guest eats.
  return joined([say(...wish.notes), look(memory, filtered ? { ...named, ...held, ...now } : named)]);
}

/** The query, where it pointed at something that was named before. */
function pointedQuery(said: string, wish: MenuWish, { listed: named }: Memory): string {
  const meant = named.find(({ name }) => said.includes(`the ${wordsOf(name).join(" ")}`));
  return meant ? wordsOf(meant.name).join(" ") : wish.query;
}

function filtersOf(wish: MenuWish, cheaper: number | undefined): Record<string, unknown> {
  const { course, diet, min_price, order: by } = wish;
  const max_price = wish.max_price ?? cheaper;
  return {
    ...(course ? { course } : {}),
    ...(min_price === undefined ? {} : { min_price }),
    ...(max_price === undefined ? {} : { max_price }),
    ...(by ? { order: by } : {}),
    ...(diet ? { diet } : {}),
  };
}

/** What this guest has said before about what they take. */
function heldBy({ without, diet }: Memory, course: string | undefined): Record<string, unknown> {
  return {
    ...(without.size > 0 ? { without_allergens: [...without] } : {}),
    ...(diet && course !== "drink" ? { diet } : {}),
  };
}

/** Less than what was spoken of last, in US dollars. */
function below({ item }: Memory): number | undefined {
  const price = item ? Number(item.price.slice(1)) : Number.NaN;
  return price > 0.01 ? Math.round(price * 100 - 1) / 100 : undefined;
}

/** "Is the risotto safe for me?", "does it contain nuts?", "is it vegan?": a yes or no about something that is named. */
function questioned(said: string, query: string, wish: MenuWish, memory: Memory): Step | undefined {
  const safe = SAFE.test(said);
  if ((!ASKS_WHETHER.test(said) && !safe) || /\b(anything|something|what|which|any)\b/.test(said)) return undefined;
  if (/\bdo you (?:have|serve|offer)\b|\b(?:is|are) there\b(?!.*\bin\b)/.test(said)) return undefined;
  const mentions = [...wish.mentioned, ...wish.without];
  if (!safe && mentions.length === 0 && !wish.diet) return undefined;
  // "Does the cheese board contain nuts": what it is called is no question.
  const name = nameAsked(said, query, memory);
  if (name === "") return wish.course ? undefined : say("Which dish do you mean?");
  const contains = CONTAINS.test(said) && wish.mentioned.length > 0 && wish.without.length === 0 && !safe;
  const asked = safe ? [...new Set([...memory.without, ...mentions])] : mentions;
  const diet = wish.diet ?? (safe ? memory.diet : null);
  const conditions: Conditions = { without: asked, ...(diet ? { diet } : {}) };
  return look(
    memory,
    { query: name.slice(0, 80) },
    {
      kind: "verdict",
      conditions,
      ...(contains ? { contains: wish.mentioned } : {}),
    },
  );
}

function nameAsked(said: string, query: string, memory: Memory): string {
  const own = telling(allergensIn(query).rest);
  if (own !== "") return own;
  // "Is the fish gluten-free": the fish is what it is about.
  if (query !== "" && !CONTAINS.test(said)) return query;
  const { item, dish } = memory;
  return POINTS.test(said) ? (item?.name ?? dish ?? "") : "";
}
