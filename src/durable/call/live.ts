/** What lives in memory while a call is on: the two sides and what is between them. Rebuilt from the record after an eviction. */
import type { BrowserLeg } from "../../legs/browser.ts";
import type { PageEvent } from "../../legs/wire.ts";
import { type OpenedEngine, scenarioOf } from "./engines.ts";
import type { Opened, Progress } from "./record.ts";
import { openCard } from "./tool-desk.ts";

/** What is told before anybody is connected, at most: a notice or two. */
const UNTOLD = 32;

export class Live {
  readonly opened: Opened;
  readonly progress: Progress;
  /** A visitor's own key or the server's. Here and nowhere else; absent means scripted. */
  key: string | undefined;
  engine: OpenedEngine | undefined;
  /** Events of an engine with an older number are of the past. */
  engineNumber = 0;
  ready = false;
  /** The next engine goes on with a conversation and is told the record first. */
  resuming = false;
  leg: BrowserLeg | undefined;
  #untold: PageEvent[] = [];
  /** Token of the card on the page; undefined while nobody knows what the page shows. */
  #card: string | null | undefined;

  constructor(opened: Opened, progress: Progress, key?: string) {
    this.opened = opened;
    this.progress = progress;
    this.key = key;
  }

  /** The caller's leg is there: tell what the call is, what was said into the void so far, and who will answer. */
  connect(leg: BrowserLeg): void {
    this.leg = leg;
    this.tellCall();
    for (const event of this.#untold.splice(0)) leg.tell(event);
    this.tellEngine();
  }

  dropEngine(): void {
    this.engineNumber++;
    this.engine?.engine.close();
    this.engine = undefined;
    this.ready = false;
  }

  tell(event: PageEvent): void {
    if (this.leg) this.leg.tell(event);
    else if (this.#untold.length < UNTOLD) this.#untold.push(event);
  }

  tellCall(): void {
    const { opened, progress } = this;
    this.leg?.tell({
      type: "luna.call",
      call_id: opened.id,
      scenario: opened.scenario,
      title: scenarioOf(opened).title,
      verified: progress.policy.identity !== null,
      lit: progress.lit,
      started_at: opened.opened_at,
    });
  }

  /** The question that waits for the caller's yes, told when it changes. */
  tellCard(): void {
    const pending = openCard(this.progress);
    const card = pending?.token ?? null;
    if (card === this.#card) return;
    this.#card = card;
    this.tell({ type: "luna.confirm", pending });
  }

  tellEngine(): void {
    const { engine, progress, ready } = this;
    if (!engine) return;
    this.leg?.tell({
      type: "luna.engine",
      mode: engine.mode,
      voice: engine.text ? "page" : "call",
      speaker: progress.speaker,
      model: engine.model,
      ready,
    });
  }
}
