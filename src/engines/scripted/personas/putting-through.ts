/**
 * A brain that can put the caller through to somebody else: it listens for words that ask for them, calls the router tool, and
 * leaves everything else to the brain it is laid around. What was asked before that, and is its own to answer, comes first.
 */
import type { Item } from "../../../realtime/events.ts";
import { personaById } from "../../../scenarios/personas/index.ts";
import type { AnswerContext, AsideContext, Brain, Sound, Step } from "../brain.ts";
import { ANYTHING_ELSE } from "../dialogue/plan.ts";
import { readResult } from "../dialogue/results.ts";
import { saidInItem, utteranceOf } from "../dialogue/words-of-item.ts";
import { type Route, refusedIn, routeIn } from "./routes.ts";

const ROUTER = "switch_persona";
const CANNOT = "I can't put you through";

export class PuttingThrough implements Brain {
  readonly #self: string;
  readonly #inner: Brain;
  /** Words that ask for somebody else, not answered yet. */
  #wish: { key: string; item: Item; bare: boolean } | null = null;
  /** Who is wanted once what was asked first has been answered. */
  #later: string | null = null;
  /** Words that ask for whoever is here, with what else was said. */
  #mine: { item: Item; route: Route } | null = null;
  /** The caller does not want to be put through. */
  #stays = false;
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
    this.#takeMine(false);
    if (this.#isRouting(item)) return;
    const words = utteranceOf(item);
    if (words !== undefined || saidInItem(item) !== undefined) {
      this.#wish = null;
      this.#stays = false;
    }
    const route = words === undefined ? undefined : routeIn(words);
    if (words === undefined || route === undefined) {
      if (words === undefined || refusedIn(words) === undefined) return this.#inner.hear(item, sound);
      this.#stays = true;
      this.#later = null;
      return;
    }
    if (route.key === this.#self) this.#mine = { item, route };
    else if (route.before !== "" && this.#inner.concerns?.(route.before)) {
      this.#later = route.key;
      this.#inner.hear(withWords(item, route.before));
    } else this.#wish = { key: route.key, item, bare: route.bare };
  }

  /** Whoever has just been asked for is here: only what was said beside that is to be answered. */
  #takeMine(takesOver: boolean): void {
    const mine = this.#mine;
    this.#mine = null;
    if (!mine || mine.route.bare) return;
    const { before, after } = mine.route;
    const beside = [before, after].filter((words) => words !== "").join(". ");
    this.#inner.hear(takesOver ? withWords(mine.item, beside) : mine.item);
  }

  /** Its own tool, which nobody else needs to know of. */
  #isRouting(item: Item): boolean {
    if (item.type === "function_call" && item.name === ROUTER) {
      this.#calls.add(item.call_id);
      this.#wish = null;
      this.#later = null;
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
    if (this.#stays) {
      this.#stays = false;
      return {
        say: [`All right, you stay with ${personaById(this.#self)?.speaker ?? "me"}. What can I do for you?`],
        calls: [],
      };
    }
    this.#takeMine(context.takesOver === true);
    const wish = this.#wish;
    this.#wish = null;
    const persona = wish ? personaById(wish.key) : undefined;
    if (!wish || !persona) return this.#andThen(this.#inner.answer(context), context);
    if (!context.tools.includes(ROUTER)) {
      if (wish.bare)
        return { say: [`${CANNOT} to ${persona.speaker} on this call. What can I do for you?`], calls: [] };
      this.#inner.hear(wish.item);
      return this.#inner.answer(context);
    }
    return {
      say: [`Of course, I'm putting you through to ${persona.speaker}.`],
      calls: [{ name: ROUTER, arguments: { persona: persona.key } }],
    };
  }

  /** What was asked first has been answered: now for who was asked for beside it. */
  #andThen(step: Step, { tools }: AnswerContext): Step {
    const persona = this.#later === null ? undefined : personaById(this.#later);
    if (!persona || step.calls.length > 0 || this.#inner.idle === false) return step;
    this.#later = null;
    const said = step.say.map((words) => words.replace(ANYTHING_ELSE, "").trim()).filter((words) => words !== "");
    if (!tools.includes(ROUTER)) return { say: [...said, `${CANNOT} to ${persona.speaker} on this call.`], calls: [] };
    return {
      say: [...said, `And now I'm putting you through to ${persona.speaker}.`],
      calls: [{ name: ROUTER, arguments: { persona: persona.key } }],
    };
  }

  aside(context: AsideContext): Step {
    return this.#inner.aside?.(context) ?? { say: [], calls: [] };
  }
}

function withWords(item: Item, text: string): Item {
  if (item.type !== "message" || item.role !== "user") return item;
  return { ...item, content: [{ type: "input_text", text }] };
}
