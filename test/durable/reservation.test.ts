import { evictDurableObject, runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { hashOf } from "../../src/access/secret.ts";
import {
  callOf,
  mayBeKnown,
  newSecret,
  type Reservation,
  type ReservationState,
  spendSecret,
} from "../../src/durable/call/reservation.ts";

const MINUTE = 60_000;
const RESERVATION: Reservation = {
  opens: "session",
  minted_by: "open",
  visitor: "key:open",
  server_key: false,
  model: "luna-scripted",
  session: '{"type":"realtime"}',
};

async function reserved(lives_ms = MINUTE, change: Partial<Reservation> = {}) {
  const id = ulid();
  const { secret, hash } = await newSecret(id);
  const call = env.CALLS.getByName(id);
  const state = { hash, expires_at: Date.now() + lives_ms, used: false, reservation: { ...RESERVATION, ...change } };
  await call.reserve(state);
  return { call, secret, hash, state };
}

const kept = (call: DurableObjectStub) =>
  runInDurableObject(call, (_, { storage }) => JSON.stringify([...storage.kv.list()]));

test("of ten uses at the same moment one wins", async () => {
  const { call, hash } = await reserved();
  const tries = await Promise.all(Array.from({ length: 10 }, () => call.redeem(hash, { opens: "session" })));
  expect(tries.filter((one) => one.ok)).toEqual([{ ok: true, reservation: RESERVATION }]);
  expect(tries.filter((one) => !one.ok && one.kind === "token_used")).toHaveLength(9);
});

test("a secret stays spent when its object is rebuilt", async () => {
  const { call, hash } = await reserved();
  expect((await call.redeem(hash, { opens: "session" })).ok).toBe(true);
  await evictDurableObject(call);
  expect(await call.redeem(hash, { opens: "session" })).toMatchObject({ ok: false, kind: "token_used" });
});

test("the object keeps the hash, never the secret", async () => {
  const { call, secret, hash } = await reserved();
  const stored = await kept(call);
  expect(stored).toContain(hash);
  expect(stored).not.toContain(secret.slice(-43));
});

test("a guess is not known, whether or not the call is reserved, and does not spend the secret", async () => {
  const { call, hash } = await reserved();
  const guess = await hashOf("ek_guess");
  expect(await call.redeem(guess, { opens: "session" })).toMatchObject({ ok: false, kind: "token_invalid" });
  const nobody = env.CALLS.getByName(ulid());
  expect(await nobody.redeem(guess, { opens: "session" })).toEqual(await call.redeem(guess, { opens: "session" }));
  expect((await call.redeem(hash, { opens: "session" })).ok).toBe(true);
});

test("a secret nobody came with is told as late for a while, and then leaves nothing behind", async () => {
  const { call, hash } = await reserved(-1);
  expect(await call.redeem(hash, { opens: "session" })).toMatchObject({ ok: false, kind: "token_expired" });
  // Rung early, it waits on; rung after ten minutes, all is gone.
  await runDurableObjectAlarm(call);
  expect(await kept(call)).toContain(hash);
  await runInDurableObject(call, (_, { storage }) => {
    const state = storage.kv.get<ReservationState>("reservation");
    storage.kv.put("reservation", { ...state, expires_at: Date.now() - 11 * MINUTE });
  });
  await runDurableObjectAlarm(call);
  expect(await kept(call)).toBe("[]");
  expect(await runInDurableObject(call, (_, { storage }) => storage.getAlarm())).toBeNull();
  expect(await call.redeem(hash, { opens: "session" })).toMatchObject({ ok: false, kind: "token_invalid" });
});

test.each([
  ["sound", "session"],
  ["session", "sound"],
] as const)("a secret for a %s opens no %s, and is not spent by the attempt", async (opens, other) => {
  const { call, hash } = await reserved(MINUTE, { opens });
  expect(await call.redeem(hash, { opens: other })).toMatchObject({ ok: false, kind: "token_invalid" });
  expect((await call.redeem(hash, { opens })).ok).toBe(true);
});

test("a secret of a call opens no other call", async () => {
  const [one, other] = [await reserved(), await reserved()];
  expect(await other.call.redeem(one.hash, { opens: "session" })).toMatchObject({ ok: false, kind: "token_invalid" });
});

test("a secret is good up to its last moment", async () => {
  const { state } = await reserved();
  expect(spendSecret(state.hash, state, { opens: "session" }, state.expires_at).used).toBe(true);
  expect(() => spendSecret(state.hash, state, { opens: "session" }, state.expires_at + 1)).toThrow(/expired/);
});

test("a secret names its call", async () => {
  const id = ulid();
  const { secret } = await newSecret(id);
  expect(secret).toMatch(/^ek_[0-9A-Z]{26}_[\w-]{43}$/);
  expect(callOf(secret)).toBe(id);
  for (const other of [
    "ek_",
    `ek_${id}`,
    `ek_${id}_short`,
    `${secret}x`,
    `x${secret}`,
    secret.toLowerCase(),
    `${secret}\n`,
  ]) {
    expect(callOf(other)).toBeUndefined();
  }
});

test("a call that is too old for any secret, or not yet made, is known by its id", () => {
  const now = Date.now();
  const known = [0, 130, -1].map((minutes) => mayBeKnown(ulid(now - minutes * MINUTE), now));
  expect(known).toEqual([true, true, true]);
  expect([145, 60 * 24 * 365, -10].some((minutes) => mayBeKnown(ulid(now - minutes * MINUTE), now))).toBe(false);
  expect(mayBeKnown("ZZZZZZZZZZZZZZZZZZZZZZZZZZ", now)).toBe(false);
});
