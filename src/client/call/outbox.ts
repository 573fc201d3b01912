/**
 * What this page has said and the call may not have heard. A socket that dies takes with it what was on its way, without a
 * word: so each message is kept until the call shows that it has it, and what is left is said again after a resume.
 */
import type { PageEvent, PageMessageInput } from "../../legs/wire.ts";

/** Messages that are no words: more than this many waiting, and the oldest are of no use to anybody any more. */
const KEPT = 64;
/** Said twice they would do something twice: once they have left, they are not said again. */
const ONCE: readonly string[] = ["response.create", "response.cancel", "luna.speech"];
/** True only in the moment they are said. */
const MOMENTARY: readonly string[] = ["luna.wake"];

interface Kept {
  n: number;
  message: PageMessageInput;
  sent: boolean;
  /** Turns of the caller's that the call had told by then. */
  turns: number;
}

export class Outbox {
  #kept: Kept[] = [];
  #count = 0;
  #pending: string | null = null;
  readonly #turns = new Set<string>();

  /** @param sent it has been handed to a socket that was open. */
  add(message: PageMessageInput, sent: boolean): void {
    if (MOMENTARY.includes(message.type) || (sent && ONCE.includes(message.type))) return;
    const subject = subjectOf(message);
    if (subject !== null) this.#kept = this.#kept.filter((one) => subjectOf(one.message) !== subject);
    this.#kept.push({ n: ++this.#count, message, sent, turns: this.#turns.size });
    const others = this.#kept.filter((one) => !isWords(one.message));
    const oldest = others[0];
    if (others.length > KEPT) this.#kept = this.#kept.filter((one) => one !== oldest);
  }

  /** Everything said so far stands before this mark. */
  mark(): number {
    return this.#count;
  }

  /** What was sent before the mark has arrived. Words wait until the call shows them as a turn. */
  arrived(mark: number): void {
    this.#kept = this.#kept.filter((one) => one.n > mark || !one.sent || isWords(one.message));
  }

  /** The call's own news tells which words it has, and which question is open. */
  news(event: PageEvent): void {
    if (event.type === "luna.turn") {
      if (event.who === "caller") this.#turns.add(event.item_id);
      this.#kept = this.#kept.filter((one) => !isWords(one.message) || one.message.item.id !== event.item_id);
    } else if (event.type === "luna.confirm") this.#pending = event.pending?.token ?? null;
  }

  /**
   * What is to be said (again) on a new socket, oldest first. Counts as sent from now on. A yes or no that had left, whose question
   * is gone and after which the caller has a new turn, was that turn. One that never came is said all the same: the call takes it
   * for its own question only, and tells the caller where there is none.
   */
  due(): PageMessageInput[] {
    this.#kept = this.#kept.filter(
      ({ message, sent, turns }) =>
        message.type !== "luna.confirm" || !sent || message.token === this.#pending || turns === this.#turns.size,
    );
    const due = this.#kept.map((one) => one.message);
    for (const one of this.#kept) one.sent = true;
    this.#kept = this.#kept.filter((one) => !ONCE.includes(one.message.type));
    return due;
  }
}

type Words = Extract<PageMessageInput, { type: "conversation.item.create" }>;

function isWords(message: PageMessageInput): message is Words {
  return message.type === "conversation.item.create";
}

/** Of two messages with the same subject only the later one is worth saying; `null` for words, each of which counts. */
function subjectOf(message: PageMessageInput): string | null {
  if (isWords(message)) return null;
  return "item_id" in message ? `${message.type} ${message.item_id}` : message.type;
}
