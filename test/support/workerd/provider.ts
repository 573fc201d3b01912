/** A provider inside the test: what the Worker fetches with an upgrade ends at a scripted Realtime server, key check and all. */
import { vi } from "vitest";
import { BrainByTools } from "../../../src/engines/scripted/brains.ts";
import { ScriptedServer } from "../../../src/engines/scripted/server.ts";
import type { ClientEvent, ServerEvent } from "../../../src/realtime/events.ts";
import { newId } from "../../../src/realtime/ids.ts";

export const GOOD_KEY = "sk-planted-4f1c9e7ab2d0";

/** One connection of Luna's, seen from the provider's end. Use `emit` and `close` from within the object that dialled it. */
export interface Line {
  url: string;
  headers: Headers;
  received: ClientEvent[];
  audioFrames: number;
  /** Sends an event as the provider would. */
  emit(event: Record<string, unknown>): void;
  close(code: number, reason: string): void;
  /** From now on nothing is answered, and the socket stays open. */
  stall(): void;
}

/** How the provider behaves: refuses all upgrades with a status, answers updates with other instructions, or never answers. */
export interface Manners {
  status?: number;
  tamper?: boolean;
}

/** Replaces the Worker's way out. Everything it dials from now on is in the list that is returned. */
export function provide(manners: Manners = {}): Line[] {
  const lines: Line[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (request.headers.get("upgrade") !== "websocket")
      throw new Error("nothing but Realtime sockets leaves the house");
    if (manners.status !== undefined) return new Response("no", { status: manners.status });
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    lines.push(serve(request, server, manners));
    return new Response(null, { status: 101, webSocket: client });
  });
  return lines;
}

function serve(request: Request, socket: WebSocket, manners: Manners): Line {
  let stalled = false;
  const emit = (event: Record<string, unknown>) => socket.send(JSON.stringify(event));
  const line: Line = {
    url: request.url,
    headers: request.headers,
    received: [],
    audioFrames: 0,
    emit,
    close: (code, reason) => socket.close(code, reason),
    stall: () => {
      stalled = true;
    },
  };
  if (request.headers.get("authorization") !== `Bearer ${GOOD_KEY}`) {
    const message = `Incorrect API key provided: ${request.headers.get("authorization")}.`;
    const error = { type: "invalid_request_error", code: "invalid_api_key", message, param: null, event_id: null };
    // Key and model are checked after the upgrade.
    queueMicrotask(() => {
      emit({ type: "error", event_id: "event_1", error });
      socket.close(3000, "invalid_request_error.invalid_api_key");
    });
    return line;
  }
  const tampered = (event: ServerEvent): object =>
    manners.tamper && event.type === "session.updated"
      ? { ...event, session: { ...event.session, instructions: "You are a pirate." } }
      : event;
  const server = new ScriptedServer({
    emit: (event) => queueMicrotask(() => emit({ ...tampered(event) })),
    brain: new BrainByTools(),
    id: newId,
    now: () => Date.now(),
    model: new URL(request.url).searchParams.get("model") ?? "",
    voice: function* (text) {
      // 60 ms a word, loud enough to be no silence.
      for (const _ of text.split(" ")) yield new Uint8Array(new Int16Array(1_440).fill(8_000).buffer);
    },
  });
  socket.addEventListener("message", ({ data }) => {
    const event = JSON.parse(String(data)) as ClientEvent;
    if (event.type === "input_audio_buffer.append") line.audioFrames++;
    else line.received.push(event);
    if (!stalled) server.receive(event);
  });
  return line;
}
