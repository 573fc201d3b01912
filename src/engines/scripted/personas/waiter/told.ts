/** What the menu's answer brings to be said: the list, a yes or no with its reason, or what was chosen. */
import type { Call, Step } from "../../brain.ts";
import type { ToolResult } from "../../dialogue/results.ts";
import { say } from "../talker.ts";
import { look, type Memory, type Task, taskKey } from "./memory.ts";
import { listed, telling } from "./menu-words.ts";
import { against, clashing, content, type Found, foundIn, verdict } from "./verdict.ts";

/** As many as `lookup_menu` names of a longer list, and of a short one. */
const NAMED = 3;
const SHORT = 4;

export function toldOf(call: Call, result: ToolResult, memory: Memory): Step {
  const task = memory.tasks.get(taskKey(call)) ?? { kind: "list" };
  memory.tasks.delete(taskKey(call));
  memory.asked = null;
  if (call.name !== "lookup_menu") return pairingTold(result, memory);
  const found = result.ok ? foundIn(result.data) : [];
  if (!result.ok) return nothing(call, result, task, memory);
  remember(found, result, memory);
  if (task.kind === "order") return orderTold(found, result, task, memory);
  if (task.kind === "why") return why(found, task);
  if (task.kind === "verdict") {
    const { conditions, contains } = task;
    const each = found.slice(0, SHORT).map((item) => (contains ? content(item, contains) : verdict(item, conditions)));
    return say(...each);
  }
  const [only] = found;
  return say(result.say, ...(found.length === 1 && only ? warning(only, memory) : []));
}

/** What "it" and "the second" stand for from here on. */
function remember(found: Found[], result: ToolResult, memory: Memory): void {
  const [first] = found;
  if (!first) return;
  const single = found.length === 1 || /^The (?:cheapest|most expensive)\b/.test(result.say);
  memory.listed = found.slice(0, found.length <= SHORT ? SHORT : NAMED);
  memory.item = single ? first : null;
  if (single && first.course !== "drink") memory.dish = first.name;
}

function pairingTold(result: ToolResult, memory: Memory): Step {
  if (result.ok && typeof result.data.dish === "string") memory.dish = result.data.dish;
  return say(result.say);
}

/** The guest has said that this is nothing for them. */
function warning(item: Found, { without, diet }: Memory): string[] {
  const clash = clashing(item, without);
  if (clash.length > 0) return [`You told me no ${listed(clash, "or")}, so that one isn't for you.`];
  const dish = item.course !== "drink";
  return diet && dish && !item.diets.includes(diet) ? [`${item.name} isn't ${diet.replace("_", "-")}.`] : [];
}

/** Nothing fits all that was asked for: whether the thing itself is there, and why it does not fit. */
function nothing(call: Call, result: ToolResult, task: Task, memory: Memory): Step {
  const { query, ...filters } = call.arguments;
  if (task.kind === "why") return absent(task, memory);
  if (task.kind === "order" && / with /.test(task.query)) return apart(task, memory);
  if (typeof query !== "string" || Object.keys(filters).length === 0) return say(result.say);
  const { course, diet, without_allergens, min_price, max_price } = filters;
  const conditions = { course, diet, without: without_allergens, min_price, max_price };
  const known = Object.fromEntries(Object.entries(conditions).filter(([, value]) => value !== undefined));
  return look(memory, { query }, { kind: "why", query, conditions: known, filters });
}

function absent({ query, filters }: Extract<Task, { kind: "why" }>, memory: Memory): Step {
  const { order: _, ...others } = filters;
  const step = look(memory, others);
  return { say: [`I find nothing called "${query}" on the menu.`], calls: step.calls };
}

function why(found: Found[], { conditions }: Extract<Task, { kind: "why" }>): Step {
  const reasons = found.slice(0, SHORT).flatMap((item) => against(item, conditions));
  return say("Nothing like that fits, I'm afraid.", ...reasons, "What else do you feel like?");
}

// What is chosen -------------------------------------------------------------------------------------------------------

function orderTold(found: Found[], result: ToolResult, task: Extract<Task, { kind: "order" }>, memory: Memory): Step {
  const words = task.query.toLowerCase().split(" ");
  const called = found.filter(({ name }) => words.every((word) => name.toLowerCase().includes(word)));
  const [item] = called.length === 1 ? called : found;
  if ((found.length !== 1 && called.length !== 1) || !item) return say(result.say);
  const label = `${task.amount > 1 ? `${task.amount} times ` : ""}${item.name}${task.extra}`;
  const drink = item.course === "drink";
  const clash = warning(item, memory);
  if (clash.length > 0) {
    Object.assign(memory, { asked: "anyway", doubtful: { name: item.name, label, drink } });
    const inside = clashing(item, memory.without);
    const fact = inside.length > 0 ? [`Careful: ${item.name} contains ${listed(inside)}.`] : [];
    return say(...fact, ...clash, "Shall I note it all the same?");
  }
  return say(note(memory, item.name, label, drink));
}

/** No dish is called so: "the ribeye with fries" is two. */
function apart(task: Extract<Task, { kind: "order" }>, memory: Memory): Step {
  const [first = "", ...others] = task.query.split(" with ").map((part) => telling(part));
  const looks = [first, ...others].filter((query) => query !== "");
  const steps = looks.map((query, index) =>
    look(memory, { query }, { kind: "order", query, amount: index === 0 ? task.amount : 1, extra: "" }),
  );
  return { say: [], calls: steps.flatMap(({ calls }) => calls) };
}

export function note(memory: Memory, name: string, label: string, drink: boolean): string {
  memory.chosen = [...memory.chosen.filter((one) => one.name !== name), { name, label }];
  memory.asked = drink ? "more" : "drink";
  return `${label}, a good choice. ${drink ? "Anything else?" : "Shall I tell you what to drink with it?"}`;
}
