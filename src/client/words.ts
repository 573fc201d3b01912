/** The page's words for states, money and days; one place, so that a view never makes up its own. */
import type { CallEnded, ToolStatus } from "../legs/wire.ts";
import type { CallState, LineWord } from "./state/call-state.ts";
import type { IconName } from "./views/icon-names.ts";

export interface LineLook {
  word: string;
  icon: IconName;
}

const LINE: Record<LineWord, LineLook> = {
  connecting: { word: "Connecting", icon: "signal" },
  listening: { word: "Listening", icon: "ear" },
  "user-speaking": { word: "I hear you", icon: "voice" },
  thinking: { word: "Thinking", icon: "dots" },
  "tool-running": { word: "Working on it", icon: "gear" },
  "on-hold": { word: "On hold", icon: "pause" },
  speaking: { word: "is speaking", icon: "bars" },
  asleep: { word: "Resting", icon: "moon" },
  reconnecting: { word: "Reconnecting…", icon: "signal" },
};

/** What the line's word is made of. */
type LineState = Pick<CallState, "phase" | "line" | "link" | "transfer" | "persona" | "engine" | "ended" | "elsewhere">;

/** What stands between the caller and being heard. */
export interface Hearing {
  muted: boolean;
  typing: boolean;
  /** What of the page's own voice and ears is still on its way. The voice comes first. */
  loading: "voice" | "ears" | null;
}

/** Word and shape for where the call stands. Colour comes on top, never alone. */
export function lineLook(state: LineState, hearing: Hearing): LineLook {
  switch (state.phase) {
    case "idle":
      return { word: "Ready when you are", icon: "moon" };
    case "asking-mic":
      return { word: "Allow the microphone", icon: "mic" };
    case "connecting":
      return state.link === "on" ? LINE.connecting : LINE.reconnecting;
    case "ended":
      return { word: endedWord(state), icon: "end" };
    case "failed":
      return state.elsewhere ? { word: "In another tab", icon: "info" } : { word: "Call failed", icon: "alert" };
    case "live":
      return state.link === "on" ? liveLook(state, hearing) : LINE.reconnecting;
  }
}

function liveLook(state: LineState, hearing: Hearing): LineLook {
  const { shown } = state.line;
  if (state.transfer?.state === "starting") return { word: "Transferring you", icon: "pause" };
  if (shown === "speaking") return { ...LINE.speaking, word: `${speakerOf(state)} ${LINE.speaking.word}` };
  if (hearing.loading === "voice" && (shown === "listening" || shown === "thinking"))
    return { word: "Getting the voice ready", icon: "signal" };
  if (hearing.loading === "ears" && shown === "listening" && !hearing.typing)
    return { word: "Getting ready to listen", icon: "signal" };
  if (shown === "listening" && hearing.typing) return { word: "Your turn to type", icon: "keyboard" };
  const { word } = LINE[shown];
  if (hearing.muted && shown === "listening") return { word: "You are muted", icon: "mic-off" };
  if (hearing.muted && shown === "asleep") return { word: `${word}, muted`, icon: "mic-off" };
  return LINE[shown];
}

/** Whoever the caller hears, by first name. */
export function speakerOf({ engine, transfer, persona }: Pick<CallState, "engine" | "transfer" | "persona">): string {
  const specialist = engine?.speaker === "specialist" ? transfer?.specialist : undefined;
  return firstName(specialist ?? persona?.speaker ?? "Luna");
}

function endedWord(state: LineState): string {
  const { ended } = state;
  if (ended === null) return "Call ended";
  const words: Record<CallEnded["reason"], string> = {
    caller_ended: "You ended the call",
    luna_ended: `${speakerOf(state)} ended the call`,
    caller_left: "The line was lost",
    failed: "Call failed",
    too_long: "The call reached its time limit",
    silent: "Nobody spoke",
    spent: "Budget used up",
    link_closed: "The link was closed",
  };
  return words[ended.reason];
}

/** Why the call ended where nobody wanted it to, and what to do. */
export const ENDED_SAYS: Partial<Record<CallEnded["reason"], string>> = {
  caller_left: "This page was away for too long. What was done stays done; call again to go on.",
  too_long: "The call reached its time limit. What was done stays done; call again to go on.",
  silent: "Nobody had spoken for a while, so the call ended. What was done stays done; call again to go on.",
  spent: "What this call may cost was used up. Call again, or choose the scripted engine in Settings: it is free.",
};

/** Below the line's word: what the caller may do. */
export function lineHint(
  name: LineWord | CallState["phase"],
  { typing, muted }: Pick<Hearing, "typing" | "muted">,
  who: string,
): string {
  if (name === "asleep") return `${typing ? "Type" : `${muted ? "Unmute" : "Speak"} or type`} and ${who} is there`;
  return name === "speaking" && !typing && !muted ? "Talk any time to interrupt" : "";
}

export const OUTCOME: Record<CallEnded["outcome"], { word: string; says: string; icon: IconName }> = {
  contained: { word: "Solved", says: "It was taken care of without a person.", icon: "check" },
  escalated: { word: "Handed to a specialist", says: "A specialist took over with notes of the call.", icon: "person" },
  abandoned: { word: "Ended early", says: "The call ended before anything was settled.", icon: "end" },
  failed: { word: "Failed", says: "The call could not be finished.", icon: "alert" },
};

/** What came of a tool. The shield is for what the bank's rules held back; what is only not there is no matter of safety. */
export function toolLook({ state, code }: Pick<ToolStatus, "state" | "code">): LineLook {
  return (state === "refused" && NOT_HELD[code ?? ""]) || TOOL[state];
}

const TOOL: Record<ToolStatus["state"], LineLook> = {
  running: { icon: "spin", word: "running" },
  done: { icon: "check", word: "done" },
  refused: { icon: "shield", word: "held back" },
  failed: { icon: "alert", word: "failed" },
};
const NOT_HELD: Record<string, LineLook> = {
  not_found: { icon: "info", word: "not found" },
  invalid_arguments: { icon: "info", word: "details missing" },
  already_done: { icon: "info", word: "done before" },
  unavailable: { icon: "info", word: "not available" },
};

export function firstName(name: string): string {
  return name.split(" ")[0] ?? name;
}

const DOLLARS = new Intl.NumberFormat("en-US", { style: "currency", currency: "USD" });
/** Integer cents as dollars. */
export function dollars(cents: number): string {
  return DOLLARS.format(cents / 100).replace("-", "−");
}

/** US dollars as an AI costs them: "$0.042", from one dollar on "$1.20"; "–" where no price is known. */
export function usd(amount: number | null): string {
  return amount === null ? "–" : `$${amount.toFixed(amount < 0.9995 ? 3 : 2)}`;
}

const DAY = new Intl.DateTimeFormat("en-US", { month: "short", day: "numeric", timeZone: "UTC" });
/** "Nov 21" of an ISO day. */
export function day(iso: string): string {
  const at = Date.parse(iso);
  return Number.isNaN(at) ? iso : DAY.format(at);
}

/** "0.8 s"; "–" where nothing was measured. */
export function seconds(ms: number | null): string {
  if (ms !== null && ms < 50) return "< 0.1 s";
  return ms === null ? "–" : `${(ms / 1000).toFixed(ms < 9_950 ? 1 : 0)} s`;
}

/** Whole megabytes, as people count them. */
export function megabytes(bytes: number): number {
  return Math.round(bytes / 1_000_000);
}

/** What is said of the voice pack while it loads: as soon as Luna speaks, only her ears are missing. */
export function packWords(pack: {
  loaded: number;
  total: number;
  what: "download" | "prepare";
  speaks: boolean;
}): string {
  const size = `${megabytes(pack.loaded)} of ${megabytes(pack.total)} MB`;
  if (pack.speaks) {
    const ears = pack.what === "prepare" ? "Luna's ears are warming up" : `Getting Luna's ears, ${size}`;
    return `${ears}. Until then, type.`;
  }
  return pack.what === "prepare" ? "Luna's voice is warming up" : `Getting Luna's voice, ${size}`;
}
