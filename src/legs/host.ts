/** What the host's pages are given. Types only: what goes out. Times are Unix ms, money is in US dollars. */
import type { Tokens } from "../call/money.ts";
import type { Spread, TARGETS } from "../call/timing.ts";
import type { ToolRun, Turn } from "../call/turn.ts";
import type { LinkOpening } from "./links.ts";
import type { CallEnded, Mode, Outcome } from "./wire.ts";

/** The link a call came by; its label is null once the link is gone. */
export type ByLink = { id: string; label: string | null } | null;

/** `longest`, `dearest` (cost) and `slowest` (p95 of the answers): where nothing is known a call comes last. */
export type Sort = "newest" | "oldest" | "longest" | "dearest" | "slowest";

/** One call in the list. */
export interface CallListed {
  id: string;
  scenario: string;
  mode: Mode;
  fell_back: boolean;
  model: string;
  /** Outcome, reason and end are null while the call is on. */
  outcome: Outcome | null;
  reason: CallEnded["reason"] | null;
  started_at: number;
  ended_at: number | null;
  turns: number;
  tools: number;
  /** Null where nothing was charged, or not all of it has a price. */
  cost_usd: number | null;
  /** End of the caller's speech to first sound at the ear, ms. */
  latency: { p50: number | null; p95: number | null };
  link: ByLink;
  /** Where the words were found: pieces of text, those that were looked for marked. Null where nothing was looked for. */
  found: { text: string; hit: boolean }[] | null;
}

/** `GET /api/history` */
export interface HistoryPage {
  calls: CallListed[];
  /** For `cursor`, to get the calls behind these; null at the end. */
  next: string | null;
}

/** `GET /api/history/:id`: a whole call. Never the visitor's id: who has it is the visitor. */
export interface CallSeen extends Omit<CallListed, "turns" | "tools" | "found" | "latency" | "cost_usd"> {
  /** Freeform: the scenario whose tool was used last. */
  lit: string | null;
  verified: boolean;
  latency: CallEnded["latency"];
  /** Absent where nothing was counted. */
  figures?: {
    cost_usd: number | null;
    tokens: Tokens | null;
    talk_overs: number | null;
    ear: Spread;
    server: Spread;
  };
  turns: Turn[];
  tools: ToolRun[];
  /** What is kept of the sound, and how long after the call's beginning it starts; null where there is none. */
  recording: { seconds: number; starts_ms: number } | null;
}

/** `GET /api/history/:id/waveform`: peaks of both sides, 0 to 255 a step, base64 of bytes. */
export interface WaveformShown {
  seconds: number;
  step_ms: number;
  caller: string;
  luna: string;
}

/** A call that is on, as far as D1 has been told: rows come within ten seconds. */
export interface LiveCall {
  id: string;
  scenario: string;
  mode: Mode;
  started_at: number;
  turns: number;
  link: ByLink;
}

export interface DayFigures {
  /** UTC, `YYYY-MM-DD`. */
  day: string;
  calls: number;
  /** Talked, with a fraction. */
  minutes: number;
  /** Of the calls whose cost is known. */
  usd: number;
}

/** Latencies held against the targets; null where nothing was measured. */
export interface Held extends Spread {
  keeps: { mean: boolean | null; p95: boolean | null };
}

export interface Today extends DayFigures {
  /** Calls that began from here on. */
  since: number;
  live: LiveCall[];
  outcomes: { outcome: Outcome | null; calls: number }[];
  /** What was counted against the day's cap: the calls on the server's own key. */
  charged_usd: number;
  targets: typeof TARGETS;
  /** By who answered; at the ear as the page measures it, and as the call object does. */
  latency: { by: Mode | "fell_back"; ear: Held; server: Held }[];
  series: {
    /** One for each day, the oldest first; days without a call are there too. */
    days: DayFigures[];
    /** Newest calls with measured answers, the oldest first: when they began, and how long answers took (ms). */
    answers: { at: number; p50: number; p95: number }[];
  };
}

/** `GET /api/host/today` */
export interface TodayShown extends Today {
  caps: { call_usd: number | null; day_usd: number | null };
  retention_days: number;
  /** The server has a key of its own. */
  server_key: boolean;
  /** Settings that do not fit, by name: what they are for is closed. */
  unfit: string[];
}

/** `GET /api/session`: who asks, how they are known, and how staff sign in here. */
export interface Session {
  role: "stranger" | "operator" | "host";
  id: string;
  /** Null for who is not known. */
  via: "local" | "token" | "password" | "access" | null;
  sign_in: "open" | "password" | "access" | "closed";
}

/** `GET /api/audit` */
export interface AuditPage {
  /** Newest first. */
  deeds: { seq: number; at: number; who: string; did: string; subject: string | null; hash: string }[];
  /** For `cursor`; null at the end. */
  next: string | null;
  intact: boolean;
  /** The first deed that does not fit. */
  broken_at: number | null;
  why: "changed" | "missing" | "cut" | null;
  /** Of the whole chain, and the hash at its end. */
  count: number;
  head: string;
}

/** `GET /api/links/:id/openings` */
export interface OpeningsPage {
  /** Newest first. */
  openings: LinkOpening[];
  /** For `before`; null at the end. */
  next: string | null;
}
