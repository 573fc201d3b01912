/** What a call costs and how quickly it answers, counted beside the rules: it looks at everything and changes nothing. */

import { isUsedUp, type Leave, lowest } from "../../call/allowance.ts";
import { figuresOf, turnsWithFigures } from "../../call/figures.ts";
import { spokenMs } from "../../call/heard.ts";
import {
  addResponse,
  addTranscription,
  addUnfinished,
  capFor,
  capState,
  costStatus,
  newTally,
  type Tally,
} from "../../call/money.ts";
import { noticeOf } from "../../call/notice.ts";
import { soundsOf } from "../../call/playback.ts";
import type { CallState, Input } from "../../call/state.ts";
import { audioCame, newTiming, type Timing, watchTiming } from "../../call/timing.ts";
import { turnOf } from "../../call/transcript.ts";
import type { Turn } from "../../call/turn.ts";
import type { LunaSettings } from "../../env.ts";
import type { PageEvent } from "../../legs/wire.ts";
import type { AudioDelta } from "../../realtime/audio-delta.ts";
import type { ServerEvent, Session } from "../../realtime/events.ts";

/** Plain JSON: it survives with the rest of the call's progress. */
export interface Counts {
  tally: Tally;
  timing: Timing;
  /** The most this call may cost the host, US dollars; null where nobody has set a limit, or the visitor pays. */
  cap_usd: number | null;
  /** By the host's own caps, and by the link it came by; absent: as `cap_usd`, or by no link. */
  host_usd?: number | null;
  link_usd?: number | null;
  /** What its link has set aside for it, and what it had cost when it asked for that last. */
  link_may_usd?: number | null;
  link_asked_usd?: number;
  /** Responses of a provider that have begun and not been billed, and the model of each; absent: none. */
  under_way?: { id: string; model: string }[];
}

/** Of these a provider makes one at a time, and a client's own few beside it. */
const MOST_UNDER_WAY = 16;

export function newCounts(): Counts {
  return { tally: newTally(), timing: newTiming(), cap_usd: null };
}

export class Meter {
  readonly #counts: Counts;
  readonly #transcriber: () => string;

  /** @param transcriber the model that writes down what the caller says, as it is now. */
  constructor(counts: Counts, transcriber: () => string) {
    this.#counts = counts;
    this.#transcriber = transcriber;
  }

  /**
   * One input, before the rules take it. Gives what the page is to be told of the money.
   * @param model the one outside that answers now; null while the engine inside does, which costs nothing.
   */
  watch(state: CallState, input: Input, model: string | null, now: number): PageEvent[] {
    watchTiming(this.#counts.timing, state, input, now);
    if (input.from === "engine_gone") return this.leaves(state) ? this.#told() : [];
    return input.from === "engine" && model !== null ? this.#charge(state, input.event, model) : [];
  }

  /** Hot path: audio of Luna's has come. */
  audio(delta: AudioDelta, now: number): void {
    audioCame(this.#counts.timing, delta, now);
  }

  /** The call has cost what it may. */
  get spent(): boolean {
    const { tally, cap_usd, link_may_usd = null, link_asked_usd = 0 } = this.#counts;
    const allowed = { may_usd: link_may_usd, share_usd: cap_usd, asked_usd: link_asked_usd };
    return isUsedUp(tally.charge_usd, allowed);
  }

  /** All calls of today together have cost this much, US dollars: what is left of the day is left for this one. */
  today(usd: number, caps: LunaSettings["caps"]): void {
    this.#counts.host_usd = capFor(caps, usd - this.#counts.tally.charge_usd);
    this.#cap();
  }

  /** What the link says it may cost from here on; null is no limit. */
  linkLeaves(leave: Leave | null): void {
    if (this.#counts.host_usd === undefined) this.#counts.host_usd = this.#counts.cap_usd;
    this.#counts.link_usd = leave?.share_usd ?? null;
    this.#counts.link_may_usd = leave?.may_usd ?? null;
    this.#cap();
  }

  /** It has cost more than its link knows. */
  get untold(): boolean {
    return this.charge > (this.#counts.link_asked_usd ?? 0);
  }

  /** The link was asked when the call had cost so much: it has answered, or will not in time. */
  linkAsked(usd: number): void {
    this.#counts.link_asked_usd = usd;
  }

  #cap(): void {
    this.#counts.cap_usd = lowest(this.#counts.host_usd, this.#counts.link_usd);
  }

  /** What it has cost so far, US dollars, as it counts against a cap. */
  get charge(): number {
    return this.#counts.tally.charge_usd;
  }

  status(): PageEvent {
    return costStatus(this.#counts.tally, this.#counts.cap_usd);
  }

  /** Whoever answers is gone, or the call is over, in the middle of an answer: nobody waits for its bill. True: there was one. */
  leaves(state: CallState): boolean {
    const { tally, under_way = [] } = this.#counts;
    for (const { id, model } of under_way) addUnfinished(tally, id, soundMs(state, id), model);
    this.#counts.under_way = [];
    return under_way.length > 0;
  }

  #charge(state: CallState, event: ServerEvent, model: string): PageEvent[] {
    const { tally } = this.#counts;
    if (event.type === "response.created") {
      this.#begun(event.response.id, model);
      return [];
    }
    if (event.type === "response.done") {
      const { response } = event;
      this.#counts.under_way = this.#counts.under_way?.filter(({ id }) => id !== response.id) ?? [];
      addResponse(tally, response, model, soundMs(state, response.id));
    } else if (event.type === "conversation.item.input_audio_transcription.completed") {
      addTranscription(tally, event.item_id, event.usage, this.#transcriber());
    } else return [];
    return this.#told();
  }

  #begun(id: string, model: string): void {
    const others = (this.#counts.under_way ?? []).filter((known) => known.id !== id);
    this.#counts.under_way = [...others, { id, model }].slice(-MOST_UNDER_WAY);
  }

  #told(): PageEvent[] {
    const { tally, cap_usd } = this.#counts;
    if (capState(tally, cap_usd) !== "warn") return [this.status()];
    const message = "This call has used most of what it may cost. Luna will say goodbye soon.";
    return [this.status(), noticeOf("nearly_spent", "warning", message)];
  }
}

/** The model that a session names for the caller's words; undefined where it leaves that to the provider, or to Luna. */
export function transcriberOf(session: Session | undefined): string | undefined {
  return session?.audio?.input?.transcription?.model;
}

/** How much sound of this response has come, ms; where the provider plays by itself, about as long as its words take. */
function soundMs(state: CallState, response_id: string): number {
  return soundsOf(state.playback, response_id).reduce((sum, { item_id, far, received_ms }) => {
    const ms = far ? spokenMs(turnOf(state, item_id)?.text ?? "") : received_ms;
    return sum + ms;
  }, 0);
}

/** The turns as they go into the record, and the figures over them. */
export function counted(turns: Turn[], { tally, timing }: Counts) {
  const known = turnsWithFigures(turns, tally, timing);
  return { turns: known, figures: figuresOf(known, tally, timing) };
}
