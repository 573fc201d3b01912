import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { beforeEach, expect, test } from "vitest";
import { hashOf } from "../../src/access/secret.ts";
import { newSecret, type Reservation } from "../../src/durable/call/reservation.ts";
import type { LunaError } from "../../src/errors.ts";
import type { ApiKey, Scope } from "../../src/legs/api-keys.ts";
import { admit, offeredKey, type Wish } from "../../src/routes/admission.ts";
import { addKey, listKeys, revokeKey } from "../../src/store/keys.ts";

const HERE = "http://localhost:8787/v1/realtime";
const THERE = "https://luna.example/v1/realtime";
const HOST_TOKEN = "a-host-token-of-the-tests";

beforeEach(async () => {
  await env.DB.prepare("DELETE FROM api_keys").run();
});

const bearer = (key: string, url = THERE, headers: Record<string, string> = {}) =>
  new Request(url, { headers: { authorization: `Bearer ${key}`, ...headers } });

async function apiKey(
  scopes: Scope[] = ["realtime"],
  change: Partial<ApiKey> = {},
): Promise<{ key: string; id: string }> {
  const key = `lk_${"k".repeat(30)}${ulid().slice(0, 13)}`;
  const id = `lkey_${ulid()}`;
  const none = { expires_at: null, last_used_on: null, revoked_at: null };
  await addKey(
    env.DB,
    { id, label: "Test", hint: key.slice(-4), scopes, created_at: Date.now(), ...none, ...change },
    await hashOf(key),
  );
  return { key, id };
}

async function secret(
  change: Partial<Reservation> = {},
  lives_ms = 60_000,
): Promise<{ secret: string; call_id: string }> {
  const call_id = ulid();
  const made = await newSecret(call_id);
  const session = '{"type":"realtime","instructions":"Be brief."}';
  const plain = { opens: "session", minted_by: "page", visitor: "browser-1", server_key: false, session } as const;
  const reservation: Reservation = { ...plain, model: "luna-scripted", ...change };
  const expires_at = Date.now() + lives_ms;
  await env.CALLS.getByName(call_id).reserve({ hash: made.hash, expires_at, used: false, reservation });
  return { secret: made.secret, call_id };
}

async function refusal(request: Request, wish?: Wish, settings = {}): Promise<LunaError> {
  try {
    await admit(request, { ...env, ...settings }, wish);
  } catch (thrown) {
    return thrown as LunaError;
  }
  throw new Error("was let in");
}

test("the key is in the header, or where a browser can put it", () => {
  const offered = (protocol: string) =>
    offeredKey(new Request(HERE, { headers: { "sec-websocket-protocol": protocol } }));
  expect(offeredKey(bearer("sk-1"))).toBe("sk-1");
  expect(offeredKey(new Request(HERE, { headers: { authorization: "bearer  sk-1" } }))).toBe("sk-1");
  expect(offered("realtime, openai-insecure-api-key.sk-1")).toBe("sk-1");
  expect(offered("realtime,openai-insecure-api-key.ek_a.b-c,openai-agents-sdk.0.20.0")).toBe("ek_a.b-c");
  expect(offered("realtime")).toBeUndefined();
  expect(offeredKey(new Request(`${HERE}?api_key=sk-1&key=sk-1`))).toBeUndefined();
});

test.each([
  "",
  "Bearer",
  "Bearer ",
  "Basic c2stMQ==",
  "Bearer a b",
  "Bearer sk-1, Bearer sk-2",
  `Bearer ${"k".repeat(513)}`,
])("no key is read from the header %j", (authorization) => {
  expect(offeredKey(new Request(HERE, { headers: { authorization } }))).toBeUndefined();
});

test("a header that does not fit is not made good by a subprotocol", () => {
  const headers = {
    authorization: "Basic c2stMQ==",
    "sec-websocket-protocol": "realtime, openai-insecure-api-key.sk-1",
  };
  expect(offeredKey(new Request(HERE, { headers }))).toBeUndefined();
});

test("on localhost any word does, until the host has made a key", async () => {
  const open = { kind: "open", id: "open", visitor: "key:open", server_key: true };
  expect(await admit(bearer("anything", HERE), env)).toEqual(open);
  expect(await admit(bearer("ek_of-somebody-else", HERE), env)).toEqual(open);
  const { key, id } = await apiKey();
  expect((await refusal(bearer("anything", HERE))).kind).toBe("token_invalid");
  expect(await admit(bearer(key, HERE), env)).toMatchObject({ kind: "api_key", id });
  await revokeKey(env.DB, id, Date.now());
  expect(await admit(bearer("anything", HERE), env)).toEqual(open);
  // What was a key is no word like any other.
  expect((await refusal(bearer(key, HERE))).kind).toBe("token_invalid");
});

test("elsewhere, and on localhost with a host token, a word does not do", async () => {
  expect((await refusal(bearer("anything"))).kind).toBe("token_invalid");
  expect((await refusal(bearer("anything", HERE), {}, { HOST_TOKEN })).kind).toBe("token_invalid");
  expect((await refusal(new Request(HERE))).kind).toBe("token_invalid");
});

test.each(["https://evil.example", "null", "https://localhost.evil.example"])(
  "a page of %s, open in a browser on this machine, is not let in by a word",
  async (origin) => {
    expect((await refusal(bearer("anything", HERE, { origin }))).kind).toBe("token_invalid");
  },
);

test("a developer's page on another local port is", async () => {
  expect(await admit(bearer("anything", HERE, { origin: "http://localhost:3000" }), env)).toMatchObject({
    kind: "open",
  });
});

test("the host token opens everything; one that is almost right opens nothing", async () => {
  for (const scope of ["realtime", "secrets", "calls"] as const) {
    expect(await admit(bearer(HOST_TOKEN), { ...env, HOST_TOKEN }, { scope })).toMatchObject({
      id: "host",
      server_key: true,
    });
  }
  for (const wrong of [
    HOST_TOKEN.slice(1),
    `${HOST_TOKEN}x`,
    HOST_TOKEN.toUpperCase(),
    `${HOST_TOKEN.slice(0, -1)}x`,
  ]) {
    expect((await refusal(bearer(wrong), {}, { HOST_TOKEN })).kind).toBe("token_invalid");
  }
});

test("a key is good for its scopes, and its day of use is noted", async () => {
  const { key, id } = await apiKey(["secrets"]);
  expect(await admit(bearer(key), env, { scope: "secrets" })).toEqual({
    kind: "api_key",
    id,
    visitor: `key:${id}`,
    server_key: true,
  });
  expect((await refusal(bearer(key))).kind).toBe("forbidden");
  const today = new Date().toISOString().slice(0, 10);
  await expect.poll(async () => (await listKeys(env.DB))[0]?.last_used_on).toBe(today);
});

test("unknown, revoked and expired keys are refused in the same words, and no refusal repeats a key", async () => {
  const revoked = await apiKey();
  await revokeKey(env.DB, revoked.id, Date.now());
  const expired = await apiKey(["realtime"], { expires_at: Date.now() - 1 });
  const shown = [revoked.key, expired.key, "lk_never-was", `${revoked.key}x`];
  const told = await Promise.all(shown.map((key) => refusal(bearer(key))));
  expect(new Set(told.map((error) => `${error.kind} ${error.message}`)).size).toBe(1);
  for (const key of shown) expect(told[0]?.message).not.toContain(key);
});

test("when keys cannot be looked up nobody gets in, not even here", async () => {
  const DB = { batch: () => Promise.reject(new Error("D1 is away")), prepare: () => ({ bind: () => ({}) }) };
  expect((await refusal(bearer("anything", HERE), {}, { DB })).kind).toBe("unavailable");
});

test("a secret opens the call it names, with its configuration, once", async () => {
  const { secret: ek, call_id } = await secret();
  expect(await admit(bearer(ek), env)).toEqual({
    kind: "secret",
    id: "page",
    visitor: "browser-1",
    server_key: false,
    call_id,
    model: "luna-scripted",
    opens: "session",
    session: { type: "realtime", instructions: "Be brief." },
  });
  expect((await refusal(bearer(ek))).kind).toBe("token_used");
  expect((await refusal(bearer(ek, HERE))).kind).toBe("token_used");
});

test("ten requests with one secret at the same moment: one is let in", async () => {
  const { secret: ek } = await secret();
  const tries = await Promise.allSettled(Array.from({ length: 10 }, () => admit(bearer(ek), env)));
  expect(tries.filter((one) => one.status === "fulfilled")).toHaveLength(1);
  const kinds = tries.flatMap((one) => (one.status === "rejected" ? [(one.reason as LunaError).kind] : []));
  expect(kinds).toEqual(Array(9).fill("token_used"));
});

test("late, guessed, or put on another call: refused, each as what it is", async () => {
  const late = await secret({}, -1_000);
  expect((await refusal(bearer(late.secret))).kind).toBe("token_expired");
  const [one, other] = [await secret(), await secret()];
  const moved = one.secret.replace(one.call_id, other.call_id);
  expect((await refusal(bearer(moved))).kind).toBe("token_invalid");
  expect((await refusal(bearer(`ek_${ulid()}_${"A".repeat(43)}`))).kind).toBe("token_invalid");
  // Neither of the two was spent by that.
  expect(await admit(bearer(one.secret), env)).toMatchObject({ call_id: one.call_id });
  expect(await admit(bearer(other.secret), env)).toMatchObject({ call_id: other.call_id });
});

test("a secret opens a session and nothing else, and trying does not spend it", async () => {
  const { secret: ek } = await secret();
  expect((await refusal(bearer(ek), { scope: "secrets" })).kind).toBe("forbidden");
  expect((await refusal(bearer(ek), { scope: "calls" })).kind).toBe("forbidden");
  expect(await admit(bearer(ek), env)).toMatchObject({ kind: "secret" });
});

test("with the key that minted it, a secret is over", async () => {
  const expired = await apiKey(["secrets"], { expires_at: Date.now() - 1 });
  const revoked = await apiKey(["secrets"]);
  await revokeKey(env.DB, revoked.id, Date.now());
  for (const { id } of [expired, revoked]) {
    const { secret: ek } = await secret({ minted_by: id });
    expect((await refusal(bearer(ek))).kind).toBe("token_invalid");
  }
  const { id } = await apiKey(["secrets"]);
  const { secret: ek } = await secret({ minted_by: id, visitor: `key:${id}`, server_key: true });
  expect(await admit(bearer(ek), env)).toMatchObject({ id, visitor: `key:${id}`, server_key: true });
});
