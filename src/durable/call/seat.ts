/**
 * Whoever answers sits here: one engine at a time. It is opened again when it is lost, swapped for another one when its hour
 * is up, and closed while nobody speaks. Why it is opened makes no difference: every engine but the first is told the
 * conversation before it may answer, and given the sound that nobody has understood yet.
 */
import type { Engine, EngineListener, Gone, Retell } from "../../engines/engine.ts";
import { CallerTape } from "../../engines/tape.ts";
import type { AudioDelta } from "../../realtime/audio-delta.ts";
import type { ClientEvent, ServerEvent } from "../../realtime/events.ts";
import type { OpenedEngine } from "./engines.ts";

/** Between tries of the scripted engine, which nobody comes after. */
const LONGEST_PAUSE_MS = 2_000;
/** Waits before the first, second and third try to open an engine again, ms. After that the scripted one takes over. */
const AGAIN_AFTER_MS = [0, 500, LONGEST_PAUSE_MS];
/** Nor is it tried for longer than this: a provider that does not even refuse takes 10 s for each try. */
const AGAIN_WITHIN_MS = 8_000;

/** What the call does about its engine. */
export interface SeatOwner {
  /** Opens an engine like the one before, or the scripted one. */
  open(listener: EngineListener, retell: Retell | undefined, scripted: boolean): OpenedEngine;
  /** The conversation so far. */
  retell: Retell;
  /** Somebody else sits here, or is about to. */
  onChange(): void;
  onReady(): void;
  /** The line to the engine that sits there was lost for a moment, and is there again. */
  onBack(): void;
  onEvent(event: ServerEvent): void;
  onAudio(delta: AudioDelta): void;
  /** Every event of a seated engine as the text it came as, before `onEvent` and `onAudio`; for calls that a client leads. */
  onRaw?(text: string): void;
  /** `again`: another one like it is being opened; else the scripted one is. */
  onLost(gone: Gone, again: boolean): void;
  /** Items of the conversation by now. */
  items(): number;
  /** A second engine knows this many items. True when that is all there is, and nothing is going on. */
  maySwap(items: number): boolean;
  /** It has, or it has not. */
  onSwapped(done: boolean): void;
}

export class EngineSeat {
  readonly tape = new CallerTape();
  engine: OpenedEngine | undefined;
  /** Configured, told, and listening. */
  ready = false;
  readonly #owner: SeatOwner;
  /** Events of anybody else are of the past. */
  #seated: symbol | undefined;
  #second: Engine | undefined;
  #tries = 0;
  /** When the trouble began, Unix ms. */
  #troubleSince: number | null = null;
  /** When the engine that sits there was opened, and when it was ready, Unix ms. */
  #openedAt = 0;
  #readyAt = 0;
  /** It was asked for an answer that has not come to its end. */
  #owes = false;
  #scripted = false;

  constructor(owner: SeatOwner) {
    this.#owner = owner;
  }

  /** Opens the first engine, or with `retells` one that has to be told what went before. Trouble of before is forgotten. */
  open(retells: boolean): void {
    this.#forgetTrouble();
    this.#open(retells);
  }

  #open(retells: boolean): void {
    this.leave();
    const who = Symbol();
    this.#seated = who;
    this.#openedAt = Date.now();
    const onReady = () => {
      if (this.#seated !== who) return;
      this.ready = true;
      this.#readyAt = Date.now();
      this.#owner.onReady();
    };
    const listener = this.#listener(who, onReady, () => undefined);
    this.engine = this.#owner.open(listener, retells ? this.#owner.retell : undefined, this.#scripted);
    this.#owner.onChange();
  }

  send(event: ClientEvent): void {
    if (event.type === "response.create") this.#owes = true;
    this.engine?.engine.send(event);
  }

  /** A client's event as it is; engines that a client may lead take it. */
  forward(text: string): void {
    this.engine?.engine.forward?.(text);
  }

  /** Hot path. One frame of the caller. */
  hear(frame: Uint8Array): void {
    this.tape.push(frame, this.ready);
    if (this.ready) this.engine?.engine.hear(frame);
  }

  /** Gives the engine what it has not heard; `again` also what another one heard and did not understand. */
  rehear(again: boolean): void {
    for (const frame of this.tape.take(again)) this.engine?.engine.hear(frame);
  }

  /** From here on only the scripted engine sits here. */
  giveUp(): void {
    this.#scripted = true;
  }

  /** Closes for now or for good; nobody is told. */
  leave(): void {
    this.#seated = undefined;
    this.ready = false;
    this.#owes = false;
    this.engine?.engine.close();
    this.engine = undefined;
    this.#second?.close();
    this.#second = undefined;
  }

  /** Opens a second engine beside the first and swaps them in a pause, so that the caller is heard all the time. */
  rotate(): void {
    const who = Symbol();
    let told = -1;
    const retell = async () => {
      const events = await this.#owner.retell();
      told = this.#owner.items();
      return events;
    };
    const swap = () => {
      const second = this.#second;
      this.#second = undefined;
      if (!second || second !== opened.engine) return;
      if (this.#owner.maySwap(told)) {
        this.engine?.engine.close();
        this.engine = opened;
        this.#seated = who;
        this.#readyAt = Date.now();
        this.#owes = false;
        this.#forgetTrouble();
        this.#owner.onSwapped(true);
        // What began to sound in this very moment has been noticed by nobody yet.
        this.tape.speech("swap");
        this.rehear(true);
        this.tape.answered("swap");
      } else {
        second.close();
        this.#owner.onSwapped(false);
      }
    };
    const failed = () => {
      this.#second = undefined;
      this.#owner.onSwapped(false);
    };
    const opened = this.#owner.open(this.#listener(who, swap, failed), retell, false);
    this.#second = opened.engine;
  }

  #listener(who: symbol, onReady: () => void, onNeverSeated: () => void): EngineListener {
    const onRaw = (text: string) => {
      if (this.#seated === who && this.ready) this.#owner.onRaw?.(text);
    };
    return {
      onReady,
      ...(this.#owner.onRaw ? { onRaw } : {}),
      onEvent: (event) => {
        if (this.#seated === who && this.ready) this.#pass(event);
      },
      onAudio: (delta) => {
        if (this.#seated === who) this.#owner.onAudio(delta);
      },
      onBack: () => {
        if (this.#seated === who) this.#owner.onBack();
      },
      onGone: (gone) => (this.#seated === who ? this.#lost(gone) : onNeverSeated()),
    };
  }

  #pass(event: ServerEvent): void {
    switch (event.type) {
      case "input_audio_buffer.speech_started":
        this.tape.speech(event.item_id);
        break;
      case "conversation.item.input_audio_transcription.completed":
      case "conversation.item.input_audio_transcription.failed":
        this.tape.answered(event.item_id);
        break;
      case "input_audio_buffer.committed":
      case "response.created":
        this.#owes = true;
        break;
      case "response.done":
        // Not when it begins: the words of what it answers may still be on their way.
        this.tape.answered();
        this.#owes = false;
        // It has answered.
        this.#forgetTrouble();
    }
    this.#owner.onEvent(event);
  }

  /** What goes wrong from here on is a new misfortune. */
  #forgetTrouble(): void {
    this.#tries = 0;
    this.#troubleSince = null;
  }

  #lost(gone: Gone): void {
    const now = Date.now();
    // In a quiet moment nobody asks it for an answer, and it was well all the same.
    if (this.ready && !this.#owes && now - this.#readyAt >= AGAIN_WITHIN_MS) this.#forgetTrouble();
    // One that never came has been waited for since it was dialled.
    this.#troubleSince ??= this.ready ? now : this.#openedAt;
    const pause = AGAIN_AFTER_MS[this.#tries];
    const hopeful = gone.retriable && pause !== undefined && now - this.#troubleSince < AGAIN_WITHIN_MS;
    // Nobody comes after the scripted one: it is opened until it is there.
    const again = hopeful || this.#scripted;
    const wait = again ? (pause ?? LONGEST_PAUSE_MS) : 0;
    this.leave();
    this.tape.lost();
    this.#tries += 1;
    this.#scripted ||= !again;
    const empty = Symbol();
    this.#seated = empty;
    this.#owner.onLost(gone, again);
    const open = () => {
      if (this.#seated === empty) this.#open(true);
    };
    if (wait > 0) setTimeout(open, wait);
    else open();
  }
}
