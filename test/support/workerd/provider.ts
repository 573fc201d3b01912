/** A provider inside the test: what the Worker fetches with an upgrade ends at a scripted Realtime server, key check and all. */
import { vi } from "vitest";
import { BrainByTools } from "../../../src/engines/scripted/brains.ts";
import { ScriptedServer } from "../../../src/engines/scripted/server.ts";
import type { ClientEvent, ServerEvent } from "../../../src/realtime/events.ts";
import { newId } from "../../../src/realtime/ids.ts";
import { type Faults, FaultyWire, type Sink } from "../faults.ts";
import { WordEars } from "./spoken.ts";

/** Good as it is, and with anything behind it: so calls can be told apart. */
export const GOOD_KEY = "sk-planted-4f1c9e7ab2d0";

/** One connection of Luna's, seen from the provider's end. Use `emit` and `close` from within the object that dialled it. */
export interface Line {
  key: string;
  url: string;
  headers: Headers;
  received: ClientEvent[];
  audioFrames: number;
  /** The last frames, with the time of their arrival; only where the provider keeps sound. */
  sound: { at: number; frame: string }[];
  /** When it was dialled, and when the session was last said to be configured, Unix ms. */
  dialled: number;
  configured: number;
  /** Null while it is open; `code` is the other side's where Luna closed it. */
  closed: { code: number; at: number } | null;
  faults: Faults | undefined;
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
  /** What goes wrong on the n-th connection made with this key, from 0. */
  faults?: (n: number, key: string) => Faults | undefined;
  /** Understands speech of `spoken.ts`. */
  hears?: boolean;
  /** Keeps the caller's frames. */
  keepsSound?: boolean;
  /** Answers requests that want no socket: WebRTC offers, say. */
  http?: (request: Request) => Promise<Response>;
  /** Whether a running call of this id can be joined; by default it can. */
  joins?: (call_id: string) => boolean;
}

/** Replaces the Worker's way out. Everything it dials from now on is in the list that is returned. */
export function provide(manners: Manners = {}): Line[] {
  const lines: Line[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    const request = new Request(input, init);
    if (request.headers.get("upgrade") !== "websocket") {
      if (manners.http) return manners.http(request);
      throw new Error("nothing but Realtime sockets leaves the house");
    }
    const joined = new URL(request.url).searchParams.get("call_id");
    if (joined !== null && manners.joins?.(joined) === false) return new Response("no such call", { status: 404 });
    if (manners.status !== undefined) return new Response("no", { status: manners.status });
    const { 0: client, 1: server } = new WebSocketPair();
    server.accept();
    lines.push(serve(request, server, manners, lines));
    return new Response(null, { status: 101, webSocket: client });
  });
  return lines;
}

function serve(request: Request, socket: WebSocket, manners: Manners, others: Line[]): Line {
  let stalled = false;
  const key = (request.headers.get("authorization") ?? "").replace(/^Bearer /, "");
  const faults = manners.faults?.(others.filter((line) => line.key === key).length, key);
  const wire = new FaultyWire(sinkOf(socket), faults);
  const emit = (event: Record<string, unknown>) => wire.send(event);
  const line: Line = {
    key,
    url: request.url,
    headers: request.headers,
    received: [],
    audioFrames: 0,
    sound: [],
    dialled: Date.now(),
    configured: 0,
    closed: null,
    faults,
    emit,
    close: (code, reason) => wire.close(code, reason),
    stall: () => {
      stalled = true;
    },
  };
  if (!key.startsWith(GOOD_KEY)) {
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
    emit: (event) =>
      queueMicrotask(() => {
        if (event.type === "session.updated") line.configured = Date.now();
        // Whoever joins a call that runs is told nothing of its beginning.
        if (event.type === "session.created" && new URL(line.url).searchParams.has("call_id")) return;
        emit({ ...tampered(event) });
      }),
    brain: new BrainByTools(),
    id: newId,
    now: () => Date.now(),
    model: new URL(request.url).searchParams.get("model") ?? "",
    ...(manners.hears ? { ears: new WordEars() } : {}),
    voice: function* (text) {
      // 60 ms a word, loud enough to be no silence.
      for (const _ of text.split(" ")) yield new Uint8Array(new Int16Array(1_440).fill(8_000).buffer);
    },
  });
  socket.addEventListener("message", ({ data }) => {
    const event = JSON.parse(String(data)) as ClientEvent;
    if (event.type === "input_audio_buffer.append") {
      line.audioFrames++;
      if (manners.keepsSound) line.sound.push({ at: Date.now(), frame: event.audio });
    } else line.received.push(event);
    if (!stalled && !wire.over) server.receive(event);
  });
  socket.addEventListener("close", ({ code }) => {
    line.closed = { code, at: Date.now() };
    wire.over = true;
    server.close();
  });
  return line;
}

/** A pair inside the runtime cannot be cut without a goodbye: the nearest to it is one without a code. */
function sinkOf(socket: WebSocket): Sink {
  const quietly = (act: () => void) => {
    try {
      act();
    } catch {
      // Luna has closed it in the same moment.
    }
  };
  return {
    send: (text) => quietly(() => socket.send(text)),
    close: (code, reason) => quietly(() => socket.close(code, reason)),
    closeBare: () => quietly(() => socket.close()),
    drop: () => quietly(() => socket.close()),
  };
}
