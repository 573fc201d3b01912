/**
 * Engines come and go under a running call. Whatever took one away (the provider's hour, a broken line, a hand-over), the
 * answer is the same: nothing of it is waited for any more, and the next one is told what was heard and done.
 */
import { cutOff } from "./barge-in.ts";
import { deaf } from "./ear.ts";
import { ask, engineLost } from "./gate.ts";
import { type Moment, send, tell } from "./moment.ts";
import { personaEngineGone, personaReady, revoiceFailed } from "./persona.ts";
import { openSounds, soundsOf } from "./playback.ts";
import { loseHearing, rehear, stopRehearing } from "./rehearing.ts";
import { owesAnswer } from "./reseed.ts";
import { isCalm } from "./rest.ts";
import type { CallState, EngineSetup } from "./state.ts";
import { callingEngineLost, giveOutput } from "./tool-turn.ts";
import { turnOf } from "./transcript.ts";
import { tuningEngineGone, type Update } from "./tuning.ts";

/** After a second engine that did not come, or came too late for the pause. */
const ROTATE_AGAIN_MS = 20_000;

/** The engine is configured and hears, and so does somebody at the other end: before that it is not reported. */
export function engineReady(moment: Moment, setup: EngineSetup): void {
  moment.state.away = false;
  takeSeat(moment, setup);
}

/** Says what the engine has not been told, and lets it speak if it is its turn. */
function takeSeat(moment: Moment, setup: EngineSetup): void {
  const { state } = moment;
  const again = state.engine.ready;
  const another = setup.speaker !== state.engine.speaker;
  // An engine of text cannot be given the sound.
  if (setup.text && (stopRehearing(state) || setup.woken)) state.reply_owed = true;
  const answers = owesAnswer(state);
  const { silence_ms, rest_ms, rotate_at, generation = [], media = "socket" } = setup;
  const far = media === "peer";
  state.engine = { ...state.engine, ready: true, text: setup.text, speaker: setup.speaker, far };
  Object.assign(state.setup, { silence_ms, rest_ms, rotate_at, generation });
  Object.assign(state, { handing_over: false, reconnecting: false });
  state.rest.parked = false;
  const introduces = personaReady(moment, setup.persona);
  sendUnsent(moment);
  // It answers what it hears by itself; whether it did is looked at later.
  if (rehear(state, moment.now)) return;
  state.reply_owed = false;
  const greets = state.setup.greeting && state.transcript.turns.length === 0;
  if (again && !another && !introduces) return;
  if (another || greets || answers || introduces) ask(moment, { urgent: another || greets });
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

/**
 * The engine is gone. What it had finished goes on sounding; what it had not ends where the ear is.
 * @param again another one like it comes, and hears what this one took with it.
 */
export function engineGone(moment: Moment, again = false): void {
  const { state } = moment;
  const answered = wasAnswered(state);
  state.reconnecting = again;
  const unanswered = engineLost(state) && !answered;
  if (unanswered) state.reply_owed = true;
  if (state.ear.committed) state.reply_owed = true;
  if (again) loseHearing(state, unanswered);
  // Over WebRTC nobody here has the caller's last words as sound.
  if ((!again || state.engine.far) && stopRehearing(state)) state.reply_owed = true;
  deaf(state.ear, "engine");
  // The object may have been rebuilt, and its timers with it.
  state.wake_at = null;
  state.engine.ready = false;
  state.engine.number += 1;
  // A second one that was being dialled is closed with it.
  state.rest.rotating = false;
  stopUnfinished(moment);
  callingEngineLost(moment);
  tuningEngineGone(moment);
  personaEngineGone(state);
}

/**
 * Only the formal end of the response was missing. What has been said whole may still have been the beginning ("One moment",
 * and then a tool): only a question is certain to be the end.
 */
function wasAnswered(state: CallState): boolean {
  const { response_id } = state.gate;
  if (response_id === null || state.gate.at !== "active" || state.gate.owed !== null) return false;
  const sounds = soundsOf(state.playback, response_id);
  if (sounds.length === 0 || !sounds.every((sound) => sound.complete)) return false;
  const last = turnOf(state, sounds.at(-1)?.item_id ?? "");
  return last?.text.trimEnd().endsWith("?") === true;
}

function stopUnfinished(moment: Moment): void {
  const { state } = moment;
  const { playback } = state;
  const open = openSounds(playback);
  // What a provider plays by itself ends with it, finished or not.
  for (const sound of open.filter(({ far }) => far)) {
    if (sound.since !== null) state.reply_owed = true;
    cutOff(moment, sound);
  }
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

/** A second engine takes over in a pause; the first has nothing under way. Null: it could not be opened. */
export function engineSwapped(moment: Moment, setup: EngineSetup | null): void {
  const { state, now } = moment;
  state.rest.rotating = false;
  if (setup === null) {
    state.setup.rotate_at = now + ROTATE_AGAIN_MS;
    revoiceFailed(moment);
    return;
  }
  engineGone(moment, true);
  takeSeat(moment, setup);
}

/**
 * Nothing has been said since `told` items and nothing is going on: the second engine knows all there is.
 * @param tuned what it was dialled with; a change since then would be gone with the first.
 */
export function maySwap(state: CallState, told: number, tuned: Update): boolean {
  const { asked, tuned: now } = state.tuning;
  if (asked !== null || JSON.stringify(tuned) !== JSON.stringify(now)) return false;
  return isCalm(state) && state.transcript.order.length === told;
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
