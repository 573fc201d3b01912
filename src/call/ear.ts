/** What is known of the caller's voice: speaking, or just finished with the words (or the engine's turn) still under way. */
import type { Moment } from "./moment.ts";
import type { CallState } from "./state.ts";

/** After speech the engine's own response begins within this time, or the call asks for one. */
const ENGINE_ANSWERS_MS = 4_000;
/** After speech the page's recognition brings words within this time, or there were none. */
const WORDS_COME_MS = 2_500;
/** The page cuts speech into pieces of 28 s at most: one that lasts longer has lost its end on the way. */
const SPEECH_LASTS_MS = 35_000;
/** Nobody speaks for so long without a breath that ends the sentence: its end was lost, or it is no speech. */
const ENGINE_SPEECH_LASTS_MS = 5 * 60_000;

export interface Ear {
  speaking: boolean;
  /** Who noticed: the engine's voice activity detection, or the page's own. */
  by: "engine" | "page";
  /** When speech last started or stopped. */
  at: number;
  /** Speech has ended; its words, or the engine's answer to it, are still to come. */
  awaiting: boolean;
  /** The engine has committed a spoken turn and has not begun to answer it. */
  committed: boolean;
  muted: boolean;
}

export function newEar(): Ear {
  return { speaking: false, by: "page", at: 0, awaiting: false, committed: false, muted: false };
}

export function speechStarted(state: CallState, by: Ear["by"], now: number): void {
  Object.assign(state.ear, { speaking: true, by, at: now, awaiting: false });
}

export function speechStopped(state: CallState, by: Ear["by"], now: number): void {
  Object.assign(state.ear, { speaking: false, by, at: now, awaiting: true });
}

/**
 * A microphone that is muted, or on hold, sends nothing: the end of what the engine hears is given to it as silence. Over WebRTC the
 * browser sends silence by itself. The page's own ear is closed with the microphone.
 */
export function hush(moment: Moment): void {
  const { state, now, commands } = moment;
  const { ear, engine, rest } = state;
  if (!(ear.muted || rest.held) || !ear.speaking) return;
  if (ear.by === "page" || engine.far) ear.speaking = false;
  else {
    speechStopped(state, "engine", now);
    commands.push({ do: "hush" });
  }
}

/** Nothing more comes from this side: its engine, or the page, is gone. */
export function deaf(ear: Ear, by: Ear["by"]): void {
  if (by === "engine") ear.committed = false;
  if (ear.by !== by) return;
  ear.speaking = false;
  ear.awaiting = false;
}

/** When speech, or waiting for its words or an answer, has lasted too long; null when nothing is going on. */
export function earWake(ear: Ear): number | null {
  if (ear.speaking) return ear.at + (ear.by === "page" ? SPEECH_LASTS_MS : ENGINE_SPEECH_LASTS_MS);
  if (!ear.awaiting) return null;
  return ear.at + (ear.by === "engine" ? ENGINE_ANSWERS_MS : WORDS_COME_MS);
}

/** Ends what has lasted too long. True when a committed turn was left without an answer: the call must ask for it. */
export function earOverdue(state: CallState, now: number): boolean {
  const ends = earWake(state.ear);
  if (ends === null || now < ends) return false;
  state.ear.speaking = false;
  state.ear.awaiting = false;
  const unanswered = state.ear.committed;
  state.ear.committed = false;
  return unanswered;
}
