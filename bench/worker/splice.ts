/** The floor for Luna: an object that copies strings between a caller's hibernatable socket and an outbound one, and nothing else. */
import { DurableObject } from "cloudflare:workers";

interface Env {
  LINES: DurableObjectNamespace<Line>;
  UPSTREAM: string;
}

export class Line extends DurableObject<Env> {
  #upstream: WebSocket | undefined;

  override async fetch(request: Request): Promise<Response> {
    const { search } = new URL(request.url);
    const { 0: page, 1: caller } = new WebSocketPair();
    const { webSocket } = await fetch(this.env.UPSTREAM + search, { headers: { Upgrade: "websocket" } });
    if (!webSocket) return new Response(null, { status: 502 });
    this.ctx.acceptWebSocket(caller);
    webSocket.addEventListener("message", ({ data }) => caller.send(data));
    webSocket.addEventListener("close", () => caller.close(1000));
    webSocket.accept();
    this.#upstream = webSocket;
    return new Response(null, { status: 101, webSocket: page });
  }

  override webSocketMessage(_caller: WebSocket, data: string | ArrayBuffer): void {
    this.#upstream?.send(data);
  }

  override webSocketClose(): void {
    this.#upstream?.close(1000);
  }
}

export default {
  fetch: (request, env) => env.LINES.getByName(new URL(request.url).search).fetch(request),
} satisfies ExportedHandler<Env>;
