/**
 * Who answers, and how that changes in the middle of a call: by the caller, by API, or by the model's own router tool. The
 * engine stays; it gets one `session.update` with other instructions and tools, and a line in its history that says so.
 *
 * What is being said when a caller or the API asks is cut off, as if the caller had spoken up; a model's own answer, in
 * which it puts the caller through, is heard to its end. Then whoever answers now says one line.
 */
import type { PersonaStatus } from "../legs/wire.ts";
import type { RealtimeError } from "../realtime/events.ts";
import { interrupt } from "./barge-in.ts";
import { type Cast, LUNA_ALONE, memberOf, memberWith } from "./cast.ts";
import { callerGoesOn } from "./farewell.ts";
import { ask } from "./gate.ts";
import { type Moment, nextId, send, tell, tellError } from "./moment.ts";
import { callerActive } from "./silence.ts";
import type { CallState } from "./state.ts";
import { placeItem } from "./transcript.ts";
import { awaitsEcho, voiceLocked } from "./tuning.ts";

/** An update on its way to the engine. */
interface Sent {
  event_id: string;
  key: string;
  /** Who held before, and with whose voice. */
  before: { key: string; voice_of: string };
  voice: boolean;
  /** Unix ms. */
  since: number;
  /** Given for the second time, because nobody answered the first. */
  again?: boolean;
}

/** A change of who answers, as it stands in the history. */
export interface Mark {
  item_id: string;
  from: string;
  to: string;
  /** The engine of the moment knows. */
  told: boolean;
}

export interface PersonaState {
  key: string;
  by: PersonaStatus["by"];
  /** Who the engine was last configured as. */
  given: string;
  /** Who it is known to be: a response that begins now is theirs. */
  in_force: string;
  /** Whose voice it speaks with. */
  voice_of: string;
  sent: Sent[];
  /** Echoes that may still come, of updates that have been given up or given twice. */
  spare: number;
  marks: Mark[];
  /** Who began each of the latest responses. */
  responses: [response_id: string, key: string][];
  /** The new voice has to introduce itself as soon as it can. */
  line_owed: boolean;
  /** Another engine has to bring the voice. */
  revoice: boolean;
}

/** Kept of responses and marks. */
const KEPT = 24;
/** An update that fails validation may go unanswered. */
const ANSWER_MS = 3_000;

export function newPersona({ first }: Cast = LUNA_ALONE): PersonaState {
  return {
    key: first,
    by: "caller",
    given: first,
    in_force: first,
    voice_of: first,
    sent: [],
    spare: 0,
    marks: [],
    responses: [],
    line_owed: false,
    revoice: false,
  };
}

/** What the page is told. */
export function personaStatus(state: CallState): PersonaStatus {
  const { key, by } = state.persona;
  const { title = key, speaker = key } = memberOf(state, key) ?? {};
  return { type: "luna.persona", key, title, speaker, by, voice: voiceIs(state) };
}

function voiceIs(state: CallState): PersonaStatus["voice"] {
  return state.persona.voice_of === state.persona.key ? "own" : "stayed";
}

/** Why nobody else can answer now, one sentence for who asks; null where somebody can. */
export function personaRefusal(state: CallState, key: string): string | null {
  if (!memberOf(state, key)) return `Nobody here is called "${key}".`;
  if (state.ended !== null || state.farewell?.next === "spent") return "The call is ending: nobody else can take over.";
  if (state.handing_over || state.farewell?.next === "transfer") {
    return "A specialist is being connected: nobody else can take over now.";
  }
  if (state.engine.speaker === "specialist") return "A specialist has this call: nobody else can take over.";
  return null;
}

/** Somebody else answers from here on. By the model: its tool has done so, and the answer to it is asked for elsewhere. */
export function changePersona(moment: Moment, key: string, by: PersonaStatus["by"]): void {
  const { state } = moment;
  const { persona } = state;
  const refusal = personaRefusal(state, key);
  if (refusal !== null) {
    return tellError(moment, memberOf(state, key) ? "persona_refused" : "persona_unknown", refusal);
  }
  if (by !== "model") callerActive(moment);
  persona.by = by;
  if (key === persona.key) {
    if (by === "api") greetIfNobodyHas(moment);
    return tell(moment, personaStatus(state));
  }
  if (by !== "model") fallSilent(moment);
  const from = persona.key;
  persona.key = key;
  forgetTuned(state);
  note(moment, from);
  if (state.engine.ready) {
    give(moment);
    if (persona.revoice) persona.line_owed = true;
    // On hold nobody would hear them.
    else if (by !== "model" && !state.rest.held) ask(moment, {});
  } else {
    // A call that sleeps is not woken for it: the engine that comes is configured so, and answers the next word.
    persona.line_owed = !state.rest.parked;
  }
  tell(moment, personaStatus(state));
}

/** Nobody waits for the rest of what is being said, nor for an answer of who is leaving. */
function fallSilent(moment: Moment): void {
  callerGoesOn(moment.state);
  moment.state.gate.owed = null;
  interrupt(moment, true);
}

/** What was tuned for who answered before is not meant for who answers now. */
function forgetTuned(state: CallState): void {
  const { instructions: _, voice: __, ...others } = state.tuning.tuned;
  state.tuning.tuned = others;
}

/** Configures the engine as whoever answers now. The voice goes along as long as the provider takes one. */
function give(moment: Moment): void {
  const { state } = moment;
  const { persona, engine, setup } = state;
  const locked = isLocked(state);
  const before = { key: persona.given, voice_of: persona.voice_of };
  // Where the engine writes, its voice is the page's.
  const voice = !engine.text && !locked;
  if (!locked) persona.voice_of = persona.key;
  const event_id = nextId(state, "luna_evt");
  persona.given = persona.key;
  persona.sent.push({ event_id, key: persona.key, before, voice, since: moment.now });
  moment.commands.push({ do: "cast", key: persona.key, voice, event_id });
  persona.revoice = voiceIs(state) === "stayed" && setup.cast?.rotates === true && setup.rotate_at !== null;
  if (engine.far) persona.revoice = false;
  for (const mark of persona.marks) tellMark(moment, mark);
}

function isLocked(state: CallState): boolean {
  const { engine, playback } = state;
  if (engine.text) return false;
  // Over WebRTC the sound never comes here: that it has begun is all there is to know.
  const far = playback.sounds.some(({ engine: of, since }) => of === engine.number && since !== null);
  return voiceLocked(state) || (engine.far === true && far);
}

/** The engine of the moment is there. True when whoever answers has to introduce themselves to the caller. */
export function personaReady(moment: Moment, configured: string | undefined): boolean {
  const { state } = moment;
  const { persona } = state;
  const voice = voiceIs(state);
  const given = configured ?? persona.key;
  Object.assign(persona, { given, in_force: given, voice_of: given, sent: [], spare: 0, revoice: false });
  if (state.engine.speaker === "specialist") return false;
  if (given !== persona.key) give(moment);
  for (const mark of persona.marks) tellMark(moment, mark);
  if (voiceIs(state) !== voice) tell(moment, personaStatus(state));
  const owed = persona.line_owed;
  persona.line_owed = false;
  return owed;
}

/** Asked for by name before anybody has said a word, in a call in which nobody greets by themselves: their first words are owed. */
function greetIfNobodyHas(moment: Moment): void {
  const { state } = moment;
  if (state.setup.greeting || state.transcript.turns.length > 0 || state.rest.held) return;
  if (state.engine.ready) ask(moment, {});
  else state.persona.line_owed = !state.rest.parked;
}

/** No engine came with the right voice: whoever answers now says so with the wrong one. */
export function revoiceFailed(moment: Moment): void {
  const { persona } = moment.state;
  const owed = persona.line_owed;
  Object.assign(persona, { line_owed: false, revoice: false });
  if (owed) ask(moment, {});
}

/** The answer waits for the voice that it is to be given with. */
export function awaitsVoice(state: CallState): boolean {
  return state.persona.line_owed && state.engine.ready;
}

/**
 * The engine has taken an update: that of whoever's words it has now, and what was sent before and not echoed was dropped; where
 * the words are nobody's, the first one.
 * @param instructions as the engine echoes them.
 */
export function personaUpdated(state: CallState, instructions?: string): void {
  const { persona } = state;
  const shown = memberWith(state, instructions)?.key;
  const at = shown === undefined ? 0 : persona.sent.findIndex((one) => one.key === shown);
  // The echo of something else: of a change by which nobody takes over.
  if (at < 0) return;
  persona.in_force = persona.sent[at]?.key ?? persona.in_force;
  persona.sent.splice(0, at + 1);
}

/** What an `error` of the engine means for a change under way. True when that was all it meant. */
export function personaError(moment: Moment, error: RealtimeError): boolean {
  const { state } = moment;
  const { persona } = state;
  const aboutVoice = isAboutVoice(error);
  const sent = refusedOf(state, error);
  if (!sent) return false;
  const latest = persona.sent.at(-1) === sent;
  persona.sent = persona.sent.filter((one) => one !== sent);
  // A later change has gone out behind it and decides.
  if (sent.key !== persona.key || !latest) return true;
  persona.voice_of = sent.before.voice_of;
  if (aboutVoice && sent.voice) sendAgain(moment, sent);
  else goBack(moment, sent, error.message);
  tell(moment, personaStatus(state));
  return true;
}

/** Some servers leave the event's name out of their errors: then it is about the update that was sent first. */
function refusedOf(state: CallState, error: RealtimeError): Sent | undefined {
  const { sent } = state.persona;
  if (error.event_id != null) return sent.find((one) => one.event_id === error.event_id);
  if (awaitsEcho(state)) return undefined;
  if (isAboutVoice(error)) return sent.find((one) => one.voice);
  return (error.param ?? "").startsWith("session") ? sent[0] : undefined;
}

function isAboutVoice(error: RealtimeError): boolean {
  return error.code === "cannot_update_voice" || (error.param ?? "").endsWith("voice");
}

/** Whoever answered before goes on, or was asked for before and is still on the way. */
function goBack(moment: Moment, sent: Sent, why: string): void {
  const { persona } = moment.state;
  const from = persona.key;
  persona.key = persona.sent.at(-1)?.key ?? (persona.in_force === sent.key ? sent.before.key : persona.in_force);
  persona.given = persona.key;
  note(moment, from);
  for (const mark of persona.marks) tellMark(moment, mark);
  tellError(moment, "persona_refused", `The engine did not take the change, so the call goes on as before: ${why}`);
}

/** The same without the voice. */
function sendAgain(moment: Moment, sent: Sent, again = false): void {
  const { state, now } = moment;
  const event_id = nextId(state, "luna_evt");
  state.persona.sent.push({ ...sent, event_id, voice: false, since: now, again });
  moment.commands.push({ do: "cast", key: sent.key, voice: false, event_id });
}

/** The engine says nothing about it: it is told once more, which changes nothing where it had understood, and then given up. */
export function personaOverdue(moment: Moment): void {
  const { state, now } = moment;
  const { persona } = state;
  const [oldest] = persona.sent;
  if (oldest === undefined || now < oldest.since + ANSWER_MS) return;
  persona.sent.shift();
  persona.spare += 1;
  if (persona.sent.length > 0 || oldest.key !== persona.key || oldest.key === persona.in_force) return;
  if (oldest.again !== true) return sendAgain(moment, oldest, true);
  persona.voice_of = oldest.before.voice_of;
  goBack(moment, oldest, `it did not answer within ${ANSWER_MS / 1_000} seconds.`);
  tell(moment, personaStatus(state));
}

export function personaWake(state: CallState): number | null {
  const [oldest] = state.persona.sent;
  return oldest === undefined ? null : oldest.since + ANSWER_MS;
}

/** The engine is gone, and what was on its way to it. */
export function personaEngineGone(state: CallState): void {
  Object.assign(state.persona, { sent: [], spare: 0, revoice: false });
}

/** A response has begun, as whoever the engine was told to be by then. */
export function personaOfResponse(state: CallState, response_id: string): void {
  const { persona } = state;
  persona.responses.push([response_id, persona.in_force]);
  // Whoever has answered something already needs no introduction.
  if (persona.in_force === persona.key) persona.line_owed = false;
  if (persona.responses.length > KEPT) persona.responses.shift();
}

/** Whose call a function call is: its tools are those that it may use. */
export function callerOf(state: CallState, response_id: string): string {
  const { persona } = state;
  return persona.responses.find(([id]) => id === response_id)?.[1] ?? persona.in_force;
}

// The history ----------------------------------------------------------------------------------------------------------

const MARK = /^From here on .+ \((\S+)\) answers in place of .+ \((\S+)\)\./;

/** The change in an item of the history; undefined where it tells of none. */
export function changeIn(text: string): { from: string; to: string } | undefined {
  const [, to, from] = MARK.exec(text) ?? [];
  return from === undefined || to === undefined ? undefined : { from, to };
}

/** Writes the change into the history; the engine is told of it with the update, or when there is one. */
function note(moment: Moment, from: string): void {
  const { state } = moment;
  const { persona } = state;
  const item_id = nextId(state, "luna_cast");
  placeItem(moment, item_id, undefined);
  persona.marks.push({ item_id, from, to: persona.key, told: false });
  if (persona.marks.length > KEPT) persona.marks.shift();
}

function tellMark(moment: Moment, mark: Mark): void {
  if (mark.told) return;
  mark.told = true;
  send(moment, markItem(moment.state, mark, true));
}

/**
 * The change as an item of the conversation. `now`: whoever takes over is to introduce themselves; else it is one of the past.
 */
export function markItem(state: CallState, { item_id, from, to }: Mark, now: boolean) {
  const name = (key: string) => `${memberOf(state, key)?.speaker ?? key} (${key})`;
  const then = now ? INTRODUCE : "";
  const content = [
    { type: "input_text" as const, text: `From here on ${name(to)} answers in place of ${name(from)}.${then}` },
  ];
  return {
    type: "conversation.item.create" as const,
    item: { id: item_id, type: "message" as const, role: "system" as const, content },
  };
}

const INTRODUCE =
  " Say in one short sentence who you are and how you can help; if the caller has just asked for something, do that instead.";
