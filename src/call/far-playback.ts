/**
 * Sound that does not pass through Luna: over WebRTC the provider plays it. It says of each response when its buffer begins to
 * sound, has run empty or was cleared; between, the clock tells how far the ear is.
 */
import { cutOff, heardOf, markPlayed } from "./barge-in.ts";
import { farewellHeard } from "./farewell.ts";
import { spokenMs } from "./heard.ts";
import type { Moment } from "./moment.ts";
import { isOpen, openSounds, type Sound, soundsOf } from "./playback.ts";
import type { CallState } from "./state.ts";
import { lunaProgress, turnOf } from "./transcript.ts";

/** How often the place of the ear is noted down while Luna speaks. */
const GLANCE_MS = 500;
/** Nobody speaks at half the usual pace, plus what was on its way: a sound that goes on for longer has lost its end. */
const SLOWEST = 2;
const SLACK_MS = 3_000;

/** The provider's buffer begins to sound with this response. */
export function bufferStarted(moment: Moment, response_id: string): void {
  const { state, now } = moment;
  const [first, ...rest] = soundsOf(state.playback, response_id).filter(isOpen);
  for (const sound of rest) sound.at = now;
  if (first === undefined) return;
  Object.assign(first, { state: "playing", since: now, at: now });
  farewellHeard(state, response_id, now);
}

/** All of the response has been heard. */
export function bufferStopped(moment: Moment, response_id: string): void {
  for (const sound of soundsOf(moment.state.playback, response_id)) {
    if (!isOpen(sound) || sound.flushing) continue;
    if (sound.complete) markPlayed(moment, sound);
    else sound.played = true;
  }
}

/** What was not heard by now has been thrown away. */
export function bufferCleared(moment: Moment, response_id: string): void {
  const { playback } = moment.state;
  for (const sound of soundsOf(playback, response_id)) {
    if (isOpen(sound)) cutOff(moment, sound);
  }
  if (!playback.sounds.some((sound) => sound.flushing)) playback.flush_due = null;
}

/** Notes down how far the ear is by the clock, before anything else is made of this moment. What was stopped stays where it was. */
export function noteFarHeard(moment: Moment): void {
  const { state, now } = moment;
  for (const sound of playing(state)) {
    const text = turnOf(state, sound.item_id)?.text ?? "";
    const elapsed = now - (sound.since ?? now);
    const ends = endsBy(state, sound);
    sound.heard_ms = Math.max(sound.heard_ms, elapsed);
    sound.at = Math.max(sound.at, Math.min(now, ends));
    lunaProgress(state, sound.item_id, heardOf(sound, text));
    if (now > ends) continue;
    farewellHeard(state, sound.response_id, now);
    passOn(moment, sound, elapsed - spokenMs(text));
  }
}

/** A response of several messages sounds as one: the next begins where the one before has had its time. */
function passOn({ state, now }: Moment, sound: Sound, over: number): void {
  if (!sound.complete || over < 0) return;
  const next = soundsOf(state.playback, sound.response_id).find(
    (other) => isOpen(other) && other.output_index > sound.output_index && other.since === null,
  );
  if (next) Object.assign(next, { state: "playing", since: now - over, at: now });
}

function playing(state: CallState): Sound[] {
  return openSounds(state.playback).filter((sound) => sound.far && sound.since !== null && !sound.flushing);
}

/** When the place of the ear has to be looked at again; null while nothing sounds. */
export function farWake(state: CallState): number | null {
  const times = playing(state)
    .filter((sound) => sound.at + GLANCE_MS <= endsBy(state, sound))
    .map((sound) => sound.at + GLANCE_MS);
  return times.length === 0 ? null : Math.min(...times);
}

/** Unix ms after which nothing more of it can be sounding. */
function endsBy(state: CallState, sound: Sound): number {
  const text = turnOf(state, sound.item_id)?.text ?? "";
  return (sound.since ?? 0) + SLOWEST * spokenMs(text) + SLACK_MS;
}
