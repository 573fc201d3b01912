/** What lives in memory while a call is on: the two sides and what is between them. Rebuilt from the record after an eviction. */

import { turnsInOrder } from "../../call/transcript.ts";
import type { BrowserLeg } from "../../legs/browser.ts";
import type { PageEvent, ResumeToken, ToolStatus } from "../../legs/wire.ts";
import { Answering, type AnsweringContext } from "./answering.ts";
import { scenarioOf } from "./engines.ts";
import { Meter } from "./meter.ts";
import type { CallMemory, Opened, Progress } from "./record.ts";
import type { Recorder } from "./recorder.ts";
import { openCard } from "./tool-desk.ts";

/** What is told before anybody is connected, at most: a notice or two. */
const UNTOLD = 32;

export class Live {
  readonly opened: Opened;
  readonly progress: Progress;
  readonly answering: Answering;
  readonly meter: Meter;
  readonly recorder: Recorder | undefined;
  leg: BrowserLeg | undefined;
  /** The page on this leg has said something. */
  #heardFrom = false;
  #untold: PageEvent[] = [];
  /** Token of the card on the page; undefined while nobody knows what the page shows. */
  #card: string | null | undefined;

  /** @param recorder absent where the sound does not pass through here. */
  constructor(
    opened: Opened,
    progress: Progress,
    context: AnsweringContext,
    recorder: Recorder | undefined,
    key?: string,
  ) {
    this.opened = opened;
    this.progress = progress;
    this.recorder = recorder;
    this.meter = new Meter(progress.counts, context.settings.transcriptionModel);
    this.answering = new Answering(this, context, key);
  }

  /** The caller's leg is there: tell what the call is, what was said into the void so far, and who will answer. */
  connect(leg: BrowserLeg, resume: Omit<ResumeToken, "type">): void {
    this.leg = leg;
    this.#heardFrom = false;
    this.#card = undefined;
    // First, so that a page that is cut off again at once can come back with it.
    leg.tell({ type: "luna.resume", ...resume });
    this.tellCall();
    for (const event of this.#untold.splice(0)) leg.tell(event);
    this.tellEngine();
  }

  /** This socket is the caller's. A page that was replaced by another one may still say something: nobody listens. */
  isOf(socket: WebSocket): boolean {
    return socket.deserializeAttachment() === this.progress.leg;
  }

  /** The page says something, so it has the newest token: the one before it is good for nothing any more. */
  heard(memory: CallMemory): void {
    if (this.#heardFrom) return;
    this.#heardFrom = true;
    const { token } = memory;
    if (token?.before) memory.token = { ...token, before: { ...token.before, good: false } };
  }

  /** The page was away, or is a new one: everything it has to know, in order. */
  retell(tools: ToolStatus[]): void {
    const { state } = this.progress;
    for (const { item_id, order, who, how, text, heard, state: at } of turnsInOrder(state)) {
      this.leg?.tell({ type: "luna.turn", item_id, order, who, how, text, heard, state: at });
    }
    for (const status of tools) this.leg?.tell(status);
    if (this.progress.transfer) this.leg?.tell(this.progress.transfer);
    this.tellRecording();
    if (this.progress.counts.tally.usd > 0) this.leg?.tell(this.meter.status());
    this.leg?.tell({ type: "luna.confirm", pending: openCard(this.progress) });
    this.leg?.tell({ type: "luna.line", state: state.line });
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

  /** The sound is kept from here on, or no more. */
  record(on: boolean): void {
    this.recorder?.switch(on, Date.now());
    this.tellRecording();
  }

  /** Whether the sound is being kept: a caller has to know. */
  tellRecording(): void {
    const { recorder } = this;
    this.tell({ type: "luna.recording", state: recorder === undefined ? "unavailable" : recorder.on ? "on" : "off" });
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
    const { progress } = this;
    const { engine, ready } = this.answering;
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
