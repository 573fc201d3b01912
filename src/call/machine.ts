/**
 * The rules of a call, put together. Pure: no sockets, no storage, no clock but `now` (Unix ms) and no randomness; ids count up.
 * `step` changes the state in place and returns what the shell has to do, in order. Events of an engine that has been
 * reported gone (or replaced on `hand_over`) must not be given to `step` any more.
 */
import type { AudioDelta } from "../realtime/audio-delta.ts";
import { flushOverdue, markPlayed } from "./barge-in.ts";
import { nothingAhead } from "./clock.ts";
import { closeTurns as close } from "./closing.ts";
import { earOverdue, earWake, newEar, speechStopped } from "./ear.ts";
import { engineGone, engineReady, engineSwapped, handOver } from "./engine-life.ts";
import { farWake, noteFarHeard } from "./far-playback.ts";
import { farewellDue, spent } from "./farewell.ts";
import { fromEngine } from "./from-engine.ts";
import { fromPage, legBack, legGone } from "./from-page.ts";
import { ask, doubtGate, freeGate, gateWake, release, responseLives, watchGate } from "./gate.ts";
import { tellLine } from "./line.ts";
import { linkClosed, stayClosed } from "./link-closed.ts";
import { lookBack } from "./missed.ts";
import type { Moment } from "./moment.ts";
import { changePersona, newPersona, personaOverdue, personaWake } from "./persona.ts";
import { newPlayback, playbackWake, takeAudio, unreported } from "./playback.ts";
import { newRehearing, stopRehearing } from "./rehearing.ts";
import { newRest, restWake, watchRest } from "./rest.ts";
import { newSilence, silenceWake, watchSilence } from "./silence.ts";
import type { CallState, Command, Input, Setup } from "./state.ts";
import { newToolTurns, toolsWake } from "./tool-calls.ts";
import { toolDone, toolsOverdue } from "./tool-turn.ts";
import { newTranscript, settleOverdue, transcriptWake } from "./transcript.ts";
import { newTuning, sendTuning, tuningOverdue, tuningWake } from "./tuning.ts";
import { wakeFor } from "./wake.ts";

export { maySwap } from "./engine-life.ts";
export { outcomeOf } from "./outcome.ts";
export { personaRefusal, personaStatus } from "./persona.ts";
export { owesAnswer, seeds } from "./reseed.ts";
export type { CallState, Command, Input, Setup, ToolCall } from "./state.ts";
export { turnsInOrder } from "./transcript.ts";

/** A call before its engine is ready. */
export function newCall(setup: Setup): CallState {
  return {
    setup: { ...setup },
    count: 0,
    engine: { ready: false, number: 0, text: setup.text, speaker: "luna" },
    ear: newEar(),
    gate: freeGate(),
    tools: newToolTurns(),
    farewell: null,
    playback: newPlayback(),
    transcript: newTranscript(),
    silence: newSilence(),
    rest: newRest(),
    line: "connecting",
    handing_over: false,
    escalated: false,
    reply_owed: false,
    away: false,
    reconnecting: false,
    rehearing: newRehearing(),
    missed: null,
    tuning: newTuning(),
    persona: newPersona(setup.cast),
    unsent: [],
    unsent_outputs: [],
    wake_at: null,
    stepped_at: null,
    ended: null,
  };
}

/** One thing happened. Returns the commands in the order in which they have to be carried out. */
export function step(state: CallState, input: Input, now: number): Command[] {
  const moment: Moment = { state, now, commands: [] };
  if (state.ended !== null) {
    state.wake_at = null;
    afterEnd(moment, input);
    return moment.commands;
  }
  if (input.from === "clock" || (state.wake_at !== null && state.wake_at <= now)) state.wake_at = null;
  nothingAhead(state, now);
  noteFarHeard(moment);
  take(moment, input);
  if (state.ended === null) {
    watch(moment);
    wakeFor(moment, nextDue(state));
  }
  return moment.commands;
}

/**
 * One audio delta of `ms` came from the engine (hot path). Returns what to play now: usually the same delta, none when it
 * was cut off or has to wait for an earlier message of its response; what waited is played by a `play` command later.
 */
export function audioArrived(state: CallState, delta: AudioDelta, ms: number, now: number): AudioDelta[] {
  responseLives(state, delta.response_id, now);
  return takeAudio(state, delta, ms, now);
}

/** Settles every open turn when the shell ends the call by itself: gives the last `record` and `tell` commands. Safe to repeat. */
export function closeTurns(state: CallState, now: number): Command[] {
  const moment: Moment = { state, now, commands: [] };
  close(moment);
  return moment.commands;
}

function take(moment: Moment, input: Input): void {
  switch (input.from) {
    case "engine":
      fromEngine(moment, input.event);
      break;
    case "page":
      fromPage(moment, input.message);
      break;
    case "tool":
      toolDone(moment, input);
      break;
    case "persona":
      changePersona(moment, input.key, input.by);
      break;
    case "engine_ready":
      engineReady(moment, input.setup);
      break;
    case "engine_gone":
      engineGone(moment, input.again);
      break;
    case "engine_back":
      // The end of the sentence may be among what was missed; that of one that goes on will be told.
      if (moment.state.ear.speaking && moment.state.ear.by === "engine")
        speechStopped(moment.state, "engine", moment.now);
      doubtGate(moment);
      lookBack(moment);
      break;
    case "engine_swapped":
      engineSwapped(moment, input.setup);
      break;
    case "leg_gone":
      legGone(moment);
      break;
    case "spent":
      spent(moment);
      break;
    case "link_closed":
      linkClosed(moment, input.why);
      break;
    case "leg_back":
      legBack(moment);
      break;
    case "clock":
  }
}

/** After the end only words that come late still matter. */
function afterEnd(moment: Moment, input: Input): void {
  if (input.from !== "engine") return;
  const { event } = input;
  if (event.type !== "conversation.item.input_audio_transcription.completed") return;
  fromEngine(moment, event);
}

/** The rules that look at the whole after each thing that happened. */
function watch(moment: Moment): void {
  const { state, now } = moment;
  flushOverdue(moment);
  const silent = unreported(state, now);
  if (silent !== undefined) markPlayed(moment, silent);
  settleOverdue(moment, false);
  toolsOverdue(moment);
  if (earOverdue(state, now)) ask(moment, {});
  if (rehearingOver(state, now)) ask(moment, {});
  watchGate(moment);
  stayClosed(moment);
  personaOverdue(moment);
  tuningOverdue(moment);
  // Before the next answer is asked for, so that it is the first with the change.
  sendTuning(moment);
  release(moment);
  const due = farewellDue(state, now);
  if (due === "transfer") handOver(moment);
  if (due === "end") end(moment, "luna_ended");
  if (due === "spent") end(moment, "spent");
  if (due === "closed") end(moment, "link_closed");
  watchSilence(moment);
  if (watchRest(moment) === "silent") end(moment, "silent");
  if (state.ended === null) tellLine(moment);
}

/** The sound was given to the new engine and it noticed nothing in it. */
function rehearingOver(state: CallState, now: number): boolean {
  const { due } = state.rehearing;
  return due !== null && now >= due && stopRehearing(state);
}

/** Luna hangs up. */
function end(moment: Moment, reason: "luna_ended" | "silent" | "spent" | "link_closed"): void {
  close(moment);
  moment.state.ended = reason;
  moment.commands.push({ do: "end", reason });
}

function nextDue(state: CallState): number | null {
  const times = [
    gateWake(state),
    earWake(state.ear),
    playbackWake(state),
    farWake(state),
    transcriptWake(state),
    silenceWake(state),
    restWake(state),
    state.rehearing.due,
    toolsWake(state),
    state.farewell?.due ?? null,
    personaWake(state),
    tuningWake(state),
  ].filter((time) => time !== null);
  return times.length === 0 ? null : Math.min(...times);
}
