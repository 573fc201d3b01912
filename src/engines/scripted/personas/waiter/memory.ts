/** What a waiter keeps in mind of a guest. */
import type { Allergen, Diet } from "../../../../tools/menu/menu.ts";
import type { Call, Step } from "../../brain.ts";
import type { Conditions, Found } from "./verdict.ts";

/** What an answer of `lookup_menu` was wanted for. */
export type Task =
  /** To name what there is. `told`: said before, where this is the second look. */
  | { kind: "list" }
  /** To say whether it is what the guest can have. `contains`: which of these are in it. */
  | { kind: "verdict"; conditions: Conditions; contains?: Allergen[] }
  /** Nothing fitted all: whether the thing itself is there. */
  | { kind: "why"; query: string; conditions: Conditions; filters: Record<string, unknown> }
  | { kind: "order"; query: string; amount: number; extra: string };

export interface Memory {
  /** Allergens this guest does not take, and the diet: said once, they hold until they are taken back. */
  without: Set<Allergen>;
  diet: Diet | null;
  /** The dish spoken of last. */
  dish: string | null;
  /** The dish or drink spoken of last. */
  item: Found | null;
  /** What was named last, in that order, for "the second". */
  listed: Found[];
  /** As it was chosen: "House burger without cheese". */
  chosen: { name: string; label: string }[];
  /** Open: "would you like a drink with it?", "anything else?", "shall I note it all the same?" */
  asked: "drink" | "more" | "anyway" | null;
  /** What waits for that last yes. */
  doubtful: { name: string; label: string; drink: boolean } | null;
  /** By tool and arguments. */
  tasks: Map<string, Task>;
  /** What was asked in the same breath about what is being looked up. */
  then: string[];
}

export function newMemory(): Memory {
  return {
    without: new Set(),
    diet: null,
    dish: null,
    item: null,
    listed: [],
    chosen: [],
    asked: null,
    doubtful: null,
    tasks: new Map(),
    then: [],
  };
}

export function taskKey({ name, arguments: args }: Call): string {
  return `${name} ${JSON.stringify(args)}`;
}

/** Looks the menu up, for this. */
export function look(memory: Memory, args: Record<string, unknown>, task: Task = { kind: "list" }): Step {
  const call = { name: "lookup_menu", arguments: args };
  memory.tasks.set(taskKey(call), task);
  return { say: [], calls: [call] };
}
