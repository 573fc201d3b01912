/** What is known of the caller's voice: speaking, or just finished with the words (or the engine's turn) still under way. */
import type { CallState } from "./state.ts";

/** After speech the engine's own response begins within this time, or the call asks for one. */
const ENGINE_ANSWERS_MS = 4_000;
/** After speech the page's recognition brings words within this time, or there were none. */
const WORDS_COME_MS = 2_500;

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

/** Nothing more comes from this side: its engine, or the page, is gone. */
export function deaf(ear: Ear, by: Ear["by"]): void {
  if (by === "engine") ear.committed = false;
  if (ear.by !== by) return;
  ear.speaking = false;
  ear.awaiting = false;
}

/** When waiting for the words or the answer ends; null while not waiting. */
export function awaitingEnds(ear: Ear): number | null {
  if (!ear.awaiting) return null;
  return ear.at + (ear.by === "engine" ? ENGINE_ANSWERS_MS : WORDS_COME_MS);
}

/** Ends an overlong wait. True when a committed turn was left without an answer: the call must ask for it. */
export function stopAwaiting(state: CallState, now: number): boolean {
  const ends = awaitingEnds(state.ear);
  if (ends === null || now < ends) return false;
  state.ear.awaiting = false;
  const unanswered = state.ear.committed;
  state.ear.committed = false;
  return unanswered;
}
