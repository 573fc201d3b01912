/** The person's choices, kept in this browser only. Read back with care: another version, or a hand, may have written them. */
import type { CallSettings } from "../../legs/open-call.ts";

export type VadKind = "server_vad" | "semantic_vad";
export type Method = NonNullable<CallSettings["method"]>;
export type Eagerness = "auto" | "low" | "medium" | "high";

export interface Settings {
  /** Use the scripted engine even where an AI could answer. */
  scripted: boolean;
  /** Empty: the server's default. */
  model: string;
  voice: string;
  /** 0.25..1.5, 1 = normal. */
  speed: number;
  vad: VadKind;
  /** 0..1, of `server_vad`. */
  threshold: number;
  prefixMs: number;
  silenceMs: number;
  eagerness: Eagerness;
  /** Of the page's own ears and voice, as `en-US`. */
  language: string;
  /** The person chose the browser's own speech in place of Luna's local voice. */
  systemVoice: boolean;
  /** Keep the sound of calls that an AI answers. */
  record: boolean;
  /** How sound travels to an AI. */
  method: Method;
  /** The transcript shows when each turn began. */
  times: boolean;
  input: string;
  output: string;
}

export const DEFAULTS: Settings = {
  scripted: false,
  model: "",
  voice: "",
  speed: 1,
  vad: "server_vad",
  threshold: 0.5,
  prefixMs: 300,
  silenceMs: 500,
  eagerness: "auto",
  language: "en-US",
  systemVoice: false,
  record: true,
  method: "relay",
  times: true,
  input: "",
  output: "",
};

const RANGES: Partial<Record<keyof Settings, [number, number]>> = {
  speed: [0.25, 1.5],
  threshold: [0, 1],
  prefixMs: [0, 2_000],
  silenceMs: [100, 5_000],
};
const CHOICES: Partial<Record<keyof Settings, readonly string[]>> = {
  vad: ["server_vad", "semantic_vad"],
  eagerness: ["auto", "low", "medium", "high"],
  method: ["relay", "ephemeral", "direct"],
};

/** Settings out of stored JSON; each field that does not fit falls back to its default. */
export function readSettings(json: string | null): Settings {
  const kept = parsed(json);
  const settings = { ...DEFAULTS };
  for (const key of Object.keys(DEFAULTS) as (keyof Settings)[]) {
    const value = kept[key];
    if (fits(key, value)) Object.assign(settings, { [key]: value });
  }
  return settings;
}

function parsed(json: string | null): Record<string, unknown> {
  if (json === null) return {};
  try {
    const value: unknown = JSON.parse(json);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function fits(key: keyof Settings, value: unknown): boolean {
  if (typeof value !== typeof DEFAULTS[key]) return false;
  const range = RANGES[key];
  if (range !== undefined) return (value as number) >= range[0] && (value as number) <= range[1];
  const choices = CHOICES[key];
  return choices === undefined || choices.includes(value as string);
}

/** What of the settings goes with a call. */
export function callSettings(settings: Settings): CallSettings {
  return {
    ...(settings.model === "" ? {} : { model: settings.model }),
    ...(settings.voice === "" ? {} : { voice: settings.voice }),
    ...(settings.method === "relay" ? {} : { method: settings.method }),
    speed: settings.speed,
    record: settings.record,
    vad:
      settings.vad === "semantic_vad"
        ? { type: "semantic_vad", eagerness: settings.eagerness }
        : {
            type: "server_vad",
            threshold: settings.threshold,
            prefix_padding_ms: Math.round(settings.prefixMs),
            silence_duration_ms: Math.round(settings.silenceMs),
          },
  };
}

/** A key the call would take: 8 to 512 printable characters without blanks. */
export function looksLikeKey(key: string): boolean {
  return /^[\x21-\x7e]{8,512}$/.test(key);
}

/** A token that can travel in a header; a host's own has 16 characters or more. */
export function looksLikeHostToken(token: string): boolean {
  return /^[\x21-\x7e]{16,512}$/.test(token);
}

/**
 * Who hears and speaks where the engine brings no voice: Luna's local voice (English only), the browser's own speech where
 * the person chose it, or nobody.
 */
export function voiceKind(
  settings: Pick<Settings, "language" | "systemVoice">,
  browser: { speaks: boolean; hears: boolean },
): "local" | "system" | "none" {
  if (settings.systemVoice && browser.speaks && browser.hears) return "system";
  return settings.language.startsWith("en") ? "local" : "none";
}
