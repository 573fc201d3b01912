/**
 * The wire between Luna's page and its call: one WebSocket, JSON text frames both ways, audio as binary frames.
 *
 * Upwards (page to call) every text frame must fit `PageMessage`; a frame that does not gets one `error` event and the
 * call goes on. Downwards the page gets the GA Realtime server events of the engine, except audio deltas, which travel as
 * binary frames (`frames.ts`), and Luna's own events, whose names start with `luna.`.
 *
 * Bump `WIRE_VERSION` when a page built yesterday could misread a message of today; adding an optional field is no such change.
 */
import { z } from "zod";
import type { ServerEvent } from "../realtime/events.ts";
import { agentName, apiKey } from "./names.ts";

export const WIRE_VERSION = 1;
/** The subprotocol the page offers and the call selects; the one-time token travels beside it as `luna.token.<token>`. */
export const WIRE_PROTOCOL = `luna.v${WIRE_VERSION}`;
export const TOKEN_PROTOCOL = "luna.token.";
/** A text frame longer than this is refused unread. The longest honest one is a typed sentence. */
export const MAX_TEXT_BYTES = 16_384;
/** A binary frame longer than one second of 24 kHz PCM16 is refused: the page sends 40 ms (1,920 bytes). */
export const MAX_AUDIO_BYTES = 48_000;

const id = z.string().min(1).max(128);
const eventId = z.string().max(512).optional();
const milliseconds = z.number().int().min(0).max(3_600_000);

/** Words of the caller: typed, or spoken and recognised in the page (keyless voice). */
const say = z.strictObject({
  type: z.literal("conversation.item.create"),
  event_id: eventId,
  item: z.strictObject({
    id: z
      .string()
      .regex(/^[a-zA-Z0-9_-]{1,64}$/)
      .optional(),
    type: z.literal("message"),
    role: z.literal("user"),
    content: z.tuple([z.strictObject({ type: z.literal("input_text"), text: z.string().trim().min(1).max(2_000) })]),
  }),
  /** How the words came in; `speech` means recognised in the page. */
  luna_how: z.enum(["typed", "speech"]).default("typed"),
});

/** Ask for an answer without new words. Refused with `conversation_already_has_active_response` while one is under way. */
const respond = z.strictObject({ type: z.literal("response.create"), event_id: eventId });
/** "Stop talking" (Esc in the page): the page has flushed its own queue already. */
const cancel = z.strictObject({ type: z.literal("response.cancel"), event_id: eventId });

/**
 * What the ear got of one item. `flushed` = cut off there, `done` = played to its end. `heard_ms` counts real audio of the
 * item only: where it stops for lack of more, and where it goes on, `progress` tells the same `heard_ms` twice. `heard_chars` is
 * given where the page spoke text itself and so knows the exact place in it.
 */
const playback = z.strictObject({
  type: z.literal("luna.playback"),
  item_id: id,
  content_index: z.number().int().min(0).max(64),
  state: z.enum(["started", "progress", "done", "flushed"]),
  heard_ms: milliseconds,
  heard_chars: z.number().int().min(0).max(100_000).optional(),
});

/** The page's own voice activity detection (keyless voice) heard the caller start or stop. */
const speech = z.strictObject({ type: z.literal("luna.speech"), state: z.enum(["started", "stopped"]) });
/** Time from the end of the caller's speech (or Enter) to the first sound of this item at the ear, ms. */
const latency = z.strictObject({ type: z.literal("luna.latency"), item_id: id, ms: milliseconds });
const mute = z.strictObject({ type: z.literal("luna.mute"), microphone: z.boolean() });
/** The confirmation card in the page: yes or no to exactly the change that `token` stands for. */
const confirm = z.strictObject({ type: z.literal("luna.confirm"), token: id, yes: z.boolean() });
/** A visitor's own key again: asked for by `luna.key_wanted` when the object was rebuilt. The call keeps it in memory only. */
const key = z.strictObject({ type: z.literal("luna.key"), key: apiKey });
/** The caller makes a sound while the call sleeps; the pre-roll (500 ms) follows as frames. */
const wake = z.strictObject({ type: z.literal("luna.wake") });
/** Put the call on hold, or take it off again. On hold nobody is heard and the call sleeps at once. */
const hold = z.strictObject({ type: z.literal("luna.hold"), on: z.boolean() });
/** Start or stop keeping the sound of this call. */
const recordSwitch = z.strictObject({ type: z.literal("luna.record"), on: z.boolean() });
/** What may be tuned: before the call (`OpenCall`), and while it runs (`luna.session`). */
export const vad = z.discriminatedUnion("type", [
  z.strictObject({
    type: z.literal("server_vad"),
    threshold: z.number().min(0).max(1).optional(),
    prefix_padding_ms: z.number().int().min(0).max(2_000).optional(),
    silence_duration_ms: z.number().int().min(100).max(5_000).optional(),
  }),
  z.strictObject({
    type: z.literal("semantic_vad"),
    eagerness: z.enum(["auto", "low", "medium", "high"]).optional(),
  }),
]);
export const voice = z.string().regex(/^[\w-]{1,64}$/);
export const speed = z.number().min(0.25).max(1.5);

/** Changes of the running session, sent on to the engine as one `session.update`; `luna.session` says what came of it. */
const tune = z.strictObject({
  type: z.literal("luna.session"),
  event_id: eventId,
  update: z.strictObject({
    instructions: z.string().trim().min(1).max(8_000).optional(),
    voice: voice.optional(),
    speed: speed.optional(),
    vad: vad.optional(),
    /** Only for engines that have them; the GA protocol has none. */
    temperature: z.number().min(0).max(2).optional(),
    top_p: z.number().min(0).max(1).optional(),
    top_k: z.number().int().min(1).max(1_000).optional(),
  }),
});
/** Somebody else answers from here on, in the same call. */
const persona = z.strictObject({ type: z.literal("luna.persona"), key: agentName });
/** Show what passes between the call and its engine, as `luna.trace`. */
const trace = z.strictObject({ type: z.literal("luna.trace"), on: z.boolean() });
/** The page's WebRTC connection. `lost`, or never there: the sound goes over this socket from here on. */
const peer = z.strictObject({ type: z.literal("luna.peer"), state: z.enum(["connected", "lost"]) });
const end = z.strictObject({ type: z.literal("luna.end") });

export const PageMessage = z.discriminatedUnion("type", [
  say,
  respond,
  cancel,
  playback,
  speech,
  latency,
  mute,
  confirm,
  key,
  wake,
  hold,
  recordSwitch,
  tune,
  persona,
  trace,
  peer,
  end,
]);
/** What the page sends (before defaults are filled in). */
export type PageMessageInput = z.input<typeof PageMessage>;
/** What the call reads. */
export type PageMessage = z.output<typeof PageMessage>;

export type Mode = "ai" | "scripted";
/** Who is speaking for the bank: Luna, or the specialist a call was escalated to. */
export type Speaker = "luna" | "specialist";
export type Outcome = "contained" | "escalated" | "abandoned" | "failed";

/** Who answers, and where ears and voice are. Sent on connecting and whenever it changes. */
export interface EngineStatus {
  type: "luna.engine";
  mode: Mode;
  /** `page`: the page listens and speaks by itself (text engine). `call`: audio travels over this socket. `peer`: by WebRTC. */
  voice: "page" | "call" | "peer";
  speaker: Speaker;
  /** Provider model, or `luna-scripted`. */
  model: string;
  /** Ready to hear: audio sent earlier is held back for 3 s at most. */
  ready: boolean;
}

export interface TurnStatus {
  type: "luna.turn";
  /** Id of the conversation item this turn is. */
  item_id: string;
  /** Where the turn stands among all turns; unlike the order of arrival. */
  order: number;
  who: "caller" | Speaker;
  /** Name of who spoke in Luna's place; absent where she did herself. */
  speaker?: string;
  /** Key of the persona that spoke. */
  persona?: string;
  how: "typed" | "speech";
  /** All that was said; for Luna, all that was generated. */
  text: string;
  /** For Luna: the part that reached the ear, cut at a word. */
  heard: string;
  state: "live" | "final" | "interrupted" | "unclear";
}

export interface ToolStatus {
  type: "luna.tool";
  call_id: string;
  name: string;
  /** Plain words for the page: "Blocking your card". */
  label: string;
  state: "running" | "done" | "refused" | "failed";
  /** Why it was refused, by the tools' own codes (`not_found`, `identity_required`...). */
  code?: string;
  /** One plain sentence of what came of it. */
  summary: string;
  /** Arguments with digits beyond the last four taken out. */
  arguments: Record<string, unknown>;
  ms: number;
  /** Turns known when the tool started: places the row in the transcript. */
  order: number;
}

/** A change waits for the caller's yes; `null` takes the card away. */
export interface ConfirmStatus {
  type: "luna.confirm";
  pending: { token: string; title: string; lines: { label: string; value: string }[] } | null;
}

export interface SummaryCard {
  caller: string;
  verified: boolean;
  asked: string;
  done: string[];
  open: string[];
}

export interface TransferStatus {
  type: "luna.transfer";
  state: "starting" | "connected";
  department: string;
  specialist: string;
  summary: SummaryCard;
}

/** One plain sentence for the person in front of the page, and what to do. */
export interface Notice {
  type: "luna.notice";
  code: string;
  tone: "info" | "warning" | "problem";
  message: string;
}

export interface CallStatus {
  type: "luna.call";
  call_id: string;
  scenario: string;
  title: string;
  verified: boolean;
  /** In a freeform call: the scenario whose tool was used last. */
  lit: string | null;
  started_at: number;
}

export interface CallEnded {
  type: "luna.ended";
  /** `silent`: nobody spoke for long; `spent`: the call's money was used up; `link_closed`: so was the link it came by. */
  reason: "caller_ended" | "luna_ended" | "caller_left" | "failed" | "too_long" | "silent" | "spent" | "link_closed";
  outcome: Outcome;
  seconds: number;
  /** Median and 95th percentile of the turns' latencies, ms; null where nothing was measured. */
  latency: { p50: number | null; p95: number | null; turns: number };
  /** US dollars; null where the model's price is not known or nothing was billed. */
  cost_usd: number | null;
  /** How often the caller began to speak while Luna was sounding. */
  talk_overs?: number;
}

/** Stop the sound now and throw away what is queued; answer with `luna.playback` `flushed` for the item that was sounding. */
export interface Flush {
  type: "luna.flush";
}

/**
 * The caller is heard to speak (`user-speaking`), Luna thinks, speaks, or the line is on hold (transfer, or by the caller).
 * `asleep`: the engine is closed until somebody makes a sound or types; `reconnecting`: it was lost and is being opened again.
 */
export interface LineState {
  type: "luna.line";
  state:
    | "connecting"
    | "listening"
    | "user-speaking"
    | "thinking"
    | "tool-running"
    | "on-hold"
    | "speaking"
    | "asleep"
    | "reconnecting";
}

/** What brings this browser back to its call when the socket was lost: good once, as `luna.token.<token>`, within the grace. */
export interface ResumeToken {
  type: "luna.resume";
  token: string;
  /** How long the call waits for the page, ms. */
  grace_ms: number;
}

/** The object was rebuilt and the visitor's own key with it is gone: answer with `luna.key` within a few seconds. */
export interface KeyWanted {
  type: "luna.key_wanted";
}

/** What the call has cost so far, from the provider's usage figures, US dollars. Null price: the model is not in the table. */
export interface CostStatus {
  type: "luna.cost";
  /** Of the call. */
  usd: number | null;
  /** Of the last response. */
  turn_usd: number | null;
  /** Most that this call may cost; null where there is no cap. */
  cap_usd: number | null;
}

/** Whether the sound of this call is being kept. */
export interface RecordingStatus {
  type: "luna.recording";
  state: "off" | "on" | "unavailable";
}

/** What the engine made of a `luna.session`: held against what was asked. */
export interface SessionStatus {
  type: "luna.session";
  /** All of it holds. False: the engine refused it whole, and the settings before it hold. */
  ok: boolean;
  /** Fields that were asked for and do not hold as asked, by name. */
  differences: string[];
  /** Why, and what to do; null when all holds. */
  message: string | null;
  /** What holds now. */
  effective: { instructions: string; voice: string; speed: number; vad: object | null };
}

/** Who answers now, told on connecting and after each change. */
export interface PersonaStatus {
  type: "luna.persona";
  key: string;
  title: string;
  /** Their name, beside what they say. */
  speaker: string;
  by: "caller" | "api" | "model";
  /** `stayed`: the provider locks the voice after the first sound, so the new one speaks with the old voice. */
  voice: "own" | "stayed";
}

/** One event between the call and its engine. Sound is told by its length, never by its bytes. */
export interface Trace {
  type: "luna.trace";
  /** `up`: to the engine. */
  dir: "up" | "down";
  /** Unix ms, at the call. */
  at: number;
  event: Record<string, unknown>;
}

/** Tells which item the binary frames with this number belong to; sent before the first of them. */
export interface AudioItem {
  type: "luna.audio";
  n: number;
  item_id: string;
  content_index: number;
}

export type LunaEvent =
  | EngineStatus
  | TurnStatus
  | ToolStatus
  | ConfirmStatus
  | TransferStatus
  | Notice
  | CallStatus
  | CallEnded
  | Flush
  | LineState
  | ResumeToken
  | KeyWanted
  | CostStatus
  | RecordingStatus
  | SessionStatus
  | PersonaStatus
  | Trace
  | AudioItem;
/** Everything the page can receive as text. */
export type PageEvent = LunaEvent | ServerEvent;
