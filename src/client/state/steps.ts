/** When each step of getting into the call on screen was done: the lab shows them, also when it is opened later. */
import { signal } from "@preact/signals";
import type { CallEvent } from "./call-state.ts";

export interface Step {
  /** `begin`, `microphone`, `token`, `socket`, `configured`, `voice`, `first_words`, `first_sound`; a line of its own adds its own. */
  step: string;
  /** Unix ms. */
  at: number;
}

/** How the line between this page and whoever answers is doing; `null` where it cannot be measured. */
export interface LineStats {
  /** How unevenly sound arrives, ms. */
  jitter_ms: number | null;
  /** Share of packets that never came, 0..1. */
  loss: number | null;
  rtt_ms: number | null;
}

export const steps = signal<Step[]>([]);
/** Set by a line that can be measured, for as long as it is on. */
export const lineStats: { read: (() => Promise<LineStats | null>) | null } = { read: null };

/** A new call is wanted, just now. */
export function beginSteps(): void {
  steps.value = [{ step: "begin", at: Date.now() }];
  lineStats.read = null;
}

/** The step is done; only the first time counts. */
export function mark(step: string, at = Date.now()): void {
  if (steps.value.length > 0 && !steps.value.some((one) => one.step === step)) {
    steps.value = [...steps.value, { step, at }];
  }
}

/** What the call's news says about its steps. */
export function markOf(event: CallEvent): void {
  if (event.type === "luna.call") mark("socket");
  else if (event.type === "luna.engine" && event.ready) mark("configured");
  else if (event.type === "response.output_text.delta") mark("first_words");
  else if (event.type === "local.sounding" && event.on) mark("first_sound");
}
