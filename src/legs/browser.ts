/** Our page: one hibernatable WebSocket, JSON text frames and binary audio frames (`wire.ts`, `frames.ts`). */

import { errorEvent, type LunaError } from "../errors.ts";
import type { AudioDelta } from "../realtime/audio-delta.ts";
import type { ServerEvent } from "../realtime/events.ts";
import { AUDIO_HEADER_BYTES } from "./frames.ts";
import type { Leg } from "./leg.ts";
import { type Pace, REFUSALS, type Refusal } from "./pace.ts";
import { MAX_AUDIO_BYTES, MAX_TEXT_BYTES, type PageEvent, PageMessage, TOKEN_PROTOCOL, WIRE_PROTOCOL } from "./wire.ts";

/** A flood is answered this often, ms. */
const REFUSE_AGAIN_MS = 1_000;
/** What a page sent before it had heard that the call went on in text is nobody's mistake, ms. */
const IN_FLIGHT_MS = 2_000;

export class BrowserLeg implements Leg {
  readonly #socket: WebSocket;
  readonly #pace: Pace;
  /** The engine hears sound itself. Before one is told of, sound is welcome: the engine holds it back. */
  #hears = true;
  #answered = false;
  /** In a text call sound is an error from this time on, Unix ms; `null` once that has been said. */
  #deafFrom: number | null = 0;
  #refusedAt = Number.NEGATIVE_INFINITY;
  #floodedAt = Number.NEGATIVE_INFINITY;
  /** The item whose number was announced last: an item's frames come in a row, so one is enough to remember. */
  #sounding = { n: 0, item_id: "", content_index: 0 };

  /** @param pace of the call: whoever comes back goes on where they were. */
  constructor(socket: WebSocket, pace: Pace) {
    this.#socket = socket;
    this.#pace = pace;
  }

  tell(event: PageEvent): void {
    if (event.type === "luna.engine") this.#answeredBy(event.voice === "call");
    this.#send(JSON.stringify(event));
  }

  /** One frame of the page, judged by what the call can take just now. Never throws. */
  read(data: string | ArrayBuffer): Taken {
    const read = readFrame(data);
    if (read.kind === "audio") {
      if (!this.#hears) return this.#unheard();
      const now = Date.now();
      return this.#pace.sound.take(read.frame.length, now) ? read : this.#flooded(now);
    }
    if (read.kind !== "message" || read.message.type !== "conversation.item.create") return read;
    const [{ text }] = read.message.item.content;
    const refusal = this.#pace.words.take(text.length, Date.now());
    if (refusal === undefined) return read;
    return this.#once(refusal, read.message.event_id);
  }

  play(delta: AudioDelta): Uint8Array | undefined {
    const last = this.#sounding;
    if (last.item_id !== delta.item_id || last.content_index !== delta.content_index) {
      this.#sounding = { n: last.n + 1, item_id: delta.item_id, content_index: delta.content_index };
      this.tell({ type: "luna.audio", ...this.#sounding });
    }
    const frame = new Uint8Array(AUDIO_HEADER_BYTES + decodedLength(delta.base64));
    const header = this.#sounding.n;
    frame[0] = header & 255;
    frame[1] = (header >> 8) & 255;
    frame[2] = (header >> 16) & 255;
    frame[3] = header >>> 24;
    const pcm = frame.subarray(AUDIO_HEADER_BYTES);
    try {
      pcm.setFromBase64(delta.base64);
    } catch {
      return undefined; // Not base64: a silent gap is better than a dead call.
    }
    this.#send(frame);
    return pcm;
  }

  close(code: number, reason: string): void {
    closeQuietly(this.#socket, code, reason);
  }

  isOn(socket: WebSocket): boolean {
    return this.#socket === socket;
  }

  #answeredBy(hears: boolean): void {
    if (this.#hears && !hears) this.#deafFrom = this.#answered ? Date.now() + IN_FLIGHT_MS : 0;
    this.#hears = hears;
    this.#answered = true;
  }

  /** One error for a whole stream of sound: a page that sends it sends 25 frames a second. */
  #unheard(): Taken {
    if (this.#deafFrom === null || Date.now() < this.#deafFrom) return NOTHING;
    this.#deafFrom = null;
    return unfit(
      "audio_not_expected",
      "This call is in text: the page listens and speaks by itself. Send words as conversation.item.create.",
    );
  }

  /** A flood is answered once a second, not frame by frame. */
  #once(refusal: Refusal, id: string | undefined): Taken {
    const now = Date.now();
    if (now - this.#refusedAt < REFUSE_AGAIN_MS) return NOTHING;
    this.#refusedAt = now;
    return unfit("rate_limit_exceeded", REFUSALS[refusal], undefined, id ?? null);
  }

  /** More sound than time has passed: dropped, and told of once a second. */
  #flooded(now: number): Taken {
    if (now - this.#floodedAt < REFUSE_AGAIN_MS) return NOTHING;
    this.#floodedAt = now;
    return unfit("audio_too_fast", REFUSALS.sound_too_fast);
  }

  #send(data: string | Uint8Array): void {
    try {
      this.#socket.send(data);
    } catch {
      // The page left between two events; its close is on the way.
    }
  }
}

function decodedLength(base64: string): number {
  const padding = base64.endsWith("==") ? 2 : base64.endsWith("=") ? 1 : 0;
  return (base64.length >> 2) * 3 - padding + (base64.length % 4 === 0 ? 0 : (base64.length % 4) - 1);
}

/**
 * Closes with a code that may be sent: 1000 and 3000-4999. 1005 and 1006 only report and throw when sent, and a
 * hibernatable socket whose close handler does not answer leaves the browser in CLOSING.
 */
export function closeQuietly(socket: WebSocket, code: number, reason: string): void {
  const legal = code === 1000 || (code >= 3000 && code <= 4999);
  try {
    socket.close(legal ? code : 1000, reason.slice(0, 120));
  } catch {
    // Closed already.
  }
}

/** What a page offers when it connects. */
export interface Offer {
  /** It speaks this version of the wire. */
  fits: boolean;
  /** The one-time token, or "". */
  token: string;
  /** A browser that offered protocols hangs up unless one of them is selected; the token itself is never echoed. */
  answer: Headers;
}

export function readOffer(request: Request): Offer {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  const token = offered.find((name) => name.startsWith(TOKEN_PROTOCOL))?.slice(TOKEN_PROTOCOL.length) ?? "";
  const selected = offered.find((name) => name === WIRE_PROTOCOL) ?? offered.find((name) => /^luna\.v\d+$/.test(name));
  return {
    fits: selected === WIRE_PROTOCOL,
    token,
    answer: new Headers(selected ? { "sec-websocket-protocol": selected } : {}),
  };
}

/** Says why in one `error` event and closes: a browser cannot read the body of a failed upgrade. */
export function refuse(socket: WebSocket, error: LunaError): void {
  socket.accept();
  socket.send(JSON.stringify(errorEvent(error.kind, error.message)));
  closeQuietly(socket, error.close, error.message);
}

export type FromPage =
  | { kind: "message"; message: PageMessage }
  | { kind: "audio"; frame: Uint8Array }
  | { kind: "error"; event: ServerEvent };

/** What the call gets of a frame. `nothing`: dropped without a word, the page has been told of its like. */
export type Taken = FromPage | { kind: "nothing" };
/** One for all: whoever floods is not to be given memory for it. */
const NOTHING = { kind: "nothing" } as const;

/** Reads one frame of the page. What does not fit becomes one clear `error` event; nothing is ever thrown. */
export function readFrame(data: string | ArrayBuffer): FromPage {
  if (typeof data !== "string") return readAudio(data);
  if (data.length > MAX_TEXT_BYTES) {
    return unfit("message_too_large", `A message may have ${MAX_TEXT_BYTES} characters; this one has ${data.length}.`);
  }
  let json: unknown;
  try {
    json = JSON.parse(data);
  } catch {
    return unfit("invalid_json", "The message is not valid JSON. Send one JSON object per text frame.");
  }
  if (typeof (json as { type?: unknown } | null)?.type !== "string") {
    return unfit("invalid_event", "A message is an object with a type.", "type");
  }
  const parsed = PageMessage.safeParse(json);
  if (parsed.success) return { kind: "message", message: parsed.data };
  const issue = parsed.error.issues[0];
  const param = issue?.path.join(".") || "type";
  const known = issue?.code !== "invalid_union";
  return unfit(
    known ? "invalid_value" : "invalid_event",
    known ? `${param}: ${issue?.message ?? "does not fit"}.` : "This type of message is not known here.",
    param,
    clientEventId(json),
  );
}

function readAudio(data: ArrayBuffer): FromPage {
  const size = data.byteLength;
  if (size > MAX_AUDIO_BYTES) {
    return unfit("audio_too_large", `An audio frame may have ${MAX_AUDIO_BYTES} bytes; this one has ${size}.`);
  }
  if (size === 0 || size % 2 !== 0) {
    return unfit("invalid_audio", "An audio frame is 16-bit PCM, so its length is even and not zero.");
  }
  return { kind: "audio", frame: new Uint8Array(data) };
}

function unfit(code: string, message: string, param?: string, id?: string | null): FromPage {
  return {
    kind: "error",
    event: errorEvent(code, message, { param: param ?? null, clientEventId: id ?? null }),
  };
}

function clientEventId(json: unknown): string | null {
  const id = (json as { event_id?: unknown } | null)?.event_id;
  return typeof id === "string" ? id.slice(0, 512) : null;
}
