/** A program with a key talks in its own calls by plain HTTP, and in nobody else's. */
import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { callOf } from "../../src/durable/call/reservation.ts";
import { Browser, ORIGIN } from "../support/workerd/caller.ts";
import { SdkClient } from "../support/workerd/sdk-client.ts";

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM api_keys").run();
});

interface Said {
  call_id: string;
  answer: string;
  persona: { key: string };
}

async function keyWith(...scopes: string[]): Promise<string> {
  const response = await new Browser().post("/api/host/keys", { label: "Program", scopes });
  return (await response.json<{ key: string }>()).key;
}

const as = (key: string, path: string, body: object = {}, method = "POST") =>
  exports.default.fetch(
    new Request(ORIGIN + path, {
      method,
      headers: {
        authorization: `Bearer ${key}`,
        "content-type": "application/json",
        "cf-connecting-ip": "2001:db8:7::1",
      },
      ...(method === "POST" ? { body: JSON.stringify(body) } : {}),
    }),
  );

test("a key with the scope talk opens a call, talks, changes who answers, reads nothing without the scope, and hangs up", async () => {
  const key = await keyWith("talk");
  const said = await (await as(key, "/ai/say", { text: "Hello", scenario: "block-card" })).json<Said>();
  expect(said.answer).not.toBe("");
  // The same key, the same call; no cookie was given.
  const more = await as(key, "/ai/say", { text: "I lost my card." });
  expect(more.headers.get("set-cookie")).toBeNull();
  expect((await more.json<Said>()).call_id).toBe(said.call_id);
  const waiter = await as(key, `/ai/calls/${said.call_id}/persona`, { key: "waiter" });
  expect((await waiter.json<Said>()).persona.key).toBe("waiter");
  expect(await (await as(key, `/api/calls/${said.call_id}/persona`, { key: "luna" })).json()).toMatchObject({
    key: "luna",
  });
  expect((await as(key, `/api/calls/${said.call_id}`, {}, "GET")).status).toBe(403);
  expect((await as(key, "/ai/end")).status).toBe(200);
  expect((await as(key, `/ai/calls/${said.call_id}/say`, { text: "Hello?" })).status).toBe(410);
});

test("each turn of the record says who spoke it, also once it has come from D1", async () => {
  const key = await keyWith("talk", "calls");
  const { call_id } = await (await as(key, "/ai/say", { text: "Hello", scenario: "block-card" })).json<Said>();
  await as(key, "/ai/persona", { key: "waiter" });
  await as(key, "/ai/end");
  const record = await (await as(key, `/api/calls/${call_id}`, {}, "GET")).json<{
    turns: { who: string; persona: string | null }[];
  }>();
  expect(record.turns.filter(({ who }) => who === "luna").map(({ persona }) => persona)).toEqual(["luna", "waiter"]);
  expect(record.turns.filter(({ who }) => who === "caller").every(({ persona }) => persona == null)).toBe(true);
  const { results } = await env.DB.prepare("SELECT persona FROM turns WHERE call_id = ? AND who = 'luna' ORDER BY ord")
    .bind(call_id)
    .all();
  expect(results).toEqual([{ persona: "luna" }, { persona: "waiter" }]);
});

test("a key without the scope, another key, a secret and a browser do not get into it", async () => {
  const key = await keyWith("talk", "secrets");
  const { call_id } = await (await as(key, "/ai/say", { text: "Hello" })).json<Said>();
  const realtime = await keyWith("realtime", "calls");
  expect((await as(realtime, "/ai/say", { text: "Hello" })).status).toBe(403);
  expect((await as(realtime, `/api/calls/${call_id}/persona`, { key: "waiter" })).status).toBe(403);
  const other = await keyWith("talk");
  expect((await as(other, `/ai/calls/${call_id}/say`, { text: "Hello" })).status).toBe(404);
  expect((await as(other, `/ai/calls/${call_id}/end`)).status).toBe(404);
  expect((await as("lk_nobody-has-made-this-one", "/ai/say", { text: "Hello" })).status).toBe(401);
  const minted = await (await as(key, "/v1/realtime/client_secrets")).json<{ value: string }>();
  expect((await as(minted.value, "/ai/say", { text: "Hello" })).status).toBe(403);
  expect((await new Browser().post(`/ai/calls/${call_id}/say`, { text: "Hello" })).status).toBe(404);
  await as(key, "/ai/end");
});

test("a call that its client leads over a socket is not talked into from here, and says so", async () => {
  const key = await keyWith("talk", "secrets");
  const session = { type: "realtime", model: "luna-scripted" };
  const { value } = await (await as(key, "/v1/realtime/client_secrets", { session })).json<{ value: string }>();
  const client = await SdkClient.open({ key: value, model: "luna-scripted" });
  await client.created();
  await client.ask("Hello");
  const response = await as(key, `/ai/calls/${callOf(value)}/say`, { text: "Hello" });
  expect(response.status).toBe(403);
  expect((await response.json<{ detail: string }>()).detail).toMatch(/led by its own client/);
  client.socket.close(1000, "bye");
});
