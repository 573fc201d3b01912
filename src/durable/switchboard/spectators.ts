/**
 * Who watches a link: sockets that only listen, held by the link's switchboard, so that they outlast a call and see the next one
 * by themselves. A call sends here what happens in it as long as somebody watches, and nothing otherwise.
 */
import { closeQuietly } from "../../legs/browser.ts";
import { WATCH_PROTOCOL, type WatchEvent, type WatchStatus } from "../../legs/watcher.ts";

export const WATCH_ADDRESS = "https://board.luna.internal/watch";
const TAG = "watcher";
/** More people than this do not watch one link. */
export const MOST_WATCHERS = 50;

/** What a call sends: `whole` to those who have just come, `fresh` to everybody else. JSON, because RPC carries no open types. */
export interface Scene {
  whole: string[];
  fresh: string[];
}

const WAITING: WatchStatus = { type: "luna.watch", state: "waiting", call: null };
const CLOSED: WatchStatus = { type: "luna.watch", state: "closed", call: null };

/** A watching page's upgrade, as it goes on to the switchboard. Only the Worker's own routes dial this address. */
export function watchRequest(request: Request): Request {
  const headers = new Headers({ upgrade: "websocket" });
  const offered = request.headers.get("sec-websocket-protocol");
  if (offered !== null) headers.set("sec-websocket-protocol", offered);
  return new Request(WATCH_ADDRESS, { headers });
}

export class Spectators {
  readonly #ctx: DurableObjectState;

  constructor(ctx: DurableObjectState) {
    this.#ctx = ctx;
  }

  get count(): number {
    return this.#sockets.length;
  }

  get full(): boolean {
    return this.count >= MOST_WATCHERS;
  }

  /** @param on a call is on: it is told as soon as the call has sent it. */
  accept(request: Request, on: boolean): Response {
    const { 0: page, 1: socket } = new WebSocketPair();
    this.#ctx.acceptWebSocket(socket, [TAG]);
    socket.serializeAttachment({ joined: false });
    if (!on) send(socket, JSON.stringify(WAITING));
    return new Response(null, { status: 101, webSocket: page, headers: selectedFor(request) });
  }

  /** The call that is shown. */
  show({ whole, fresh }: Scene): void {
    for (const socket of this.#sockets) {
      const { joined } = socket.deserializeAttachment() as { joined: boolean };
      if (!joined && whole.length > 0) socket.serializeAttachment({ joined: true });
      for (const event of joined ? fresh : whole) send(socket, event);
    }
  }

  /** No call is on any more, or another one is: everybody is told that one from its beginning. */
  turn(waiting: boolean): void {
    for (const socket of this.#sockets) {
      socket.serializeAttachment({ joined: false });
      if (waiting) send(socket, JSON.stringify(WAITING));
    }
  }

  /** There will be no call any more. */
  close(): void {
    for (const socket of this.#sockets) {
      send(socket, JSON.stringify(CLOSED));
      closeQuietly(socket, 1000, "This link is closed.");
    }
  }

  get #sockets(): WebSocket[] {
    return this.#ctx.getWebSockets(TAG).filter((socket) => socket.readyState === WebSocket.OPEN);
  }
}

/** A browser that offered protocols hangs up unless one of them is selected. */
export function selectedFor(request: Request): Headers {
  const offered = (request.headers.get("sec-websocket-protocol") ?? "").split(",").map((name) => name.trim());
  return new Headers(offered.includes(WATCH_PROTOCOL) ? { "sec-websocket-protocol": WATCH_PROTOCOL } : {});
}

export function encodeEvents(events: WatchEvent[]): string[] {
  return events.map((event) => JSON.stringify(event));
}

function send(socket: WebSocket, text: string): void {
  try {
    socket.send(text);
  } catch {
    // Gone between two events.
  }
}
