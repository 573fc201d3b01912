import { afterEach, describe, expect, it, vi } from "vitest";
import { KeysApi, lifeOf, stands } from "../../src/client/keys/api.ts";
import type { ApiKey } from "../../src/legs/api-keys.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY = 24 * 3_600_000;

function key(change: Partial<ApiKey> = {}): ApiKey {
  const none = { expires_at: null, last_used_on: null, revoked_at: null };
  return { id: "lkey_1", label: "Website", hint: "a1B2", scopes: ["realtime"], created_at: NOW, ...none, ...change };
}

it.each([
  [{}, "Never used", true],
  [{ last_used_on: "2026-11-20" }, "Last used Nov 20, 2026", true],
  [{ expires_at: NOW + DAY }, "Never used · expires Nov 22, 2026", true],
  [{ expires_at: NOW, last_used_on: "2026-11-20" }, "Expired Nov 21, 2026", false],
  [{ revoked_at: NOW - DAY, expires_at: NOW - 1 }, "Revoked Nov 20, 2026", false],
])("under a key stands what it is still good for: %j", (change, words, good) => {
  expect(lifeOf(key(change), NOW)).toBe(words);
  expect(stands(key(change), NOW)).toBe(good);
});

describe("asking the server", () => {
  const asked: { path: string; init: RequestInit }[] = [];
  function answering(answer: () => Promise<Response>): void {
    vi.stubGlobal("fetch", (path: string, init: RequestInit) => {
      asked.push({ path, init });
      return answer();
    });
  }
  afterEach(() => {
    asked.length = 0;
    vi.unstubAllGlobals();
  });

  it("the host token goes along where there is one", async () => {
    answering(() => Promise.resolve(Response.json({ keys: [key()] })));
    expect(await new KeysApi("a-long-host-token").list()).toEqual([key()]);
    await new KeysApi("").list();
    const tokens = asked.map(({ init }) => new Headers(init.headers).get("luna-host-token"));
    expect(tokens).toEqual(["a-long-host-token", null]);
  });

  it("a refusal is told in the server's sentence, silence in one of our own", async () => {
    answering(() => Promise.resolve(Response.json({ detail: "There are 100 keys already." }, { status: 429 })));
    const wish = { label: "Website", scopes: ["realtime" as const] };
    await expect(new KeysApi("").make(wish)).rejects.toThrow("There are 100 keys already.");
    answering(() => Promise.reject(new TypeError("network")));
    await expect(new KeysApi("").revoke("lkey_1")).rejects.toThrow(/cannot be reached/);
  });

  it("revoking names the key in the address and has no body", async () => {
    answering(() => Promise.resolve(new Response(null, { status: 204 })));
    await new KeysApi("").revoke("lkey_1/..");
    expect(asked[0]).toMatchObject({ path: "/api/host/keys/lkey_1%2F..", init: { method: "DELETE" } });
    expect(asked[0]?.init.body).toBeUndefined();
  });
});
