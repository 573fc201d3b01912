/**
 * Changes of the running session. The page asks (`luna.session`), the engine gets one `session.update`, and what it echoes is
 * held against what was asked. A change that the engine refuses, or does not answer, is dropped whole; one that it takes is
 * remembered, so that every engine after this one gets it too. Tools and policy are code and cannot be tuned.
 */
import type { PageMessage, SessionStatus } from "../legs/wire.ts";
import type { RealtimeError, Session, SessionConfig, TranscriptionSession } from "../realtime/events.ts";
import { sameSession, turnDetection } from "../realtime/session.ts";
import { memberWith } from "./cast.ts";
import { type Moment, send, tell } from "./moment.ts";
import type { CallState } from "./state.ts";

/** An update that fails validation may go unanswered. */
const ANSWER_MS = 3_000;
const FOR_ANOTHER = "Somebody else has taken over the call: the change was not meant for them.";

export type Update = Extract<PageMessage, { type: "luna.session" }>["update"];
/** What only some engines have; the GA protocol has none of it. */
export type GenerationSetting = "temperature" | "top_p" | "top_k";
export const GENERATION: readonly GenerationSetting[] = ["temperature", "top_p", "top_k"];

interface Asked {
  update: Update;
  event_id: string | null;
  since: number;
  /** Key of who answered then: instructions and voice are meant for them. */
  persona: string;
}

export interface Tuning {
  /** What was asked for and taken, in this call so far. */
  tuned: Update;
  /** One change at a time. `event_id` is null while it waits for an engine, or for the end of an answer. */
  asked: Asked | null;
  /** Given up as unanswered; its echo may still come. */
  late: Update | null;
  /** As the engine told it last; null before it has. */
  effective: SessionStatus["effective"] | null;
}

export function newTuning(): Tuning {
  return { tuned: {}, asked: null, late: null, effective: null };
}

/** The page asks for a change; an empty one asks what holds. */
export function tune(moment: Moment, update: Update): void {
  const { state } = moment;
  const { tuning } = state;
  if (Object.keys(update).length === 0) return answer(moment, {});
  if (tuning.asked !== null && tuning.asked.event_id !== null) {
    return refuse(moment, update, "The change before this one is still on its way. Try again in a moment.");
  }
  const refusal = refusalOf(state, update);
  if (refusal !== null) return refuse(moment, update, refusal);
  const { key: persona } = state.persona;
  tuning.asked = { update: { ...tuning.asked?.update, ...update }, event_id: null, since: moment.now, persona };
  sendTuning(moment);
}

/** Sends the change that waits, when its time has come. The speed changes between two answers only. */
export function sendTuning(moment: Moment): void {
  const { state } = moment;
  const { asked } = state.tuning;
  if (asked === null || asked.event_id !== null || !state.engine.ready || state.ended !== null) return;
  if (asked.update.speed !== undefined && state.gate.at !== "free") return;
  // While it waited, Luna may have been heard, or another engine may have come.
  const refusal = isForAnother(state, asked) ? FOR_ANOTHER : refusalOf(state, asked.update);
  if (refusal !== null) {
    state.tuning.asked = null;
    return refuse(moment, asked.update, refusal);
  }
  // Whoever takes over first has to be there: of two updates in flight nobody could tell for certain which one was dropped.
  if (state.persona.sent.length > 0) return;
  asked.event_id = send(moment, { type: "session.update", session: configOf(asked.update) });
  asked.since = moment.now;
}

/**
 * The engine tells the session that holds now: after our change, after one of somebody else, or for reasons of its own.
 * True when it is the echo of ours.
 */
export function sessionUpdated(moment: Moment, session: Session | TranscriptionSession): boolean {
  const { tuning, persona } = moment.state;
  if (session.type !== "realtime") return false;
  const theirs = tellsOfAnother(moment.state, session);
  tuning.effective = effectiveOf(session);
  const mine = awaitsEcho(moment.state);
  const waiting = mine ? (tuning.asked?.update ?? null) : tuning.late;
  if (waiting === null) return false;
  const verdict = sameSession(configOf(waiting), session);
  const differences = verdict.ok ? [] : verdict.differences.map((one) => fieldOf(one.path));
  // An echo of something else: the late one is not answered by it.
  if (!mine && !verdict.ok) return false;
  if (mine && !verdict.ok && persona.spare > 0) {
    persona.spare -= 1;
    return false;
  }
  // Whoever has taken over since is there already, and ours, which was sent before, has had no echo of its own.
  if (theirs && !verdict.ok) giveUp(moment);
  else taken(moment, waiting, [...new Set(differences)]);
  return !theirs;
}

/** The echo of an update that makes somebody else of the engine: it has other words now, and they were not asked for here. */
function tellsOfAnother(state: CallState, session: Session): boolean {
  const { persona, tuning } = state;
  if (persona.sent.length === 0) return false;
  const shown = memberWith(state, session.instructions)?.key;
  if (shown !== undefined) return shown !== persona.in_force && persona.sent.some((sent) => sent.key === shown);
  const ours = tuning.asked?.update.instructions ?? tuning.late?.instructions;
  return ours === undefined && tuning.effective !== null && tuning.effective.instructions !== session.instructions;
}

/** Our change is the next one to be echoed: engines echo in the order in which they were asked. */
export function awaitsEcho({ tuning, persona }: CallState): boolean {
  const { asked } = tuning;
  if (asked === null || asked.event_id === null) return false;
  const [other] = persona.sent;
  return other === undefined || countOf(asked.event_id) < countOf(other.event_id);
}

/** Ids count up over the call. */
function countOf(event_id: string): number {
  return Number(event_id.slice(event_id.lastIndexOf("_") + 1));
}

/** Somebody else has taken over since, with instructions and a voice of their own. */
function isForAnother(state: CallState, { update, persona }: Asked): boolean {
  return persona !== state.persona.key && (update.instructions !== undefined || update.voice !== undefined);
}

function taken(moment: Moment, update: Update, differences: string[]): void {
  const { state } = moment;
  const { tuning } = state;
  const another = tuning.asked !== null && isForAnother(state, tuning.asked);
  tuning.asked = null;
  tuning.late = null;
  const held = Object.entries(update).filter(([name]) => {
    if (another && (name === "instructions" || name === "voice")) return false;
    return !differences.some((field) => covers(field, name));
  });
  tuning.tuned = { ...tuning.tuned, ...Object.fromEntries(held) };
  if (differences.length === 0) return answer(moment, {});
  const message = `The engine took the change, but not all of it as asked: ${differences.join(", ")}.`;
  answer(moment, { differences, message });
}

/** What an `error` of the engine means for a change under way. True when that was all it meant. */
export function tuningError(moment: Moment, error: RealtimeError): boolean {
  const { tuning } = moment.state;
  const { asked } = tuning;
  if (asked === null || asked.event_id === null) return false;
  // Some servers leave the event's name out of their errors; a refused setting they name all the same.
  const nameless = awaitsEcho(moment.state) && (error.param ?? "").startsWith("session");
  const mine = error.event_id == null ? nameless : error.event_id === asked.event_id;
  if (!mine) return false;
  tuning.asked = null;
  refuse(moment, asked.update, `The engine refused the change: ${error.message}`);
  return true;
}

/** The engine says nothing about it. */
export function tuningOverdue(moment: Moment): void {
  const { tuning } = moment.state;
  const due = tuningWake(moment.state);
  if (due === null || moment.now < due || tuning.asked === null) return;
  giveUp(moment);
}

function giveUp(moment: Moment): void {
  const { tuning } = moment.state;
  if (tuning.asked === null) return;
  const { update } = tuning.asked;
  tuning.late = update;
  tuning.asked = null;
  refuse(moment, update, `The engine did not answer the change within ${ANSWER_MS / 1_000} seconds.`);
}

export function tuningWake(state: CallState): number | null {
  const { asked } = state.tuning;
  return asked === null || asked.event_id === null ? null : asked.since + ANSWER_MS;
}

/** The engine is gone with the change it was given. One that still waits goes to the next engine. */
export function tuningEngineGone(moment: Moment): void {
  const { tuning } = moment.state;
  const { asked } = tuning;
  tuning.late = null;
  if (asked === null || asked.event_id === null) return;
  tuning.asked = null;
  refuse(moment, asked.update, "The line to the engine was lost before it took the change.");
}

/** Providers lock the voice with the first sound of the assistant. A new engine has not made any yet. */
export function voiceLocked(state: CallState): boolean {
  const { engine, playback } = state;
  return playback.sounds.some((sound) => {
    const heard = sound.received_ms > 0 || sound.since !== null;
    return sound.engine === engine.number && !sound.text && heard;
  });
}

function refusalOf(state: CallState, update: Update): string | null {
  const accepted = state.setup.generation ?? [];
  const foreign = GENERATION.filter((name) => update[name] !== undefined && !accepted.includes(name));
  if (foreign.length > 0) {
    return `This engine has no ${foreign.join(", ")}: nothing was changed. The Realtime protocol took them out.`;
  }
  if (update.voice !== undefined && voiceLocked(state)) {
    return "The voice cannot change any more: Luna has been heard with it. Choose another one before the next call.";
  }
  return null;
}

function refuse(moment: Moment, update: Update, message: string): void {
  answer(moment, { ok: false, differences: Object.keys(update), message });
}

function answer(moment: Moment, what: { ok?: boolean; differences?: string[]; message?: string }): void {
  const { differences = [], message = null } = what;
  const { effective } = moment.state.tuning;
  tell(moment, {
    type: "luna.session",
    ok: what.ok ?? differences.length === 0,
    differences,
    message,
    effective: effective ?? { instructions: "", voice: "", speed: 1, vad: null },
  });
}

/** The change in the protocol's shape. Turn detection goes whole: servers do not agree on merging inside of it. */
export function configOf(update: Update): SessionConfig {
  const { instructions, voice, speed, vad, ...generation } = update;
  const output = { ...(voice === undefined ? {} : { voice }), ...(speed === undefined ? {} : { speed }) };
  const audio = {
    ...(vad === undefined ? {} : { input: { turn_detection: turnDetection(vad) } }),
    ...(Object.keys(output).length === 0 ? {} : { output }),
  };
  return {
    type: "realtime",
    ...(instructions === undefined ? {} : { instructions }),
    ...(Object.keys(audio).length === 0 ? {} : { audio }),
    ...generation,
  };
}

/** The session of an engine that comes later: as the scenario has it, with what was tuned since. */
export function withTuned(config: SessionConfig, tuned: Update, accepted: readonly GenerationSetting[]): SessionConfig {
  const foreign = GENERATION.filter((name) => !accepted.includes(name));
  const held = Object.fromEntries(Object.entries(tuned).filter(([name]) => !foreign.some((one) => one === name)));
  const { audio, ...plain } = configOf(held);
  return {
    ...config,
    ...plain,
    audio: {
      ...config.audio,
      input: { ...config.audio?.input, ...audio?.input },
      output: { ...config.audio?.output, ...audio?.output },
    },
  };
}

function effectiveOf(session: Session): SessionStatus["effective"] {
  const { voice, speed } = session.audio?.output ?? {};
  return {
    instructions: session.instructions ?? "",
    voice: typeof voice === "object" ? voice.id : (voice ?? ""),
    speed: speed ?? 1,
    vad: session.audio?.input?.turn_detection ?? null,
  };
}

/** `audio.input.turn_detection.threshold` is what the page calls `vad.threshold`. */
function fieldOf(path: string): string {
  return path.replace("audio.input.turn_detection", "vad").replace("audio.output.", "");
}

/** A difference in a field, or in what is around it, touches the setting of this name. */
function covers(field: string, name: string): boolean {
  const [first] = field.split(".");
  return first === name || (first === "audio" && (name === "voice" || name === "speed" || name === "vad"));
}
