/** What the Worker is given: bindings of `wrangler.toml`, and settings, parsed once with defaults and clear errors. */
import { z } from "zod";
import type { Bank } from "./durable/bank.ts";
import type { Call } from "./durable/call.ts";
import { LunaError } from "./errors.ts";

export interface Bindings {
  CALLS: DurableObjectNamespace<Call>;
  BANKS: DurableObjectNamespace<Bank>;
  DB: D1Database;
  RECORDINGS: R2Bucket;
  ASSETS: Fetcher;
  OPENING: RateLimit;
  SAYING: RateLimit;
  MINTING: RateLimit;
  /** Secret. Without it, and without a visitor's own key, calls are scripted. */
  OPENAI_API_KEY?: string;
  /** Secret. Who presents it may spend the server's key on a host that is not localhost. */
  HOST_TOKEN?: string;
  REALTIME_BASE_URL?: string;
  REALTIME_MODEL?: string;
  REALTIME_AUTH?: string;
  TRANSCRIPTION_MODEL?: string;
  MAX_CALL_MINUTES?: string;
  SLEEP_AFTER_SECONDS?: string;
  ROTATE_AFTER_MINUTES?: string;
  PERSONA_VOICE?: string;
  ENGINE_GENERATION?: string;
  AI_DOOR?: string;
  WEBRTC_DIRECT?: string;
  STUN_URLS?: string;
  /** Of Cloudflare Realtime's TURN service. */
  TURN_KEY_ID?: string;
  /** Secret. Mints TURN credentials for browsers. */
  TURN_KEY_API_TOKEN?: string;
  RETENTION_DAYS?: string;
  CALL_CAP_USD?: string;
  DAY_CAP_USD?: string;
}

const blank = (value: unknown) => (value === "" ? undefined : value);

const words = (value: unknown) =>
  typeof value === "string" ? value.split(/[\s,]+/).filter((one) => one !== "") : undefined;

const usd = z.coerce.number().min(0.01, "a cap is a cent or more").max(1_000_000);

const Settings = z.object({
  OPENAI_API_KEY: z.preprocess(blank, z.string().trim().min(8).optional()),
  HOST_TOKEN: z.preprocess(blank, z.string().min(16, "HOST_TOKEN needs 16 characters or more").optional()),
  /** Ends in `/v1`; `/realtime` is added. Azure: `https://<resource>.openai.azure.com/openai/v1`. */
  REALTIME_BASE_URL: z.preprocess(blank, z.url({ protocol: /^https?$/ }).default("https://api.openai.com/v1")),
  /** Azure: the deployment's name. */
  REALTIME_MODEL: z.preprocess(blank, z.string().default("gpt-realtime-2.1")),
  /** How the key travels: `Authorization: Bearer`, Azure's `api-key`, or `X-Luna-Key: Bearer`. */
  REALTIME_AUTH: z.preprocess(blank, z.enum(["bearer", "api-key", "x-luna-key"]).default("bearer")),
  TRANSCRIPTION_MODEL: z.preprocess(blank, z.string().default("gpt-transcribe")),
  /** Calls and their recordings are deleted when they are older. */
  RETENTION_DAYS: z.preprocess(blank, z.coerce.number().int().min(1).max(3_650).default(30)),
  MAX_CALL_MINUTES: z.preprocess(blank, z.coerce.number().int().min(1).max(600).default(30)),
  /** Quiet after which an AI call closes the provider's socket until somebody speaks again. */
  SLEEP_AFTER_SECONDS: z.preprocess(blank, z.coerce.number().min(1).max(3_600).default(30)),
  /** The provider ends a session after 60 minutes; before that another one takes over. */
  ROTATE_AFTER_MINUTES: z.preprocess(blank, z.coerce.number().min(0.01).max(56).default(55)),
  /** A provider locks the voice with the first sound. `stay`: who takes over later speaks with it; `rotate`: another session brings their own. */
  PERSONA_VOICE: z.preprocess(blank, z.enum(["stay", "rotate"]).default("stay")),
  /** What the provider has beyond the protocol, by name, with commas: `temperature,top_p,top_k`. OpenAI has none of it. */
  ENGINE_GENERATION: z.preprocess(
    words,
    z.array(z.enum(["temperature", "top_p", "top_k"], "give temperature, top_p, top_k, or nothing")).default([]),
  ),
  /** The small HTTP door, `/ai/*`. */
  AI_DOOR: z.preprocess(blank, z.enum(["on", "off"]).default("on")),
  /** Whether a page may bring its WebRTC offer with nothing but its cookie, on localhost or with the host token. */
  WEBRTC_DIRECT: z.preprocess(blank, z.enum(["on", "off"]).default("on")),
  /** How a browser learns its own address; with commas. Empty: not at all. */
  STUN_URLS: z.preprocess(words, z.array(z.string().regex(/^stuns?:\S+$/, "give stun:host:port")).optional()),
  TURN_KEY_ID: z.preprocess(
    blank,
    z
      .string()
      .regex(/^\w{8,128}$/)
      .optional(),
  ),
  TURN_KEY_API_TOKEN: z.preprocess(blank, z.string().min(8).optional()),
  /** The most one call may cost at the provider, US dollars. */
  CALL_CAP_USD: z.preprocess(blank, usd.optional()),
  /** The most all calls of a day (UTC) may cost together. */
  DAY_CAP_USD: z.preprocess(blank, usd.optional()),
});

export interface LunaSettings {
  serverKey: string | undefined;
  hostToken: string | undefined;
  provider: ProviderSettings;
  transcriptionModel: string;
  maxCallMs: number;
  sleepAfterMs: number;
  rotateAfterMs: number;
  retentionDays: number;
  /** What becomes of a voice that the provider has locked when somebody else takes over. */
  personaVoice: "stay" | "rotate";
  webrtcDirect: boolean;
  ice: IceSettings;
  /** Words may come in by HTTP. */
  aiDoor: boolean;
  /** Generation settings that the provider accepts. */
  generation: ("temperature" | "top_p" | "top_k")[];
  /** US dollars; null is no cap. */
  caps: { call: number | null; day: number | null };
}

export interface IceSettings {
  /** Undefined: nobody has said, and the default depends on where this runs. */
  stun: string[] | undefined;
  turn: { keyId: string; token: string } | undefined;
}

export interface ProviderSettings {
  baseUrl: string;
  model: string;
  auth: "bearer" | "api-key" | "x-luna-key";
}

/** @throws LunaError `unavailable` naming the setting that does not fit (never its value). */
export function readSettings(bindings: Bindings): LunaSettings {
  const parsed = Settings.safeParse(bindings);
  if (!parsed.success) {
    const where = parsed.error.issues.map((issue) => `${issue.path.join(".")}: ${issue.message}`).join("; ");
    throw new LunaError(
      "unavailable",
      `Luna's settings do not fit (${where}). Mend them in wrangler.toml or the secrets.`,
    );
  }
  const s = parsed.data;
  return {
    serverKey: s.OPENAI_API_KEY,
    hostToken: s.HOST_TOKEN,
    provider: {
      baseUrl: s.REALTIME_BASE_URL.replace(/\/+$/, ""),
      model: s.REALTIME_MODEL,
      auth: s.REALTIME_AUTH,
    },
    transcriptionModel: s.TRANSCRIPTION_MODEL,
    maxCallMs: s.MAX_CALL_MINUTES * 60_000,
    sleepAfterMs: s.SLEEP_AFTER_SECONDS * 1_000,
    rotateAfterMs: s.ROTATE_AFTER_MINUTES * 60_000,
    retentionDays: s.RETENTION_DAYS,
    webrtcDirect: s.WEBRTC_DIRECT === "on",
    ice: {
      stun: s.STUN_URLS,
      turn:
        s.TURN_KEY_ID !== undefined && s.TURN_KEY_API_TOKEN !== undefined
          ? { keyId: s.TURN_KEY_ID, token: s.TURN_KEY_API_TOKEN }
          : undefined,
    },
    personaVoice: s.PERSONA_VOICE,
    aiDoor: s.AI_DOOR === "on",
    generation: s.ENGINE_GENERATION,
    caps: { call: s.CALL_CAP_USD ?? null, day: s.DAY_CAP_USD ?? null },
  };
}
