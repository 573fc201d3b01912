/**
 * What goes from a call's memory to its disk, without the numbers of cards and accounts. In memory the words stay as they were
 * said, because the rules compare them; a rebuilt object goes on with the masked ones.
 */
import type { Turn } from "../../call/turn.ts";
import { maskDigits, maskJson, maskTurns } from "../../words/masked.ts";
import type { Progress } from "./record.ts";

/** Texts whose masked form is remembered: all of a long call, written again at each turn's end. */
const MOST = 4_000;
/** Turns of a caller over which a number may be read out. */
const READ_OUT_WITHIN = 16;

export class Masking {
  readonly #texts = new Map<string, string>();
  readonly #json = new Map<string, string>();
  /** The caller's last turns as they were said, by item; undefined before the first. */
  #lately: Map<string, Turn> | undefined;
  readonly #known: () => Turn[];

  /** @param known turns that are on the disk: a number may have been begun before the object was rebuilt. */
  constructor(known: () => Turn[] = () => []) {
    this.#known = known;
  }

  /**
   * This turn as it is to be written, and those before it that have to be written again: a card number that is read out with
   * pauses is known for one with its last turn.
   */
  written(turn: Turn): Turn[] {
    if (turn.who !== "caller") return this.turns([turn]);
    const lately = this.#lately ?? new Map(this.#lastKnown());
    this.#lately = lately;
    lately.set(turn.item_id, turn);
    for (const id of [...lately.keys()].slice(0, -READ_OUT_WITHIN)) lately.delete(id);
    const said = [...lately.values()].sort((a, b) => a.order - b.order);
    const together = this.turns(said);
    return together.filter((one, k) => one.item_id === turn.item_id || one.text !== this.#text(said[k]?.text ?? ""));
  }

  #lastKnown(): [string, Turn][] {
    const callers = this.#known().filter((turn) => turn.who === "caller");
    return callers.slice(-READ_OUT_WITHIN).map((turn) => [turn.item_id, turn]);
  }

  /** Turns of a call in their order: each masked, and what was read out over several of them as well. */
  turns<T extends Turn>(turns: readonly T[]): T[] {
    const masked = turns.map((turn) => ({ ...turn, text: this.#text(turn.text), heard: this.#text(turn.heard) }));
    const callers = masked.filter((turn) => turn.who === "caller");
    for (const [k, text] of maskTurns(callers.map((turn) => turn.text)).entries()) {
      const turn = callers[k];
      if (turn && turn.text !== text) Object.assign(turn, { text, heard: text });
    }
    return masked;
  }

  progress(progress: Progress): Progress {
    const { state } = progress;
    const calls = state.tools.calls.map((call) => ({ ...call, arguments: this.#parsed(call.arguments) }));
    return {
      ...progress,
      state: {
        ...state,
        transcript: { ...state.transcript, turns: this.turns(state.transcript.turns) },
        tools: { ...state.tools, calls },
      },
    };
  }

  #text(text: string): string {
    return remembered(this.#texts, text, maskDigits);
  }

  #parsed(json: string): string {
    return remembered(this.#json, json, maskJson);
  }
}

function remembered(known: Map<string, string>, text: string, mask: (text: string) => string): string {
  const before = known.get(text);
  if (before !== undefined) return before;
  const masked = mask(text);
  if (known.size >= MOST) known.clear();
  known.set(text, masked);
  return masked;
}
