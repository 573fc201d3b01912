/** What each message of the page means for the call. */
import type { PageMessage } from "../legs/wire.ts";
import { cutOff, flushed, heardOf, interrupt, markPlayed } from "./barge-in.ts";
import { closeTurns } from "./closing.ts";
import { deaf, hush, speechStarted, speechStopped } from "./ear.ts";
import { sendWords } from "./engine-life.ts";
import { callerGoesOn, farewellHeard, farewellInterrupted } from "./farewell.ts";
import { ask, cancel, postpone } from "./gate.ts";
import { type Moment, nextId, tellError } from "./moment.ts";
import { changePersona } from "./persona.ts";
import { isOpen, noteHeard, openSounds, soundOf } from "./playback.ts";
import { owesAnswer } from "./reseed.ts";
import { hold, unpark } from "./rest.ts";
import { callerActive } from "./silence.ts";
import type { CallState } from "./state.ts";
import { callerWords, lunaProgress, turnLatency, turnOf } from "./transcript.ts";
import { tune } from "./tuning.ts";

type Words = Extract<PageMessage, { type: "conversation.item.create" }>;
type Playback = Extract<PageMessage, { type: "luna.playback" }>;

export function fromPage(moment: Moment, message: PageMessage): void {
  const { state } = moment;
  // Whoever says something is there, by whichever way.
  state.away = false;
  switch (message.type) {
    case "conversation.item.create":
      words(moment, message);
      break;
    case "response.create":
      answerWanted(moment, message.event_id ?? null);
      break;
    case "response.cancel":
      stopTalking(moment);
      break;
    case "luna.playback":
      playback(moment, message);
      break;
    case "luna.speech":
      speech(moment, message.state);
      break;
    case "luna.latency":
      turnLatency(moment, message.item_id, message.ms);
      break;
    case "luna.mute":
      mute(moment, message.microphone);
      break;
    case "luna.wake":
      callerActive(moment);
      unpark(moment);
      break;
    case "luna.hold":
      callerActive(moment);
      if (message.on) holdOn(moment);
      else holdOff(moment);
      break;
    case "luna.confirm":
    case "luna.record":
      callerActive(moment);
      break;
    case "luna.session":
      callerActive(moment);
      tune(moment, message.update);
      break;
    case "luna.persona":
      changePersona(moment, message.key, "caller");
      break;
    case "luna.key":
      break;
    case "luna.end":
      closeTurns(moment);
      state.ended = "caller_ended";
      moment.commands.push({ do: "end", reason: "caller_ended" });
      break;
  }
}

/** Typed, or recognised in the page. Whatever Luna was saying is over; what she was about to say did not know these words. */
function words(moment: Moment, message: Words): void {
  const { state } = moment;
  const id = message.item.id ?? nextId(state, "luna_item");
  // A page that was cut off says again what it does not know to have arrived.
  if (turnOf(state, id)?.text === message.item.content[0].text) return;
  if (turnOf(state, id) !== undefined || state.transcript.order.some((item) => item.id === id)) {
    tellError(moment, "item_exists", "There is an item with this id already.", message.event_id ?? null);
    return;
  }
  callerActive(moment);
  callerGoesOn(state);
  // Whoever types has stopped speaking, even if the end of the speech was never reported.
  if (message.luna_how === "typed") {
    deaf(state.ear, "page");
    hold(moment, false);
  }
  state.ear.awaiting = false;
  unpark(moment);
  interrupt(moment, true);
  callerWords(moment, id, message.item.content[0].text, message.luna_how);
  sendWords(moment, id);
  ask(moment, { waits: [id], urgent: message.luna_how === "typed" });
}

function answerWanted(moment: Moment, event_id: string | null): void {
  callerActive(moment);
  unpark(moment);
  if (moment.state.gate.at === "free") {
    ask(moment, { urgent: true });
    return;
  }
  const message = "Luna is answering already.";
  tellError(moment, "conversation_already_has_active_response", message, event_id);
}

/** Esc: the page has stopped the sound. Nobody waits for an answer to that. */
function stopTalking(moment: Moment): void {
  const { state } = moment;
  callerActive(moment);
  state.gate.owed = null;
  interrupt(moment, true);
}

/** What Luna was saying or about to say is owed; what the caller was saying ends here. */
function holdOn(moment: Moment): void {
  const { state } = moment;
  owe(state);
  stopTalking(moment);
  hold(moment, true);
  hush(moment);
}

function holdOff(moment: Moment): void {
  hold(moment, false);
  payOwed(moment);
}

/** An answer that is wanted, on its way, or not heard to its end. */
function owe(state: CallState): void {
  const { at, asked, owed } = state.gate;
  const answering = (at === "active" || at === "requested") && !asked?.silence;
  const wanted = owed !== null && !owed.silence;
  if (answering || wanted || openSounds(state.playback).length > 0) state.reply_owed = true;
}

function payOwed(moment: Moment): void {
  const { state } = moment;
  if (!owesAnswer(state)) return;
  unpark(moment);
  if (!state.engine.ready) return;
  state.reply_owed = false;
  ask(moment, {});
}

function playback(moment: Moment, message: Playback): void {
  const { state, now } = moment;
  const sound = soundOf(state.playback, message.item_id);
  if (sound === undefined) {
    if (message.state === "flushed") flushed(moment, message.item_id);
    return;
  }
  // What the provider plays by itself it also tells of.
  if (sound.far) return;
  noteHeard(sound, message.heard_ms, message.heard_chars, now);
  lunaProgress(state, sound.item_id, heardOf(sound, turnOf(state, sound.item_id)?.text ?? ""));
  farewellHeard(state, sound.response_id, now);
  if (message.state === "flushed") {
    flushed(moment, message.item_id);
  } else if (isOpen(sound) && message.state !== "done") {
    // A page whose voice is still loading says only that the words wait there.
    if (message.state === "started" || message.heard_ms > 0) sound.state = "playing";
  } else if (isOpen(sound)) {
    sound.played = true;
    if (sound.complete) markPlayed(moment, sound);
    else sound.state = "waiting";
    if (!state.playback.sounds.some((other) => other.flushing)) state.playback.flush_due = null;
  }
}

/** The page's own ear. It stops Luna's sound by itself before it says so; the engine knows nothing of it. */
function speech(moment: Moment, what: "started" | "stopped"): void {
  const { state, now } = moment;
  callerActive(moment);
  farewellInterrupted(state, now);
  if (what === "stopped") {
    if (state.ear.speaking) speechStopped(state, "page", now);
    return;
  }
  speechStarted(state, "page", now);
  // Nothing of the answer was heard yet, so it is still owed: the noise may have been a cough.
  const unheard = state.gate.at === "requested" || state.gate.at === "active";
  if (!interrupt(moment, true) && unheard) postpone(moment);
}

function mute(moment: Moment, microphone: boolean): void {
  const { state } = moment;
  callerActive(moment);
  state.ear.muted = microphone;
  hush(moment);
}

/** The page is gone; it may come back. Nobody hears what is being said, nor what would begin before it is back. */
export function legGone(moment: Moment): void {
  const { state } = moment;
  deaf(state.ear, "page");
  // The sound has a way of its own, and may well be heard.
  if (state.engine.far) return;
  state.away = true;
  owe(state);
  cancel(moment);
  for (const sound of openSounds(state.playback)) cutOff(moment, sound);
  state.playback.flush_due = null;
}

/** The page is there again. What it did not hear to its end is gone on with, not repeated; what has waited for it is said. */
export function legBack(moment: Moment): void {
  const { state } = moment;
  state.away = false;
  callerActive(moment);
  payOwed(moment);
}
