/**
 * The caller comes first. Whoever notices (the engine, the page, a key, a typed word): the sound stops, what was not heard is
 * cut out of the record, and the engine's own item is cut to match, so that it never believes it said more than the ear got.
 */
import { cancel } from "./gate.ts";
import { cutAtWord, heardText } from "./heard.ts";
import { settleOne } from "./item-order.ts";
import { type Moment, send, tell } from "./moment.ts";
import { cutResponse, dropHeld, isOpen, openSounds, type Sound, soundOf, soundsOf } from "./playback.ts";
import { lunaHeard, turnOf } from "./transcript.ts";

/** The page answers a flush in a few ms; a lost one must not leave the turn open. */
const FLUSH_MS = 800;

/**
 * Stops Luna. Nothing happens when she neither speaks nor is about to. True when there was sound to stop. The page is told
 * to flush even if it has stopped the sound by itself: more may have been on its way.
 * @param byCall the engine does not cancel its response by itself.
 */
export function interrupt(moment: Moment, byCall: boolean): boolean {
  const { gate, playback } = moment.state;
  const open = openSounds(playback);
  const running = gate.at === "active" || gate.at === "cancelling" ? gate.response_id : null;
  if (running !== null) cutResponse(playback, running);
  const sounding = open.filter((sound) => isAtPage(moment, sound));
  if (sounding.length > 0) {
    tell(moment, { type: "luna.flush" });
    playback.flush_due = moment.now + FLUSH_MS;
  }
  for (const sound of open) {
    if (sounding.includes(sound)) sound.flushing = true;
    else if (running === sound.response_id) cutOff(moment, sound);
  }
  dropHeld(playback);
  if (byCall) cancel(moment);
  // Over WebRTC the sound is the provider's: what it has made already plays on until it is thrown away there.
  if (byCall && sounding.some((sound) => sound.far)) send(moment, { type: "output_audio_buffer.clear" });
  return sounding.length > 0;
}

/** The page has something to play of it, or to speak; or the provider plays it. */
function isAtPage(moment: Moment, sound: Sound): boolean {
  if (sound.far) return sound.since !== null;
  return sound.text ? turnOf(moment.state, sound.item_id) !== undefined : sound.passed_ms > 0;
}

/**
 * The page has thrown its queue away while `item_id` was sounding. What stood before it had been played, what stood behind it
 * has not been heard at all. A second report on the same item corrects how much was heard. A page that did so unasked is
 * told to do it again: more may have been on its way.
 */
export function flushed(moment: Moment, item_id: string): void {
  const { playback } = moment.state;
  const reported = soundOf(playback, item_id);
  if (reported?.state === "cut") settleTurn(moment, reported);
  let before = reported !== undefined && isOpen(reported);
  const unasked = before && reported?.flushing === false;
  if (unasked) tell(moment, { type: "luna.flush" });
  for (const sound of [...playback.sounds]) {
    if (sound === reported) before = false;
    if (!isOpen(sound) || !(sound.flushing || unasked)) continue;
    if (before && sound.complete) markPlayed(moment, sound);
    else cutOff(moment, sound);
  }
  playback.flush_due = null;
}

/** No answer to the flush: what was reported before has to do. */
export function flushOverdue(moment: Moment): void {
  const { playback } = moment.state;
  if (playback.flush_due === null || moment.now < playback.flush_due) return;
  playback.flush_due = null;
  for (const sound of playback.sounds) {
    if (isOpen(sound) && sound.flushing) cutOff(moment, sound);
  }
}

/** The sound has been heard to its end. */
export function markPlayed(moment: Moment, sound: Sound): void {
  sound.state = "done";
  sound.flushing = false;
  const text = turnOf(moment.state, sound.item_id)?.text ?? "";
  lunaHeard(moment, sound.item_id, text, false);
}

/** The sound ends here, wherever the ear is. */
export function cutOff(moment: Moment, sound: Sound): void {
  sound.flushing = false;
  if (wholly(moment, sound)) {
    markPlayed(moment, sound);
    return;
  }
  sound.state = "cut";
  settleTurn(moment, sound);
  matchItem(moment, sound);
}

/** Everything there is of it has been heard. */
function wholly(moment: Moment, sound: Sound): boolean {
  if (!sound.complete) return false;
  if (!sound.text) return sound.received_ms > 0 && sound.heard_ms >= sound.received_ms;
  const length = turnOf(moment.state, sound.item_id)?.text.length ?? 0;
  return sound.played || (sound.heard_chars !== null && sound.heard_chars >= length);
}

function settleTurn(moment: Moment, sound: Sound): void {
  const text = turnOf(moment.state, sound.item_id)?.text ?? "";
  lunaHeard(moment, sound.item_id, heardOf(sound, text), true);
}

/** What the ear got of the text of this sound. */
export function heardOf(sound: Sound, text: string): string {
  if (sound.state === "done") return text;
  if (sound.heard_chars !== null) return cutAtWord(text, sound.heard_chars);
  return heardText(text, sound.heard_ms, sound.received_ms, sound.complete);
}

/**
 * Cuts the engine's item to what was heard: an integer, never more than was received. An item of which nothing was heard
 * cannot be cut to nothing: it is taken out once its response is over. Text items, items of an earlier engine and restored
 * items have no audio to cut.
 */
export function matchItem(moment: Moment, sound: Sound): void {
  const { engine, gate } = moment.state;
  if (sound.matched || sound.state !== "cut" || sound.engine !== engine.number || !engine.ready) return;
  if (sound.text || sound.received_ms === 0 || sound.heard_ms >= sound.received_ms) return;
  const audio_end_ms = Math.floor(Math.min(sound.heard_ms, sound.received_ms));
  if (audio_end_ms > 0) {
    const { item_id, content_index } = sound;
    send(moment, { type: "conversation.item.truncate", item_id, content_index, audio_end_ms });
  } else {
    if (gate.response_id === sound.response_id) return;
    send(moment, { type: "conversation.item.delete", item_id: sound.item_id });
    settleOne(moment.state.transcript.order, sound.item_id);
  }
  sound.matched = true;
}

/** The response is over: what waited for that is cut now, and audio that came after the cut counts too. */
export function matchResponse(moment: Moment, response_id: string): void {
  for (const sound of soundsOf(moment.state.playback, response_id)) matchItem(moment, sound);
}
