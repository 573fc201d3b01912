/**
 * Nobody says anything for long. An engine outside costs money and keeps the object in memory while it listens to nothing, so
 * the call puts it to bed and opens another one at the first sign of life. And a call that nobody is in any more comes to an end.
 */
import { ask } from "./gate.ts";
import type { Moment } from "./moment.ts";
import { openSounds } from "./playback.ts";
import type { CallState, Input } from "./state.ts";
import { toolsRunning } from "./tool-calls.ts";
import { transcriptWake } from "./transcript.ts";

/** A caller who has switched the microphone off for this long is busy with something else. */
const MUTED_MS = 10_000;
/** Without a sign of the caller for this long Luna asks whether anybody is there; twice, then the call is over. */
const IDLE_MS = 5 * 60_000;
const IDLE_AGAIN_MS = 30_000;
const MOST_ASKED = 2;
/** The provider's hour is given up in a pause of this length. */
const PAUSE_MS = 1_000;
/** Without any pause it is given up anyway, so long after its time. */
const ROTATE_ANYWAY_MS = 3 * 60_000;

export interface Rest {
  /** Since when nobody speaks, thinks or works; null while somebody does. */
  since: number | null;
  /** Last sign of the caller: a word, a sound, a click. */
  caller_at: number;
  /** How often Luna has asked after five minutes without one. */
  asked: number;
  /** When she last did. */
  asked_at: number;
  /** The engine was closed on purpose and is opened again when it is needed. */
  parked: boolean;
  /** The caller has put the call on hold. */
  held: boolean;
  /** A second engine is being opened under the running call. */
  rotating: boolean;
}

export function newRest(): Rest {
  return { since: null, caller_at: 0, asked: 0, asked_at: 0, parked: false, held: false, rotating: false };
}

/** Luna is done, the caller is silent and has been written down, nothing is under way. */
export function isCalm(state: CallState): boolean {
  const { ear, gate, playback } = state;
  if (ear.speaking || ear.awaiting || state.handing_over || state.farewell !== null || state.ended !== null)
    return false;
  // The words come from the engine that heard them, and from nobody when it is closed before.
  if (transcriptWake(state) !== null) return false;
  return gate.at === "free" && gate.owed === null && !toolsRunning(state) && openSounds(playback).length === 0;
}

/** Looks at the quiet and acts on it. Gives "silent" when the call is to end. */
export function watchRest(moment: Moment): "silent" | null {
  const { state, now } = moment;
  const { rest } = state;
  if (rest.caller_at === 0) rest.caller_at = now;
  if (!isCalm(state)) rest.since = null;
  else rest.since ??= now;
  if (isDue(parkAt(state), now)) park(moment);
  else if (isDue(rotateAt(state), now)) {
    rest.rotating = true;
    state.persona.revoice = false;
    moment.commands.push({ do: "rotate" });
  }
  if (!isDue(idleAt(state), now)) return null;
  if (rest.asked >= MOST_ASKED) return "silent";
  rest.asked += 1;
  rest.asked_at = now;
  // On hold nobody would hear the question.
  if (rest.held) return null;
  unpark(moment);
  ask(moment, { silence: true });
  return null;
}

function isDue(at: number | null, now: number): boolean {
  return at !== null && now >= at;
}

export function restWake(state: CallState): number | null {
  const times = [parkAt(state), rotateAt(state), idleAt(state)].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}

/** Only an engine outside is put to bed: the scripted one is part of the object and sleeps with it. */
function parkAt(state: CallState): number | null {
  const { rest, engine, ear, setup } = state;
  if (rest.since === null || rest.parked || !engine.ready || engine.text) return null;
  // A WebRTC line is given up on hold only: it cannot be had back without another round with the page.
  if (rest.held && (engine.far || setup.rest_ms !== null)) return rest.since;
  if (setup.rest_ms === null || engine.far) return null;
  return rest.since + (ear.muted ? Math.min(MUTED_MS, setup.rest_ms) : setup.rest_ms);
}

function rotateAt(state: CallState): number | null {
  const { rest, engine, setup } = state;
  if (setup.rotate_at === null || !engine.ready || rest.rotating || rest.parked) return null;
  // Somebody waits for a voice of their own.
  if (state.persona.revoice) return rest.since;
  const anyway = setup.rotate_at + ROTATE_ANYWAY_MS;
  return rest.since === null ? anyway : Math.max(setup.rotate_at, rest.since + PAUSE_MS);
}

function idleAt(state: CallState): number | null {
  const { rest } = state;
  if (rest.since === null || state.transcript.turns.length === 0) return null;
  const due = rest.caller_at + IDLE_MS + rest.asked * IDLE_AGAIN_MS;
  // Each question has its time for an answer, also where the clock jumped, or the object slept through the moment.
  return rest.asked === 0 ? due : Math.max(due, rest.asked_at + IDLE_AGAIN_MS);
}

/** The engine is closed on purpose: nothing of it is lost, because nothing was under way. A second one is closed with it. */
function park(moment: Moment): void {
  const { state } = moment;
  Object.assign(state.rest, { parked: true, rotating: false });
  state.engine.ready = false;
  state.engine.number += 1;
  moment.commands.push({ do: "park" });
}

/** Something is to be said or heard: the engine is opened again, and is told the conversation. */
export function unpark(moment: Moment): void {
  const { rest } = moment.state;
  if (!rest.parked || rest.held) return;
  rest.parked = false;
  rest.since = null;
  moment.commands.push({ do: "unpark" });
}

const LASTING = ["luna.persona", "luna.session", "luna.hold", "luna.mute"];

/** Asked for once, and in force from then on: an object that sleeps or dies would forget it with the rest of its memory. */
export function isLasting(input: Input): boolean {
  return input.from === "persona" || (input.from === "page" && LASTING.includes(input.message.type));
}

/** The caller puts the call on hold, or takes it off again. */
export function hold(moment: Moment, on: boolean): void {
  moment.state.rest.held = on;
  if (!on) unpark(moment);
}
