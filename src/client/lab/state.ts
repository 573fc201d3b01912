/** What the lab knows. It listens from the moment it is fetched, whether its panel is open or not. */
import { computed, signal } from "@preact/signals";
import type { SessionStatus } from "../../legs/wire.ts";
import { startOf } from "../export/files.ts";
import type { CallEvent } from "../state/call-state.ts";
import { keep, kept } from "../state/kept.ts";
import type { Method } from "../state/settings.ts";
import type { LineStats, Step } from "../state/steps.ts";
import { changesOf, type Draft, draftOf, type Effective, type GenerationName, type Update } from "./draft.ts";
import type { LabHost, Now } from "./host.ts";
import { EventLog } from "./log.ts";
import { type Run, readRuns, runOf, withRun } from "./runs.ts";

const LOGGING = "luna.lab.log";
const RUNS = "luna.lab.runs";
/** The log is drawn this often at most, ms: sound comes fifty times a second. So is what changes with Luna's every word. */
const DRAW_MS = 200;
const STATS_MS = 1_000;
/** An engine has echoed an update by then. */
const ECHO_MS = 800;

export type Tab = "connection" | "tune" | "events" | "export";

let page: LabHost | null = null;
export const now = signal<Now | null>(null);
let latest: Now | null = null;
export const tab = signal<Tab>("connection");
export const live = computed(() => now.value?.call.phase === "live");
/** Beginning of the call on screen, Unix ms. */
export const started = computed(() => (now.value === null ? 0 : startOf(now.value.call)));

export const log = new EventLog();
/** Changes when the log has. */
export const logVersion = signal(0);
/** Calls are asked to show their events. */
export const logging = signal(kept(LOGGING) !== "off");
let drawing = false;

export const runs = signal<Run[]>(readRuns(kept(RUNS)));
export const stats = signal<LineStats | null>(null);
/** How sound travels in the call on screen; the choice for the next one may be another already. */
let method: Method = "relay";
/** Since when an engine hears by the relay in the call on screen, Unix ms. */
const byRelay = signal<number | null>(null);

/** The session that holds, as the call told it; `null` until it has. */
export const effective = signal<Effective | null>(null);
export const draft = signal<Draft | null>(null);
/** What was asked for last, and what came of it; no answer yet is `null`. */
export const asked = signal<{ update: Update; status: SessionStatus | null } | null>(null);

export function attach(host: LabHost): void {
  if (page !== null) return;
  page = host;
  host.watch(changed);
  host.hear(heard);
  if (latest?.call.phase === "live") showEvents();
  setInterval(() => void measure(), STATS_MS);
}

/** Steps, choices and the state of the line are drawn at once, the words of a call a few times a second. */
function changed(next: Now): void {
  const before = latest;
  latest = next;
  const { phase, engine } = next.call;
  const words =
    before?.call.phase === phase &&
    before.call.engine === engine &&
    before.steps === next.steps &&
    before.settings === next.settings &&
    before.waking === next.waking &&
    before.config === next.config;
  if (words) drawSoon();
  else now.value = next;
  const begun = next.steps[0]?.at;
  if (before === null || before.steps[0]?.at !== begun) {
    method = next.settings.method;
    stats.value = null;
  }
  const over = next.call.phase === "ended" || next.call.phase === "failed";
  if (over && before?.call.phase !== next.call.phase) keepRun();
}

/** The call on screen as a run, however far it is. */
export function runNow(): Run | null {
  const at = latest;
  return at === null ? null : runOf(at.call, stepsOf(at.steps), method, stats.value);
}

/** With the relay's turn where WebRTC was wanted and did not come about; the page's own steps are told once each. */
export function stepsOf(steps: readonly Step[]): Step[] {
  const at = byRelay.value;
  const relayed = at !== null && method !== "relay" && !steps.some(({ step }) => step === "connected");
  return relayed ? [...steps, { step: "relay", at }] : [...steps];
}

function keepRun(): void {
  const run = runNow();
  if (run === null) return;
  runs.value = withRun(runs.value, run);
  keep(RUNS, JSON.stringify(runs.value));
}

export function clearRuns(): void {
  runs.value = [];
  keep(RUNS, null);
}

async function measure(): Promise<void> {
  if (page === null || latest?.call.phase !== "live") return;
  const measured = await page.stats().catch(() => null);
  if (measured !== null) stats.value = measured;
}

function heard(event: CallEvent): void {
  switch (event.type) {
    case "local.opening":
    case "local.returning":
      clearLog();
      asked.value = null;
      effective.value = null;
      draft.value = null;
      if (event.type === "local.opening") byRelay.value = null;
      break;
    case "luna.engine":
      if (event.ready && event.voice !== "peer") byRelay.value ??= Date.now();
      // Told on connecting, and again when another engine has come: perhaps in an object that was rebuilt and knows nothing.
      if (logging.value) showEvents();
      if (event.ready && tab.value === "tune") askWhatHolds();
      break;
    case "luna.persona":
      // Told before the engine has echoed the new instructions.
      draft.value = null;
      setTimeout(askWhatHolds, ECHO_MS);
      break;
    case "luna.trace":
      log.add(event);
      drawSoon();
      break;
    case "luna.session":
      answered(event);
      break;
  }
}

function drawSoon(): void {
  if (drawing) return;
  drawing = true;
  setTimeout(() => {
    drawing = false;
    now.value = latest;
    if (log.changes !== logVersion.value) logVersion.value = log.changes;
  }, DRAW_MS);
}

function showEvents(): void {
  page?.tell({ type: "luna.trace", on: logging.value });
}

export function setLogging(on: boolean): void {
  logging.value = on;
  keep(LOGGING, on ? null : "off");
  page?.tell({ type: "luna.trace", on });
}

export function clearLog(): void {
  log.clear();
  logVersion.value = log.changes;
}

/** Asks for the session that holds; nothing is changed by it. */
export function askWhatHolds(): void {
  const waiting = asked.value !== null && asked.value.status === null;
  if (!waiting && latest?.call.phase === "live") page?.tell({ type: "luna.session", update: {} });
}

function answered(status: SessionStatus): void {
  const before = effective.value;
  effective.value = status.effective;
  const waiting = asked.value;
  // An answer that came too late is told again when it does come.
  if (waiting !== null && (waiting.status === null || !waiting.status.ok)) {
    asked.value = { update: waiting.update, status };
    if (status.ok) draft.value = draftOf(status.effective);
  } else if (
    draft.value === null ||
    (before !== null && Object.keys(changesOf(draft.value, before, [])).length === 0)
  ) {
    draft.value = draftOf(status.effective);
  }
}

/** Settings beyond the protocol that whoever answers now takes. */
export function offered(): readonly GenerationName[] {
  const at = now.value;
  return at?.call.engine?.mode === "ai" ? (at.config?.generation ?? []) : [];
}

export function edit(change: Partial<Draft>): void {
  if (draft.value !== null) draft.value = { ...draft.value, ...change };
}

export function changes(): Update {
  return draft.value === null || effective.value === null ? {} : changesOf(draft.value, effective.value, offered());
}

export function apply(): void {
  const update = changes();
  if (Object.keys(update).length === 0) return;
  asked.value = { update, status: null };
  page?.tell({ type: "luna.session", update });
  // The page speaks by itself where the engine writes, and the pace of that is its own.
  if (update.speed !== undefined && now.value?.call.engine?.voice === "page") choose({ speed: update.speed });
}

/** What holds again, as if nothing had been typed. */
export function putBack(): void {
  if (effective.value !== null) draft.value = draftOf(effective.value);
  asked.value = null;
}

export const choose: LabHost["choose"] = (change) => page?.choose(change);
export const notice = (message: string) => page?.notice(message);
