/**
 * Engines come and go under a running call. Whatever took one away (the provider's hour, a broken line, a hand-over), the
 * answer is the same: nothing of it is waited for any more, and the next one is told what was heard and done.
 */
import { cutOff } from "./barge-in.ts";
import { deaf } from "./ear.ts";
import { ask, engineLost } from "./gate.ts";
import { type Moment, send, tell } from "./moment.ts";
import { openSounds, soundsOf } from "./playback.ts";
import { owesAnswer } from "./reseed.ts";
import type { CallState, EngineSetup } from "./state.ts";
import { callingEngineLost, giveOutput } from "./tool-turn.ts";
import { turnOf } from "./transcript.ts";

/** The engine is configured and hears. Says what it has not been told, and lets it speak if it is its turn. */
export function engineReady(moment: Moment, setup: EngineSetup): void {
  const { state } = moment;
  const again = state.engine.ready;
  const another = setup.speaker !== state.engine.speaker;
  const answers = owesAnswer(state);
  state.engine = { ...state.engine, ready: true, text: setup.text, speaker: setup.speaker };
  state.setup.silence_ms = setup.silence_ms;
  state.handing_over = false;
  state.reply_owed = false;
  sendUnsent(moment);
  const greets = state.setup.greeting && state.transcript.turns.length === 0;
  if (again && !another) return;
  if (another || greets || answers) ask(moment, { urgent: another || greets });
}

/** Words and outputs that came while there was no engine, beyond what the seeds held. */
function sendUnsent(moment: Moment): void {
  const { state } = moment;
  const { unsent, unsent_outputs } = state;
  state.unsent = [];
  state.unsent_outputs = [];
  for (const id of unsent) sendWords(moment, id);
  for (const call of state.tools.calls) {
    if (unsent_outputs.includes(call.call_id)) giveOutput(moment, call);
  }
}

/** Tells the engine the caller's words of this turn, or keeps them until there is one. */
export function sendWords(moment: Moment, item_id: string): void {
  const { state } = moment;
  const turn = turnOf(state, item_id);
  if (turn === undefined || turn.text === "") return;
  if (!state.engine.ready) {
    state.unsent.push(item_id);
    return;
  }
  const content = [{ type: "input_text" as const, text: turn.text }];
  send(moment, { type: "conversation.item.create", item: { id: item_id, type: "message", role: "user", content } });
}

/** The engine is gone. What it had finished goes on sounding; what it had not ends where the ear is. */
export function engineGone(moment: Moment): void {
  const { state } = moment;
  const answered = wasAnswered(state);
  if (engineLost(state) && !answered) state.reply_owed = true;
  if (state.ear.committed) state.reply_owed = true;
  deaf(state.ear, "engine");
  // The object may have been rebuilt, and its timers with it.
  state.wake_at = null;
  state.engine.ready = false;
  state.engine.number += 1;
  stopUnfinished(moment);
  callingEngineLost(moment);
}

/** Only the formal end of the response was missing: everything in it has come, and no tool. */
function wasAnswered(state: CallState): boolean {
  const { response_id } = state.gate;
  if (response_id === null || state.gate.at !== "active" || state.gate.owed !== null) return false;
  const sounds = soundsOf(state.playback, response_id);
  return sounds.length > 0 && sounds.every((sound) => sound.complete);
}

function stopUnfinished(moment: Moment): void {
  const { playback } = moment.state;
  const open = openSounds(playback);
  const unfinished = open.filter((sound) => !sound.complete);
  if (unfinished.some((sound) => sound.passed_ms > 0 || sound.text)) {
    tell(moment, { type: "luna.flush" });
    // The page throws everything away, finished or not.
    for (const sound of open) cutOff(moment, sound);
  }
  for (const sound of unfinished) cutOff(moment, sound);
  playback.held = [];
  playback.held_ms = [];
}

/** The specialist takes over from here: the engine of the moment has said its last word. */
export function handOver(moment: Moment): void {
  engineGone(moment);
  const { state } = moment;
  state.reply_owed = false;
  state.handing_over = true;
  state.escalated = true;
  moment.commands.push({ do: "hand_over" });
}
