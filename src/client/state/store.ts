/** The signals the views read. One call store fed by `tell`, and the things around the call: config, bank, choices, panels. */
import { computed, signal } from "@preact/signals";
import type { Config } from "../../legs/config.ts";
import type { BankSnapshot, ScenarioCard } from "../api.ts";
import type { CallEvent, CallState } from "./call-state.ts";
import { noCall } from "./call-state.ts";
import type { Counters } from "./counters.ts";
import { counted, readCounters } from "./counters.ts";
import { keep, kept } from "./kept.ts";
import { reduce } from "./reduce.ts";
import type { Settings } from "./settings.ts";
import { DEFAULTS, looksLikeHostToken, readSettings } from "./settings.ts";
import { readLatencies, withCall } from "./speed.ts";
import { markOf } from "./steps.ts";

export const call = signal<CallState>(noCall());

let lingering: ReturnType<typeof setTimeout> | undefined;

/** Who else wants to hear all that the page hears of its call. */
export const taps = new Set<(event: CallEvent) => void>();

/** Feeds the call store. */
export function tell(event: CallEvent): void {
  markOf(event);
  for (const tap of taps) tap(event);
  const before = call.value;
  const after = reduce(before, event, Date.now());
  if (after === before) return;
  call.value = after;
  if (after.ended !== null && before.ended === null) count(after);
  clearTimeout(lingering);
  if (after.line.next !== null) {
    lingering = setTimeout(() => tell({ type: "local.clock" }), Math.max(0, after.line.next.due - Date.now()) + 1);
  }
}

export const counters = signal<Counters>(readCounters(kept("luna.counters")));
/** Times of the latest answers that were heard in this browser, ms. */
export const answers = signal<number[]>(readLatencies(kept("luna.answers")));
function count(ended: CallState): void {
  if (ended.ended === null) return;
  answers.value = withCall(answers.value, ended.rows);
  keep("luna.answers", JSON.stringify(answers.value));
  counters.value = counted(counters.value, ended.ended, ended.usedAi ? "ai" : "scripted");
  keep("luna.counters", JSON.stringify(counters.value));
}

export const settings = signal<Settings>(readSettings(kept("luna.settings")));
export function choose(change: Partial<Settings>): void {
  settings.value = { ...settings.value, ...change };
  keep("luna.settings", JSON.stringify(settings.value));
}
export function chooseDefaults(): void {
  choose(DEFAULTS);
}

/** The visitor's own key: in this browser, and with each call; nowhere else. */
export const apiKey = signal(kept("luna.key") ?? "");
/** The AI failed in a call: the next ones are scripted until the person saves a key or asks to try again. */
export const aiFailed = signal(false);
export function saveKey(key: string): void {
  apiKey.value = key;
  aiFailed.value = false;
  keep("luna.key", key === "" ? null : key);
}

/** Opens the server's own key on a host that keeps it for itself: in this browser, and with each call; "" for none. */
export const hostToken = signal(looksLikeHostToken(kept("luna.host") ?? "") ? (kept("luna.host") ?? "") : "");
export function saveHostToken(token: string): void {
  hostToken.value = token;
  aiFailed.value = false;
  keep("luna.host", token === "" ? null : token);
}

export const config = signal<Config | null>(null);
export const scenarios = signal<ScenarioCard[] | null>(null);
export const bank = signal<BankSnapshot | null>(null);

export type Theme = "system" | "light" | "dark";
export const theme = signal<Theme>((kept("luna.theme") as Theme | null) ?? "system");
export function chooseTheme(next: Theme): void {
  theme.value = next;
  keep("luna.theme", next === "system" ? null : next);
}

export type Panel = "bank" | "notes" | "lab" | null;
export const panel = signal<Panel>(null);
/** The person has opened or closed a panel: from then on none opens by itself. */
export const panelTouched = signal(false);
export function togglePanel(name: Exclude<Panel, null>): void {
  panelTouched.value = true;
  panel.value = panel.value === name ? null : name;
}
export type Dialog = "settings" | "help" | "switch" | null;
export const dialog = signal<Dialog>(null);

/** The person wants to write and read, not to speak; for the next call. */
export const typing = signal(false);
/** The call asked for while another one is on. */
export const wished = signal<{ scenario: string; title: string; typing: boolean } | null>(null);

export const microphoneMuted = signal(false);
/** The caller has put the call on hold. */
export const onHold = signal(false);
export const speakerMuted = signal(false);
/** Why the caller is not heard, and what to do; `null` while the microphone works or is not wanted. */
export const microphoneFault = signal<{ message: string; remedy: string } | null>(null);
/** Sound stopped by the system and needs a tap. */
export const needsTap = signal(false);
/** This page has come back into a call by itself, and the browser gives it sound only after a click. */
export const needsGesture = signal(false);
/** The browser's own recognition keeps the sound on this device; found out when the person chose it. */
export const systemOnDevice = signal(false);
/** The call was opened without a microphone and without the voice pack. */
export const typingOnly = signal(false);
/** `speaks`: Luna's voice is there, her ears are still coming. */
export const voicePack = signal<{
  loaded: number;
  total: number;
  what: "download" | "prepare";
  speaks: boolean;
} | null>(null);

/** What the badge says: who answers now, or who would answer the next call. */
export const badge = computed<"ai" | "scripted" | "no-key">(() => {
  const state = call.value;
  if (state.phase === "live" && state.engine !== null) return state.engine.mode;
  const hasAi = apiKey.value !== "" || config.value?.server_key === "open";
  if (!hasAi) return "no-key";
  return settings.value.scripted || aiFailed.value ? "scripted" : "ai";
});

export const inCall = computed(() => ["asking-mic", "connecting", "live"].includes(call.value.phase));
