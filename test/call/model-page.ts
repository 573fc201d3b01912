/** The page as the rules of a call see it: it plays what it gets in the order it comes, reports, and stops at once when told. */

import type { PageEvent, PageMessage } from "../../src/legs/wire.ts";
import type { AudioDelta } from "../../src/realtime/audio-delta.ts";
import { page } from "./events.ts";

export type Down = { tell: PageEvent } | { play: AudioDelta; ms: number };

interface Queued {
  item_id: string;
  ms: number;
  heard: number;
  finished: boolean;
  started: boolean;
}

/** A page that speaks text itself takes this long over a delta of it. */
const TEXT_MS = 180;

export class ModelPage {
  readonly text: boolean;
  incoming: Down[] = [];
  outgoing: PageMessage[] = [];
  queue: Queued[] = [];
  /** Items in the order in which their sound began. */
  readonly sounded: string[] = [];
  /** Items the page threw away by itself: what is still on its way of them is not played. */
  readonly #stopped = new Set<string>();
  /** Items the call told it to throw away: nothing of them may come any more. */
  readonly #flushed = new Set<string>();
  readonly faults: string[] = [];

  constructor(text: boolean) {
    this.text = text;
  }

  get busy(): boolean {
    return this.incoming.length > 0 || this.queue.length > 0;
  }

  work(): void {
    const next = this.incoming.shift();
    if (next === undefined) this.play();
    else if ("play" in next) this.#queue(next.play.item_id, next.ms);
    else this.#take(next.tell);
  }

  #take(event: PageEvent): void {
    switch (event.type) {
      case "luna.flush":
        this.flush();
        break;
      case "response.output_text.delta":
        if (this.text) this.#queue(event.item_id, TEXT_MS);
        break;
      case "response.output_text.done":
      case "response.output_audio.done":
        this.#finish(event.item_id);
        break;
      default:
    }
  }

  #queue(item_id: string, ms: number): void {
    if (this.#stopped.has(item_id) && !this.#flushed.has(item_id)) return;
    if (this.#flushed.has(item_id)) this.faults.push(`${item_id} plays on after it was flushed`);
    const known = this.queue.find((queued) => queued.item_id === item_id);
    if (known) known.ms += ms;
    else this.queue.push({ item_id, ms, heard: 0, finished: false, started: false });
  }

  #finish(item_id: string): void {
    const known = this.queue.find((queued) => queued.item_id === item_id);
    if (known) known.finished = true;
  }

  /** A fifth of a second goes by at the speaker. */
  play(): void {
    const [head] = this.queue;
    if (head === undefined) return;
    if (!head.started) this.sounded.push(head.item_id);
    const state = head.started ? "progress" : "started";
    head.started = true;
    head.heard = Math.min(head.ms, head.heard + 200.25);
    this.outgoing.push(page.playback(head.item_id, state, Math.floor(head.heard)));
    if (head.heard < head.ms || !(head.finished || this.queue.length > 1)) return;
    this.queue.shift();
    this.outgoing.push(page.playback(head.item_id, "done", Math.floor(head.heard)));
  }

  /** The line is cut: nothing of what was queued is heard any more, and nobody can be told. */
  leave(): void {
    this.incoming = [];
    this.queue = [];
    this.outgoing = [];
  }

  /** The call says so. */
  flush(): void {
    for (const id of [...this.#stopped]) this.#flushed.add(id);
    for (const queued of this.queue) this.#flushed.add(queued.item_id);
    this.#empty();
  }

  /** The page's own ear: it stops the sound first, then says so. */
  callerStarts(): void {
    this.outgoing.push(page.speech("started"));
    this.#stop();
  }

  pressEsc(): void {
    this.#stop();
    this.outgoing.push({ type: "response.cancel" });
  }

  #stop(): void {
    for (const queued of this.queue) this.#stopped.add(queued.item_id);
    this.#empty();
  }

  #empty(): void {
    const [head] = this.queue;
    this.queue = [];
    if (head !== undefined) this.outgoing.push(page.playback(head.item_id, "flushed", Math.floor(head.heard)));
  }
}
