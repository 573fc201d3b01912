/**
 * Real traffic, recorded by others, played by an upstream: what an SDK client gets through `/v1/realtime` is what was recorded,
 * in order and in content, with fields and events nobody here has heard of.
 */
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type WebSocket, WebSocketServer } from "ws";
import { captureFiles, linesOf } from "../../realtime/captures.ts";
import { type Luna, startLuna } from "../../support/luna.ts";
import { type TlsDoor, tlsDoor } from "../../support/tls.ts";

/** Sessions of a provider from their first event; a sideband has none, and beta servers are no GA upstream. */
const FILES = captureFiles("ga-openai", "ga-azure", "ga-gateway", "ga-like").filter(
  (file) => linesOf(file).find(({ dir }) => dir === "s")?.event.type === "session.created",
);

let luna: Luna;
let door: TlsDoor;
let upstream: WebSocketServer;
let playing: (socket: WebSocket) => void;

beforeAll(async () => {
  upstream = new WebSocketServer({ port: 0, host: "127.0.0.1" });
  upstream.on("connection", (socket) => playing(socket));
  await once(upstream, "listening");
  const base = `http://127.0.0.1:${(upstream.address() as AddressInfo).port}/v1`;
  luna = await startLuna({ upstream: base, vars: { OPENAI_API_KEY: "sk-of-the-upstream" } });
  door = await tlsDoor(luna.url);
  process.env.NODE_TLS_REJECT_UNAUTHORIZED = "0";
});
afterAll(async () => {
  delete process.env.NODE_TLS_REJECT_UNAUTHORIZED;
  await door?.stop();
  await luna?.stop();
  upstream?.close();
});

/** Plays the server's part as text, and gives what the client heard as text. */
async function through(frames: string[]): Promise<string[]> {
  playing = (socket) => {
    for (const frame of frames) socket.send(frame);
  };
  const socket = new OpenAIRealtimeWS(
    { model: "gpt-realtime-2.1" },
    new OpenAI({ apiKey: "any", baseURL: `${door.url}/v1` }),
  );
  const texts: string[] = [];
  const events: unknown[] = [];
  const errors: Error[] = [];
  socket.on("event", (event) => events.push(event));
  socket.on("error", (error) => errors.push(error));
  socket.socket.on("message", (data: Buffer) => texts.push(data.toString()));
  const end = Date.now() + 20_000;
  while (texts.length < frames.length && Date.now() < end) await new Promise((resolve) => setTimeout(resolve, 10));
  // Nothing may follow.
  await new Promise((resolve) => setTimeout(resolve, 50));
  socket.close();
  expect(events).toEqual(frames.map((frame) => JSON.parse(frame) as unknown));
  return texts;
}

describe.skipIf(FILES.length === 0)("recorded traffic through Luna", () => {
  it.each(FILES)("%s arrives as it was recorded", async (file) => {
    const frames = linesOf(file).flatMap(({ dir, event }) => (dir === "s" ? [JSON.stringify(event)] : []));
    expect(frames.length).toBeGreaterThan(2);
    expect(await through(frames)).toEqual(frames);
  });
});

it("white space, key order, unknown fields and unknown events arrive byte for byte", async () => {
  const frames = [
    '{ "session": {"type":"realtime","id":"sess_1","object":"realtime.session","a_new_field":[1,2.50]}, "event_id":"e1","type":"session.created" }',
    '{"type":"a.new.event","event_id":"e2","n":1.0,"text":"\\u00e9 \u00e9"}',
    '{"delta":"AAAA","type":"response.output_audio.delta","response_id":"r","item_id":"i","obfuscation":"xyz","output_index":0,"content_index":0}',
  ];
  expect(await through(frames)).toEqual(frames);
});
