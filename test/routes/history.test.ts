import { createExecutionContext, runInDurableObject, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import { readWav } from "../../src/audio/wav.ts";
import type { Bindings } from "../../src/env.ts";
import type { CallSeen, HistoryPage, TodayShown, WaveformShown } from "../../src/legs/host.ts";
import { trailOf } from "../../src/store/audit.ts";
import { saveCall } from "../../src/store/calls.ts";
import { recordingKey, recordingNotes } from "../../src/store/recordings.ts";
import { app } from "../../src/worker.ts";
import { ended, running, tool, turn, VISITOR } from "../store/records.ts";

const HERE = "http://localhost:8787";
const AWAY = "https://luna.example";
const TOKEN = "a-host-token-of-the-tests";
const ID = `01${"A".repeat(24)}`;
const NOW = Date.now();
/** Half a second of silence, then half a second of the caller. */
const SOUND = Int16Array.from({ length: 48_000 }, (_, i) => (i >= 24_000 && i % 2 === 0 ? 16_000 : 0));

async function ask(
  path: string,
  init: RequestInit = {},
  { at = HERE, settings = {} }: { at?: string; settings?: Partial<Bindings> } = {},
): Promise<Response> {
  const context = createExecutionContext();
  const response = await app.fetch(new Request(`${at}${path}`, init), { ...env, ...settings }, context);
  const body = response.body ? await response.arrayBuffer() : null;
  await waitOnExecutionContext(context);
  return new Response(body, response);
}

const deeds = async () =>
  (await trailOf(env as Bindings).read(null, 100)).map(({ who, did, subject }) => ({ who, did, subject }));

async function putCall(id = ID, started_at = NOW - 60_000) {
  const turns = [turn("a", 1, { text: "Good day." }), turn("b", 2, { text: "My card was stolen." })];
  await saveCall(env.DB, ended(running(id, { started_at, turns, tools: [tool("t")] })));
}

beforeAll(async () => {
  await env.RECORDINGS.put(recordingKey(ID), SOUND, { customMetadata: recordingNotes(1_500) });
});
beforeEach(async () => {
  await env.DB.prepare("DELETE FROM calls").run();
  await putCall();
});

describe("the history", () => {
  test("is a list, a whole call, its sound and how loud it is, and nowhere whose browser it was", async () => {
    const list = await ask("/api/history?q=stolen&scenario=&outcome=contained");
    expect(list.headers.get("cache-control")).toBe("no-store");
    const page = await list.json<HistoryPage>();
    expect(page.calls.map(({ id }) => id)).toEqual([ID]);
    const whole = await (await ask(`/api/history/${ID}`)).json<CallSeen>();
    expect(whole).toMatchObject({
      id: ID,
      turns: [{ text: "Good day." }, { text: "My card was stolen." }],
      tools: [{ call_id: "t" }],
      link: null,
      recording: { seconds: 1, starts_ms: 1_500 },
    });
    expect(JSON.stringify([page, whole])).not.toContain(VISITOR);
    const sound = await ask(`/api/history/${ID}/recording`);
    expect(sound.headers.get("content-type")).toBe("audio/wav");
    expect(readWav(new Uint8Array(await sound.arrayBuffer())).rate).toBe(24_000);
    const part = await ask(`/api/history/${ID}/recording`, { headers: { range: "bytes=44-143" } });
    expect([part.status, (await part.arrayBuffer()).byteLength]).toEqual([206, 100]);
    const { seconds, step_ms, caller, luna } = await (await ask(`/api/history/${ID}/waveform`)).json<WaveformShown>();
    expect({ seconds, step_ms }).toEqual({ seconds: 1, step_ms: 50 });
    expect([...Uint8Array.fromBase64(caller)]).toEqual([...Array(10).fill(0), ...Array(10).fill(125)]);
    expect(Math.max(...Uint8Array.fromBase64(luna))).toBe(0);
  });

  test("that was read, heard or deleted from is in the audit trail, once each, and listening once an hour", async () => {
    // The tests before this one have listened, too.
    await runInDurableObject(trailOf(env), (_, { storage }) => void storage.sql.exec("DELETE FROM lately"));
    const before = (await deeds()).length;
    await ask(`/api/history/${ID}`);
    // All samples, without the header.
    await ask(`/api/history/${ID}/recording`, { headers: { range: "bytes=44-" } });
    expect((await deeds())[0]).toEqual({ who: "host:local", did: "listened", subject: ID });
    await ask(`/api/history/${ID}/recording`);
    await ask(`/api/history/${ID}/recording`, { headers: { range: "bytes=0-" } });
    await ask(`/api/history/${ID}/recording`, { method: "HEAD" });
    const done = (await deeds()).slice(0, (await deeds()).length - before).toReversed();
    expect(done).toEqual([
      { who: "host:local", did: "read_call", subject: ID },
      { who: "host:local", did: "listened", subject: ID },
    ]);
  });

  test("of who is no operator is closed: every address, and as if nothing were there", async () => {
    const closed = { at: AWAY, settings: { HOST_TOKEN: TOKEN } };
    for (const path of ["", `/${ID}`, `/${ID}/recording`, `/${ID}/waveform`]) {
      expect((await ask(`/api/history${path}`, {}, closed)).status).toBe(403);
      const other = await ask(`/api/history${path}`, { headers: { cookie: `__Host-luna_visitor=${VISITOR}` } }, closed);
      expect(other.status).toBe(403);
      const token = await ask(`/api/history${path}`, { headers: { "luna-host-token": TOKEN } }, closed);
      expect(token.status).toBe(200);
    }
    expect((await ask("/api/host/today", {}, closed)).status).toBe(403);
    expect((await ask(`/api/history/${ID}`, { method: "DELETE" }, closed)).status).toBe(403);
    expect((await ask("/host", {}, closed)).status).toBe(302);
  });

  test("cannot be read or deleted through the host's browser by another site", async () => {
    const foreign = { origin: "https://evil.example" };
    expect((await ask("/api/history", { headers: foreign })).status).toBe(403);
    expect((await ask(`/api/history/${ID}`, { method: "DELETE", headers: foreign })).status).toBe(403);
    expect((await ask("/api/host/today", { headers: { "sec-fetch-site": "cross-site" } })).status).toBe(403);
    expect((await ask(`/api/history/${ID}`)).status).toBe(200);
  });

  test.each([
    ["outcome=solved", "outcome"],
    ["mode=human", "mode"],
    ["sort=best", "sort"],
    ["limit=0", "limit"],
    ["limit=101", "limit"],
    ["from=yesterday", "from"],
    ["to=2026-02-30", "to"],
    ["cursor=nonsense", "cursor"],
    [`q=${"x".repeat(201)}`, "q"],
    ["q=%3F%3F", "q"],
    ["q=card&sort=longest", "sort"],
  ])("refuses %s by name", async (query, param) => {
    const response = await ask(`/api/history?${query}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ param });
  });

  test("takes days as those of UTC, both of them part of the time", async () => {
    const day = Date.UTC(2026, 4, 10);
    const calls: [string, number][] = [
      [`01${"B".repeat(24)}`, day - 1],
      [`01${"C".repeat(24)}`, day],
      [`01${"D".repeat(24)}`, day + 86_399_999],
      [`01${"E".repeat(24)}`, day + 86_400_000],
    ];
    for (const [id, at] of calls) await putCall(id, at);
    const { calls: found } = await (await ask("/api/history?from=2026-05-10&to=2026-05-10")).json<HistoryPage>();
    expect(found.map(({ id }) => id)).toEqual([calls[2]?.[0], calls[1]?.[0]]);
  });

  test.each(["nobody", "..%2f..%2fsecret", `${ID}%00`, "01"])("of a call with the id %s is not there", async (id) => {
    for (const path of ["", "/recording", "/waveform"])
      expect((await ask(`/api/history/${id}${path}`)).status).toBe(404);
  });

  test("loses a deleted call whole: words, sound, and the full text; a second time it is not there", async () => {
    expect((await ask(`/api/history/${ID}`, { method: "DELETE" })).status).toBe(204);
    for (const path of ["", "/recording", "/waveform"])
      expect((await ask(`/api/history/${ID}${path}`)).status).toBe(404);
    expect(await env.RECORDINGS.head(recordingKey(ID))).toBeNull();
    expect(await (await ask("/api/history?q=stolen")).json()).toEqual({ calls: [], next: null });
    expect((await ask(`/api/history/${ID}`, { method: "DELETE" })).status).toBe(404);
    expect((await deeds())[0]).toEqual({ who: "host:local", did: "deleted_call", subject: ID });
  });
});

describe("the host's first page", () => {
  test("counts the day: calls, minutes, cost, outcomes, who is on, and how quick it was", async () => {
    const start = Date.now() - (Date.now() % 86_400_000);
    await env.DB.prepare("DELETE FROM calls").run();
    const figures = {
      cost_usd: 0.25,
      tokens: null,
      talk_overs: 0,
      ear: { turns: 1, mean: 400, p50: 400, p95: 900 },
      server: { turns: 0, mean: null, p50: null, p95: null },
    };
    const turns = [turn("a", 1, { who: "luna", latency_ms: 400 }), turn("c", 3, { who: "luna", latency_ms: 900 })];
    const over = { ended_at: start + 90_000, latency: { p50: 400, p95: 900, turns: 2 }, figures };
    await saveCall(env.DB, ended(running(ID, { started_at: start, turns }), over));
    await saveCall(env.DB, running(`01${"B".repeat(24)}`, { started_at: Date.now() - 1_000, mode: "scripted" }));
    const longGone = Date.now() - 40 * 60_000;
    await saveCall(env.DB, running(`01${"C".repeat(24)}`, { started_at: longGone }));
    // Nobody has told how it ended: it counts for as long as a call may take, and no longer each minute.
    await saveCall(env.DB, running(`01${"D".repeat(24)}`, { started_at: start - 86_400_000 }));
    const today = await (await ask("/api/host/today?days=3")).json<TodayShown>();
    expect(today).toMatchObject({
      usd: 0.25,
      targets: { mean_ms: 500, p95_ms: 800 },
      retention_days: 30,
      live: [{ id: `01${"B".repeat(24)}`, mode: "scripted", turns: 0, link: null }],
      caps: { call_usd: null, day_usd: null },
    });
    expect(today.outcomes).toContainEqual({ outcome: "contained", calls: 1 });
    expect(today.minutes).toBeGreaterThanOrEqual(1.5);
    expect(today.series.days).toHaveLength(3);
    expect(today.series.days.at(-2)).toMatchObject({ calls: 1, minutes: 30 });
    expect(today.series.days.at(-1)).toMatchObject({ calls: today.calls, usd: 0.25 });
    expect(today.series.answers).toEqual([{ at: start, p50: 400, p95: 900 }]);
    expect(today.latency).toEqual([
      expect.objectContaining({
        by: "ai",
        ear: { turns: 2, mean: 650, p50: 400, p95: 900, keeps: { mean: false, p95: false } },
      }),
    ]);
  });

  test.each(["0", "91", "1.5", "many"])("days=%s is refused by name", async (days) => {
    const response = await ask(`/api/host/today?days=${days}`);
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ param: "days" });
  });
});

describe("the host's pages", () => {
  test.each(["", "/links", "/history", `/calls/${ID}`, "/audit"])(
    "/host%s is a page that runs nothing but its own",
    async (path) => {
      const response = await ask(`/host${path}`);
      expect(response.status).toBe(200);
      const policy = response.headers.get("content-security-policy") ?? "";
      expect(policy).toMatch(/script-src 'self' 'wasm-unsafe-eval';/);
      expect(policy).not.toContain("unsafe-inline");
      const nonce = /style-src 'self' 'nonce-([\w+/=]{24})'/.exec(policy)?.[1];
      expect(await response.text()).toContain(`nonce="${nonce}"`);
      expect((await ask(`/host${path}`)).headers.get("content-security-policy")).not.toBe(policy);
    },
  );

  test("a stranger is sent to sign in, with the way back; nothing of it can leave this site", async () => {
    const closed = { at: AWAY, settings: { ADMIN_PASSWORD: "a password of the tests" } };
    const response = await ask("/host/history?q=a%26b", {}, closed);
    expect(response.status).toBe(302);
    expect(response.headers.get("location")).toBe("/sign-in?to=%2Fhost%2Fhistory%3Fq%3Da%2526b");
  });
});
