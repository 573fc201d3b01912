import { abortAllDurableObjects, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import type { Progress } from "../../src/durable/call/record.ts";
import { newId } from "../../src/realtime/ids.ts";
import { once } from "../support/faults.ts";
import { ringCalls } from "../support/workerd/clock.ts";
import { GOOD_KEY, provide } from "../support/workerd/provider.ts";
import { smallRows } from "../support/workerd/rows.ts";
import { SdkClient } from "../support/workerd/sdk-client.ts";
import { spoken } from "../support/workerd/spoken.ts";

beforeEach(() => void Object.assign(env, { OPENAI_API_KEY: GOOD_KEY }));
afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(env, { OPENAI_API_KEY: "", CALL_CAP_USD: "" });
});

const TEXT = { type: "session.update", event_id: "mine_1", session: { type: "realtime", output_modalities: ["text"] } };

/** The first line breaks off at this event, which is not sent any more. */
const breaksAt = (type: string) => (n: number) =>
  n === 0 ? once((event) => event.type === type, { do: "close", code: 1006 }) : undefined;

async function open(model = "gpt-realtime-2.1"): Promise<SdkClient> {
  const client = await SdkClient.open({ model });
  await client.created();
  return client;
}

describe("a client of a provider's model", () => {
  test("has the provider's session as it is: Luna says nothing by itself, and its key stays here", async () => {
    const lines = provide();
    const client = await open();
    expect(lines[0]?.url).toBe("https://api.openai.com/v1/realtime?model=gpt-realtime-2.1");
    expect(lines[0]?.headers.get("authorization")).toBe(`Bearer ${GOOD_KEY}`);
    expect(lines[0]?.received).toEqual([]);
    client.send(TEXT);
    await client.nth("session.updated", 1);
    expect(lines[0]?.received).toEqual([TEXT]);
    expect(await client.ask("Hello")).not.toBe("");
    const sent = lines[0]?.received.map(({ type }) => type);
    expect(sent).toEqual(["session.update", "conversation.item.create", "response.create"]);
    expect(client.texts.join("")).not.toContain(GOOD_KEY);
  });

  test("a key the provider refuses is the host's trouble: no word of it reaches the client", async () => {
    provide();
    Object.assign(env, { OPENAI_API_KEY: "sk-wrong-0000000000" });
    const client = await SdkClient.open({ model: "gpt-realtime-2.1" });
    const { error } = await client.nth("error", 1);
    expect(error).toMatchObject({ type: "server_error", code: "upstream_unavailable" });
    await client.until("the close", () => client.closed !== undefined);
    expect(client.closed).toEqual({ code: 1011, reason: "server_error.upstream_unavailable" });
    expect(client.texts.join("")).not.toContain("sk-wrong");
    expect(client.texts.join("")).not.toContain("Incorrect API key");
  });

  test("a line that breaks is opened again with the session and the conversation; the client keeps its own", async () => {
    const lines = provide({ faults: breaksAt("rate_limits.updated") });
    const client = await open();
    client.send(TEXT);
    const said = await client.ask("Hello");
    await client.until("another line", () => (lines[1]?.configured ?? 0) > 0);
    const again = await client.ask("Are you there?");
    expect(again).not.toBe("");
    expect(client.of("session.created")).toHaveLength(1);
    const told = lines[1]?.received ?? [];
    expect(told[0]).toMatchObject({ type: "session.update", session: { output_modalities: ["text"] } });
    expect(JSON.stringify(told)).toContain("Hello");
    expect(JSON.stringify(told)).toContain(said.slice(0, 12));
    expect(client.of("error")).toEqual([]);
  });

  test("a response that breaks off is ended for the client, and asked for again", async () => {
    const lines = provide({ faults: breaksAt("response.output_text.delta") });
    const client = await open();
    client.send(TEXT);
    client.say("Hello");
    client.send({ type: "response.create" });
    const broken = await client.nth("response.done", 1);
    expect(broken.response).toMatchObject({ status: "failed", status_details: { error: { code: "connection_lost" } } });
    const done = await client.nth("response.done", 2);
    expect(done.response.status).toBe("completed");
    expect(done.response.id).not.toBe(broken.response.id);
    expect(lines).toHaveLength(2);
  });

  test("what it costs is counted, and the end of the money is the end of the call", async () => {
    provide();
    Object.assign(env, { CALL_CAP_USD: "0.01" });
    const client = await open();
    const closed = client.until("the end", () => client.closed !== undefined);
    const more = "and then some more ".repeat(100);
    for (let i = 0; i < 60 && !client.closed; i++)
      await Promise.race([client.ask(`Say something long, number ${i}, ${more}`).catch(() => ""), closed]);
    await closed;
    const call = await vi.waitFor(async () => {
      const row = await env.DB.prepare(
        "SELECT reason, cost_usd FROM calls WHERE scenario = 'realtime' AND reason = 'spent'",
      ).first();
      if (!row) throw new Error("not in D1");
      return row;
    });
    expect(Number(call.cost_usd)).toBeGreaterThan(0.01);
    expect(client.of("error").map(({ error }) => error.code)).toEqual(["insufficient_quota"]);
    expect(client.closed).toEqual({ code: 4000, reason: "invalid_request_error.insufficient_quota" });
  });

  test("the caller's words are charged as the model that the client's session names for them is", async () => {
    const since = Date.now();
    provide({ hears: true });
    const client = await open();
    const input = { transcription: { model: "gpt-realtime-whisper" }, turn_detection: null };
    client.send({ type: "session.update", session: { type: "realtime", audio: { input } } });
    await client.nth("session.updated", 1);
    for (const frame of spoken("hello there")) {
      client.send({ type: "input_audio_buffer.append", audio: new Uint8Array(frame).toBase64() });
    }
    client.send({ type: "input_audio_buffer.commit" });
    const { usage } = await client.nth("conversation.item.input_audio_transcription.completed", 1);
    client.socket.close(1000);
    const cost = () =>
      env.DB.prepare(
        "SELECT cost_usd FROM calls WHERE scenario = 'realtime' AND started_at >= ? AND outcome IS NOT NULL",
      )
        .bind(since)
        .first<number>("cost_usd");
    const { seconds = 0 } = usage?.type === "duration" ? usage : {};
    expect(seconds).toBeGreaterThan(0);
    await expect.poll(cost).toBeCloseTo((seconds / 60) * 0.017, 8);
  });

  test("an answer that the line breaks off in is charged by the sound that came of it", async () => {
    const since = Date.now();
    const lost = { do: "close", code: 3000, reason: "invalid_request_error.invalid_api_key" } as const;
    provide({ faults: () => once((event) => event.type === "response.output_audio.done", lost) });
    const client = await open();
    client.say("Hello");
    client.send({ type: "response.create" });
    await client.until("the end", () => client.closed !== undefined);
    const charged = () =>
      env.DB.prepare("SELECT usd FROM spent_by_call JOIN calls ON id = call_id WHERE started_at >= ?")
        .bind(since)
        .first<number>("usd");
    // Three words of 60 ms: four tokens.
    await expect.poll(charged).toBeCloseTo(4 * 64e-6, 9);
  });

  test("words without measure reach the model whole, and neither the cap nor the end of the call suffers by them", async () => {
    const since = Date.now();
    const lines = provide();
    Object.assign(env, { CALL_CAP_USD: "0.05" });
    const client = await open();
    await runInDurableObject(env.CALLS.getByName(newId("call")), (_, { storage }) => smallRows(storage));
    const words = "w".repeat(30_000);
    for (let i = 0; i < 2; i++) client.say(words);
    await client.nth("conversation.item.done", 2);
    expect(JSON.stringify(lines[0]?.received).split(words)).toHaveLength(3);
    const closed = client.until("the end", () => client.closed !== undefined);
    for (let i = 0; i < 60 && !client.closed; i++) await Promise.race([client.ask("Well?").catch(() => ""), closed]);
    await closed;
    await expect.poll(() => lines[0]?.closed).not.toBeNull();
    const row = () =>
      env.DB.prepare("SELECT reason, cost_usd FROM calls WHERE scenario = 'realtime' AND started_at >= ?")
        .bind(since)
        .first<{ reason: string; cost_usd: number }>();
    await expect.poll(async () => (await row())?.reason).toBe("spent");
    expect((await row())?.cost_usd).toBeGreaterThan(0.05);
  });
});

test("a call whose object and client are gone ends at its next alarm: its record is final", async () => {
  const since = Date.now();
  provide();
  const client = await open("block-card");
  client.send(TEXT);
  await client.nth("session.updated", 1);
  await client.talk("Hello");
  const row = () =>
    env.DB.prepare("SELECT id, reason FROM calls WHERE scenario = 'block-card' AND started_at >= ?")
      .bind(since)
      .first<{ id: string; reason: string | null }>();
  await ringCalls();
  await expect.poll(row).toMatchObject({ reason: null });
  const { id } = (await row()) ?? { id: "" };
  await abortAllDurableObjects();
  await expect.poll(() => client.closed !== undefined).toBe(true);
  await runDurableObjectAlarm(env.CALLS.getByName(id));
  await expect.poll(row).toMatchObject({ reason: "caller_left" });
});

test("a goodbye that was due while the object was away ends the call: no line is dialled for nobody", async () => {
  const since = Date.now();
  const lines = provide();
  // Of its own model: objects of other tests, whose clients are gone with theirs, dial again as well.
  const model = "gpt-realtime-2.1-mini";
  const client = await open(model);
  client.send(TEXT);
  await client.nth("session.updated", 1);
  await client.ask("Hello");
  await ringCalls();
  const row = () =>
    env.DB.prepare("SELECT id, reason FROM calls WHERE scenario = 'realtime' AND started_at >= ?")
      .bind(since)
      .first<{ id: string; reason: string | null }>();
  await expect.poll(row).toMatchObject({ reason: null });
  const stub = env.CALLS.getByName((await row())?.id ?? "");
  await abortAllDurableObjects();
  await runInDurableObject(stub, (_, { storage }) => {
    const progress = storage.kv.get<Progress>("progress") as Progress;
    const farewell = { next: "end", phase: "playing", response_id: null, due: 1, interrupted: false } as const;
    storage.kv.put("progress", { ...progress, state: { ...progress.state, farewell } });
  });
  await runDurableObjectAlarm(stub);
  await expect.poll(row).toMatchObject({ reason: "luna_ended" });
  expect(lines.filter(({ url }) => url.endsWith(`model=${model}`))).toHaveLength(1);
});

describe("a Luna agent at a provider", () => {
  test("is configured by Luna first: the client's first news is the session in force", async () => {
    const lines = provide();
    const client = await open("block-card");
    expect(lines[0]?.received[0]).toMatchObject({ type: "session.update", event_id: "luna_configure" });
    expect(client.events.map(({ type }) => type)).toEqual(["session.created"]);
    expect(JSON.stringify(client.events[0])).toContain("block_card");
  });

  test("goes on without its provider: the built-in Luna takes over in the same session", async () => {
    const lines = provide({ faults: breaksAt("rate_limits.updated") });
    const client = await open("block-card");
    client.send(TEXT);
    await client.nth("session.updated", 1);
    // From here on nobody answers the upgrade.
    vi.spyOn(globalThis, "fetch").mockImplementation(async () => new Response("no", { status: 401 }));
    await client.talk("Hello");
    expect(await client.talk("I lost my card")).toContain("last four digits");
    expect(client.closed).toBeUndefined();
    expect(lines).toHaveLength(1);
  });
});
