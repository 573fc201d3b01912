/** What the person wants of the running session, and which of it is a change. */
import type { PageMessageInput, SessionStatus } from "../../legs/wire.ts";
import type { Eagerness, VadKind } from "../state/settings.ts";

export type Update = Extract<PageMessageInput, { type: "luna.session" }>["update"];
export type Effective = SessionStatus["effective"];
export type GenerationName = "temperature" | "top_p" | "top_k";

export interface Draft {
  instructions: string;
  voice: string;
  speed: number;
  vad: VadKind;
  threshold: number;
  prefixMs: number;
  silenceMs: number;
  eagerness: Eagerness;
  /** As typed; "" leaves the engine's own value. */
  temperature: string;
  top_p: string;
  top_k: string;
}

/** The session as it holds, to begin from. */
export function draftOf(effective: Effective): Draft {
  const vad = (effective.vad ?? {}) as Record<string, unknown>;
  const number = (name: string, otherwise: number) => (typeof vad[name] === "number" ? vad[name] : otherwise);
  return {
    instructions: effective.instructions,
    voice: effective.voice,
    speed: effective.speed,
    vad: vad.type === "semantic_vad" ? "semantic_vad" : "server_vad",
    // Servers keep fractions in 32 bits: 0.6 comes back as 0.6000000238.
    threshold: Math.round(number("threshold", 0.5) * 1_000) / 1_000,
    prefixMs: number("prefix_padding_ms", 300),
    silenceMs: number("silence_duration_ms", 500),
    eagerness: isEagerness(vad.eagerness) ? vad.eagerness : "auto",
    temperature: "",
    top_p: "",
    top_k: "",
  };
}

const isEagerness = (value: unknown): value is Eagerness =>
  value === "auto" || value === "low" || value === "medium" || value === "high";

/** Only what differs from what holds. Turn detection goes whole, since its kinds share few values. */
export function changesOf(draft: Draft, effective: Effective, offered: readonly GenerationName[]): Update {
  const held = draftOf(effective);
  const vadChanged =
    draft.vad !== held.vad ||
    (draft.vad === "semantic_vad"
      ? draft.eagerness !== held.eagerness
      : draft.threshold !== held.threshold || draft.prefixMs !== held.prefixMs || draft.silenceMs !== held.silenceMs);
  const instructions = draft.instructions.trim();
  return {
    ...(instructions !== "" && instructions !== held.instructions.trim() ? { instructions } : {}),
    ...(draft.voice !== "" && draft.voice !== held.voice ? { voice: draft.voice } : {}),
    ...(Math.abs(draft.speed - held.speed) > 1e-6 ? { speed: draft.speed } : {}),
    ...(vadChanged ? { vad: vadOf(draft) } : {}),
    ...generationOf(draft, offered),
  };
}

function vadOf({ vad, threshold, prefixMs, silenceMs, eagerness }: Draft): NonNullable<Update["vad"]> {
  if (vad === "semantic_vad") return { type: vad, eagerness };
  return { type: vad, threshold, prefix_padding_ms: prefixMs, silence_duration_ms: silenceMs };
}

function generationOf(draft: Draft, offered: readonly GenerationName[]): Pick<Update, GenerationName> {
  const typed = offered.filter((name) => draft[name] !== "" && Number.isFinite(Number(draft[name])));
  return Object.fromEntries(typed.map((name) => [name, Number(draft[name])]));
}

const WORDS: Record<string, string> = {
  instructions: "Instructions",
  voice: "Voice",
  speed: "Speed",
  vad: "Turn detection",
  temperature: "Temperature",
  top_p: "Top p",
  top_k: "Top k",
};

export interface Compared {
  field: string;
  asked: string;
  holds: string;
  same: boolean;
}

/** What was asked beside what holds, field by field, as a person reads it. */
export function compared(asked: Update, status: Pick<SessionStatus, "effective" | "differences">): Compared[] {
  const { effective, differences } = status;
  return Object.entries(asked).map(([name, value]) => {
    const same = !differences.some((field) => field === name || field.startsWith(`${name}.`));
    const held = name in effective ? effective[name as keyof Effective] : same ? value : "as before";
    return { field: WORDS[name] ?? name, asked: told(value), holds: told(held), same };
  });
}

function told(value: unknown): string {
  if (typeof value === "string") return value.length > 60 ? `${value.slice(0, 57).trimEnd()}…` : value;
  if (typeof value === "number") return String(Math.round(value * 1_000) / 1_000);
  if (typeof value !== "object" || value === null) return "off";
  const { type, threshold, prefix_padding_ms, silence_duration_ms, eagerness } = value as Record<string, unknown>;
  if (type === "semantic_vad") return `by meaning, ${String(eagerness ?? "auto")}`;
  const parts = [
    threshold === undefined ? "" : told(threshold),
    silence_duration_ms === undefined ? "" : `${String(silence_duration_ms)} ms`,
    prefix_padding_ms === undefined ? "" : `${String(prefix_padding_ms)} ms before`,
  ];
  return ["by silence", ...parts.filter((part) => part !== "")].join(", ");
}
