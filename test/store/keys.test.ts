import { env } from "cloudflare:workers";
import { beforeEach, expect, test } from "vitest";
import type { ApiKey } from "../../src/legs/api-keys.ts";
import { addKey, findKey, keyStands, listKeys, MOST_KEYS, noteUse, revokeKey } from "../../src/store/keys.ts";

const { DB } = env;
const NOW = 1_800_000_000_000;
const HASH = "a".repeat(64);

beforeEach(async () => {
  await DB.prepare("DELETE FROM api_keys").run();
});

function key(change: Partial<ApiKey> = {}): ApiKey {
  const none = { expires_at: null, last_used_on: null, revoked_at: null };
  return { id: "lkey_1", label: "Website", hint: "a1B2", scopes: ["realtime"], created_at: NOW, ...none, ...change };
}

test("a key is found by its hash, until it is revoked", async () => {
  expect(await findKey(DB, HASH, NOW)).toEqual({ key: null, any: false });
  await addKey(DB, key(), HASH);
  expect(await findKey(DB, HASH, NOW)).toEqual({ key: key(), any: true });
  expect(await findKey(DB, "b".repeat(64), NOW)).toEqual({ key: null, any: true });
  expect(await revokeKey(DB, "lkey_1", NOW + 5)).toBe(true);
  expect(await findKey(DB, HASH, NOW + 6)).toEqual({ key: null, any: true });
  expect(await findKey(DB, "b".repeat(64), NOW + 6)).toEqual({ key: null, any: false });
  expect(await keyStands(DB, "lkey_1", NOW + 6)).toBe(false);
});

test("a key that has expired opens nothing, but the host's house stays locked", async () => {
  await addKey(DB, key({ expires_at: NOW + 10 }), HASH);
  expect((await findKey(DB, HASH, NOW + 9)).key).not.toBeNull();
  expect(await findKey(DB, HASH, NOW + 10)).toEqual({ key: null, any: true });
  expect(await keyStands(DB, "lkey_1", NOW + 10)).toBe(false);
});

test("revoking again keeps the first time, and a key that never was cannot be revoked", async () => {
  await addKey(DB, key(), HASH);
  await revokeKey(DB, "lkey_1", NOW + 5);
  expect(await revokeKey(DB, "lkey_1", NOW + 50)).toBe(true);
  expect(await listKeys(DB)).toMatchObject([{ id: "lkey_1", revoked_at: NOW + 5 }]);
  expect(await revokeKey(DB, "lkey_2", NOW)).toBe(false);
});

test("use is noted by the day, once", async () => {
  await addKey(DB, key(), HASH);
  await noteUse(DB, key(), Date.UTC(2026, 10, 20, 23, 59));
  const [used] = await listKeys(DB);
  expect(used?.last_used_on).toBe("2026-11-20");
  // The row is not touched again that day: what is given is what was read.
  await noteUse(DB, { ...key({ id: "lkey_gone" }), last_used_on: "2026-11-20" }, Date.UTC(2026, 10, 20, 10));
  await noteUse(DB, used as ApiKey, Date.UTC(2026, 10, 21));
  expect((await listKeys(DB))[0]?.last_used_on).toBe("2026-11-21");
});

test("a loop that makes keys ends at a hundred; revoked ones do not count", async () => {
  const hashOf = (n: number) => n.toString(16).padStart(64, "0");
  for (let n = 0; n < MOST_KEYS; n++) expect(await addKey(DB, key({ id: `lkey_${n}` }), hashOf(n))).toBe(true);
  expect(await addKey(DB, key({ id: "lkey_more" }), hashOf(1_000))).toBe(false);
  await revokeKey(DB, "lkey_7", NOW);
  expect(await addKey(DB, key({ id: "lkey_more" }), hashOf(1_000))).toBe(true);
});

test("two keys never share a hash", async () => {
  await addKey(DB, key(), HASH);
  await expect(addKey(DB, key({ id: "lkey_2" }), HASH)).rejects.toThrow(/UNIQUE/);
});
