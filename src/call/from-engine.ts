/** What each event of the engine means for the call. */
import type { Item, ItemAdded, ItemCreated, OutputItemDone, ResponseObject, ServerEvent } from "../realtime/events.ts";
import { errorFailure } from "../realtime/failures.ts";
import { cutOff, interrupt, markPlayed, matchResponse } from "./barge-in.ts";
import { hush, speechStarted, speechStopped } from "./ear.ts";
import { bufferCleared, bufferStarted, bufferStopped } from "./far-playback.ts";
import { callerGoesOn, farewellCreated, farewellDone, farewellInterrupted } from "./farewell.ts";
import { forPage } from "./forward.ts";
import {
  doubtGate,
  freeGate,
  gateError,
  hasBegunUntold,
  itemSeen,
  postpone,
  responseCreated,
  responseDone,
  responseLives,
} from "./gate.ts";
import { foundMissed } from "./missed.ts";
import { type Moment, tell, tellError } from "./moment.ts";
import { personaError, personaOfResponse, personaUpdated } from "./persona.ts";
import { isOpen, newSound, type Sound, soundOf, soundsOf, takeHeld } from "./playback.ts";
import { heardAgain, inOurIds } from "./rehearing.ts";
import { isRetold } from "./reseed.ts";
import { callerActive } from "./silence.ts";
import { callingResponse } from "./tool-calls.ts";
import { callingResponseDone, functionCalled } from "./tool-turn.ts";
import {
  callerSpoke,
  callerWords,
  lunaDelta,
  lunaHeard,
  lunaText,
  placeItem,
  transcriptCompleted,
  transcriptDelta,
  transcriptFailed,
  turnOf,
} from "./transcript.ts";
import { sessionUpdated, tuningError } from "./tuning.ts";

export function fromEngine(moment: Moment, raw: ServerEvent): void {
  const { state } = moment;
  const missed = foundMissed(moment, raw);
  if (missed !== null) return missed === "ours" ? undefined : madeMeanwhile(moment, missed);
  if (raw.type === "input_audio_buffer.speech_started") heardAgain(state, raw.item_id);
  const event = inOurIds(state, raw);
  // The sound stops before anything else is said about the interruption.
  if (event.type === "input_audio_buffer.speech_started") callerSpeaks(moment);
  const shown = forPage(state, event);
  if (shown !== null) tell(moment, shown);
  // What a buffer of sound tells is no sign that its response is still being made.
  const made = "response_id" in event && event.type.startsWith("response.");
  if (made) responseLives(state, event.response_id, moment.now);
  if (event.type.startsWith("response.")) ofResponse(moment, event);
  else ofConversation(moment, event);
}

/** It was made while nobody listened: words go into the record, a function call is run, and its answer asked for. */
function madeMeanwhile(moment: Moment, item: Item): void {
  const { state } = moment;
  placeItem(moment, item.id, undefined);
  if (item.type === "message" && item.role !== "system") {
    const words = wordsOf(item);
    if (words === "") return;
    if (item.role === "user") return callerWords(moment, item.id, words, "speech");
    lunaText(moment, item.id, words, state.engine.speaker);
    return lunaHeard(moment, item.id, words, false);
  }
  if (item.type !== "function_call" || state.tools.calls.some((known) => known.call_id === item.call_id)) return;
  const { call_id, name, arguments: args } = item;
  const response_id = state.gate.response_id ?? item.id;
  functionCalled(moment, { call_id, name, arguments: args, item_id: item.id, response_id });
  // Its end was missed as well: nothing but the tool is waited for. Should it go on after all, the server refuses ours, and says so.
  callingResponse(state.tools, response_id).done = true;
  if (state.gate.at === "active") state.gate = { ...freeGate(), owed: state.gate.owed, over: [response_id] };
}

/** The engine hears the caller, and cancels its own response by itself: a `response.cancel` would only fail. */
function callerSpeaks(moment: Moment): void {
  const { state, now } = moment;
  speechStarted(state, "engine", now);
  callerActive(moment);
  farewellInterrupted(state, now);
  interrupt(moment, false);
  // The engine stops by itself what is cut now; where nothing is heard of that in a moment, it is told to.
  if (state.gate.response_id !== null) doubtGate(moment);
  // What is only asked for yet will begin in the middle of the caller's sentence.
  if (state.gate.at === "requested") postpone(moment);
  // What it noticed only now was said before the microphone was switched off.
  hush(moment);
}

function callerPauses({ state, now }: Moment): void {
  speechStopped(state, "engine", now);
  farewellInterrupted(state, now);
}

function ofConversation(moment: Moment, event: ServerEvent): void {
  const { state } = moment;
  switch (event.type) {
    case "input_audio_buffer.speech_stopped":
      callerPauses(moment);
      break;
    case "input_audio_buffer.committed":
      // What is handed in has been said to its end, also where nobody told of the end.
      if (state.ear.speaking) callerPauses(moment);
      placeItem(moment, event.item_id, event.previous_item_id);
      callerSpoke(moment, event.item_id);
      state.ear.committed = true;
      callerGoesOn(state);
      break;
    case "conversation.item.added":
    case "conversation.item.created":
      itemAdded(moment, event);
      break;
    case "conversation.item.input_audio_transcription.delta":
      transcriptDelta(moment, event.item_id, event.delta ?? "");
      break;
    case "conversation.item.input_audio_transcription.completed":
      transcriptCompleted(moment, event.item_id, event.transcript);
      break;
    case "conversation.item.input_audio_transcription.failed":
      transcriptFailed(moment, event.item_id);
      break;
    case "output_audio_buffer.started":
      bufferStarted(moment, event.response_id);
      break;
    case "output_audio_buffer.stopped":
      bufferStopped(moment, event.response_id);
      break;
    case "output_audio_buffer.cleared":
      bufferCleared(moment, event.response_id);
      break;
    case "session.updated":
      if (!sessionUpdated(moment, event.session)) {
        personaUpdated(state, event.session.type === "realtime" ? event.session.instructions : undefined);
      }
      break;
    case "error":
      engineError(moment, event.error);
      break;
    default:
  }
}

function itemAdded(moment: Moment, event: ItemAdded | ItemCreated): void {
  const { item } = event;
  itemSeen(moment.state, item.id);
  if (isRetold(item.id)) return;
  placeItem(moment, item.id, event.previous_item_id);
  if (item.type !== "message" || item.role !== "user") return;
  const words = wordsOf(item);
  if (words !== "") callerWords(moment, item.id, words, item.content[0]?.type === "input_text" ? "typed" : "speech");
  else if (item.status !== "in_progress") callerSpoke(moment, item.id);
}

/** The text of a message, spoken or written, as far as it is known. */
function wordsOf(item: Extract<Item, { type: "message" }>): string {
  const parts: string[] = [];
  for (const part of item.content ?? []) {
    if ("text" in part) parts.push(part.text);
    else if ("transcript" in part) parts.push(part.transcript ?? "");
  }
  return parts.join(" ").trim();
}

function engineError(moment: Moment, error: Parameters<typeof errorFailure>[0]): void {
  if (personaError(moment, error) || tuningError(moment, error) || gateError(moment, error)) return;
  const failure = errorFailure(error);
  if (!failure.ignore) tellError(moment, failure.code, failure.message, error.event_id ?? null);
}

function responseBegun(moment: Moment, response_id: string): void {
  const { state, now } = moment;
  const { ear, gate } = state;
  // What the engine answers by itself has been said to its end, also where neither the end nor the handing in was told.
  const itsOwn = gate.at !== "requested" && gate.response_id !== response_id;
  if (itsOwn && ear.by === "engine" && !ear.committed) ear.speaking = false;
  personaOfResponse(state, response_id);
  responseCreated(moment, response_id);
  ear.committed = false;
  if (ear.by === "engine") ear.awaiting = false;
  farewellCreated(state, response_id, now);
}

function ofResponse(moment: Moment, event: ServerEvent): void {
  const { state } = moment;
  if ("response_id" in event && hasBegunUntold(state, event.response_id)) responseBegun(moment, event.response_id);
  switch (event.type) {
    case "response.created":
      responseBegun(moment, event.response.id);
      break;
    case "response.output_item.added":
      placeItem(moment, event.item.id, undefined);
      if (isLunas(event.item)) soundFor(moment, { ...event, item_id: event.item.id });
      break;
    case "response.output_text.delta":
    case "response.output_audio_transcript.delta":
      if (isSaid(moment, soundFor(moment, event))) {
        lunaDelta(moment, event.item_id, event.delta, state.engine.speaker);
      }
      break;
    case "response.output_text.done":
      whole(moment, soundFor(moment, event), event.text);
      complete(moment, event.item_id);
      break;
    case "response.output_audio_transcript.done":
      whole(moment, soundFor(moment, event), event.transcript);
      break;
    case "response.output_audio.done":
      complete(moment, event.item_id);
      break;
    case "response.output_item.done":
      outputItemDone(moment, event);
      break;
    case "response.done":
      wholeResponseDone(moment, event.response);
      break;
    default:
  }
}

function isLunas(item: Item): boolean {
  return item.type === "message" && item.role === "assistant";
}

function soundFor(moment: Moment, at: { item_id: string; response_id: string; output_index: number }): Sound {
  const { state, now } = moment;
  const sound = soundOf(state.playback, at.item_id) ?? newSound(state, at, now);
  sound.at = now;
  return sound;
}

/** Words of a message that was cut off before its first word was never said to anybody. */
function isSaid(moment: Moment, sound: Sound): boolean {
  return sound.state !== "cut" || turnOf(moment.state, sound.item_id) !== undefined;
}

function whole(moment: Moment, sound: Sound, text: string): void {
  if (isSaid(moment, sound)) lunaText(moment, sound.item_id, text, moment.state.engine.speaker);
}

/** The engine has made all of this message: the next one of its response may play. */
function complete(moment: Moment, item_id: string): void {
  const { playback } = moment.state;
  const sound = soundOf(playback, item_id);
  if (sound === undefined || sound.complete) return;
  sound.complete = true;
  sound.at = moment.now;
  if (sound.played && isOpen(sound)) markPlayed(moment, sound);
  for (const delta of takeHeld(playback)) moment.commands.push({ do: "play", delta });
}

function outputItemDone(moment: Moment, event: OutputItemDone): void {
  const { item, response_id } = event;
  placeItem(moment, item.id, undefined);
  functionDone(moment, item, response_id);
  if (item.type === "message" && isLunas(item)) {
    whole(moment, soundFor(moment, { ...event, item_id: item.id }), wordsOf(item));
    complete(moment, item.id);
  }
}

function functionDone(moment: Moment, item: Item, response_id: string): void {
  if (item.type !== "function_call" || item.status !== "completed") return;
  const { call_id, name, arguments: args } = item;
  functionCalled(moment, { call_id, name, arguments: args, item_id: item.id, response_id });
}

function wholeResponseDone(moment: Moment, response: ResponseObject): void {
  const { state, now } = moment;
  if (hasBegunUntold(state, response.id)) responseBegun(moment, response.id);
  responseDone(moment, response);
  // The end of an item may be lost on the way; the end of the response lists all of them.
  if (response.status === "completed") for (const item of response.output) functionDone(moment, item, response.id);
  for (const sound of soundsOf(state.playback, response.id)) {
    complete(moment, sound.item_id);
    if (!isOpen(sound) || !isMute(moment, sound)) continue;
    if (response.status === "cancelled") cutOff(moment, sound);
    else markPlayed(moment, sound);
  }
  matchResponse(moment, response.id);
  farewellDone(state, response.id, now);
  callingResponseDone(moment, response);
}

/** Nothing in it will ever sound: a message without words, or one written by an engine that else speaks. */
function isMute(moment: Moment, sound: Sound): boolean {
  if (sound.text || sound.far) return turnOf(moment.state, sound.item_id) === undefined;
  return sound.received_ms === 0;
}
