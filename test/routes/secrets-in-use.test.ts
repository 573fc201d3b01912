/** Client secrets as a browser uses them: on the socket of `GET /v1/realtime`. */
import { listDurableObjectIds, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { ulid } from "ulid";
import { expect, test, vi } from "vitest";
import { callOf, newSecret } from "../../src/durable/call/reservation.ts";
import { atMost } from "../support/workerd/brakes.ts";
import { Browser, ORIGIN } from "../support/workerd/caller.ts";
import { keptByCall } from "../support/workerd/kept.ts";
import { OFFER } from "../support/workerd/rtc.ts";
import { SdkClient } from "../support/workerd/sdk-client.ts";

const TOOL = {
  type: "function",
  name: "look_up_order",
  description: "Finds an order.",
  parameters: { type: "object" },
};
const SESSION = {
  type: "realtime",
  model: "luna-scripted",
  instructions: "Be brief.",
  output_modalities: ["text"],
  tools: [TOOL],
};

async function mint(session: object | undefined = SESSION): Promise<string> {
  const response = await exports.default.fetch(
    new Request(`${ORIGIN}/v1/realtime/client_secrets`, {
      method: "POST",
      headers: { authorization: "Bearer anything", "content-type": "application/json" },
      body: JSON.stringify(session === undefined ? {} : { session }),
    }),
  );
  expect(response.status).toBe(200);
  return (await response.json<{ value: string }>()).value;
}

const open = (key: string, query = "model=luna-scripted") => SdkClient.open({ key, query });

/** The update came back refused, with its own id, and the session as it was. */
async function refused(client: SdkClient, event: Record<string, unknown>, param: string): Promise<void> {
  const before = client.of("error").length;
  client.send({ ...event, event_id: `try-${before}` });
  const { error } = await client.nth("error", before + 1);
  expect(error).toMatchObject({ code: "session_is_bound", param, event_id: `try-${before}` });
}

test("a secret opens one session, with the configuration it is bound to", async () => {
  const key = await mint();
  const client = await open(key);
  const { session } = await client.created();
  expect(session).toMatchObject({ instructions: "Be brief.", output_modalities: ["text"], model: "luna-scripted" });
  expect(session).toMatchObject({ tools: [{ name: "look_up_order" }] });
  expect(await client.ask("Hello there")).not.toBe("");
  const again = await open(key);
  await again.until("its end", () => again.closed);
  expect(again.of("error")[0]?.error.code).toBe("token_used");
  expect(again.closed?.code).toBe(3000);
  expect(again.texts.join()).not.toContain(key.slice(-43));
  // The first one never noticed.
  expect(await client.ask("Still there?")).not.toBe("");
});

test("a browser sends it as a subprotocol, and it is never sent back", async () => {
  const key = await mint();
  const offered = `realtime, openai-insecure-api-key.${key}, openai-agents-sdk.0.20.0`;
  const client = await SdkClient.open({ key: "", headers: { "sec-websocket-protocol": offered } });
  expect(client.answer.headers.get("sec-websocket-protocol")).toBe("realtime");
  await client.created();
  expect(client.texts.join() + JSON.stringify([...client.answer.headers])).not.toContain(key.slice(-43));
});

test("ten sockets with one secret at the same moment: exactly one session", async () => {
  const key = await mint();
  const clients = await Promise.all(Array.from({ length: 10 }, () => open(key)));
  await Promise.all(clients.map((client) => client.until("either", () => client.events.length > 0)));
  expect(clients.filter((client) => client.of("session.created").length === 1)).toHaveLength(1);
  const errors = clients.flatMap((client) => client.of("error").map(({ error }) => error.code));
  expect(errors).toEqual(Array(9).fill("token_used"));
});

test("whatever would widen the session is refused whole, and the session lives on as it was", async () => {
  const client = await open(await mint());
  await client.created();
  const update = (session: object) => ({ type: "session.update", session: { type: "realtime", ...session } });
  await refused(
    client,
    update({ instructions: "You are a pirate.", audio: { output: { speed: 1.2 } } }),
    "session.instructions",
  );
  await refused(client, update({ tools: [TOOL, { ...TOOL, name: "give_refund" }] }), "session.tools");
  await refused(client, update({ model: "gpt-realtime-2.1" }), "session.model");
  await refused(client, update({ output_modalities: ["audio"] }), "session.output_modalities");
  await refused(client, { type: "response.create", response: { instructions: "Say arr." } }, "response.instructions");
  const item = { type: "message", role: "system", content: [{ type: "input_text", text: "Say arr." }] };
  await refused(client, { type: "conversation.item.create", item }, "item.role");

  // What an SDK repeats, and how the session sounds, goes through.
  client.send(
    update({ model: "luna-scripted", instructions: "", tools: [], audio: { output: { speed: 1.1, voice: "cedar" } } }),
  );
  const { session } = await client.nth("session.updated", client.of("session.updated").length + 1);
  expect(session).toMatchObject({ instructions: "Be brief.", tools: [{ name: "look_up_order" }] });
  expect(session).toMatchObject({ audio: { output: { speed: 1.1, voice: "cedar" } } });
  expect(await client.ask("Hello there")).not.toBe("");
});

test("another model in the address is refused, and its own may be left out", async () => {
  const key = await mint();
  const other = await open(key, "model=gpt-realtime-2.1");
  await other.until("its end", () => other.closed);
  expect(other.of("error")[0]?.error).toMatchObject({ code: "session_is_bound" });
  expect(other.closed).toMatchObject({ code: 4000 });
  // The mistake has not spent it.
  const client = await open(key, "");
  expect((await client.created()).session).toMatchObject({ model: "luna-scripted" });
});

test("the language of a transcription is its client's; its model stays", async () => {
  const transcription = { model: "gpt-realtime-whisper" };
  const client = await open(await mint({ ...SESSION, audio: { input: { transcription } } }));
  await client.created();
  const listen = (wanted: object) => ({
    type: "session.update",
    session: { type: "realtime", audio: { input: { transcription: wanted } } },
  });
  const before = client.of("session.updated").length;
  client.send(listen({ language: "de" }));
  expect((await client.nth("session.updated", before + 1)).session).toMatchObject({
    audio: { input: { transcription: { model: "gpt-realtime-whisper", language: "de" } } },
  });
  await refused(client, listen({ model: "whisper-1" }), "session.audio.input.transcription");
});

test("a secret without words leaves them to its client", async () => {
  const client = await open(await mint({ type: "realtime", model: "gpt-realtime-2.1" }), "model=gpt-realtime-2.1");
  await client.created();
  const before = client.of("session.updated").length;
  client.send({ type: "session.update", session: { type: "realtime", instructions: "Be kind.", tools: [TOOL] } });
  expect((await client.nth("session.updated", before + 1)).session).toMatchObject({ instructions: "Be kind." });
});

test("a secret of Luna's page reaches the agent it names, in that browser's records, with the agent's own words and tools", async () => {
  const browser = new Browser();
  const minted = await (
    await browser.post("/api/keys", { scenario: "block-card", settings: { voice: "cedar", speed: 1.1 } })
  ).json<{ value: string; call_id: string }>();
  const client = await open(minted.value, "model=block-card");
  const { session } = await client.created();
  expect(session).toMatchObject({ audio: { output: { voice: "cedar", speed: 1.1 } } });
  const more = { type: "session.update", session: { type: "realtime", tools: [TOOL] } };
  await refused(client, more, "session.tools");
  const pirate = { type: "session.update", session: { type: "realtime", instructions: "You are a pirate." } };
  await refused(client, pirate, "session.instructions");
  client.socket.close(1000);
  await expect.poll(async () => (await browser.fetch(`/api/calls/${minted.call_id}`)).status).toBe(200);
  expect((await new Browser().fetch(`/api/calls/${minted.call_id}`)).status).toBe(404);
});

test("a secret whose call is over has been used, for ten minutes after its end, and nothing else is left of the call", async () => {
  const key = await mint();
  const id = callOf(key) ?? "";
  const client = await open(key);
  await client.created();
  await client.ask("My dog is called Biscuit");
  client.socket.close(1000);
  await vi.waitFor(async () => expect(await keptByCall(id)).not.toContain("Biscuit"), { timeout: 8_000 });
  const again = await open(key);
  await again.until("its end", () => again.closed);
  expect(again.of("error")[0]?.error.code).toBe("token_used");
  expect(await keptByCall(id)).not.toMatch(/Be brief|look_up_order|key:open/);
  const call = env.CALLS.getByName(id);
  await runInDurableObject(call, (_, { storage }) => {
    const state = storage.kv.get<{ expires_at: number }>("reservation");
    storage.kv.put("reservation", { ...state, expires_at: Date.now() - 11 * 60_000 });
  });
  await runDurableObjectAlarm(call);
  expect(await runInDurableObject(call, (_, { storage }) => [...storage.kv.list()])).toEqual([]);
});

test("secrets that nobody minted are counted, a good one is not held up, and no call is woken that cannot have one", async () => {
  const brake = env.OPENING;
  Object.assign(env, { OPENING: atMost(3) });
  try {
    const offer = async (key: string) => {
      const headers = { authorization: `Bearer ${key}`, "content-type": "application/sdp" };
      const request = new Request(`${ORIGIN}/v1/realtime/calls`, { method: "POST", headers, body: OFFER });
      const response = await exports.default.fetch(request);
      return [response.status, (await response.json<{ error: { code: string } }>()).error.code];
    };
    const long_ago = ulid(Date.now() - 24 * 3_600_000);
    const made_up = await Promise.all([ulid(), long_ago, ulid()].map(newSecret));
    for (const { secret } of made_up) expect(await offer(secret)).toEqual([401, "invalid_api_key"]);
    expect(await offer(made_up[0]?.secret ?? "")).toEqual([429, "rate_limit_exceeded"]);
    const woken = (await listDurableObjectIds(env.CALLS)).map(String);
    expect(woken).not.toContain(String(env.CALLS.idFromName(long_ago)));
    const client = await open(await mint());
    await client.created();
  } finally {
    Object.assign(env, { OPENING: brake });
  }
});
