import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { encodeTime } from "ulid";
import { beforeAll, expect, test, vi } from "vitest";
import { readWav } from "../../src/audio/wav.ts";
import { asLunaError, problem } from "../../src/errors.ts";
import { ownCalls } from "../../src/routes/privacy.ts";
import { recordings } from "../../src/routes/recordings.ts";
import { isCallOf } from "../../src/store/calls.ts";
import { recordingKey } from "../../src/store/recordings.ts";
import { forgetOldCalls } from "../../src/store/retention.ts";

const DAY = 24 * 3_600_000;
const MAYA = "m".repeat(32);
const STRANGER = "s".repeat(32);
const SAMPLES = Int16Array.from({ length: 20_000 }, (_, i) => i);
const SIZE = 44 + SAMPLES.byteLength;
const app = new Hono()
  .route("/api/calls", recordings)
  .route("/api/calls", ownCalls)
  .onError((thrown) => problem(asLunaError(thrown)));

async function ask(path: string, init: RequestInit & { visitor?: string } = {}): Promise<Response> {
  const context = createExecutionContext();
  const headers = new Headers(init.headers);
  if (init.visitor) headers.set("cookie", `luna_visitor=${init.visitor}`);
  const response = await app.fetch(new Request(`http://localhost:8787${path}`, { ...init, headers }), env, context);
  const body = response.body ? await response.arrayBuffer() : null;
  await waitOnExecutionContext(context);
  return new Response(body, response);
}

let made = 0;
/** A call of Maya's that began then, with two turns, a tool run, and a recording. */
async function recorded(began = Date.now()): Promise<string> {
  const id = encodeTime(began) + String(++made).padStart(16, "0");
  await env.DB.batch([
    env.DB.prepare(
      `INSERT INTO calls (id, visitor, scenario, mode, model, verified, outcome, reason, started_at, ended_at)
       VALUES (?, ?, 'block-card', 'ai', 'gpt-realtime-2.1', 1, 'contained', 'caller_ended', ?, ?)`,
    ).bind(id, MAYA, began, began + 60_000),
    ...["a", "b"].map((item, ord) =>
      env.DB.prepare(
        "INSERT INTO turns (call_id, item_id, ord, who, how, text, heard, state, at) VALUES (?, ?, ?, 'luna', 'speech', 'Hi', 'Hi', 'final', 0)",
      ).bind(id, item, ord),
    ),
    env.DB.prepare(
      "INSERT INTO tool_runs (call_id, tool_call_id, ord, name, arguments, state, summary, at, ms) VALUES (?, 'c', 1, 'block_card', '{}', 'done', '', 0, 1)",
    ).bind(id),
  ]);
  await env.RECORDINGS.put(recordingKey(id), SAMPLES);
  return id;
}

async function rowsOf(id: string): Promise<number> {
  const count =
    "SELECT (SELECT count(*) FROM turns WHERE call_id = ?1) + (SELECT count(*) FROM tool_runs WHERE call_id = ?1)";
  return (await env.DB.prepare(`${count} AS n`).bind(id).first<number>("n")) ?? -1;
}

let id = "";
beforeAll(async () => {
  id = await recorded();
});

test("a recording is a WAV file: the caller left, Luna right", async () => {
  const response = await ask(`/api/calls/${id}/recording`, { visitor: MAYA });
  expect(response.status).toBe(200);
  expect(Object.fromEntries(response.headers)).toMatchObject({
    "content-type": "audio/wav",
    "content-length": String(SIZE),
    "accept-ranges": "bytes",
    "cache-control": "private, no-cache",
  });
  const bytes = new Uint8Array(await response.arrayBuffer());
  expect(new DataView(bytes.buffer).getUint16(22, true)).toBe(2);
  const { rate, samples } = readWav(bytes);
  expect(rate).toBe(24_000);
  expect(samples.length).toBe(SAMPLES.length / 2);
  expect(new Int16Array(bytes.buffer, 44)).toEqual(SAMPLES);
});

test("any part of it is the same as that part of the whole", async () => {
  const whole = new Uint8Array(await (await ask(`/api/calls/${id}/recording`, { visitor: MAYA })).arrayBuffer());
  const parts = [
    [0, 0],
    [0, 1],
    [10, 43],
    [10, 44],
    [43, 60],
    [44, 44],
    [45, 20_001],
    [SIZE - 1, SIZE - 1],
    [0, SIZE - 1],
  ];
  for (const [first = 0, last = 0] of parts) {
    const range = `bytes=${first}-${last}`;
    const response = await ask(`/api/calls/${id}/recording`, { visitor: MAYA, headers: { range } });
    expect(response.status, range).toBe(206);
    expect(response.headers.get("content-range")).toBe(`bytes ${first}-${last}/${SIZE}`);
    expect(new Uint8Array(await response.arrayBuffer()), range).toEqual(whole.subarray(first, last + 1));
  }
  const end = await ask(`/api/calls/${id}/recording`, { visitor: MAYA, headers: { range: "bytes=-5" } });
  expect(new Uint8Array(await end.arrayBuffer())).toEqual(whole.subarray(SIZE - 5));
});

test("a part beyond the end is refused with the length; a known file is not sent again; HEAD has no body", async () => {
  const path = `/api/calls/${id}/recording`;
  const beyond = await ask(path, { visitor: MAYA, headers: { range: `bytes=${SIZE}-` } });
  expect(beyond.status).toBe(416);
  expect(beyond.headers.get("content-range")).toBe(`bytes */${SIZE}`);
  const head = await ask(path, { visitor: MAYA, method: "HEAD" });
  expect(head.status).toBe(200);
  expect(head.headers.get("content-length")).toBe(String(SIZE));
  expect((await head.arrayBuffer()).byteLength).toBe(0);
  const etag = head.headers.get("etag") ?? "";
  expect((await ask(path, { visitor: MAYA, headers: { "if-none-match": etag } })).status).toBe(304);
  const stale = { range: "bytes=0-9", "if-range": '"older"' };
  expect((await ask(path, { visitor: MAYA, headers: stale })).status).toBe(200);
  const fresh = { range: "bytes=0-9", "if-range": etag };
  expect((await ask(path, { visitor: MAYA, headers: fresh })).status).toBe(206);
});

test("where R2 refuses behind the first bytes, whoever waits for the rest is told so", async () => {
  const refused = vi.spyOn(env.RECORDINGS, "get").mockRejectedValueOnce(new Error("internal error (10001)"));
  const heard = async () =>
    (await ask(`/api/calls/${id}/recording`, { visitor: MAYA, headers: { range: "bytes=0-143" } })).arrayBuffer();
  await expect(heard()).rejects.toThrow();
  refused.mockRestore();
});

test("nobody else hears it, and nobody else deletes it", async () => {
  for (const visitor of [STRANGER, undefined]) {
    const init = visitor === undefined ? {} : { visitor };
    expect((await ask(`/api/calls/${id}/recording`, init)).status).toBe(404);
    expect((await ask(`/api/calls/${id}`, { ...init, method: "DELETE" })).status).toBe(404);
  }
  const foreign = { origin: "https://evil.example" };
  expect((await ask(`/api/calls/${id}`, { visitor: MAYA, method: "DELETE", headers: foreign })).status).toBe(403);
  expect(await isCallOf(env.DB, id, MAYA)).toBe(true);
});

test("a call without a recording has none to hear", async () => {
  const silent = await recorded();
  await env.RECORDINGS.delete(recordingKey(silent));
  expect((await ask(`/api/calls/${silent}/recording`, { visitor: MAYA })).status).toBe(404);
});

test("deleting a call deletes everything of it and nothing else", async () => {
  const other = await recorded();
  const gone = await recorded();
  expect((await ask(`/api/calls/${gone}`, { visitor: MAYA, method: "DELETE" })).status).toBe(204);
  expect(await isCallOf(env.DB, gone, MAYA)).toBe(false);
  expect(await rowsOf(gone)).toBe(0);
  expect(await env.RECORDINGS.head(recordingKey(gone))).toBeNull();
  expect((await ask(`/api/calls/${gone}`, { visitor: MAYA, method: "DELETE" })).status).toBe(404);
  expect(await rowsOf(other)).toBe(3);
  expect(await env.RECORDINGS.head(recordingKey(other))).not.toBeNull();
});

test("a call whose sound cannot be deleted keeps its row, so that it can be tried again", async () => {
  const kept = await recorded();
  const refused = vi.spyOn(env.RECORDINGS, "delete").mockRejectedValue(new Error("internal error (10001)"));
  expect((await ask(`/api/calls/${kept}`, { visitor: MAYA, method: "DELETE" })).status).toBe(500);
  refused.mockRestore();
  expect(await rowsOf(kept)).toBe(3);
  expect((await ask(`/api/calls/${kept}`, { visitor: MAYA, method: "DELETE" })).status).toBe(204);
});

test("calls older than the retention go with their sound; younger ones stay", async () => {
  const now = Date.now();
  const old = await recorded(now - 31 * DAY);
  const young = await recorded(now - 29 * DAY);
  await forgetOldCalls(env, now);
  expect(await isCallOf(env.DB, old, MAYA)).toBe(false);
  expect(await rowsOf(old)).toBe(0);
  expect(await env.RECORDINGS.head(recordingKey(old))).toBeNull();
  expect(await rowsOf(young)).toBe(3);
  expect(await env.RECORDINGS.head(recordingKey(young))).not.toBeNull();
  await forgetOldCalls({ ...env, RETENTION_DAYS: "7" }, now);
  expect(await isCallOf(env.DB, young, MAYA)).toBe(false);
});
