/**
 * Answers turns whose sound was heard and whose words were not: says so, in place of a brain that would only ask to
 * repeat them. Everything else passes through.
 */
import type { Item } from "../../realtime/events.ts";
import type { AnswerContext, AsideContext, Brain, Sound, Step } from "./brain.ts";
import { wordsOfItem } from "./dialogue/words-of-item.ts";

export class WithoutWords implements Brain {
  #brain: Brain;
  /** Sound since the last answer, ms. */
  #heard_ms = 0;

  constructor(brain: Brain) {
    this.#brain = brain;
  }

  hear(item: Item, sound?: Sound): void {
    const words = wordsOfItem(item);
    if (sound && words === "") {
      this.#heard_ms += sound.ms;
      return;
    }
    // Words that come after a sound are what is to be answered.
    if (words) this.#heard_ms = 0;
    this.#brain.hear(item, sound);
  }

  answer(context: AnswerContext): Step {
    const heard_ms = this.#heard_ms;
    this.#heard_ms = 0;
    return heard_ms > 0 ? { say: [soundHeard(heard_ms)], calls: [] } : this.#brain.answer(context);
  }

  aside(context: AsideContext): Step {
    return this.#brain.aside?.(context) ?? { say: [], calls: [] };
  }
}

function soundHeard(ms: number): string {
  const seconds = Math.max(0.1, Math.round(ms / 100) / 10);
  const length = `${seconds} ${seconds === 1 ? "second" : "seconds"}`;
  return `I heard ${length} of sound, but I can't tell words from it here. Please send your words as text, and I'll answer them.`;
}
