/**
 * A brain that can put the caller through to somebody else: it listens for words that ask for them, calls the router tool, and
 * leaves everything else to the brain it is laid around.
 */
import type { Item } from "../../../realtime/events.ts";
import { personaById } from "../../../scenarios/personas/index.ts";
import type { AnswerContext, AsideContext, Brain, Sound, Step } from "../brain.ts";
import { readResult } from "../dialogue/results.ts";
import { saidInItem, wordsOfItem } from "../dialogue/words-of-item.ts";
import { routeIn } from "./routes.ts";

const ROUTER = "switch_persona";

export class PuttingThrough implements Brain {
  readonly #self: string;
  readonly #inner: Brain;
  /** Words that ask for somebody else, not answered yet. */
  #wish: { key: string; item: Item } | null = null;
  /** Calls of the router tool whose answer is still to come. */
  #calls = new Set<string>();
  /** Why it could not be done. */
  #refused: string | null = null;

  /** @param self key of who this is. */
  constructor(self: string, inner: Brain) {
    this.#self = self;
    this.#inner = inner;
  }

  hear(item: Item, sound?: Sound): void {
    if (this.#isRouting(item)) return;
    const words = wordsOfItem(item);
    const route = words === undefined ? undefined : routeIn(words);
    if (words !== undefined || saidInItem(item) !== undefined) this.#wish = null;
    if (route === undefined || words === undefined) return this.#inner.hear(item, sound);
    // Whoever has just been asked for is here: only what was said beside it is to be answered.
    if (route.key !== this.#self) this.#wish = { key: route.key, item };
    else if (!route.bare) this.#inner.hear(item, sound);
  }

  /** Its own tool, which nobody else needs to know of. */
  #isRouting(item: Item): boolean {
    if (item.type === "function_call" && item.name === ROUTER) {
      this.#calls.add(item.call_id);
      this.#wish = null;
      return true;
    }
    if (item.type !== "function_call_output" || !this.#calls.delete(item.call_id)) return false;
    const result = readResult(item.output);
    this.#refused = result.ok ? null : result.say;
    return true;
  }

  answer(context: AnswerContext): Step {
    const refused = this.#refused;
    this.#refused = null;
    if (refused) return { say: [refused], calls: [] };
    const wish = this.#wish;
    this.#wish = null;
    const persona = wish ? personaById(wish.key) : undefined;
    if (!wish || !persona) return this.#inner.answer(context);
    if (!context.tools.includes(ROUTER)) {
      this.#inner.hear(wish.item);
      return this.#inner.answer(context);
    }
    return {
      say: [`Of course, I'm putting you through to ${persona.speaker}.`],
      calls: [{ name: ROUTER, arguments: { persona: persona.key } }],
    };
  }

  aside(context: AsideContext): Step {
    return this.#inner.aside?.(context) ?? { say: [], calls: [] };
  }
}
