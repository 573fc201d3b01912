import { runInDurableObject } from "cloudflare:test";
import { env, exports } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import { callOf, type ReservationState } from "../../src/durable/call/reservation.ts";
import { admit } from "../../src/routes/admission.ts";
import { Browser, ORIGIN } from "../support/workerd/caller.ts";

const SECRETS = "/v1/realtime/client_secrets";

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM api_keys").run();
});

interface OpenAiBody {
  error: { message: string; type: string; code: string; param: string | null };
}

function post(path: string, body: unknown, headers: Record<string, string> = {}, origin = ORIGIN): Promise<Response> {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  return exports.default.fetch(
    new Request(origin + path, {
      method: "POST",
      body: text,
      headers: { "content-type": "application/json", ...headers },
    }),
  );
}

const withKey = (key: string) => ({ authorization: `Bearer ${key}` });
const mint = (body: unknown, headers: Record<string, string> = withKey("anything")) => post(SECRETS, body, headers);

interface Made {
  id: string;
  key: string;
  hint: string;
}

async function makeKey(body: object = {}): Promise<Made> {
  const response = await post("/api/host/keys", { label: "Website", scopes: ["secrets", "realtime"], ...body });
  expect(response.status).toBe(201);
  expect(response.headers.get("cache-control")).toBe("no-store");
  return response.json<Made>();
}

const reservationOf = (value: string) =>
  runInDurableObject(env.CALLS.getByName(callOf(value) ?? ""), (_, { storage }) =>
    storage.kv.get<ReservationState>("reservation"),
  );

const redeem = (value: string) =>
  admit(new Request("https://luna.example/v1/realtime", { headers: withKey(value) }), env);

// The host's keys -------------------------------------------------------------------------------------------------------

test("a key is told once; the list and the database do not have it", async () => {
  const made = await makeKey({ expires_in_days: 30 });
  expect(made.key).toMatch(/^lk_[\w-]{43}$/);
  const list = await (await new Browser().fetch("/api/host/keys")).text();
  const stored = JSON.stringify((await env.DB.prepare("SELECT * FROM api_keys").all()).results);
  for (const text of [list, stored]) {
    expect(text).toContain(made.id);
    expect(text).not.toContain(made.key.slice(3, -4));
  }
  const [listed] = (JSON.parse(list) as { keys: { hint: string; expires_at: number; created_at: number }[] }).keys;
  expect(listed).toMatchObject({ label: "Website", scopes: ["secrets", "realtime"], hint: made.key.slice(-4) });
  expect((listed?.expires_at ?? 0) - (listed?.created_at ?? 0)).toBe(30 * 24 * 3_600_000);
});

test("a revoked key mints nothing new and says so in the list", async () => {
  const { id, key } = await makeKey();
  expect((await mint({}, withKey(key))).status).toBe(200);
  const browser = new Browser();
  expect((await browser.fetch(`/api/host/keys/${id}`, { method: "DELETE" })).status).toBe(204);
  await makeKey();
  const refused = await mint({}, withKey(key));
  expect(refused.status).toBe(401);
  expect(refused.headers.get("www-authenticate")).toBe("Bearer");
  const { keys } = await (await browser.fetch("/api/host/keys")).json<{
    keys: { id: string; revoked_at: number | null }[];
  }>();
  expect(keys.map((key) => key.revoked_at !== null)).toEqual([false, true]);
  expect((await browser.fetch("/api/host/keys/lkey_nothing", { method: "DELETE" })).status).toBe(404);
});

test.each([
  [{ label: "" }, "label"],
  [{ label: "two\nlines" }, "label"],
  [{ label: "x".repeat(61) }, "label"],
  [{ scopes: [] }, "scopes"],
  [{ scopes: ["everything"] }, "scopes.0"],
  [{ expires_in_days: 0 }, "expires_in_days"],
  [{ hash: "a".repeat(64) }, "body"],
])("a key that does not fit names the field: %j", async (change, param) => {
  const response = await post("/api/host/keys", { label: "Website", scopes: ["realtime"], ...change });
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ param });
});

test("keys are the host's business: another site, or anybody from elsewhere, neither sees nor makes them", async () => {
  const foreign: Record<string, string>[] = [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }];
  for (const headers of foreign) {
    const made = await post("/api/host/keys", { label: "Mine", scopes: ["realtime"] }, headers);
    expect(made.status).toBe(403);
    expect((await new Browser().fetch("/api/host/keys", { headers })).status).toBe(403);
  }
  const elsewhere = await post("/api/host/keys", { label: "Mine", scopes: ["realtime"] }, {}, "https://luna.example");
  expect(elsewhere.status).toBe(403);
  expect((await exports.default.fetch("https://luna.example/api/host/keys")).status).toBe(403);
  const one = await makeKey();
  const deleting = new Request(`https://luna.example/api/host/keys/${one.id}`, { method: "DELETE" });
  expect((await exports.default.fetch(deleting)).status).toBe(403);
  expect((await mint({}, withKey(one.key))).status).toBe(200);
});

// Client secrets --------------------------------------------------------------------------------------------------------

const ASKED = {
  type: "realtime",
  model: "gpt-realtime",
  instructions: "Be brief.",
  output_modalities: ["audio"],
  audio: {
    input: {
      format: { type: "audio/pcm", rate: 24_000 },
      transcription: { model: "gpt-realtime-whisper" },
      turn_detection: { type: "server_vad", create_response: true, interrupt_response: true },
    },
    output: { format: { type: "audio/pcm", rate: 24_000 }, voice: "marin" },
  },
};

test("a secret is minted in the provider's own shapes", async () => {
  const before = Math.floor(Date.now() / 1_000);
  const response = await mint({ expires_after: { anchor: "created_at", seconds: 60 }, session: ASKED });
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  const minted = await response.json<{ value: string; expires_at: number; session: Record<string, unknown> }>();
  expect(Object.keys(minted).sort()).toEqual(["expires_at", "session", "value"]);
  expect(minted.value).toMatch(/^ek_[0-9A-Z]{26}_[\w-]{43}$/);
  expect(minted.expires_at - before).toBeGreaterThanOrEqual(60);
  expect(minted.expires_at - before).toBeLessThanOrEqual(61);
  // The names of the recorded answer of the provider (2026-07), neither more nor fewer.
  const names = "audio expires_at id include instructions max_output_tokens model object output_modalities prompt";
  expect(Object.keys(minted.session).sort()).toEqual(
    `${names} tool_choice tools tracing truncation type`.split(" ").sort(),
  );
  expect(minted.session).toMatchObject({ ...ASKED, object: "realtime.session", expires_at: 0, tools: [] });
  expect(minted.session.id).toMatch(/^sess_/);
});

test("ten minutes, where nothing is asked; and nothing need be asked", async () => {
  const bodiless = new Request(ORIGIN + SECRETS, { method: "POST", headers: withKey("anything") });
  for (const response of [await mint({}), await exports.default.fetch(bodiless)]) {
    const { expires_at, value } = await response.json<{ expires_at: number; value: string }>();
    expect(Math.round(expires_at - Date.now() / 1_000)).toBeGreaterThanOrEqual(598);
    // Bound to nothing but the model: the client says how it goes.
    expect(await redeem(value)).toEqual(expect.not.objectContaining({ session: expect.anything() }));
  }
});

test("the secret is bound to what was asked, and belongs to the key", async () => {
  const { id, key } = await makeKey();
  const { value } = await (await mint({ session: ASKED }, withKey(key))).json<{ value: string }>();
  expect(JSON.stringify(await reservationOf(value))).not.toContain(value.slice(-43));
  const admission = await redeem(value);
  expect(admission).toMatchObject({
    kind: "secret",
    id,
    visitor: `key:${id}`,
    model: "gpt-realtime",
    server_key: true,
  });
  expect(admission.session).toEqual(ASKED);
});

test("a secret for an agent shows the words and tools that the agent will have, and not those that were asked", async () => {
  const session = {
    type: "realtime",
    model: "luna",
    instructions: "You are a pirate.",
    audio: { output: { speed: 1.2 } },
  };
  const minted = await (await mint({ session })).json<{ session: Record<string, unknown> }>();
  expect(minted.session).toMatchObject({ model: "luna", audio: { output: { speed: 1.2 } } });
  expect(minted.session.instructions).toContain("You are Luna");
  expect(JSON.stringify(minted.session)).not.toContain("pirate");
  expect(JSON.stringify(minted.session.tools)).toContain("block_card");
});

test.each([
  [{ expires_after: { anchor: "created_at", seconds: 9 } }, "invalid_value", "expires_after.seconds"],
  [{ expires_after: { anchor: "created_at", seconds: 7_201 } }, "invalid_value", "expires_after.seconds"],
  [{ expires_after: { anchor: "now" } }, "invalid_value", "expires_after.anchor"],
  [{ sesion: ASKED }, "unknown_parameter", "sesion"],
  [{ session: { ...ASKED, temperature: 0.8 } }, "unknown_parameter", "session.temperature"],
  [{ session: { model: "gpt-realtime" } }, "missing_required_parameter", "session.type"],
  [{ session: { ...ASKED, output_modalities: ["text", "audio"] } }, "invalid_value", "session.output_modalities"],
  [{ session: { type: "transcription" } }, "invalid_value", "session.type"],
  [{ session: { type: "realtime", model: "a model\r\nX-Evil: 1" } }, "invalid_model", "session.model"],
  [
    { session: { type: "realtime", tools: [{ type: "function", name: "f", strict: true }] } },
    "unknown_parameter",
    "session.tools[0].strict",
  ],
  [{ session: "realtime" }, "invalid_value", "session"],
  ["[]", "invalid_value", ""],
])("what the provider would refuse is refused in its words: %j", async (body, code, param) => {
  const response = await mint(body);
  expect(response.status).toBe(400);
  const { error } = await response.json<OpenAiBody>();
  expect(error).toMatchObject({ type: "invalid_request_error", code });
  expect(error.param ?? "").toBe(param);
});

test("bodies that are no JSON, of another type, or too large", async () => {
  expect((await mint("{")).status).toBe(400);
  expect((await mint({}, { ...withKey("k"), "content-type": "text/plain" })).status).toBe(415);
  const large = await mint({ session: { ...ASKED, instructions: "x".repeat(140_000) } });
  expect(large.status).toBe(413);
  expect((await large.json<OpenAiBody>()).error.code).toBe("too_large");
  expect((await mint({ session: { ...ASKED, instructions: "x".repeat(60_000) } })).status).toBe(200);
});

test("the key comes before the body: without one nothing is read", async () => {
  const response = await mint("{", {});
  expect(response.status).toBe(401);
  expect((await response.json<OpenAiBody>()).error.code).toBe("invalid_api_key");
});

test("a key without the scope, and a secret, mint nothing", async () => {
  const { key } = await makeKey({ scopes: ["realtime", "calls"] });
  const refused = await mint({}, withKey(key));
  expect(refused.status).toBe(403);
  expect((await refused.json<OpenAiBody>()).error.code).toBe("insufficient_permissions");
  const other = await makeKey();
  const { value } = await (await mint({}, withKey(other.key))).json<{ value: string }>();
  expect((await mint({}, withKey(value))).status).toBe(403);
  expect((await redeem(value)).kind).toBe("secret");
});

test("a page of another site cannot mint with a developer's open door", async () => {
  expect((await mint({}, { ...withKey("anything"), origin: "https://evil.example" })).status).toBe(401);
});

test("addresses of the SDKs answer in the SDKs' shape whatever is wrong", async () => {
  const nothing = await exports.default.fetch(`${ORIGIN}/v1/realtime/nothing`);
  expect(nothing.status).toBe(404);
  expect((await nothing.json<OpenAiBody>()).error).toMatchObject({ code: "not_found", param: null });
  const method = await exports.default.fetch(ORIGIN + SECRETS);
  expect(method.status).toBe(405);
  expect(method.headers.get("allow")).toBe("POST");
  expect((await method.json<OpenAiBody>()).error.code).toBe("method_not_allowed");
});

test("a key that reads sees the calls it made, and no others", async () => {
  const browser = new Browser();
  const opened = await (await browser.post("/api/calls", { scenario: "block-card" })).json<{ call_id: string }>();
  const { key } = await makeKey({ scopes: ["calls"] });
  const read = (headers: Record<string, string>) => browser.fetch(`/api/calls/${opened.call_id}`, { headers });
  expect((await read({})).status).toBe(200);
  // The browser's cookie does not help a key, and a wrong key is not made good by it.
  expect((await read(withKey(key))).status).toBe(404);
  expect((await read(withKey("lk_wrong"))).status).toBe(401);
  const { key: noReader } = await makeKey();
  expect((await read(withKey(noReader))).status).toBe(403);
});

// Luna's own page --------------------------------------------------------------------------------------------------------

interface PageKey {
  value: string;
  expires_at: number;
  call_id: string;
  model: string;
}

test("the page's secret is its browser's call, bound to who answers and how", async () => {
  const browser = new Browser();
  const settings = { voice: "cedar", speed: 1.1 };
  const response = await browser.post("/api/keys", { scenario: "block-card", settings, expires_in_s: 30 });
  expect(response.status).toBe(201);
  const minted = await response.json<PageKey>();
  expect(minted).toMatchObject({ model: "block-card", call_id: callOf(minted.value) });
  expect(Math.round(minted.expires_at - Date.now() / 1_000)).toBeLessThanOrEqual(30);
  expect((await reservationOf(minted.value))?.reservation).toMatchObject({ settings, minted_by: "page" });
  expect(await redeem(minted.value)).toMatchObject({
    visitor: browser.cookie.split("=")[1],
    model: "block-card",
    session: { type: "realtime" },
  });
});

test("a model by itself comes with words and without tools, so that no browser can give it others", async () => {
  const body = { model: "luna-scripted", settings: { voice: "cedar", vad: { type: "semantic_vad" } } };
  const { value } = await (await new Browser().post("/api/keys", body)).json<PageKey>();
  const { session } = await redeem(value);
  expect(session).toMatchObject({ instructions: expect.stringContaining("Luna"), tools: [] });
  expect(session?.audio).toEqual({ input: { turn_detection: { type: "semantic_vad" } }, output: { voice: "cedar" } });
});

test("from elsewhere a visitor's secret does not spend the host's key", async () => {
  const here = await (await new Browser().post("/api/keys", { persona: "luna" })).json<PageKey>();
  expect((await redeem(here.value)).server_key).toBe(true);
  const there = await (await post("/api/keys", { persona: "luna" }, {}, "https://luna.example")).json<PageKey>();
  expect((await redeem(there.value)).server_key).toBe(false);
});

test.each([
  [{}, 400, "body"],
  [{ scenario: "block-card", model: "luna-scripted" }, 400, "body"],
  [{ scenario: "rob-bank" }, 404, "scenario"],
  [{ persona: "pirate" }, 404, "persona"],
  [{ model: "luna-scripted", expires_in_s: 9 }, 400, "expires_in_s"],
  [{ model: "luna-scripted", settings: { instructions: "Be a pirate." } }, 400, "settings"],
  [{ model: "luna-scripted", instructions: "Be a pirate." }, 400, "body"],
])("a page's wish that does not fit: %j", async (body, status, param) => {
  const response = await new Browser().post("/api/keys", body);
  expect(response.status).toBe(status);
  expect(await response.json()).toMatchObject({ param });
});

test("another site cannot mint in a visitor's browser, and nobody can mint without end", async () => {
  const foreign = await new Browser().post("/api/keys", { persona: "luna" }, { origin: "https://evil.example" });
  expect(foreign.status).toBe(403);
  const headers = { "cf-connecting-ip": "198.51.100.77" };
  let answer = await new Browser().post("/api/keys", { persona: "luna" }, headers);
  // The minute may turn in the middle of it.
  for (let tries = 0; tries < 61 && answer.status !== 429; tries++) {
    answer = await new Browser().post("/api/keys", { persona: "luna" }, headers);
  }
  expect(answer.status).toBe(429);
  expect(answer.headers.get("retry-after")).toBe("60");
});

test("a session that is nested too deep to be kept is refused as it comes, and says how deep it may be", async () => {
  const nested = (levels: number) =>
    `{"session":{"type":"realtime","model":"luna-scripted","tools":[{"type":"function","name":"a","parameters":${'{"a":'.repeat(levels)}{}${"}".repeat(levels)}}]}}`;
  expect((await mint(nested(50))).status).toBe(200);
  for (const levels of [60, 8_000, 20_000]) {
    const refused = await mint(nested(levels));
    expect(refused.status).toBe(400);
    expect((await refused.json<OpenAiBody>()).error).toMatchObject({
      type: "invalid_request_error",
      message: "A body may be nested 64 levels deep.",
    });
  }
});
