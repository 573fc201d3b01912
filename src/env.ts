/** What the Worker is given: bindings of `wrangler.toml`, and settings, parsed once with defaults and clear errors. */
import { z } from "zod";
import type { Bank } from "./durable/bank.ts";
import type { Call } from "./durable/call.ts";
import { LunaError } from "./errors.ts";

export interface Bindings {
  CALLS: DurableObjectNamespace<Call>;
  BANKS: DurableObjectNamespace<Bank>;
  DB: D1Database;
  ASSETS: Fetcher;
  OPENING: RateLimit;
  /** Secret. Without it, and without a visitor's own key, calls are scripted. */
  OPENAI_API_KEY?: string;
  /** Secret. Who presents it may spend the server's key on a host that is not localhost. */
  HOST_TOKEN?: string;
  REALTIME_BASE_URL?: string;
  REALTIME_MODEL?: string;
  REALTIME_AUTH?: string;
  TRANSCRIPTION_MODEL?: string;
  MAX_CALL_MINUTES?: string;
}

const blank = (value: unknown) => (value === "" ? undefined : value);

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
  MAX_CALL_MINUTES: z.preprocess(blank, z.coerce.number().int().min(1).max(60).default(30)),
});

export interface LunaSettings {
  serverKey: string | undefined;
  hostToken: string | undefined;
  provider: ProviderSettings;
  transcriptionModel: string;
  maxCallMs: number;
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
  };
}
