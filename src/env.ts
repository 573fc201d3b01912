/** What the Worker is given: bindings of `wrangler.toml`, and settings, parsed once with defaults and clear errors. */
import type { Context } from "hono";
import { z } from "zod";
import type { AuditTrail } from "./durable/audit-trail.ts";
import type { Bank } from "./durable/bank.ts";
import type { Call } from "./durable/call.ts";
import type { Switchboard } from "./durable/switchboard.ts";
import { LunaError } from "./errors.ts";

/** What was deployed. An account without R2 has no bucket for recordings (`scripts/deploy.ts` leaves the binding out). */
export interface Deployed {
  CALLS: DurableObjectNamespace<Call>;
  BANKS: DurableObjectNamespace<Bank>;
  AUDIT: DurableObjectNamespace<AuditTrail>;
  SWITCHBOARDS: DurableObjectNamespace<Switchboard>;
  DB: D1Database;
  RECORDINGS?: R2Bucket;
  ASSETS: Fetcher;
  OPENING: RateLimit;
  SAYING: RateLimit;
  MINTING: RateLimit;
  /** Secret. Without it, and without a visitor's own key, calls are scripted. */
  OPENAI_API_KEY?: string;
  /** Secret. A program that presents it is the host: scripts, and calls that spend the server's key. */
  HOST_TOKEN?: string;
  /** Secret. Who knows it signs in as the host; not asked for where Cloudflare Access is configured. */
  ADMIN_PASSWORD?: string;
  ACCESS_TEAM?: string;
  ACCESS_AUD?: string;
  HOSTS?: string;
  OPERATORS?: string;
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
  MAX_CALLS_AT_ONCE?: string;
  LINK_CALLS_A_DAY?: string;
  GUEST_CALLS_A_DAY?: string;
  TURNSTILE_SITE_KEY?: string;
  /** Secret. Of the same Turnstile widget. */
  TURNSTILE_SECRET?: string;
  CALL_CAP_USD?: string;
  DAY_CAP_USD?: string;
}

/** What routes are given: where there is no bucket, one that holds nothing (`withBucket`). */
export interface Bindings extends Deployed {
  RECORDINGS: R2Bucket;
}

/** A request to the Worker, with what there is to answer it. */
export type LunaContext = Context<{ Bindings: Bindings }>;

const blank = (value: unknown) => (value === "" ? undefined : value);

const words = (value: unknown) =>
  typeof value === "string" ? value.split(/[\s,]+/).filter((one) => one !== "") : undefined;

const usd = z.coerce.number().min(0.01, "a cap is a cent or more").max(1_000_000);

const lowerWords = (value: unknown) => words(value)?.map((one) => one.toLowerCase());

/** Who may come in by Cloudflare Access: e-mail addresses, `@domain`, client ids of service tokens, or `*`. */
const people = z.preprocess(
  lowerWords,
  z.array(z.string().regex(/^(\*|@?[^@]+|[^@]+@[^@]+)$/, "give e-mail addresses, @domains, or *")).default([]),
);

const Settings = z.object({
  OPENAI_API_KEY: z.preprocess(blank, z.string().trim().min(8).optional()),
  HOST_TOKEN: z.preprocess(blank, z.string().min(16, "HOST_TOKEN needs 16 characters or more").optional()),
  ADMIN_PASSWORD: z.preprocess(
    blank,
    z.string().min(12, "ADMIN_PASSWORD needs 12 characters or more").max(256).optional(),
  ),
  /** `aurora` of `aurora.cloudflareaccess.com`, or all of it. */
  ACCESS_TEAM: z.preprocess(
    blank,
    z
      .string()
      .trim()
      .toLowerCase()
      .transform((team) => team.replace(/^https:\/\//, "").replace(/(\.cloudflareaccess\.com)?\/*$/, ""))
      .pipe(z.string().regex(/^[a-z0-9-]{1,63}$/, "give the team's name, as in <team>.cloudflareaccess.com"))
      .optional(),
  ),
  /** The application audience tags, with commas. */
  ACCESS_AUD: z.preprocess(
    words,
    z.array(z.string().regex(/^[\w-]{16,128}$/, "give the application audience (AUD) tag")).default([]),
  ),
  HOSTS: people,
  OPERATORS: people,
  /** Ends in `/v1`; `/realtime` is added. Azure: `https://<resource>.openai.azure.com/openai/v1`. */
  REALTIME_BASE_URL: z.preprocess(
    blank,
    z
      .url({ protocol: /^https?$/, error: "give an address that begins with https:// or http://" })
      .regex(/^[^?#]*$/, "give the address up to /v1, without a query")
      .default("https://api.openai.com/v1"),
  ),
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
  /** Calls on the server's own key at the same time; more are answered by the built-in Luna. */
  MAX_CALLS_AT_ONCE: z.preprocess(blank, z.coerce.number().int().min(1).max(100_000).optional()),
  /** How often one link may be called in a day (UTC), and by one address. */
  LINK_CALLS_A_DAY: z.preprocess(blank, z.coerce.number().int().min(1).max(1_000_000).default(500)),
  GUEST_CALLS_A_DAY: z.preprocess(blank, z.coerce.number().int().min(1).max(1_000_000).default(50)),
  /** Cloudflare Turnstile: who calls by a link shows first that they are none of many. */
  TURNSTILE_SITE_KEY: z.preprocess(blank, z.string().max(100).optional()),
  TURNSTILE_SECRET: z.preprocess(blank, z.string().max(200).optional()),
  /** The most one call may cost at the provider, US dollars. */
  CALL_CAP_USD: z.preprocess(blank, usd.optional()),
  /** The most all calls of a day (UTC) may cost together. */
  DAY_CAP_USD: z.preprocess(blank, usd.optional()),
});

/** How the host and the operators come in. */
export interface StaffSettings {
  password: string | undefined;
  access: AccessSettings | undefined;
  /** What is set does not fit, by name: then there is no way in at all, on this machine neither. */
  fault?: string;
}

/** Cloudflare Access. */
export interface AccessSettings {
  /** `https://<team>.cloudflareaccess.com`: who signs, and where the keys are. */
  issuer: string;
  audiences: string[];
  /** In lower case. Both empty: whoever Access lets in is the host. */
  hosts: string[];
  operators: string[];
}

export interface LunaSettings {
  serverKey: string | undefined;
  hostToken: string | undefined;
  staff: StaffSettings;
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
  /** Calls on the server's own key at the same time; null is no limit. */
  callsAtOnce: number | null;
  linkCallsADay: number;
  guestCallsADay: number;
  /** `unfit`: half of it is set, and nobody can be told from many. */
  turnstile: TurnstileSettings | "unfit" | undefined;
  /** What does not fit and keeps closed what it is for, while all else goes on; for the host to read. Names, never values. */
  faults: string[];
}

export interface TurnstileSettings {
  siteKey: string;
  secret: string;
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

/** What was read last, and from what: a parse takes 0.05 ms when warm and 5 ms at first (Node), and opening a call asks several times. */
let last: { values: unknown[]; settings: LunaSettings } | undefined;
const NAMES = Object.keys(Settings.shape) as (keyof typeof Settings.shape)[];

/** Settings that concern one door each. What does not fit closes that door, and nothing else. */
const STAFF: readonly string[] = ["HOST_TOKEN", "ADMIN_PASSWORD", "ACCESS_TEAM", "ACCESS_AUD", "HOSTS", "OPERATORS"];
const TURNSTILE: readonly string[] = ["TURNSTILE_SITE_KEY", "TURNSTILE_SECRET"];

/**
 * Not to be changed by who gets them: they are everybody's until a binding changes.
 * @throws LunaError `unavailable` naming the setting that does not fit (never its value), where it concerns more than one door.
 */
export function readSettings(bindings: Deployed): Readonly<LunaSettings> {
  if (last && NAMES.every((name, index) => bindings[name] === last?.values[index])) return last.settings;
  const settings = parseSettings(bindings);
  last = { values: NAMES.map((name) => bindings[name]), settings };
  return settings;
}

function parseSettings(bindings: Deployed): LunaSettings {
  const { s, unfit } = withoutUnfit(bindings);
  const staff = staffOf(s, faultOf(unfit, STAFF));
  const turnstile = turnstileOf(s, faultOf(unfit, TURNSTILE));
  const faults = [staff.fault, turnstile.fault].filter((fault) => fault !== undefined);
  return {
    serverKey: s.OPENAI_API_KEY,
    hostToken: s.HOST_TOKEN,
    staff,
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
    callsAtOnce: s.MAX_CALLS_AT_ONCE ?? null,
    linkCallsADay: s.LINK_CALLS_A_DAY,
    guestCallsADay: s.GUEST_CALLS_A_DAY,
    turnstile: turnstile.fault === undefined ? turnstile.whole : "unfit",
    faults,
  };
}

type Parsed = z.output<typeof Settings>;
type Unfit = readonly { name: string; message: string }[];

/** All that fits. @throws LunaError `unavailable` for what concerns more than one door */
function withoutUnfit(bindings: Deployed): { s: Parsed; unfit: Unfit } {
  const parsed = Settings.safeParse(bindings);
  if (parsed.success) return { s: parsed.data, unfit: [] };
  const unfit = parsed.error.issues.map(({ path, message }) => ({ name: String(path[0]), message }));
  const apart = new Set([...STAFF, ...TURNSTILE]);
  if (unfit.some(({ name }) => !apart.has(name))) throw unfitting(wordsFor(unfit));
  const names = new Set(unfit.map(({ name }) => name));
  const rest = Object.fromEntries(NAMES.filter((name) => !names.has(name)).map((name) => [name, bindings[name]]));
  return { s: Settings.parse(rest), unfit };
}

function unfitting(where: string): LunaError {
  return new LunaError(
    "unavailable",
    `Luna's settings do not fit (${where}). Mend them in wrangler.toml or the secrets.`,
  );
}

function wordsFor(unfit: Unfit): string {
  return unfit.map(({ name, message }) => `${name}: ${message}`).join("; ");
}

function faultOf(unfit: Unfit, names: readonly string[]): string | undefined {
  const here = unfit.filter(({ name }) => names.includes(name));
  return here.length === 0 ? undefined : wordsFor(here);
}

/** Half a widget would turn everybody away, or nobody. */
function turnstileOf(s: Parsed, fault: string | undefined): { whole?: TurnstileSettings; fault?: string } {
  const { TURNSTILE_SITE_KEY: siteKey, TURNSTILE_SECRET: secret } = s;
  if (fault !== undefined) return { fault };
  if (siteKey === undefined && secret === undefined) return {};
  if (siteKey !== undefined && secret !== undefined) return { whole: { siteKey, secret } };
  return { fault: "TURNSTILE_SITE_KEY and TURNSTILE_SECRET go together: set both" };
}

/** Where anything of it does not fit, none of it opens a door: the other half may have been meant to close one. */
function staffOf(s: Parsed, unfit: string | undefined): StaffSettings {
  const { ACCESS_TEAM: team, ACCESS_AUD: audiences } = s;
  const half = (team === undefined) !== (audiences.length === 0);
  const fault = unfit ?? (half ? "ACCESS_TEAM and ACCESS_AUD go together: set both" : undefined);
  if (fault !== undefined) return { password: undefined, access: undefined, fault };
  return { password: s.ADMIN_PASSWORD, access: accessOf(s) };
}

function accessOf(s: Parsed): AccessSettings | undefined {
  const { ACCESS_TEAM: team, ACCESS_AUD: audiences, HOSTS: hosts, OPERATORS: operators } = s;
  if (team === undefined || audiences.length === 0) return undefined;
  return { issuer: `https://${team}.cloudflareaccess.com`, audiences, hosts, operators };
}
