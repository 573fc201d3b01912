/**
 * How quickly Luna answers, as the call object sees it, and how often the caller had to talk over her. An onlooker: it takes
 * the same inputs as the rules of the call and changes nothing of them. Plain JSON, changed in place.
 *
 * A turn is timed from the moment the object learns that the caller has finished (the engine's or the page's ear says so, or
 * words are typed) to the first audio byte of the answer; in text engines to its first text. What lies before the one (the
 * silence the provider waits for, the way from the microphone) and behind the other (the way to the ear, playout) is in the
 * page's view, `Turn.latency_ms`. The greeting answers nobody and is not timed; the turn after it is.
 */
import type { PageMessage } from "../legs/wire.ts";
import type { ServerEvent } from "../realtime/events.ts";
import type { CallState, Input } from "./state.ts";

/** What Luna is held to, ms. */
export const TARGETS = { mean_ms: 500, p95_ms: 800 } as const;

export interface Timing {
  /** When the caller finished, Unix ms; null while nobody waits for an answer. */
  since: number | null;
  /** The response that can answer: begun after the caller had finished. */
  response_id: string | null;
  /** The caller is speaking. */
  speaking: boolean;
  /** The caller's item whose end the engine told last: its end is told more than once. */
  item_id: string | null;
  /** Server's view by Luna's item, ms. */
  turns: Record<string, number>;
  /** The answer that was timed last, and when its first sound came, Unix ms. */
  last?: { item_id: string; at: number };
  /** When the page was back last, Unix ms; absent where it never was away. */
  back?: number;
  /** How often the caller began to speak while Luna was sounding. */
  talk_overs: number;
}

/** What is looked at of the call. */
type Seen = Pick<CallState, "engine" | "playback">;

export function newTiming(): Timing {
  return { since: null, response_id: null, speaking: false, item_id: null, turns: {}, talk_overs: 0 };
}

/** Looks at an input before the rules take it: afterwards the sound that was talked over has been cut. */
export function watchTiming(timing: Timing, state: Seen, input: Input, now: number): void {
  switch (input.from) {
    case "engine":
      return fromEngine(timing, state, input.event, now);
    case "page":
      return fromPage(timing, state, input.message, now);
    case "engine_gone":
      // Who waits goes on waiting: the next engine's answer is timed from the same moment.
      timing.response_id = null;
      timing.speaking = false;
      return;
    case "leg_gone":
      nobodyWaits(timing);
      timing.speaking = false;
      return;
    case "leg_back":
      timing.back = now;
      return;
    default:
  }
}

/** Hot path: audio of Luna's has come. Only the first of an answer is more than a comparison. */
export function audioCame(timing: Timing, delta: { item_id: string; response_id: string }, now: number): void {
  if (timing.since !== null && timing.response_id === delta.response_id) answered(timing, delta.item_id, now);
}

/** Server's view of this turn, ms; null where it was not timed. */
export function serverMs(timing: Timing, item_id: string): number | null {
  return Object.hasOwn(timing.turns, item_id) ? (timing.turns[item_id] ?? null) : null;
}

/** Nobody waits longer and is still there. */
const LONGEST_WAIT_MS = 60_000;
/** Clocks of two machines, and rounding. */
const SLACK_MS = 100;

/**
 * Whether a page can have waited so long for this turn: its view contains the server's. Without this the figures of a house would be
 * what a guest likes. @param timed the server must have timed the turn, too
 */
export function isPlausible(timing: Timing, item_id: string, ms: number, timed: boolean): boolean {
  const server = serverMs(timing, item_id);
  if (server === null) return !timed && ms <= LONGEST_WAIT_MS;
  if (wasAway(timing, item_id, ms)) return false;
  return ms >= server - SLACK_MS && ms <= LONGEST_WAIT_MS;
}

/** The wait may have begun before the page was back, and then some of it was for the network. */
function wasAway({ last, back }: Timing, item_id: string, ms: number): boolean {
  return back !== undefined && last?.item_id === item_id && last.at - ms < back;
}

function fromEngine(timing: Timing, state: Seen, event: ServerEvent, now: number): void {
  switch (event.type) {
    case "input_audio_buffer.speech_started":
      return speechStarted(timing, state);
    case "input_audio_buffer.speech_stopped":
    // Follows the end of speech at once; alone it comes where no ear is switched on.
    case "input_audio_buffer.committed":
      if (timing.item_id === event.item_id) return;
      timing.item_id = event.item_id;
      return finished(timing, now);
    case "response.created":
      return begun(timing, event.response);
    case "output_audio_buffer.started":
      return farAudioCame(timing, state, event.response_id, now);
    case "response.output_text.delta":
      if (state.engine.text && event.delta !== "") audioCame(timing, event, now);
      return;
    default:
  }
}

/** Over WebRTC no audio comes here: the provider tells when it begins to play. */
function farAudioCame(timing: Timing, { playback }: Seen, response_id: string, now: number): void {
  const first = playback.sounds.find((sound) => sound.response_id === response_id);
  if (first?.far) audioCame(timing, first, now);
}

function fromPage(timing: Timing, state: Seen, message: PageMessage, now: number): void {
  switch (message.type) {
    case "luna.speech":
      return message.state === "started" ? speechStarted(timing, state) : finished(timing, now);
    case "conversation.item.create":
      // Recognised words follow the end of their speech, and recognising is part of the wait.
      if (message.luna_how === "typed" || timing.since === null) finished(timing, now);
      return;
    case "luna.mute":
      if (message.microphone) timing.speaking = false;
      return;
    case "response.create":
    case "response.cancel":
      return nobodyWaits(timing);
    default:
  }
}

/** The caller goes on: what was said before is not answered yet. A second report of the same speech counts nothing. */
function speechStarted(timing: Timing, { playback }: Seen): void {
  nobodyWaits(timing);
  if (timing.speaking) return;
  timing.speaking = true;
  if (playback.sounds.some((sound) => sound.state === "playing")) timing.talk_overs += 1;
}

function finished(timing: Timing, now: number): void {
  timing.since = now;
  timing.response_id = null;
  timing.speaking = false;
}

function nobodyWaits(timing: Timing): void {
  timing.since = null;
  timing.response_id = null;
}

/** A call for a tool says nothing yet: the response after it answers, and the time of the tool is part of the wait. */
function begun(timing: Timing, response: { id: string; metadata?: Record<string, string> | null }): void {
  timing.speaking = false;
  // "Are you still there?" answers nobody.
  if (response.metadata?.luna === "silence") nobodyWaits(timing);
  else if (timing.since !== null) timing.response_id = response.id;
}

function answered(timing: Timing, item_id: string, now: number): void {
  const since = timing.since ?? now;
  timing.turns[item_id] = Math.max(0, Math.round(now - since));
  timing.last = { item_id, at: now };
  nobodyWaits(timing);
}

/** Middle and edges of a series of figures, ms. */
export interface Spread {
  /** How many there are. */
  turns: number;
  mean: number | null;
  p50: number | null;
  p95: number | null;
}

/** By nearest rank: with few turns the p95 is the slowest one, not a guess between two. Whole milliseconds. */
export function spreadOf(figures: readonly number[]): Spread {
  const sorted = figures.toSorted((a, b) => a - b);
  const at = (percent: number) => sorted[Math.max(0, Math.ceil((percent * sorted.length) / 100) - 1)] ?? null;
  const sum = sorted.reduce((total, ms) => total + ms, 0);
  const mean = sorted.length === 0 ? null : Math.round(sum / sorted.length);
  return { turns: sorted.length, mean, p50: at(50), p95: at(95) };
}

/** Whether a series keeps to the targets; null where nothing was measured. */
export function keepsTargets({ mean, p95 }: Pick<Spread, "mean" | "p95">): {
  mean: boolean | null;
  p95: boolean | null;
} {
  return {
    mean: mean === null ? null : mean < TARGETS.mean_ms,
    p95: p95 === null ? null : p95 < TARGETS.p95_ms,
  };
}
