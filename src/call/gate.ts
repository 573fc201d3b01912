/**
 * One response at a time. The server refuses a second one, and both sides may start one: the call, and the server's voice
 * activity detection. So a `response.create` is sent only while nothing is requested or active; at most one wish waits.
 */
import type { RealtimeError, ResponseObject } from "../realtime/events.ts";
import { errorFailure, type Failure, responseFailure } from "../realtime/failures.ts";
import { type Moment, notice, send } from "./moment.ts";
import { cutResponse, isCut } from "./playback.ts";
import type { CallState } from "./state.ts";
import { toolsRunning } from "./tool-calls.ts";

/** From `response.create` to `response.created`; an error about it can be lost or come without a name. */
const CREATE_MS = 4_000;
/** From `response.cancel` to `response.done`. */
const CANCEL_MS = 4_000;
/** A response whose events have stopped coming. */
const STALLED_MS = 30_000;
/** A response of a moment ago, after a gap in the line. */
const DOUBT_MS = 2_500;
/** A response known only from the server's refusal. */
const UNNAMED_MS = 10_000;
/** A wish waits this long at most for tools to come back. */
const TOOLS_PATIENCE_MS = 8_000;
/** A wish waits this long at most for the caller to finish: noise without end must not silence Luna. */
const CALLER_PATIENCE_MS = 30_000;
/** Before the one more try after a failed response. */
const BACK_OFF_MS = 1_500;
const TRIES = 2;
/** Responses that are over are remembered so long, for what may still come of them. */
const OVER_KEPT = 8;

/** Instead of all other instructions, for this one response. */
const STILL_THERE =
  "The caller has said nothing for a while. Ask in one short, friendly sentence whether they are still there.";

/** A reply that is wanted. */
export interface Wish {
  /** Items of ours it has to take into account and the server has not confirmed yet. */
  waits: string[];
  /** It asks whether the caller is still there; nobody is owed it. */
  silence: boolean;
  /** Does not wait until the caller has finished speaking. */
  urgent: boolean;
  since: number;
  not_before: number;
}

export interface Gate {
  at: "free" | "requested" | "active" | "cancelling";
  /** Null also while active: a response the server told of only by refusing ours. */
  response_id: string | null;
  /** When `at` was entered, or when the active response last gave a sign of life. */
  since: number;
  /** The create under way. `settled`: the response that began had all it waited for, so a refusal costs nothing. */
  asked: (Wish & { event_id: string; tries: number; settled: boolean }) | null;
  owed: Wish | null;
  /** Event id of the cancel under way: errors about earlier ones mean nothing. */
  cancel_id: string | null;
  /** Cancel the requested response as soon as it has a name. */
  cancel_wanted: boolean;
  /** Responses that failed in a row. */
  failures: number;
  /** Responses that are over, or were given up: nothing of them is a sign of one that has begun. */
  over: string[];
}

export function freeGate(): Gate {
  return {
    at: "free",
    response_id: null,
    since: 0,
    asked: null,
    owed: null,
    cancel_id: null,
    cancel_wanted: false,
    failures: 0,
    over: [],
  };
}

/** A reply is wanted: now if the gate is free, else once, after what is under way. */
export function ask(moment: Moment, wish: Partial<Omit<Wish, "since">>): void {
  owe(moment.state.gate, { waits: [], silence: false, urgent: false, not_before: 0, since: moment.now, ...wish });
  release(moment);
}

function owe(gate: Gate, wish: Wish): void {
  const before = gate.owed;
  if (before === null) {
    gate.owed = { ...wish, waits: [...wish.waits] };
    return;
  }
  before.waits.push(...wish.waits.filter((id) => !before.waits.includes(id)));
  before.silence &&= wish.silence;
  before.urgent ||= wish.urgent;
  before.since = Math.min(before.since, wish.since);
  before.not_before = Math.min(before.not_before, wish.not_before);
}

/** Sends the waiting wish when its time has come: while somebody is there to hear what comes of it. */
export function release(moment: Moment): void {
  const { state, now } = moment;
  const { gate } = state;
  const wish = gate.owed;
  if (wish === null || gate.at !== "free" || !state.engine.ready || state.ended !== null) return;
  if (state.away) {
    // Nobody is asked whether they are still there when it is known that they are not.
    if (wish.silence) gate.owed = null;
    return;
  }
  if (state.farewell?.next === "closed") return;
  if (isOnHold(state)) {
    // Paid when the call is off hold: until then the engine may be put to bed.
    state.reply_owed ||= !wish.silence;
    gate.owed = null;
    return;
  }
  if (heldUntil(state, wish) > now) return;
  gate.owed = null;
  create(moment, wish, 1);
}

/** Nobody listens for now. What ends the call is said all the same. */
function isOnHold({ rest, farewell }: CallState): boolean {
  return rest.held && farewell === null;
}

/** 0 when nothing holds the wish back. An engine with audio is told first how much of its last words was heard. */
function heldUntil(state: CallState, wish: Wish): number {
  const { ear, engine, playback } = state;
  const caller = !wish.urgent && (ear.speaking || ear.awaiting) ? wish.since + CALLER_PATIENCE_MS : 0;
  const tools = toolsRunning(state) ? wish.since + TOOLS_PATIENCE_MS : 0;
  const cutting = engine.text ? 0 : (playback.flush_due ?? 0);
  return Math.max(caller, tools, cutting, wish.not_before);
}

function create(moment: Moment, wish: Wish, tries: number): void {
  const { gate } = moment.state;
  const event_id = send(
    moment,
    wish.silence
      ? { type: "response.create", response: { metadata: { luna: "silence" }, instructions: STILL_THERE } }
      : { type: "response.create" },
  );
  gate.at = "requested";
  gate.response_id = null;
  gate.since = moment.now;
  gate.asked = { ...wish, event_id, tries, settled: false };
}

/** The server has taken an item of ours: a response that begins from here on has seen it. */
export function itemSeen(state: CallState, item_id: string): void {
  for (const wish of [state.gate.asked, state.gate.owed]) {
    const index = wish?.waits.indexOf(item_id) ?? -1;
    if (index >= 0) wish?.waits.splice(index, 1);
  }
}

/**
 * A response has begun, whoever asked for it: it takes the gate, and pays a wish that waits for nothing more. Nobody hears one
 * that begins while the page is gone or the call on hold, so it is stopped and still owed.
 */
export function responseCreated(moment: Moment, response_id: string): void {
  const { state } = moment;
  const { gate } = state;
  // Told twice.
  if (gate.response_id === response_id) return;
  noteOver(gate, gate.response_id);
  gate.at = "active";
  gate.response_id = response_id;
  gate.since = moment.now;
  if (gate.asked !== null) gate.asked.settled = gate.asked.waits.length === 0;
  const answers = !gate.asked?.silence || state.ear.committed;
  const unheard = state.away || isOnHold(state);
  state.reply_owed = unheard && (state.reply_owed || answers);
  if (unheard) return cancel(moment);
  // A spoken turn has come in between: the response is the answer to that, not the one to be stopped.
  if (state.ear.committed) gate.cancel_wanted = false;
  if (gate.cancel_wanted) cancel(moment);
  else if (gate.owed?.waits.length === 0) gate.owed = null;
}

/** Something comes of a response that is waited for, and nobody has told that it began: the word of that is lost. */
export function hasBegunUntold({ gate, ear }: CallState, response_id: string): boolean {
  if (gate.response_id === response_id || gate.over.includes(response_id)) return false;
  return gate.at === "requested" || ear.committed;
}

function noteOver(gate: Gate, response_id: string | null): void {
  if (response_id === null || gate.over.includes(response_id)) return;
  gate.over.push(response_id);
  if (gate.over.length > OVER_KEPT) gate.over.shift();
}

/** Ends what Luna is about to say or saying. The gate is free only when the server reports the response done. */
export function cancel(moment: Moment): void {
  const { gate } = moment.state;
  if (gate.owed?.silence) gate.owed = null;
  if (gate.at === "requested") gate.cancel_wanted = true;
  if (gate.at !== "active") return;
  const { response_id } = gate;
  if (response_id !== null) cutResponse(moment.state.playback, response_id);
  gate.cancel_id = send(
    moment,
    response_id === null ? { type: "response.cancel" } : { type: "response.cancel", response_id },
  );
  gate.at = "cancelling";
  gate.since = moment.now;
  gate.cancel_wanted = false;
}

/** Cancels what is requested or running, and asks for it again when the caller has finished. */
export function postpone(moment: Moment): void {
  const { asked } = moment.state.gate;
  const { waits, silence } = asked ?? { waits: [], silence: false };
  cancel(moment);
  if (!silence) ask(moment, { waits });
}

/** Only the end of the response that holds the gate frees it. False for any other. */
export function responseDone(moment: Moment, response: ResponseObject): boolean {
  const { gate } = moment.state;
  noteOver(gate, response.id);
  const held = gate.at === "active" || gate.at === "cancelling";
  if (!held || (gate.response_id !== null && gate.response_id !== response.id)) return false;
  const wish = gate.asked;
  free(gate);
  const failure = responseFailure(response);
  if (response.status === "failed" && failure !== undefined) failed(moment, wish, failure, response.output.length > 0);
  else gate.failures = 0;
  if (response.status === "incomplete" && failure !== undefined) {
    notice(moment, failure.code, "info", failure.message);
  }
  return true;
}

function free(gate: Gate): void {
  noteOver(gate, gate.response_id);
  gate.at = "free";
  gate.response_id = null;
  gate.asked = null;
  gate.cancel_wanted = false;
  gate.cancel_id = null;
}

/** Once more after a moment, where that can help and nothing was said yet. What is not said is owed: another engine may be able to. */
function failed(moment: Moment, wish: Wish | null, failure: Failure, said: boolean): void {
  const { gate } = moment.state;
  const { waits, silence } = wish ?? { waits: [], silence: false };
  gate.failures += 1;
  if (!failure.retriable || gate.failures > 1 || said) {
    moment.state.reply_owed ||= !said && !silence;
    notice(moment, failure.code, "problem", failure.message);
    return;
  }
  owe(gate, { waits, silence, urgent: false, since: moment.now, not_before: moment.now + BACK_OFF_MS });
}

/** What an `error` event means for the gate. True when that was all it meant. */
export function gateError(moment: Moment, error: RealtimeError): boolean {
  const { gate } = moment.state;
  if (error.code === "conversation_already_has_active_response") {
    refused(moment, error.event_id ?? null);
    return true;
  }
  if (error.code === "response_cancel_not_active") {
    const about = error.event_id ?? gate.cancel_id;
    if (gate.at === "cancelling" && about === gate.cancel_id) free(gate);
    return true;
  }
  if (gate.at !== "requested" || error.event_id == null || error.event_id !== gate.asked?.event_id) return false;
  const { asked, cancel_wanted } = gate;
  free(gate);
  // Nobody wants it any more.
  if (cancel_wanted) return false;
  failed(moment, asked, errorFailure(error), false);
  return true;
}

/** The server has a response of its own: ours comes after it, if that one did not take everything into account. */
function refused(moment: Moment, event_id: string | null): void {
  const { gate } = moment.state;
  const { asked } = gate;
  if (asked === null || (event_id !== null && event_id !== asked.event_id)) return;
  if (gate.at === "requested") {
    gate.at = "active";
    gate.response_id = null;
    gate.since = moment.now;
  }
  gate.asked = null;
  if (!asked.settled) owe(gate, asked);
  if (gate.cancel_wanted) cancel(moment);
}

/** Nothing the server does may leave the call waiting for ever. */
export function watchGate(moment: Moment): void {
  const { gate } = moment.state;
  const due = gateDue(gate);
  if (due === null || moment.now < due) return;
  if (gate.at === "requested" && gate.asked !== null && gate.asked.tries < TRIES && !gate.cancel_wanted) {
    create(moment, gate.asked, gate.asked.tries + 1);
  } else if (gate.at === "active" && gate.response_id !== null) {
    cancel(moment);
  } else {
    const lost = gate.at === "requested" && !gate.cancel_wanted;
    free(gate);
    if (lost) noAnswer(moment);
  }
}

/** Still owed: another engine may be able to. */
function noAnswer(moment: Moment): void {
  moment.state.reply_owed = true;
  notice(moment, "no_answer", "problem", "Luna could not answer just now. Please say that again.");
}

function gateDue(gate: Gate): number | null {
  if (gate.at === "free") return null;
  if (gate.at === "requested") return gate.since + CREATE_MS;
  if (gate.at === "cancelling") return gate.since + CANCEL_MS;
  return gate.since + (gate.response_id === null ? UNNAMED_MS : STALLED_MS);
}

/** The next time the gate has to be looked at. */
export function gateWake(state: CallState): number | null {
  const { gate } = state;
  if (gate.at !== "free") return gateDue(gate);
  if (gate.owed === null || !state.engine.ready || state.away) return null;
  return heldUntil(state, gate.owed);
}

/**
 * The engine told nothing for a while, and may have ended its response meanwhile: it has a little time to give a sign of life of
 * it. Without one it is asked to stop, and its refusal says that there is nothing to stop.
 */
export function doubtGate({ state, now }: Moment): void {
  const { gate } = state;
  if (gate.at === "active") gate.since = now - STALLED_MS + DOUBT_MS;
}

/**
 * A sign of life of the response that holds the gate, by which one known from a refusal alone gets its name. One that nobody hears
 * any more is not kept alive by what still comes of it.
 */
export function responseLives({ gate, playback }: CallState, response_id: string, now: number): void {
  if (gate.at !== "active" || gate.over.includes(response_id)) return;
  gate.response_id ??= response_id;
  if (gate.response_id === response_id && !isCut(playback, response_id)) gate.since = now;
}

/** The engine is gone and with it everything requested. True when somebody was owed a reply. */
export function engineLost(state: CallState): boolean {
  const { gate } = state;
  const speaking = gate.at === "active" || gate.at === "requested";
  const owed = (speaking && !gate.asked?.silence) || (gate.owed !== null && !gate.owed.silence);
  state.gate = freeGate();
  return owed;
}
