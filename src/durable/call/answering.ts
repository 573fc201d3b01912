/**
 * Who answers this call: with which key the engine is opened, what it is told, and what is said on the page when it is lost.
 * `seat.ts` below says when an engine is opened; the rules of the call above say what it has to do.
 */

import { maySwap, seeds } from "../../call/machine.ts";
import { noticeOf } from "../../call/notice.ts";
import type { EngineSetup, Input } from "../../call/state.ts";
import { toolsWake } from "../../call/tool-calls.ts";
import type { Update } from "../../call/tuning.ts";
import type { Gone } from "../../engines/engine.ts";
import type { LunaSettings } from "../../env.ts";
import { log } from "../../log.ts";
import type { AudioDelta } from "../../realtime/audio-delta.ts";
import type { ClientEvent } from "../../realtime/events.ts";
import { openEngine, providerSession, setupOf } from "./engines.ts";
import { momentsOf } from "./limits.ts";
import type { Live } from "./live.ts";
import { GIVEN_UP, Media } from "./media.ts";
import type { CallMemory } from "./record.ts";
import { EngineSeat } from "./seat.ts";
import { within } from "./within.ts";

/** A page that is there answers at once when it is asked for the visitor's key. */
const KEY_WITHIN_MS = 5_000;
/** Frames that were on their way when the call fell asleep are no sign of anybody; a page that goes on sending is. */
const IN_FLIGHT_MS = 2_000;

/** What answering needs of the call. */
export interface AnsweringContext {
  settings: LunaSettings;
  memory: CallMemory;
  /** Resolves when no tool is running. */
  toolsIdle(): Promise<void>;
  take(input: Input): void;
  play(delta: AudioDelta): void;
  /** An engine outside is on the line: the object must not be put away. */
  awake(): void;
  /** The call has to look around then, Unix ms. */
  wakeBy(time: number): void;
  /** Goes on after the event that asks for it. */
  later(work: Promise<unknown>): void;
}

export class Answering {
  readonly #live: Live;
  readonly #context: AnsweringContext;
  readonly #seat: EngineSeat;
  /** The way of the sound, where it is not through here. */
  readonly media: Media;
  /** A visitor's own key or the server's. Here and nowhere else; absent means scripted. */
  #key: string | undefined;
  /** The engine that sits there, or the one whose place it took in a pause, has been reported to the rules. */
  #begun = false;
  /** What had been tuned when the last engine was dialled. */
  #dialledWith: Update = {};
  /** Asked for, or to be asked for as soon as a page is there. */
  #keyWanted = false;
  #patience: number | null = null;
  /** The caller's first sound after a sleep has to be heard. */
  #woken = false;
  #closed = false;
  /** When the engine was put to bed, Unix ms. */
  #parkedAt = 0;
  /** This object was not there when the call began. */
  #rebuilt = false;

  constructor(live: Live, context: AnsweringContext, key: string | undefined) {
    this.#live = live;
    this.#context = context;
    const { opened, progress } = live;
    this.#key = key ?? (opened.mode === "ai" && opened.server_key ? context.settings.serverKey : undefined);
    const { state } = progress;
    const { settings } = context;
    const session = () => providerSession({ opened, persona: state.persona.key, settings, tuned: state.tuning.tuned });
    this.#seat = new EngineSeat({
      open: (listener, retell, scripted) => {
        const engineKey = scripted ? undefined : this.#key;
        const { speaker } = progress;
        const heardIn = live.tracing.around(listener);
        const { tuned } = state.tuning;
        this.#dialledWith = tuned;
        const wanted = {
          opened,
          persona: state.persona.key,
          speaker,
          key: engineKey,
          settings,
          listener: heardIn,
          retell,
          tuned,
        };
        // Whoever has to be told what went before is another one: a WebRTC call knows it.
        const id = retell || scripted ? undefined : this.media.rtcId;
        return openEngine(id === undefined ? wanted : { ...wanted, rtc: { id, resumed: this.#rebuilt, session } });
      },
      // Tools under way finish first: the new engine is told their results, so none is asked for again. One that is given up
      // as lost is waited for no longer.
      retell: async () => {
        await within((toolsWake(state) ?? 0) - Date.now(), context.toolsIdle());
        return seeds(state, context.memory.finishedTools());
      },
      onChange: () => {
        this.#begun = false;
        live.tellEngine();
      },
      onReady: () => {
        live.tellEngine();
        this.earIsThere();
      },
      onBack: () => context.take({ from: "engine_back" }),
      onEvent: (event) => context.take({ from: "engine", event }),
      onAudio: (delta) => context.play(delta),
      onLost: (gone, again) => this.#lost(gone, again),
      items: () => state.transcript.order.length,
      maySwap: (items) => maySwap(state, items, this.#dialledWith),
      onSwapped: (done) => {
        context.take({ from: "engine_swapped", setup: done ? this.#setup() : null });
        // The second engine is one of sound over the socket.
        if (done && this.media.giveUp()) live.tellEngine();
      },
    });
    this.media = new Media({
      opened,
      progress,
      settings: context.settings,
      save: () => {
        context.memory.progress = progress;
      },
      key: () => this.#key,
      session,
      onAnswered: () => this.#seat.open(false),
      onFailed: (why) => this.relay(why),
      later: context.later,
    });
    if (opened.mode === "scripted" || progress.fell_back) this.#seat.giveUp();
  }

  get engine() {
    return this.#seat.engine;
  }

  get ready(): boolean {
    return this.#seat.ready;
  }

  /** It is a provider, on a socket that keeps the object in memory. */
  get isOutside(): boolean {
    return this.#seat.engine?.engine.kind === "provider";
  }

  send(event: ClientEvent): void {
    this.#seat.send(event);
  }

  /** Hot path. One frame of the caller. */
  hear(frame: Uint8Array): void {
    this.#live.tracing.hear(frame);
    this.#seat.hear(frame);
  }

  /** The first engine of the call. One with sound by WebRTC is there when the page has offered it. */
  open(): void {
    if (this.media.awaitsOffer) this.media.expectOffer();
    else this.#seat.open(false);
  }

  /** WebRTC is given up, by whoever noticed first: the sound goes through here from now on, in the same call. */
  relay(why: keyof typeof GIVEN_UP): void {
    if (this.#closed || !this.media.byPeer) return;
    const { state } = this.#live.progress;
    this.leave();
    this.#live.tell(noticeOf("webrtc_lost", "info", GIVEN_UP[why]));
    if (this.#begun) this.#context.take({ from: "engine_gone", again: true });
    const toldBefore = this.#begun || state.transcript.order.length > 0;
    if (this.#lacksKey()) this.reopen();
    else this.#seat.open(toldBefore);
  }

  /** What the page says of its WebRTC connection. */
  peer(is: "connected" | "lost"): void {
    if (is === "lost") return this.relay("lost");
    this.media.connected();
    this.earIsThere();
  }

  /** An engine for a call that goes on. A visitor's own key was in memory only, and has to be shown again. */
  reopen(): void {
    // What was due while the object was away may have ended the call.
    if (this.#closed) return;
    if (!this.#lacksKey()) return this.#openAgain();
    this.#keyWanted = true;
    this.#askForKey();
  }

  /** Who is away cannot show it: then it is asked for, and waited for, when somebody is there again. */
  #askForKey(): void {
    if (!this.#keyWanted || !this.#lacksKey() || !this.#attended) return;
    clearTimeout(this.#patience);
    this.#live.tell({ type: "luna.key_wanted" });
    this.#patience = setTimeout(() => this.#withoutKey(), KEY_WITHIN_MS);
  }

  /** What the engine says is heard, or read. */
  get #attended(): boolean {
    return this.#live.leg !== undefined || this.#live.reading.attends;
  }

  /** The object died while the caller was in the call, and they are not there any more: they have from now on to come back. */
  beginGrace(): void {
    const { opened, progress } = this.#live;
    const { memory, settings, wakeBy } = this.#context;
    progress.left_at = Date.now();
    memory.progress = progress;
    wakeBy(momentsOf(opened, progress, settings).left ?? Date.now());
  }

  /** The page has shown the visitor's key again. */
  keyShown(key: string): void {
    if (this.#closed || !this.#lacksKey()) return;
    this.#key = key;
    this.#keyWanted = false;
    clearTimeout(this.#patience);
    if (!this.#live.progress.state.rest.parked) this.#openAgain();
  }

  /** A WebRTC call that has lived on without this object is joined again, and knows what was said. */
  #openAgain(): void {
    // The page's offer did not come before the eviction, and has nobody to go to now.
    if (this.media.awaitsOffer) this.media.giveUp();
    this.#rebuilt = this.media.rtcId !== undefined;
    this.#seat.open(!this.#rebuilt);
  }

  /** Somebody makes a sound while the call sleeps: it is kept from here on, however long the engine takes. */
  wake(): void {
    this.#woken = true;
    this.#seat.tape.speech("wake");
  }

  /** A frame that comes now was made after the page had heard that the call sleeps. */
  get sleepsSoundly(): boolean {
    return Date.now() - this.#parkedAt > IN_FLIGHT_MS;
  }

  /** Nobody speaks: the engine is closed until it is needed. */
  park(): void {
    this.#parkedAt = Date.now();
    this.leave();
  }

  rotate(): void {
    this.#seat.rotate();
  }

  /** The engine is closed: for a while, for somebody else, or for good. With it goes its WebRTC line. */
  leave(): void {
    this.#dropPeer();
    this.#seat.leave();
  }

  #dropPeer(): void {
    const { engine } = this.#seat;
    if (!this.media.giveUp() || !engine) return;
    engine.peer = false;
    this.#live.tellEngine();
  }

  close(): void {
    this.#closed = true;
    this.leave();
    clearTimeout(this.#patience);
    this.#key = undefined;
  }

  /** Engine and ear are both there, so Luna may greet: let the rules speak, and give the engine the sound it has to hear first. */
  earIsThere(): void {
    const { progress } = this.#live;
    const setup = this.#setup();
    this.#askForKey();
    if (!this.#attended || !setup || !this.#seat.ready || this.#begun || !this.media.audible) return;
    const woken = this.#woken;
    const again = progress.state.rehearing.wanted || woken;
    this.#begun = true;
    this.#woken = false;
    if (this.isOutside) this.#context.awake();
    this.#context.take({ from: "engine_ready", setup: { ...setup, woken } });
    this.#seat.rehear(again);
  }

  #setup(): EngineSetup | null {
    const { engine } = this.#seat;
    return engine ? setupOf(engine, this.#live.progress.speaker, this.#context.settings) : null;
  }

  /** Whatever took the engine away, the answer is the same: say so in one sentence, and go on from the record. */
  #lost(gone: Gone, again: boolean): void {
    const { opened, progress } = this.#live;
    log.warn("Engine gone", { call: opened.id, code: gone.code, again });
    const byPeer = this.media.giveUp();
    if (!again) {
      this.#key = undefined;
      progress.fell_back = true;
      const message = `${gone.message} The built-in Luna takes over; nothing of the call is lost.`;
      this.#live.tell(noticeOf(gone.code, "warning", message));
    } else if (byPeer) {
      const message = `${gone.message} The sound travels through Luna's server from here on.`;
      this.#live.tell(noticeOf("webrtc_lost", "info", message));
    } else if (!progress.state.reconnecting) {
      const message = `${gone.message} Opening the line again…`;
      this.#live.tell(noticeOf("reconnecting", "info", message));
    }
    this.#context.take({ from: "engine_gone", again });
    // Nothing may be said for long: an object that is put away meanwhile would look for the provider again.
    if (!again) this.#context.memory.progress = progress;
  }

  #lacksKey(): boolean {
    const { opened, progress } = this.#live;
    return opened.mode === "ai" && !progress.fell_back && progress.speaker === "luna" && this.#key === undefined;
  }

  #withoutKey(): void {
    if (this.#closed || this.#seat.engine || !this.#lacksKey() || !this.#attended) return;
    this.#keyWanted = false;
    const message = "The line to the AI was lost, and this browser did not show its key again.";
    this.#seat.giveUp();
    this.#lost({ code: "key_gone", message, retriable: false }, false);
    this.#seat.open(true);
  }
}
