/** What lives in memory while a call is on: the two sides and what is between them. Rebuilt from the record after an eviction. */

import { BYTES_PER_MS } from "../../audio/pcm.ts";
import { type Command, personaStatus } from "../../call/machine.ts";
import { isPlausible } from "../../call/timing.ts";
import { turnStatus, turnsInOrder } from "../../call/transcript.ts";
import { errorEvent } from "../../errors.ts";
import type { BrowserLeg } from "../../legs/browser.ts";
import { type Pace, SoundPace, WordPace } from "../../legs/pace.ts";
import type { EngineStatus, PageEvent, PageMessage, ResumeToken, ToolStatus } from "../../legs/wire.ts";
import type { AudioDelta } from "../../realtime/audio-delta.ts";
import { endOfTurnMs } from "../../realtime/end-of-turn.ts";
import { Answering, type AnsweringContext } from "./answering.ts";
import { scenarioOf } from "./engines.ts";
import type { Gallery } from "./gallery.ts";
import { beyondGuest, forGuest } from "./guest.ts";
import { Meter } from "./meter.ts";
import { castUpdate } from "./persona.ts";
import type { CallMemory, Opened, Progress } from "./record.ts";
import type { Recorder } from "./recorder.ts";
import { Reading, type ReadingContext } from "./say.ts";
import { answerCard, openCard } from "./tool-desk.ts";
import { Tracing } from "./tracing.ts";

/** What is told before anybody is connected, at most: a notice or two. */
const UNTOLD = 32;
/** Sound goes to the engine in pieces of this length. */
const FRAME_MS = 40;

export class Live implements Pace {
  readonly opened: Opened;
  readonly progress: Progress;
  readonly answering: Answering;
  readonly meter: Meter;
  /** By whatever way they come: over any socket, and by HTTP. */
  readonly words: WordPace;
  readonly sound: SoundPace;
  readonly recorder: Recorder | undefined;
  /** The place of who is in the call by HTTP. */
  readonly reading: Reading;
  readonly tracing = new Tracing((trace) => this.leg?.tell(trace));
  readonly #gallery: Gallery;
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
    context: AnsweringContext & ReadingContext & { gallery: Gallery },
    recorder: Recorder | undefined,
    key?: string,
  ) {
    this.opened = opened;
    this.progress = progress;
    this.recorder = recorder;
    this.#gallery = context.gallery;
    progress.said ??= { messages: 0, chars: 0 };
    this.words = new WordPace(progress.said, Date.now());
    this.sound = new SoundPace(Date.now(), progress.status === "live");
    this.meter = new Meter(progress.counts, () => context.settings.transcriptionModel);
    this.reading = new Reading(this, context);
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
    leg.tell(personaStatus(this.progress.state));
    for (const event of this.#untold.splice(0)) leg.tell(event);
    this.tellEngine();
  }

  /** Another tab takes the call, or the same page whose socket was never seen to die. Gives whether there was one: it hears no more. */
  replaced(): boolean {
    this.leg?.close(4409, "This call goes on in another tab.");
    const there = this.leg !== undefined;
    this.leg = undefined;
    return there;
  }

  /** This socket is the caller's. A page that was replaced by another one may still say something: nobody listens. */
  isOf(socket: WebSocket): boolean {
    // Reading an attachment takes it apart anew each time; while the object lives, a socket comes as the same one.
    return this.leg?.isOn(socket) || socket.deserializeAttachment() === this.progress.leg;
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
    for (const turn of turnsInOrder(state)) this.leg?.tell(turnStatus(turn));
    for (const status of tools) this.leg?.tell(status);
    if (this.progress.transfer) this.leg?.tell(this.progress.transfer);
    this.tellRecording();
    if (this.progress.counts.tally.usd > 0) this.#tellCaller(this.meter.status());
    this.leg?.tell({ type: "luna.confirm", pending: openCard(this.progress) });
    this.leg?.tell({ type: "luna.line", state: state.line });
  }

  tell(event: PageEvent): void {
    this.reading.tell(event);
    this.#gallery.tell(event);
    this.#tellCaller(event);
  }

  #tellCaller(event: PageEvent): void {
    const shown = this.opened.link ? forGuest(event) : event;
    if (!shown) return;
    if (this.leg) this.leg.tell(shown);
    else if (this.#untold.length < UNTOLD) this.#untold.push(shown);
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

  /** What a message of the page means here, beside the rules. Gives what the rules are to be told; nothing where it was for nobody else. */
  fromPage(message: PageMessage, now: number): PageMessage | undefined {
    const refusal = this.opened.link && beyondGuest(message, this.opened.link);
    if (refusal) return void this.leg?.tell(errorEvent("not_allowed", refusal, { param: "type" }));
    switch (message.type) {
      case "luna.key":
        return void this.answering.keyShown(message.key);
      case "luna.peer":
        return void this.answering.peer(message.state);
      case "luna.trace":
        return void this.tracing.switch(message.on);
      case "luna.confirm":
        return this.#confirmed(message.token, message.yes);
      case "luna.wake":
        if (this.progress.state.rest.parked) this.answering.wake();
        break;
      case "luna.latency": {
        const { timing } = this.progress.counts;
        return isPlausible(timing, message.item_id, message.ms, this.opened.link !== undefined) ? message : undefined;
      }
      case "luna.record":
        this.record(message.on);
        break;
      case "luna.playback":
        this.recorder?.playback(message.item_id, message.state, message.heard_ms, now);
    }
    return message;
  }

  /** Yes or no on the card counts as said. */
  #confirmed(token: string, yes: boolean): PageMessage | undefined {
    const said = answerCard(this.progress, token, yes);
    if (said) this.tellCard();
    else {
      const message = "This question is no longer open. Ask Luna again.";
      this.tell(errorEvent("confirmation_unknown", message, { param: "token" }));
    }
    return said;
  }

  /** What a step of the rules has the engine or the page do. */
  carryOut(command: Command): void {
    switch (command.do) {
      case "send":
        return this.answering.send(command.event);
      case "cast":
        return this.answering.send(castUpdate(this.opened, command));
      case "hush":
        return this.#hush();
      case "unpark":
        return this.answering.reopen();
      case "rotate":
        return this.answering.rotate();
      case "tell":
        return this.tell(command.event);
      case "play":
        return this.play(command.delta, Date.now());
      default:
    }
  }

  /** For the engine alone: the recording has the call as it was. */
  #hush(): void {
    const vad = this.progress.state.tuning.tuned.vad ?? this.opened.settings.vad;
    for (let ms = endOfTurnMs(vad); ms > 0; ms -= FRAME_MS) {
      this.answering.hear(new Uint8Array(FRAME_MS * BYTES_PER_MS));
    }
  }

  /** Hot path, downwards. */
  play(delta: AudioDelta, now: number): void {
    const pcm = this.leg?.play(delta);
    if (pcm) this.recorder?.luna(delta.item_id, pcm, now);
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
    const { opened, progress } = this;
    const { ready } = this.answering;
    // One that was put to bed comes back as it was: a page that was loaded meanwhile listens for the word that wakes it.
    const asleep = { mode: "ai", model: opened.model, text: false, peer: false } as const;
    const engine = this.answering.engine ?? (progress.state.rest.parked ? asleep : undefined);
    if (!engine) return;
    const status: EngineStatus = {
      type: "luna.engine",
      mode: engine.mode,
      voice: engine.text ? "page" : engine.peer ? "peer" : "call",
      speaker: progress.speaker,
      model: engine.model,
      ready,
    };
    this.leg?.tell(status);
    this.#gallery.tell(status);
  }
}
