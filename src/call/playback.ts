/**
 * What Luna has said, what of it is at the ear, and in which order it plays. The page is the one that knows what was heard;
 * the engine is far ahead of it, as it makes audio faster than anybody listens.
 */
import type { AudioDelta } from "../realtime/audio-delta.ts";
import type { CallState } from "./state.ts";

/** A sound nobody reports on is taken for played after this time: a page without a voice must not stop the call. */
const UNREPORTED_MS = 10_000;
/** Sounds kept after they were heard, for reports that come late. */
const KEPT = 24;

/** One message item of Luna's, as sound. In text engines the page makes the sound, and `received_ms` stays 0. */
export interface Sound {
  item_id: string;
  response_id: string;
  output_index: number;
  /** The part of the item that holds the audio. */
  content_index: number;
  /** The engine it came from: `EngineState.number`. */
  engine: number;
  text: boolean;
  /** Audio that came from the engine, cut off or not. */
  received_ms: number;
  /** Audio the page was given. */
  passed_ms: number;
  heard_ms: number;
  /** Exact place in the text, where the page spoke it itself. */
  heard_chars: number | null;
  /** The engine has finished it. */
  complete: boolean;
  /** The page has played all it has of it. */
  played: boolean;
  state: "waiting" | "playing" | "done" | "cut";
  /** The page was told to throw it away and has not said yet how far it came. */
  flushing: boolean;
  /** The engine's item has been cut (or taken out) to match. */
  matched: boolean;
  /** Last news of it, from either side. */
  at: number;
  /** The provider plays it: no audio of it comes here. */
  far: boolean;
  /** When the provider began to play it, Unix ms; null before. */
  since: number | null;
}

export interface Playback {
  /** In playing order. */
  sounds: Sound[];
  /** Responses that were cut off: whatever still comes of them is not played. */
  cut: string[];
  /** Audio that waits for an earlier message of its response. */
  held: AudioDelta[];
  /** Length of each held delta, ms. */
  held_ms: number[];
  /** Until when the page's answer to a flush is waited for. */
  flush_due: number | null;
}

export function newPlayback(): Playback {
  return { sounds: [], cut: [], held: [], held_ms: [], flush_due: null };
}

const NONE: AudioDelta[] = [];

/** Hot path. What to play now of a delta of `ms` of audio. */
export function takeAudio(state: CallState, delta: AudioDelta, ms: number, now: number): AudioDelta[] {
  const { playback } = state;
  const sound = soundOf(playback, delta.item_id) ?? newSound(state, delta, now);
  if (sound.received_ms === 0) sound.content_index = delta.content_index;
  sound.received_ms += ms;
  sound.at = now;
  if (sound.state === "cut" || playback.cut.includes(delta.response_id)) return NONE;
  sound.played = false;
  if (mustWait(playback, sound)) {
    playback.held.push(delta);
    playback.held_ms.push(ms);
    return NONE;
  }
  sound.passed_ms += ms;
  return [delta];
}

type Found = Pick<Sound, "item_id" | "response_id" | "output_index">;

/** A message of Luna's has begun. It takes its place among the messages of its response. */
export function newSound(state: CallState, found: Found, now: number): Sound {
  const { playback, engine } = state;
  const sound: Sound = {
    item_id: found.item_id,
    response_id: found.response_id,
    output_index: found.output_index,
    content_index: 0,
    engine: engine.number,
    text: engine.text,
    received_ms: 0,
    passed_ms: 0,
    heard_ms: 0,
    heard_chars: null,
    complete: false,
    played: false,
    state: playback.cut.includes(found.response_id) ? "cut" : "waiting",
    flushing: false,
    matched: false,
    at: now,
    far: engine.far === true,
    since: null,
  };
  const { sounds } = playback;
  const later = sounds.findIndex(
    (other) => other.response_id === sound.response_id && other.output_index > sound.output_index,
  );
  if (later < 0) sounds.push(sound);
  else sounds.splice(later, 0, sound);
  forget(playback);
  return sound;
}

function forget(playback: Playback): void {
  if (playback.sounds.length <= KEPT) return;
  const index = playback.sounds.findIndex((sound) => !isOpen(sound));
  if (index >= 0 && index < playback.sounds.length - KEPT / 2) playback.sounds.splice(index, 1);
}

export function soundOf(playback: Playback, item_id: string): Sound | undefined {
  return playback.sounds.findLast((sound) => sound.item_id === item_id);
}

export function soundsOf(playback: Playback, response_id: string): Sound[] {
  return playback.sounds.filter((sound) => sound.response_id === response_id);
}

export function isOpen(sound: Sound): boolean {
  return sound.state === "waiting" || sound.state === "playing";
}

export function openSounds(playback: Playback): Sound[] {
  return playback.sounds.filter(isOpen);
}

/** An earlier message of the same response is not finished yet. */
function mustWait(playback: Playback, sound: Sound): boolean {
  if (sound.output_index === 0) return false;
  return playback.sounds.some(
    (other) =>
      other.response_id === sound.response_id &&
      other.output_index < sound.output_index &&
      !other.complete &&
      other.state !== "cut",
  );
}

/** Takes out, in playing order, the held audio that waits for nothing any more. */
export function takeHeld(playback: Playback): AudioDelta[] {
  if (playback.held.length === 0) return NONE;
  const ready: AudioDelta[] = [];
  for (const sound of playback.sounds) {
    if (isOpen(sound) && !mustWait(playback, sound)) takeHeldOf(playback, sound, ready);
  }
  return ready;
}

function takeHeldOf(playback: Playback, sound: Sound, ready: AudioDelta[]): void {
  const { held, held_ms } = playback;
  const rest: number[] = [];
  for (const [index, delta] of held.entries()) {
    if (delta.item_id !== sound.item_id) {
      rest.push(index);
      continue;
    }
    ready.push(delta);
    sound.passed_ms += held_ms[index] ?? 0;
  }
  playback.held = rest.flatMap((index) => held[index] ?? []);
  playback.held_ms = rest.map((index) => held_ms[index] ?? 0);
}

/** Throws away what is held of the responses that were cut off. */
export function dropHeld(playback: Playback): void {
  const kept = [...playback.held.keys()].filter((index) => {
    const delta = playback.held[index];
    return (
      delta !== undefined && !isCut(playback, delta.response_id) && soundOf(playback, delta.item_id)?.state !== "cut"
    );
  });
  playback.held_ms = kept.map((index) => playback.held_ms[index] ?? 0);
  playback.held = kept.flatMap((index) => playback.held[index] ?? []);
}

export function isCut(playback: Playback, response_id: string): boolean {
  return playback.cut.includes(response_id);
}

/** From here on nothing more of this response is played. */
export function cutResponse(playback: Playback, response_id: string): void {
  if (isCut(playback, response_id)) return;
  playback.cut.push(response_id);
  if (playback.cut.length > KEPT) playback.cut.shift();
}

/** How far the ear is, as the page reports it. Never back, and never beyond what the page was given. */
export function noteHeard(sound: Sound, heard_ms: number, heard_chars: number | undefined, now: number): void {
  const most = sound.text ? heard_ms : Math.min(heard_ms, sound.passed_ms);
  sound.heard_ms = Math.max(sound.heard_ms, most);
  if (heard_chars !== undefined) sound.heard_chars = Math.max(sound.heard_chars ?? 0, heard_chars);
  sound.at = now;
}

/** The first sound that is still to be heard, when no page has reported on it for too long. */
export function unreported(state: CallState, now: number): Sound | undefined {
  const [head] = openSounds(state.playback);
  return head !== undefined && isEnding(state, head) && now >= head.at + UNREPORTED_MS ? head : undefined;
}

/** Nothing more comes of it: the engine has finished it, or has forgotten about it. */
function isEnding(state: CallState, sound: Sound): boolean {
  return sound.complete || state.gate.response_id !== sound.response_id;
}

export function playbackWake(state: CallState): number | null {
  const { playback } = state;
  const [head] = openSounds(playback);
  const due = head !== undefined && isEnding(state, head) ? head.at + UNREPORTED_MS : null;
  if (playback.flush_due === null) return due;
  return due === null ? playback.flush_due : Math.min(due, playback.flush_due);
}
