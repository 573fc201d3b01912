/**
 * A client that speaks the Realtime protocol itself: an official SDK, or anything made for the provider. One hibernatable
 * WebSocket, one JSON event a text frame, both ways. What the engine says goes down as it came; what the client says is
 * checked as strictly as the provider would, and appended sound is not even parsed. Nor is its sound paced, as a page's is: the
 * protocol lets a program append a recording as fast as it can, whoever comes here has a key of the host's or a secret made with
 * one, and the cap of the call ends what costs too much.
 */
import { errorEvent } from "../errors.ts";
import type { ClientEvent, RealtimeError, ServerEvent } from "../realtime/events.ts";
import { newId } from "../realtime/ids.ts";
import { parseClientEvent } from "../realtime/parse.ts";
import type { Leg } from "./leg.ts";
import type { PageEvent } from "./wire.ts";

/** The protocol a client may offer beside its key; the only one that is ever selected. */
export const SDK_PROTOCOL = "realtime";
/** A frame longer than this is refused unread, characters. The provider takes 15 MiB of audio in one append. */
export const MAX_FRAME = 16 * 1024 * 1024;

/** How appends begin that are not parsed: as every known client writes them. */
const APPEND = '{"type":"input_audio_buffer.append","audio":"';

export type FromClient =
  | { kind: "append"; text: string }
  | { kind: "event"; event: ClientEvent; text: string }
  | { kind: "error"; error: RealtimeError };

/** Reads one frame of a client. Never throws. */
export function readClientFrame(data: string | ArrayBuffer): FromClient {
  if (typeof data === "string" && data.length > MAX_FRAME) {
    const message = `A frame may have ${MAX_FRAME} characters; this one has ${data.length}.`;
    return { kind: "error", error: unfit("message_too_large", message) };
  }
  if (typeof data === "string" && isAppend(data)) return { kind: "append", text: data };
  const parsed = parseClientEvent(data);
  if (!parsed.ok) return { kind: "error", error: parsed.error };
  return { kind: "event", event: parsed.event, text: data as string };
}

/**
 * Sound and nothing else: the string that begins after the prefix is the last thing in the object. So nothing can hide
 * behind it, a second `type` for one.
 */
function isAppend(text: string): boolean {
  return text.startsWith(APPEND) && text.indexOf('"', APPEND.length) === text.length - 2 && text.endsWith('"}');
}

function unfit(code: string, message: string): RealtimeError {
  return { type: "invalid_request_error", code, message, param: null, event_id: null };
}

export class SdkLeg implements Leg {
  readonly #socket: WebSocket;

  constructor(socket: WebSocket) {
    this.#socket = socket;
  }

  isOf(socket: WebSocket): boolean {
    return this.#socket === socket;
  }

  /** Luna's own events are no part of the protocol: clients that check strictly would fall over them. */
  tell(event: PageEvent): void {
    if (!event.type.startsWith("luna.")) this.pass(JSON.stringify(event));
  }

  /** One server event as text, as it is. */
  pass(text: string): void {
    try {
      this.#socket.send(text);
    } catch {
      // The client left between two events; its close is on the way.
    }
  }

  refuse(error: RealtimeError): void {
    const { code, message, type, param, event_id } = error;
    this.tell(
      errorEvent(code ?? "invalid_event", message, { type, param: param ?? null, clientEventId: event_id ?? null }),
    );
  }

  /** Sound is part of the events that are passed on. */
  play(): undefined {
    return undefined;
  }

  close(code: number, reason: string): void {
    closeWith(this.#socket, code, reason);
  }
}

/** Closes as a server may: clients decide by the code whether to come back (1011: yes, 1000 and 3000 and up: no). */
export function closeWith(socket: WebSocket, code: number, reason: string): void {
  for (const one of [code, 1000]) {
    try {
      return socket.close(one, reason.slice(0, 120));
    } catch {
      // Closed already, or a code that cannot be sent (1005 and 1006 only report).
    }
  }
}

/** A session that does not come about: what is told before the socket closes. */
export interface Refused {
  code: string;
  message: string;
  /** 3000 for keys, 4000 for everything else that a client has to mend; 1011 where it is not the client's fault. */
  close: number;
}

/** The provider's way: the upgrade succeeds, an `error` event says why, and the close repeats it. */
export function refusedSocket(request: Request, refused: Refused): Response {
  const { 0: client, 1: socket } = new WebSocketPair();
  socket.accept();
  const type = refused.close === 1011 ? "server_error" : "invalid_request_error";
  socket.send(JSON.stringify(errorEvent(refused.code, refused.message, { type })));
  closeWith(socket, refused.close, `${type}.${refused.code}`);
  return new Response(null, { status: 101, webSocket: client, headers: selected(request) });
}

/** Header of the answer to an upgrade. Whoever offers protocols wants one back; the key travels as another, and is never echoed. */
export function selected(request: Request): Record<string, string> {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  return offered.includes(SDK_PROTOCOL) ? { "sec-websocket-protocol": SDK_PROTOCOL } : {};
}

/** The end of a response whose engine is gone, for a client that waits for one. */
export function brokenOff(id: string): ServerEvent {
  const error = { type: "server_error", code: "connection_lost", message: "The line to the model was lost." };
  return {
    type: "response.done",
    event_id: newId("event"),
    response: {
      object: "realtime.response",
      id,
      status: "failed",
      status_details: { type: "failed", error },
      output: [],
    },
  };
}
