/** Several orders in one sentence: "a hundred to Nadia and fifty to Tomas", "send Tomas and Nadia fifty each". */
import type { Dialogue } from "../../../scenarios/dialogue.ts";
import { sides } from "./corrections.ts";
import { corrects, valuesIn } from "./slots.ts";
import { newRun, type Talk } from "./state.ts";

const BETWEEN = /[,;]\s+|\b(?:and|then|plus)\b/gi;
const JOINTS = /^\W*\b(?:and|then|plus)\b|\b(?:and|then|plus)\W*$/gi;
/** Two names, and nothing behind them that would make the second one a wish. */
const BOTH =
  /\b(to|send|pay|give) ([\p{L}'-]+) and (?:to )?([\p{L}'-]+)(?=\s*[,.?!]|\s*$|\s+(?:each|both|apiece|from|please|the same|\$?\d|an? |one|two|three|four|five|six|seven|eight|nine|ten|twen|thir|for|fif|six|eigh|nine))/iu;

type Values = Record<string, string>;
type Read = (part: string) => Values;

/** Takes several orders or questions one at a time, and says so: the values of the first; the others wait for their turn. */
export function severalOrders(talk: Talk, errand: string, text: string): Values | undefined {
  const dialogue = talk.script.errands[errand];
  if (!dialogue || corrects(text)) return undefined;
  const found = sides(dialogue);
  return found ? transfers(talk, errand, text, found) : questions(talk, errand, text);
}

/** "My car loan and my mortgage": where things are only told, one is told after the other. */
function questions(talk: Talk, errand: string, text: string): Values | undefined {
  const dialogue = talk.script.errands[errand];
  const name = dialogue && onlyTells(dialogue) ? choiceOf(dialogue) : undefined;
  if (!dialogue || !name) return undefined;
  const read = (part: string) =>
    valuesIn(part, dialogue, newRun(errand), { open: null, correcting: false, today: talk.today });
  const values = new Set(partsOf(text).flatMap((part) => read(part.text)[name] ?? []));
  const [first, ...others] = values;
  if (!first || others.length === 0) return undefined;
  for (const value of others) talk.state.waiting.push({ errand, slots: { ...read(text), [name]: value } });
  talk.say.push(`One at a time: first ${[...values].join(", then ")}.`);
  return { ...read(text), [name]: first };
}

function choiceOf({ slots }: Dialogue): string | undefined {
  return Object.keys(slots).find((name) => slots[name]?.kind === "choice");
}

/** Nothing is changed by it. */
export function onlyTells({ steps }: Dialogue): boolean {
  return steps.every((step) => step.tells || step.tool === "verify_identity");
}

function transfers(talk: Talk, errand: string, text: string, found: { from: string; to: string }): Values | undefined {
  const dialogue = talk.script.errands[errand];
  if (!dialogue) return undefined;
  const read = (part: string) =>
    valuesIn(part, dialogue, newRun(errand), { open: null, correcting: true, today: talk.today });
  const [first, ...others] = fromOne(forBoth(text, read) ?? oneByOne(text, read, dialogue), found.from);
  if (!first || others.length === 0) return undefined;
  for (const slots of others) talk.state.waiting.push({ errand, slots });
  const names = [first, ...others].map((slots) => `to ${slots[found.to]}`);
  talk.say.push(`I'll make one transfer at a time: first ${names.join(", then ")}.`);
  return first;
}

/** The account that is named once is meant for all of them. */
function fromOne(orders: Values[], from: string): Values[] {
  const named = orders.map((order) => order[from]).filter((value) => value !== undefined);
  const [one] = named;
  return one !== undefined && named.length === 1 ? orders.map((order) => ({ ...order, [from]: one })) : orders;
}

/** The same sum to two people. */
function forBoth(text: string, read: Read): Values[] | undefined {
  const [whole, verb, one, two] = BOTH.exec(text) ?? [];
  if (!whole || !verb || !read(`to ${one}`).to || !read(`to ${two}`).to) return undefined;
  const rest = text.replace(/\b(?:each|apiece|both)\b/gi, "");
  return [one, two].map((name) => ({
    ...read(rest.replace(whole, `${verb} ${name}`)),
    to: read(`to ${name}`).to ?? "",
  }));
}

/** A part with a sum and a target is an order; a sum before it belongs to it: "a hundred and | fifty to Tomas". */
function oneByOne(text: string, read: Read, dialogue: Dialogue): Values[] {
  const { to = "" } = sides(dialogue) ?? {};
  const money = Object.keys(dialogue.slots).find((name) => dialogue.slots[name]?.kind === "money") ?? "";
  const begins: number[] = [];
  let from = 0;
  for (const part of partsOf(text)) {
    const values = read(part.text);
    if (values[money] === undefined && values[to] === undefined) from = part.end;
    if (values[money] === undefined || values[to] === undefined) continue;
    begins.push(from);
    from = part.end;
  }
  return begins.map((at, index) => read(text.slice(index === 0 ? 0 : at, begins[index + 1]).replace(JOINTS, "")));
}

function partsOf(text: string): { text: string; end: number }[] {
  const ends = [...[...text.matchAll(BETWEEN)].map((found) => found.index), text.length];
  return ends.map((end, index) => ({ text: text.slice(ends[index - 1] ?? 0, end).replace(JOINTS, ""), end }));
}
