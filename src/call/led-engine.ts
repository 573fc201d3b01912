/** What each event of the engine means for a call that a client leads: it is written down, and hardly ever answered. */
import type { Item, ItemAdded, OutputItemDone, ResponseObject, ServerEvent } from "../realtime/events.ts";
import { freeGate, gateError, itemSeen, responseCreated } from "./gate.ts";
import { heardText, spokenMs } from "./heard.ts";
import type { LedRules } from "./led.ts";
import { foundMissed } from "./missed.ts";
import type { Moment } from "./moment.ts";
import { cutResponse, isCut, newSound, type Sound, soundOf, soundsOf } from "./playback.ts";
import { isRetold } from "./reseed.ts";
import type { CallState } from "./state.ts";
import { callingResponse } from "./tool-calls.ts";
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

const MOST_ARGUMENT_CHARS = 20_000;
/** After a goodbye whose sound has ended. */
const BREATH_MS = 600;
/** From the provider to the ear, over WebRTC; only where it does not say that its sound has ended. */
const ON_THE_WAY_MS = 1_500;

export function fromLedEngine(moment: Moment, event: ServerEvent, rules: LedRules): void {
  const { state } = moment;
  const missed = foundMissed(moment, event);
  if (missed !== null) return missed === "ours" ? undefined : madeMeanwhile(moment, missed, rules);
  switch (event.type) {
    case "session.created":
    case "session.updated":
      if (event.session.type === "realtime") state.engine.text = event.session.output_modalities?.[0] === "text";
      return;
    case "input_audio_buffer.speech_started":
      state.ear.speaking = true;
      return;
    case "input_audio_buffer.speech_stopped":
      state.ear.speaking = false;
      return;
    case "input_audio_buffer.committed":
      placeItem(moment, event.item_id, event.previous_item_id);
      callerSpoke(moment, event.item_id);
      Object.assign(state.ear, { speaking: false, committed: rules.answers });
      if (state.farewell?.next === "end") state.farewell = null;
      return;
    case "conversation.item.added":
      return itemAdded(moment, event);
    case "conversation.item.deleted":
      return itemDeleted(state, event.item_id);
    case "conversation.item.truncated":
      return truncated(moment, event.item_id, event.audio_end_ms);
    case "conversation.item.input_audio_transcription.delta":
      return transcriptDelta(moment, event.item_id, event.delta ?? "");
    case "conversation.item.input_audio_transcription.completed":
      return transcriptCompleted(moment, event.item_id, event.transcript);
    case "conversation.item.input_audio_transcription.failed":
      return transcriptFailed(moment, event.item_id);
    case "output_audio_buffer.started":
      return sounds(moment, event.response_id);
    case "output_audio_buffer.stopped":
      return soundsNoMore(moment, event.response_id, false);
    case "output_audio_buffer.cleared":
      return soundsNoMore(moment, event.response_id, true);
    case "error":
      return refused(moment, event.error);
    default:
      return ofResponse(moment, event, rules);
  }
}

/** A call of a tool that runs here, made while the sideband was away. */
function madeMeanwhile(moment: Moment, item: Item, rules: LedRules): void {
  const { tools, gate } = moment.state;
  if (item.type !== "function_call" || tools.calls.some((known) => known.call_id === item.call_id)) return;
  const response_id = gate.response_id ?? item.id;
  called(moment, { ...item, response_id }, rules);
  if (rules.own.has(item.name)) callingResponse(tools, response_id).done = true;
}

/** By WebRTC the provider plays, and says when. */
function sounds({ state, now }: Moment, response_id: string): void {
  const [first] = soundsOf(state.playback, response_id);
  if (first !== undefined) first.since ??= now;
}

/** @param cut what was not heard by now has been thrown away. */
function soundsNoMore(moment: Moment, response_id: string, cut: boolean): void {
  const { state, now } = moment;
  const { farewell } = state;
  if (farewell?.phase === "playing" && farewell.response_id === response_id) farewell.due = now + BREATH_MS;
  if (!cut) return;
  let heard_ms = now - (soundsOf(state.playback, response_id)[0]?.since ?? now);
  for (const { item_id } of soundsOf(state.playback, response_id)) {
    const text = turnOf(state, item_id)?.text ?? "";
    lunaHeard(moment, item_id, heardText(text, heard_ms, 0, true), true);
    heard_ms = Math.max(0, heard_ms - spokenMs(text));
  }
}

function ofResponse(moment: Moment, event: ServerEvent, rules: LedRules): void {
  const { speaker } = moment.state.engine;
  switch (event.type) {
    case "response.created":
      return created(moment, event.response);
    case "response.output_text.delta":
    case "response.output_audio_transcript.delta":
      if (isInside(moment.state, event.response_id)) lunaDelta(moment, event.item_id, event.delta, speaker);
      return;
    case "response.output_text.done":
      if (isInside(moment.state, event.response_id)) lunaText(moment, event.item_id, event.text, speaker);
      return;
    case "response.output_audio_transcript.done":
      if (isInside(moment.state, event.response_id)) lunaText(moment, event.item_id, event.transcript, speaker);
      return;
    case "response.output_item.added":
      if (isInside(moment.state, event.response_id)) placeItem(moment, event.item.id, undefined);
      return;
    case "response.output_item.done":
      return outputItemDone(moment, event, rules);
    case "response.done":
      return done(moment, event.response);
    default:
  }
}

/** Items that a client puts there, and the places of all others. Luna's own words may be history that the client tells. */
function itemAdded(moment: Moment, { item, previous_item_id }: ItemAdded): void {
  itemSeen(moment.state, item.id);
  if (isRetold(item.id)) return;
  placeItem(moment, item.id, previous_item_id);
  if (item.type !== "message" || item.role === "system" || item.status === "in_progress") return;
  const words = wordsOf(item);
  if (item.role === "assistant") {
    if (words === "" || turnOf(moment.state, item.id) !== undefined) return;
    lunaText(moment, item.id, words, "luna");
    return lunaHeard(moment, item.id, words, false);
  }
  if (words !== "") callerWords(moment, item.id, words, item.content[0]?.type === "input_text" ? "typed" : "speech");
  else callerSpoke(moment, item.id);
}

function wordsOf(item: Extract<Item, { type: "message" }>): string {
  const parts: string[] = [];
  for (const part of item.content ?? []) {
    if ("text" in part) parts.push(part.text);
    else if ("transcript" in part) parts.push(part.transcript ?? "");
  }
  return parts.join(" ").trim();
}

/** It stays in the record, but no engine is told of it again. */
function itemDeleted(state: CallState, item_id: string): void {
  const { transcript } = state;
  transcript.turns = transcript.turns.filter((turn) => turn.item_id !== item_id);
  transcript.order = transcript.order.filter(({ id }) => id !== item_id);
}

/** The client says how much was heard, and the engine has taken it. */
function truncated(moment: Moment, item_id: string, audio_end_ms: number): void {
  const turn = turnOf(moment.state, item_id);
  const sound = soundOf(moment.state.playback, item_id);
  if (turn === undefined) return;
  const received = sound?.received_ms ?? 0;
  lunaHeard(moment, item_id, heardText(turn.text, audio_end_ms, received, sound?.complete ?? true), true);
}

/** The engine's own answers to what the client asked reach the client; those about Luna's events mean something here. */
function refused(moment: Moment, error: Parameters<typeof gateError>[1]): void {
  const { gate } = moment.state;
  if (gateError(moment, error) || gate.at !== "requested" || gate.asked !== null) return;
  moment.state.gate = { ...freeGate(), owed: gate.owed };
}

/** A response outside the conversation holds nothing up, and nobody is told of it again. */
function isInside(state: CallState, response_id: string): boolean {
  return !isCut(state.playback, response_id);
}

function created(moment: Moment, response: ResponseObject): void {
  const { state } = moment;
  if (response.conversation_id === null) return cutResponse(state.playback, response.id);
  responseCreated(moment, response.id);
  state.reply_owed = false;
  state.ear.committed = false;
  if (state.farewell?.phase === "closing") state.farewell.response_id = response.id;
}

function outputItemDone(moment: Moment, { item, response_id, output_index }: OutputItemDone, rules: LedRules): void {
  const { state, now } = moment;
  if (!isInside(state, response_id)) return;
  if (item.type === "function_call" && item.status !== "incomplete") {
    return called(moment, { ...item, response_id }, rules);
  }
  if (item.type !== "message" || item.role !== "assistant") return;
  const words = wordsOf(item);
  if (words !== "") lunaText(moment, item.id, words, state.engine.speaker);
  const sound =
    soundOf(state.playback, item.id) ?? newSound(state, { item_id: item.id, response_id, output_index }, now);
  Object.assign(sound, { complete: true, state: "done" });
  // Generated is taken for heard until the client says otherwise: it alone knows.
  const turn = turnOf(state, item.id);
  if (turn?.state === "live") lunaHeard(moment, item.id, turn.text, item.status === "incomplete");
}

type Called = { id: string; call_id: string; name: string; arguments: string; response_id: string };

/** Each call is noted once; those of our own tools are run. */
function called(moment: Moment, { id, call_id, name, arguments: args, response_id }: Called, { own }: LedRules): void {
  const { tools, engine } = moment.state;
  if (tools.calls.some((known) => known.call_id === call_id)) return;
  // Nobody runs a client's tool here: its arguments are told again, as far as they are few.
  const kept = own.has(name) ? args : args.slice(0, MOST_ARGUMENT_CHARS);
  const call = { call_id, name, arguments: kept, item_id: id, response_id };
  tools.calls.push({ ...call, engine: engine.number, at: moment.now, output: null, run: null, output_item_id: null });
  placeItem(moment, id, undefined);
  if (!own.has(name)) return;
  callingResponse(tools, response_id).call_ids.push(call_id);
  moment.commands.push({ do: "run", call });
}

function done(moment: Moment, response: ResponseObject): void {
  const { state, now } = moment;
  if (!isInside(state, response.id)) return;
  const { response_id } = state.gate;
  if (response_id === null || response_id === response.id) state.gate = { ...freeGate(), owed: state.gate.owed };
  const calling = state.tools.responses.find((known) => known.response_id === response.id);
  if (calling !== undefined) {
    calling.done = true;
    calling.cancelled = response.status === "cancelled";
  }
  const { farewell } = state;
  if (farewell?.phase !== "closing" || farewell.response_id !== response.id) return;
  farewell.phase = "playing";
  farewell.due = (playingUntil(state, response.id) ?? now) + BREATH_MS;
}

/** When all of a response has been played by a client that plays as it comes, Unix ms; null where it has no sound or words. */
export function playingUntil(state: CallState, response_id: string): number | null {
  const sounds = soundsOf(state.playback, response_id);
  if (sounds.length === 0) return null;
  const began = Math.min(...sounds.map((sound) => sound.since ?? sound.at));
  const lasts = ({ item_id, received_ms }: Sound) =>
    state.engine.far ? spokenMs(turnOf(state, item_id)?.text ?? "") : received_ms;
  return began + sounds.reduce((ms, sound) => ms + lasts(sound), state.engine.far ? ON_THE_WAY_MS : 0);
}
