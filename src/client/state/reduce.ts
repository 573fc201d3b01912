/** The page's side of a call as one pure function: the call's events and the page's own make the next state. */
import type { CallEvent, CallState, LocalEvent, ShownNotice } from "./call-state.ts";
import { noCall } from "./call-state.ts";
import { lineAt, lineTo } from "./line.ts";
import { addTurn, appendWords, changeTurn, tellTool, tellTransfer, tellTurn, turnNamed } from "./rows.ts";

/** More notices than this on screen help nobody. */
const NOTICES_KEPT = 4;
/** Two sides crossed on the wire: nothing the person could do, and nothing went wrong. */
const HARMLESS = new Set([
  "response_cancel_not_active",
  "conversation_already_has_active_response",
  "invalid_audio",
  "audio_not_expected",
]);

/**
 * The next state. Never changes the one given; gives the very same object when nothing changes.
 * @param now Unix ms.
 */
export function reduce(state: CallState, event: CallEvent, now: number): CallState {
  switch (event.type) {
    case "luna.call":
      return {
        ...state,
        phase: state.phase === "ended" || state.phase === "failed" ? state.phase : "live",
        callId: event.call_id,
        scenario: event.scenario,
        title: event.title,
        verified: event.verified,
        lit: event.lit,
        // After a reload only the call knows since when it is on; its clock may be ahead of this one.
        startedAt: state.startedAt ?? (state.marks === null ? now : Math.min(now, event.started_at)),
      };
    case "luna.engine":
      return { ...state, engine: event, usedAi: state.usedAi || event.mode === "ai" };
    case "luna.turn": {
      const told = tellTurn(state, event, now);
      return event.who === "caller" && event.state !== "live" ? { ...told, hearing: null } : told;
    }
    case "luna.tool":
      return tellTool(state, event, now);
    case "luna.confirm":
      return { ...state, confirm: event.pending };
    case "luna.transfer":
      return tellTransfer(state, event, now);
    case "luna.persona":
      return { ...state, persona: event };
    case "luna.notice":
      return withNotice(state, event, now);
    case "luna.line":
      return withLine(state, lineTo(state.line, event.state, now));
    case "luna.cost":
      return { ...state, cost: { usd: event.usd, turn_usd: event.turn_usd, cap_usd: event.cap_usd } };
    case "luna.recording":
      return { ...state, recording: event.state, recorded: state.recorded || event.state === "on" };
    case "luna.ended":
      return {
        ...state,
        link: "on",
        phase: "ended",
        ended: event,
        confirm: null,
        hearing: null,
        rows: settled(state),
        // What was said of the call while it was on is over; how it ended stands on the page.
        notices: state.notices.filter((notice) => notice.tone === "problem"),
      };
    case "error":
      return HARMLESS.has(event.error.code ?? "")
        ? state
        : withNotice(state, { code: event.error.code ?? "error", tone: "problem", message: event.error.message }, now);
    case "response.output_text.delta":
    case "response.output_audio_transcript.delta":
      return appendWords(state, event.item_id, state.engine?.speaker ?? "luna", event.delta, now);
    case "conversation.item.input_audio_transcription.delta":
      return { ...appendWords(state, event.item_id, "caller", event.delta ?? "", now), hearing: null };
    case "input_audio_buffer.speech_started":
      return withLine({ ...state, hearing: "speaking" }, lineTo(state.line, "user-speaking", now));
    case "input_audio_buffer.speech_stopped":
      return { ...state, hearing: "recognising" };
    default:
      return event.type.startsWith("local.") ? reduceLocal(state, event as LocalEvent, now) : state;
  }
}

function reduceLocal(state: CallState, event: LocalEvent, now: number): CallState {
  switch (event.type) {
    case "local.opening":
      return {
        ...noCall(),
        phase: event.microphone ? "asking-mic" : "connecting",
        scenario: event.scenario,
        title: event.title,
        sequence: state.sequence,
      };
    case "local.connecting":
      return state.phase === "asking-mic" ? { ...state, phase: "connecting" } : state;
    case "local.returning":
      return {
        ...noCall(),
        phase: "connecting",
        link: "away",
        scenario: event.scenario,
        title: event.title,
        marks: event.marks,
        sequence: state.sequence,
      };
    case "local.away":
      return state.link === "away" ? state : { ...state, link: "away", hearing: null };
    case "local.back":
      return { ...state, link: "replaying" };
    case "local.replayed":
      return { ...state, link: "on" };
    case "local.failed":
      if (state.phase === "ended") return state;
      return {
        ...state,
        phase: "failed",
        link: "on",
        failure: event.message,
        elsewhere: event.elsewhere === true,
        confirm: null,
        hearing: null,
        rows: settled(state),
      };
    case "local.home":
      return { ...noCall(), sequence: state.sequence };
    case "local.said":
      return said(state, event.item_id, event.text, event.how, now);
    case "local.hearing":
      return hearing(state, event.state, now);
    case "local.sounding":
      return withLine(state, lineTo(state.line, event.on ? "speaking" : "listening", now), event.on);
    case "local.heard":
      return heard(state, event.item_id, event.chars, event.cut === true);
    case "local.latency":
      return changeTurn(state, event.item_id, { latency: { ms: event.ms, to: event.to } });
    case "local.notice":
      return withNotice(state, event, now);
    case "local.dismiss":
      return { ...state, notices: state.notices.filter((notice) => notice.id !== event.id) };
    case "local.confirmed":
      return { ...state, confirm: null };
    case "local.clock":
      return withLine(state, lineAt(state.line, now));
  }
}

function said(state: CallState, id: string, text: string, how: "typed" | "speech", now: number): CallState {
  const quiet = { ...state, hearing: null };
  if (turnNamed(state, id) !== undefined) return quiet;
  return addTurn(quiet, { id, who: "caller", how, text, heard: text.length, state: "final" }, now);
}

function hearing(state: CallState, what: CallState["hearing"], now: number): CallState {
  const next = state.hearing === what ? state : { ...state, hearing: what };
  return what === "speaking" ? withLine(next, lineTo(next.line, "user-speaking", now)) : next;
}

/** Heard only grows; once a turn was cut, it stays as long as it was. */
function heard(state: CallState, id: string, chars: number, cut: boolean): CallState {
  const row = turnNamed(state, id);
  if (row === undefined || row.state === "interrupted") return state;
  const reached = Math.min(row.text.length, Math.max(row.heard, Math.floor(chars)));
  if (!cut) return changeTurn(state, id, { heard: reached });
  return changeTurn(state, id, { heard: Math.min(row.text.length, Math.floor(chars)), state: "interrupted" });
}

/** The call is over: nothing stays "live", nothing stays "running". */
function settled(state: CallState): CallState["rows"] {
  return state.rows.map((row) => {
    if (row.kind === "turn" && row.state === "live") return { ...row, state: "final" as const };
    return row;
  });
}

/** A sound that stopped here only leaves "speaking" if the call has not said something newer. */
function withLine(state: CallState, line: CallState["line"], sounding = true): CallState {
  if (line === state.line) return state;
  if (!sounding && state.line.shown !== "speaking") return state;
  if (!sounding && state.line.next !== null) return state;
  return { ...state, line };
}

function withNotice(state: CallState, told: Pick<ShownNotice, "code" | "tone" | "message">, now: number): CallState {
  const notice = { id: state.sequence, code: told.code, tone: told.tone, message: told.message, at: now };
  const others = state.notices.filter((other) => other.message !== told.message);
  return { ...state, sequence: state.sequence + 1, notices: [...others, notice].slice(-NOTICES_KEPT) };
}
