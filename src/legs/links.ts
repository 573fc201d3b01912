/**
 * Links that anyone can call: what the host asks for and sees, what a guest sees before and after a call. Money is in US
 * dollars, as in all that a provider's usage is counted in; times are Unix ms.
 */
import { z } from "zod";
import type { ToolRun } from "../call/turn.ts";
import { agentName } from "./names.ts";
import { type CallOpened, OpenCall } from "./open-call.ts";
import type { CallEnded, Mode, Outcome, TurnStatus } from "./wire.ts";

/** Languages that a guest page has and that an engine outside is asked to speak. The built-in Luna speaks English. */
export const LANGUAGES = ["en", "de", "es", "fr"] as const;
export type Language = (typeof LANGUAGES)[number];

/** Neither line breaks nor marks that turn the direction of writing: a label stands among other words. */
const ONE_LINE = /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+$/u;
const SEVERAL_LINES =
  /^[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*(?:\n[^\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]*)*$/u;

const line = (what: string) =>
  z.string().trim().min(1, `${what} is missing`).max(60).regex(ONE_LINE, "one line, please");
const label = line("a name that tells this link from others");
const note = z.string().trim().max(500).regex(SEVERAL_LINES, "plain text, please");
const hours = z.number().min(0.1).max(8_760).nullable();
/** `https://shop.example`: scheme, host and port, nothing behind. */
const origin = z
  .string()
  .max(200)
  // Nothing that means more in a policy than itself: `*` is a letter to URLs.
  .regex(/^https?:\/\/[a-z0-9.-]+(?::\d{1,5})?$/, "give https://host")
  .refine((text) => URL.canParse(text) && new URL(text).origin === text, "give https://host");

/** `POST /api/links` */
export const NewLink = z
  .strictObject({
    label,
    /** Who invites, as the guest reads it. */
    host_name: line("who invites"),
    /** A few words to the guest. */
    note: note.default(""),
    /** What the call is about; may be left out where a persona is named. */
    scenario: agentName.optional(),
    /** Who answers first. */
    persona: agentName.optional(),
    /** `auto`: the AI on the host's key where there is one and money is left, else the built-in Luna. */
    mode: z.enum(["auto", "scripted"]).default("auto"),
    language: z.enum(LANGUAGES).default("en"),
    /** From now on; null: until it is revoked. */
    expires_in_hours: hours.default(168),
    /** How often it may be called; null: no limit. */
    max_calls: z.int().min(1).max(10_000).nullable().default(null),
    /** Of each call. */
    minutes: z.int().min(1).max(60).default(10),
    /** The most all its calls together may cost; null: only the host's own caps hold. */
    cap_usd: z.number().min(0.01, "a cap is a cent or more").max(10_000).nullable().default(null),
    pin: z
      .string()
      .regex(/^\d{4,8}$/, "a PIN has 4 to 8 digits")
      .optional(),
    /** The sound is kept, and the guest is told before the call. */
    record: z.boolean().default(false),
    /** There is another link for people who only watch, and the guest is told. */
    watch: z.boolean().default(false),
    /** Sites that may show this link's call in a panel. */
    origins: z.array(origin).max(10).default([]),
    /** Its calls are deleted after so many days; absent: as the host has set for all calls. */
    keep_days: z.int().min(1).max(3_650).optional(),
  })
  .refine(({ scenario, persona }) => scenario !== undefined || persona !== undefined, {
    error: "name a scenario or a persona",
    path: ["scenario"],
  });
export type NewLinkInput = z.input<typeof NewLink>;
export type NewLink = z.output<typeof NewLink>;

/** `PATCH /api/links/:id`: what may change while guests hold the link. */
export const LinkChange = z.strictObject({
  label: label.optional(),
  note: note.optional(),
  /** Counted from now. */
  expires_in_hours: hours.optional(),
});
export type LinkChange = z.output<typeof LinkChange>;

/** `used_up`: called as often as it may be; `spent`: its money is gone. */
export type LinkState = "open" | "expired" | "revoked" | "used_up" | "spent";

/** A link as its host sees it. */
export interface LinkShown {
  id: string;
  label: string;
  host_name: string;
  note: string;
  scenario: string;
  persona: string | null;
  mode: "auto" | "scripted";
  language: Language;
  created_at: number;
  expires_at: number | null;
  max_calls: number | null;
  minutes: number;
  cap_usd: number | null;
  has_pin: boolean;
  record: boolean;
  watch: boolean;
  origins: string[];
  keep_days: number | null;
  state: LinkState;
  /** Calls that count: those that are on, and those that were connected. */
  opened: number;
  running: number;
  /** People who watch just now. */
  watching: number;
  spent_usd: number;
  /** `/c/<token>` */
  url: string;
  /** `/w/<token>`; null where nobody may watch. */
  watch_url: string | null;
  /** `/api/links/<id>/qr.svg` */
  qr: string;
}

export const OPENING_RESULTS = [
  "opened",
  "expired",
  "revoked",
  "used_up",
  "spent",
  "pin_wrong",
  "pin_locked",
  "too_many",
  "robot",
] as const;

/** One try to open a link. */
export interface LinkOpening {
  at: number;
  result: (typeof OPENING_RESULTS)[number];
  call_id: string | null;
  /** The same address has the same mark on the same day; nothing more can be learned from it. */
  who: string;
}

/** What a guest may know before the call. `unknown`: mistyped, or never there. */
export interface LinkDoor {
  /** `paused`: open, but the host's settings let nobody in just now. */
  state: LinkState | "unknown" | "paused";
  host_name: string;
  note: string;
  /** Null where the state is `unknown`. */
  scenario: DoorScenario | null;
  persona: { key: string; speaker: string; place: string } | null;
  /** What the call would be now. */
  mode: Mode;
  language: Language;
  minutes: number;
  /** A PIN has to be given. */
  pin: boolean;
  /** Too many wrong PINs: nobody is let in before this time; null: no such lock. */
  locked_until: number | null;
  record: boolean;
  /** Somebody may be watching. */
  watched: boolean;
  /** Site key, where a visitor has to show that they are none of many. */
  turnstile: string | null;
  /** A call that this browser has made by this link is on: there is a way back into it. */
  yours: boolean;
}

export interface DoorScenario {
  id: string;
  title: string;
  tagline: string;
  icon: string;
  caller: { name: string; about: string };
  goal: string;
  /** Lines to say, in English. */
  say: string[];
}

/** `POST /api/guest/:token/calls`. The link decides everything else. */
export const GuestCall = z.strictObject({
  pin: z
    .string()
    .regex(/^\d{4,8}$/)
    .optional(),
  /** Of the Turnstile widget. */
  turnstile: z.string().min(1).max(2_048).optional(),
  settings: OpenCall.shape.settings.unwrap().pick({ voice: true, speed: true, vad: true }).default({}),
});
export type GuestCallInput = z.input<typeof GuestCall>;
export type GuestCall = z.output<typeof GuestCall>;

/** Answer to it (201). */
export interface GuestCallOpened extends CallOpened {
  /** `/p/<token>`: what is left of the call afterwards. There once something was said. */
  postcard: string;
  /** The call ends then at the latest. */
  ends_at: number;
}

/** `POST /api/guest/:token/back` (200): another tab of the same browser takes the call over. */
export interface GuestCallBack {
  call_id: string;
  socket: string;
  /** Opens the socket once, within a minute. */
  token: string;
  /** How long the call waits for its page, ms. */
  grace_ms: number;
  mode: Mode;
  postcard: string;
  ends_at: number;
}

/** `GET /api/postcards/:token` */
export interface Postcard {
  call_id: string;
  /** Its title. */
  scenario: string;
  host_name: string;
  started_at: number;
  seconds: number;
  outcome: Outcome;
  reason: CallEnded["reason"];
  turns: {
    who: TurnStatus["who"];
    /** Name of who spoke in Luna's place. */
    speaker?: string;
    text: string;
    at: number;
  }[];
  done: (Pick<ToolRun, "state" | "code" | "summary"> & { label: string })[];
  recording: boolean;
  kept_until: number;
}

/** `GET /api/watch/:token` */
export interface WatchDoor {
  state: LinkState | "unknown";
  host_name: string;
  call: { id: string; started_at: number; scenario: string } | null;
}
