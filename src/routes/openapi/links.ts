/** The addresses of links, of guests, of who watches, and of postcards; and what they answer. */
import { z } from "zod";
import type { ErrorKind } from "../../errors.ts";
import {
  type GuestCallBack,
  type GuestCallOpened,
  LANGUAGES,
  type LinkDoor,
  type LinkOpening,
  type LinkShown,
  OPENING_RESULTS,
  type Postcard,
  type WatchDoor,
} from "../../legs/links.ts";
import type { Answer, Operation } from "./operation.ts";
import { CallOpenedShape } from "./shapes.ts";

const JSON_TYPE = "application/json";
const LINKS = "Links";
const GUESTS = "Guests";

const unixMs = z.int().describe("Unix time, milliseconds");
const usd = z.number().describe("US dollars");
const state = z.enum(["open", "expired", "revoked", "used_up", "spent"]);
const anyState = z.enum([...state.options, "unknown"]).describe("unknown: mistyped, or never there");
const language = z.enum(LANGUAGES);

export const LinkShape = z.object({
  id: z.string(),
  label: z.string(),
  host_name: z.string(),
  note: z.string(),
  scenario: z.string(),
  persona: z.string().nullable(),
  mode: z.enum(["auto", "scripted"]),
  language,
  created_at: unixMs,
  expires_at: unixMs.nullable(),
  max_calls: z.int().nullable(),
  minutes: z.int().describe("Of each call"),
  cap_usd: usd.nullable().describe("Of all its calls together, US dollars"),
  has_pin: z.boolean(),
  record: z.boolean(),
  watch: z.boolean(),
  origins: z.array(z.string()),
  keep_days: z.int().nullable(),
  state,
  opened: z.int().describe("Calls that count: those that are on, and those that were connected"),
  running: z.int(),
  watching: z.int(),
  spent_usd: usd,
  url: z.string(),
  watch_url: z.string().nullable(),
  qr: z.string(),
}) satisfies z.ZodType<LinkShown>;

export const LinksShape = z.object({
  links: z.array(LinkShape).describe("Newest first, at most 40"),
  next: z.string().nullable().describe("Give as `before` for the next page"),
});

const opening = z.object({
  at: unixMs,
  result: z.enum(OPENING_RESULTS),
  call_id: z.string().nullable(),
  who: z.string().describe("The same address has the same mark on the same day"),
}) satisfies z.ZodType<LinkOpening>;

export const OpeningsShape = z.object({ openings: z.array(opening), next: z.string().nullable() });

export const LinkDoorShape = z.object({
  state: z
    .enum([...state.options, "unknown", "paused"])
    .describe("unknown: mistyped, or never there; paused: open, but nobody is let in just now"),
  host_name: z.string(),
  note: z.string(),
  scenario: z
    .object({
      id: z.string(),
      title: z.string(),
      tagline: z.string(),
      icon: z.string(),
      caller: z.object({ name: z.string(), about: z.string() }),
      goal: z.string(),
      say: z.array(z.string()),
    })
    .nullable(),
  persona: z.object({ key: z.string(), speaker: z.string(), place: z.string() }).nullable(),
  mode: z.enum(["ai", "scripted"]).describe("What the call would be now"),
  language,
  minutes: z.int(),
  pin: z.boolean().describe("A PIN has to be given"),
  locked_until: unixMs.nullable().describe("Too many wrong PINs: nobody is let in before"),
  record: z.boolean(),
  watched: z.boolean().describe("Somebody may be watching"),
  turnstile: z.string().nullable().describe("Site key, where a visitor has to show that they are a person"),
  yours: z.boolean().describe("A call that this browser has made by this link is on"),
}) satisfies z.ZodType<LinkDoor>;

export const GuestCallShape = CallOpenedShape.extend({
  postcard: z.string().describe("What is left of the call afterwards: /p/<token>"),
  ends_at: unixMs.describe("At the latest"),
}) satisfies z.ZodType<GuestCallOpened>;

export const GuestCallBackShape = z.object({
  call_id: z.string(),
  socket: z.string(),
  token: z.string().describe("Opens the socket once, within a minute"),
  grace_ms: z.int().describe("How long the call waits for its page"),
  mode: z.enum(["ai", "scripted"]),
  postcard: z.string(),
  ends_at: unixMs.describe("At the latest"),
}) satisfies z.ZodType<GuestCallBack>;

export const WatchDoorShape = z.object({
  state: anyState,
  host_name: z.string(),
  call: z.object({ id: z.string(), started_at: unixMs, scenario: z.string() }).nullable(),
}) satisfies z.ZodType<WatchDoor>;

export const PostcardShape = z.object({
  call_id: z.string(),
  scenario: z.string(),
  host_name: z.string(),
  started_at: unixMs,
  seconds: z.int(),
  outcome: z.enum(["contained", "escalated", "abandoned", "failed"]),
  reason: z.enum(["caller_ended", "luna_ended", "caller_left", "failed", "too_long", "silent", "spent", "link_closed"]),
  turns: z.array(
    z.object({
      who: z.enum(["caller", "luna", "specialist"]),
      speaker: z.string().optional(),
      text: z.string(),
      at: unixMs,
    }),
  ),
  done: z.array(
    z.object({
      label: z.string(),
      summary: z.string(),
      state: z.enum(["done", "refused", "failed"]),
      code: z.string().optional().describe("Why it was refused: `not_found`, `identity_required`..."),
    }),
  ),
  recording: z.boolean(),
  kept_until: unixMs,
}) satisfies z.ZodType<Postcard>;

const json = (status: number, means: string, name: NonNullable<Answer["body"]>[string]): Answer => ({
  status,
  means,
  body: { [JSON_TYPE]: name },
});
const BODY: ErrorKind[] = ["invalid_request", "wrong_type", "too_large"];
const STAFF: ErrorKind[] = ["sign_in", "forbidden"];
const SOCKET: Answer = { status: 101, means: "A socket that only tells: src/legs/watcher.ts." };

export const LINK_OPERATIONS: Operation[] = [
  {
    method: "post",
    path: "/api/links",
    group: LINKS,
    title: "Make a link that anyone can call",
    for: "host",
    takes: "NewLink",
    answers: [json(201, "The link, with its address.", "Link")],
    problems: [...BODY, ...STAFF, "not_found", "unavailable"],
  },
  {
    method: "get",
    path: "/api/links",
    group: LINKS,
    title: "All links",
    for: "operator",
    query: [{ name: "before", about: "The `next` of the page before", type: "string" }],
    answers: [json(200, "Newest first.", "Links")],
    problems: STAFF,
  },
  {
    method: "get",
    path: "/api/links/:id",
    group: LINKS,
    title: "One link",
    for: "operator",
    answers: [json(200, "As it stands now.", "Link")],
    problems: [...STAFF, "not_found"],
  },
  {
    method: "patch",
    path: "/api/links/:id",
    group: LINKS,
    title: "Rename a link, or give it another end",
    for: "host",
    takes: "LinkChange",
    answers: [json(200, "As it stands now.", "Link")],
    problems: [...BODY, ...STAFF, "not_found"],
  },
  {
    method: "delete",
    path: "/api/links/:id",
    group: LINKS,
    title: "Revoke a link",
    about: "Calls that are on end within two seconds, and their callers are told why.",
    for: "host",
    answers: [json(200, "As it stands now.", "Link")],
    problems: [...STAFF, "not_found"],
  },
  {
    method: "get",
    path: "/api/links/:id/qr.svg",
    group: LINKS,
    title: "The address of a link as a QR code",
    for: "operator",
    answers: [{ status: 200, means: "A picture.", body: { "image/svg+xml": "text" } }],
    problems: [...STAFF, "not_found"],
  },
  {
    method: "get",
    path: "/api/links/:id/openings",
    group: LINKS,
    title: "Who tried to open a link",
    for: "operator",
    query: [{ name: "before", about: "The `next` of the page before", type: "string" }],
    answers: [json(200, "Newest first, at most 200.", "Openings")],
    problems: [...STAFF, "not_found"],
  },
  {
    method: "get",
    path: "/api/calls/:id/watch",
    group: LINKS,
    title: "Watch a call that is on",
    for: "operator",
    answers: [SOCKET],
    problems: [...STAFF, "upgrade_required", "not_found"],
  },
  {
    method: "get",
    path: "/api/guest/:token",
    group: GUESTS,
    title: "A link, before the call",
    for: "guest",
    answers: [json(200, "Also where it is closed: `state` says so.", "LinkDoor")],
    problems: [],
  },
  {
    method: "post",
    path: "/api/guest/:token/calls",
    group: GUESTS,
    title: "Call by a link",
    about: "Then the socket, as with every call. Counted exactly, however many come at once.",
    for: "guest",
    takes: "GuestCall",
    answers: [json(201, "The call.", "GuestCallOpened")],
    problems: [
      ...BODY,
      ...(["forbidden", "not_found", "link_closed", "pin_wanted", "pin_wrong", "robot", "too_many"] as const),
      "unavailable",
    ],
  },
  {
    method: "post",
    path: "/api/guest/:token/back",
    group: GUESTS,
    title: "Back into a call by a link",
    about: "For the browser that made it, in whatever tab: the newest tab has the call.",
    for: "guest",
    answers: [json(200, "The way in.", "GuestCallBack")],
    problems: ["forbidden", "not_found", "too_many"],
  },
  {
    method: "get",
    path: "/api/watch/:token",
    group: GUESTS,
    title: "What a spectator's link shows",
    for: "spectator",
    answers: [json(200, "The link, and the call that is on.", "WatchDoor")],
    problems: [],
  },
  {
    method: "get",
    path: "/api/watch/:token/socket",
    group: GUESTS,
    title: "Watch the calls of a link",
    for: "spectator",
    answers: [SOCKET],
    problems: ["forbidden", "upgrade_required"],
  },
  {
    method: "get",
    path: "/api/postcards/:token",
    group: GUESTS,
    title: "What is left of a guest's call",
    for: "guest",
    answers: [json(200, "The call, once it is over.", "Postcard")],
    problems: ["not_found", "call_on"],
  },
  {
    method: "get",
    path: "/api/postcards/:token/recording",
    group: GUESTS,
    title: "Its sound",
    for: "guest",
    answers: [
      { status: 200, means: "A WAV file.", body: { "audio/wav": "binary" } },
      { status: 206, means: "A part of it.", body: { "audio/wav": "binary" } },
    ],
    problems: ["not_found"],
  },
  {
    method: "delete",
    path: "/api/postcards/:token",
    group: GUESTS,
    title: "Delete all that is kept of the call",
    for: "guest",
    answers: [{ status: 204, means: "It is gone." }],
    problems: ["forbidden", "not_found", "unavailable"],
  },
];
