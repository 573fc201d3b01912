import { env } from "cloudflare:workers";
import { beforeEach, describe, expect, test, vi } from "vitest";
import { readSettings } from "../../src/env.ts";
import { trailOf } from "../../src/store/audit.ts";
import { atMost } from "../support/workerd/brakes.ts";
import { ask, HERE, HOST_TOKEN, PASSWORD, StaffBrowser, THERE } from "../support/workerd/staff.ts";

const KEY = "sk-of-the-host-0123";
const serverKey = async (settings: object, url: string, headers: Record<string, string> = {}) =>
  (
    await (
      await ask({ OPENAI_API_KEY: KEY, ...settings }, `${url}/api/config`, { headers })
    ).json<{ server_key: string }>()
  ).server_key;

beforeEach(async () => {
  await env.DB.batch(["session_seal", "signed_out", "sign_in_tries"].map((t) => env.DB.prepare(`DELETE FROM ${t}`)));
});

test("on this machine, with nothing set, whoever is there is the host, and is told so", async () => {
  for (const origin of [HERE, "http://127.0.0.1:9000", "http://[::1]:8787"]) {
    const browser = new StaffBrowser({}, origin);
    expect(await (await browser.fetch("/api/session")).json()).toEqual({
      role: "host",
      id: "host:local",
      via: "local",
      sign_in: "open",
    });
    expect((await browser.fetch("/api/metrics")).status).toBe(200);
    expect((await browser.fetch("/api/host/keys")).status).toBe(200);
  }
});

test("deployed with nothing set, nobody is, and who asks is told what to set", async () => {
  const browser = new StaffBrowser({});
  expect(await (await browser.fetch("/api/session")).json()).toEqual({
    role: "stranger",
    id: "stranger",
    via: null,
    sign_in: "closed",
  });
  const refused = await browser.fetch("/api/host/keys");
  expect(refused.status).toBe(403);
  expect((await refused.json<{ detail: string }>()).detail).toMatch(/ADMIN_PASSWORD.*ACCESS_TEAM/);
  expect((await browser.signIn()).status).toBe(403);
});

test.each(["http://localhost.evil.example", "http://localhost@evil.example", "http://127.0.0.1.evil.example"])(
  "%s is not this machine",
  async (origin) => {
    expect((await ask({}, `${origin}/api/metrics`)).status).toBe(403);
  },
);

test("with a password set, this machine asks for it too", async () => {
  const browser = new StaffBrowser({ ADMIN_PASSWORD: PASSWORD }, HERE);
  expect(await browser.who()).toBe("stranger null");
  const refused = await browser.fetch("/api/metrics");
  expect(refused.status).toBe(401);
  expect(await refused.json()).toMatchObject({ code: "sign_in", detail: expect.stringContaining("/sign-in") });
  expect((await browser.signIn()).status).toBe(200);
  expect(await browser.who()).toBe("host password");
  expect((await browser.fetch("/api/metrics")).status).toBe(200);
});

test("a word alone is no API key any more on a machine whose host signs in", async () => {
  const models = (settings: object) =>
    ask(settings, `${HERE}/v1/models`, { headers: { authorization: "Bearer anything" } });
  expect((await models({})).status).toBe(200);
  expect((await models({ ADMIN_PASSWORD: PASSWORD })).status).toBe(401);
});

test("the host token makes a program the host, wherever it is and however people sign in", async () => {
  const headers = { "luna-host-token": HOST_TOKEN };
  for (const settings of [{ HOST_TOKEN }, { HOST_TOKEN, ADMIN_PASSWORD: PASSWORD }]) {
    const session = await (await ask(settings, `${THERE}/api/session`, { headers })).json();
    expect(session).toMatchObject({ role: "host", id: "host:token", via: "token" });
  }
  for (const wrong of [`${HOST_TOKEN}x`, HOST_TOKEN.slice(1), HOST_TOKEN.toUpperCase(), "", "undefined"]) {
    const refused = await ask({ HOST_TOKEN }, `${THERE}/api/metrics`, { headers: { "luna-host-token": wrong } });
    expect(refused.status, wrong).toBe(403);
  }
  expect((await ask({}, `${THERE}/api/metrics`, { headers: { "luna-host-token": "undefined" } })).status).toBe(403);
});

test("the server's key answers for the host and is locked for everybody else", async () => {
  expect(await serverKey({}, HERE)).toBe("open");
  expect(await serverKey({}, THERE)).toBe("locked");
  expect(await serverKey({ ADMIN_PASSWORD: PASSWORD }, HERE)).toBe("locked");
  expect(await serverKey({ HOST_TOKEN }, THERE, { "luna-host-token": HOST_TOKEN })).toBe("open");
  const browser = new StaffBrowser({ OPENAI_API_KEY: KEY, ADMIN_PASSWORD: PASSWORD });
  await browser.signIn();
  expect(await (await browser.fetch("/api/config")).json()).toMatchObject({ host: true, server_key: "open" });
});

test("what another site makes a host's browser send is refused, also where nothing would be changed", async () => {
  const browser = new StaffBrowser({ ADMIN_PASSWORD: PASSWORD });
  await browser.signIn();
  const foreign: Record<string, string>[] = [
    { origin: "https://evil.example" },
    { origin: "null" },
    { "sec-fetch-site": "cross-site" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
    { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe" },
  ];
  for (const headers of foreign) {
    const tried = [
      browser.fetch("/api/host/keys", "GET", undefined, headers),
      browser.fetch("/api/host/keys", "POST", { label: "Mine", scopes: ["realtime"] }, headers),
      browser.fetch("/api/host/keys/lkey_1", "DELETE", undefined, headers),
      browser.fetch("/api/session", "DELETE", undefined, headers),
      browser.fetch("/api/session", "POST", { password: PASSWORD }, headers),
    ];
    for (const response of await Promise.all(tried)) expect(response.status, JSON.stringify(headers)).toBe(403);
  }
  expect(await browser.who()).toBe("host password");
  // A link somebody follows is another matter: it shows things to them alone.
  const followed = { "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" };
  expect((await browser.fetch("/api/metrics", "GET", undefined, followed)).status).toBe(200);
  expect((await browser.fetch("/api/host/keys", "POST", { label: "M", scopes: ["realtime"] }, followed)).status).toBe(
    403,
  );
});

test.each([
  [{ ADMIN_PASSWORD: "elevenchars" }, "ADMIN_PASSWORD"],
  [{ ACCESS_TEAM: "aurora" }, "ACCESS_AUD"],
  [{ ACCESS_AUD: "0123456789abcdef" }, "ACCESS_TEAM"],
  [{ ACCESS_TEAM: "https://evil.example", ACCESS_AUD: "0123456789abcdef" }, "ACCESS_TEAM"],
  [{ ACCESS_TEAM: "aurora", ACCESS_AUD: "short" }, "ACCESS_AUD"],
  [{ ACCESS_TEAM: "aurora", ACCESS_AUD: "0123456789abcdef", HOSTS: "a@b@c" }, "HOSTS"],
])(
  "a setting that does not fit closes the staff's door, on this machine too, and says which one: %j",
  async (settings, name) => {
    const browser = new StaffBrowser(settings, HERE);
    expect(await browser.who()).toBe("stranger null");
    for (const response of [await browser.signIn("elevenchars"), await browser.fetch("/api/links")]) {
      expect(response.status).toBe(403);
      const { detail } = await response.json<{ detail: string }>();
      expect(detail).toContain(name);
      expect(detail).not.toContain("elevenchars");
    }
    // A word alone is no API key here, either.
    const models = await ask(settings, `${HERE}/v1/models`, { headers: { authorization: "Bearer anything" } });
    expect(models.status).toBe(401);
  },
);

test("the settings of Access may be written as the dashboard shows them", () => {
  const settings = (more: object) => readSettings({ ...env, ...more }).staff.access;
  const whole = {
    ACCESS_TEAM: "https://Aurora.cloudflareaccess.com/",
    ACCESS_AUD: "0123456789abcdef, fedcba9876543210",
  };
  expect(settings({ ...whole, HOSTS: "Ada@Aurora.example, @luna.example" })).toEqual({
    issuer: "https://aurora.cloudflareaccess.com",
    audiences: ["0123456789abcdef", "fedcba9876543210"],
    hosts: ["ada@aurora.example", "@luna.example"],
    operators: [],
  });
  expect(settings({ ACCESS_TEAM: "", ACCESS_AUD: "" })).toBeUndefined();
});

describe("a host token that is wrong", () => {
  const SETTINGS = { ADMIN_PASSWORD: PASSWORD, HOST_TOKEN, OPENING: atMost(3) };
  const from = (address: string) => ({
    shows: async (headers: Record<string, string>, path = "/api/metrics") =>
      (await ask(SETTINGS, THERE + path, { headers: { "cf-connecting-ip": address, ...headers } })).status,
  });
  const wrong = { "luna-host-token": "a-host-token-of-somebody" };
  const right = { "luna-host-token": HOST_TOKEN };

  test("is slowed by address: after a few none is compared, right or wrong, until a minute has passed", async () => {
    vi.useFakeTimers({ toFake: ["Date"] });
    const guesser = from("203.0.113.50");
    expect(await guesser.shows(right)).toBe(200);
    const tried = [];
    for (let n = 0; n < 5; n++) tried.push(await guesser.shows(wrong));
    expect(tried).toEqual([401, 401, 401, 429, 429]);
    expect(await guesser.shows(right)).toBe(429);
    expect(await from("203.0.113.51").shows(right)).toBe(200);
    vi.setSystemTime(Date.now() + 61_000);
    expect(await guesser.shows(right)).toBe(200);
    vi.useRealTimers();
  });

  test("is slowed as a key, too, where it does not stand in the way of keys; and is noted without what was shown", async () => {
    const guesser = from("203.0.113.60");
    const models = (word: string) => guesser.shows({ authorization: `Bearer ${word}` }, "/v1/models");
    const made = await ask(SETTINGS, `${THERE}/api/host/keys`, {
      method: "POST",
      headers: { "content-type": "application/json", ...right },
      body: JSON.stringify({ label: "Beside", scopes: ["realtime"] }),
    });
    const { key } = await made.json<{ key: string }>();
    for (let n = 0; n < 5; n++) await models(`guess-number-${n}-at-the-token`);
    expect(await models(HOST_TOKEN)).toBe(429);
    expect(await models(key)).toBe(200);
    // A program that tries again with a revoked key does not shut out the host behind the same address.
    expect(await guesser.shows(right)).toBe(200);
    const noted = (await trailOf(env).read(null, 50)).filter(({ did }) => did === "sign_in_failed");
    expect(noted.map(({ who, subject }) => `${who}: ${subject}`).sort()).toEqual([
      "stranger: API key",
      "stranger: host token",
    ]);
  });
});
