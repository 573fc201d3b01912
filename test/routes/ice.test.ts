import { afterEach, expect, test, vi } from "vitest";
import type { OpenCallInput } from "../../src/legs/open-call.ts";
import { iceServersFor } from "../../src/routes/ice.ts";
import { atMost } from "../support/workerd/brakes.ts";
import { Browser } from "../support/workerd/caller.ts";
import { GOOD_KEY, provide } from "../support/workerd/provider.ts";
import { ask, HERE } from "../support/workerd/staff.ts";

afterEach(() => vi.restoreAllMocks());

const HALF_HOUR_MS = 1_800_000;

function turnService(answer: () => Response | Promise<Response>): Request[] {
  const asked: Request[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    asked.push(new Request(input, init));
    return answer();
  });
  return asked;
}
const turn = (keyId: string) => ({ keyId, token: "turn-token-0001" });

test("without TURN it is the STUN server that was set, Cloudflare's by default, or none", async () => {
  const none = { turn: undefined };
  expect(await iceServersFor({ ...none, stun: undefined }, HALF_HOUR_MS, 0)).toEqual([
    { urls: ["stun:stun.cloudflare.com:3478"] },
  ]);
  expect(await iceServersFor({ ...none, stun: ["stun:stun.example.org:3478"] }, HALF_HOUR_MS, 0)).toEqual([
    { urls: ["stun:stun.example.org:3478"] },
  ]);
  expect(await iceServersFor({ ...none, stun: [] }, HALF_HOUR_MS, 0)).toEqual([]);
});

test("TURN credentials are minted with the token, outlive the longest call, are kept ten minutes, and leave port 53 out", async () => {
  const urls = [
    "stun:stun.cloudflare.com:3478",
    "turn:turn.cloudflare.com:53?transport=udp",
    "turn:turn.cloudflare.com:3478",
  ];
  const asked = turnService(() =>
    Response.json({ iceServers: [{ urls, username: "u", credential: "c" }] }, { status: 201 }),
  );
  const ice = { stun: undefined, turn: turn("key_minted_01") };
  const servers = await iceServersFor(ice, HALF_HOUR_MS, 1_000);
  expect(servers).toEqual([{ urls: [urls[0], urls[2]], username: "u", credential: "c" }]);
  expect(asked[0]?.url).toBe(
    "https://rtc.live.cloudflare.com/v1/turn/keys/key_minted_01/credentials/generate-ice-servers",
  );
  expect(asked[0]?.headers.get("authorization")).toBe("Bearer turn-token-0001");
  const { ttl } = (await (asked[0] as Request).json()) as { ttl: number };
  expect(ttl).toBeGreaterThanOrEqual(1_800 + 600);
  await iceServersFor(ice, HALF_HOUR_MS, 500_000);
  expect(asked).toHaveLength(1);
  await iceServersFor(ice, HALF_HOUR_MS, 602_000);
  expect(asked).toHaveLength(2);
});

test("an answer of the older shape, with one server, is as good", async () => {
  turnService(() =>
    Response.json({ iceServers: { urls: "turn:turn.cloudflare.com:3478", username: "u", credential: "c" } }),
  );
  expect(await iceServersFor({ stun: undefined, turn: turn("key_older_002") }, HALF_HOUR_MS, 0)).toEqual([
    { urls: ["turn:turn.cloudflare.com:3478"], username: "u", credential: "c" },
  ]);
});

test.each([
  ["refuses", () => new Response("no", { status: 403 })],
  ["answers nonsense", () => Response.json({ iceServers: [{ urls: ["http://nowhere.example"] }, null, 7] })],
  ["is away", () => Promise.reject(new Error("gone"))],
])("a TURN service that %s leaves STUN", async (name, answer) => {
  turnService(answer);
  const keyId = `key_${name.replaceAll(" ", "_")}`;
  expect(await iceServersFor({ stun: ["stun:s.example:1"], turn: turn(keyId) }, HALF_HOUR_MS, 0)).toEqual([
    { urls: ["stun:s.example:1"] },
  ]);
});

test("the page on localhost needs none, and another site's page is told nothing", async () => {
  const browser = new Browser();
  const response = await browser.fetch("/api/ice-servers");
  expect([response.status, await response.json()]).toEqual([200, { iceServers: [] }]);
  const foreign = await browser.fetch("/api/ice-servers", { headers: { origin: "https://elsewhere.example" } });
  expect(foreign.status).toBe(403);
});

test("TURN is for the browser of a call by WebRTC, while that call is on, and not as often as one likes", async () => {
  const minted = { iceServers: [{ urls: "turn:turn.cloudflare.com:3478", username: "u", credential: "c" }] };
  provide({ http: async () => Response.json(minted) });
  const settings = { TURN_KEY_ID: "key_of_a_call", TURN_KEY_API_TOKEN: "turn-token-0001", SAYING: atMost(8) };
  const relayed = async ({ cookie }: Pick<Browser, "cookie">, call_id?: string) => {
    const path = `/api/ice-servers${call_id === undefined ? "" : `?call_id=${call_id}`}`;
    const response = await ask(settings, HERE + path, { headers: { cookie } });
    return response.ok ? (await response.text()).includes("turn:") : response.status;
  };
  const open = async (wish: OpenCallInput) => {
    const browser = new Browser();
    const caller = await browser.call(wish);
    return { browser, caller, id: caller.opened.call_id };
  };
  const ai = await open({ scenario: "block-card", key: GOOD_KEY, settings: { method: "ephemeral" } });
  const plain = await open({ scenario: "block-card", mode: "scripted" });
  const relay = await open({ scenario: "block-card", key: GOOD_KEY });
  const madeUp = { cookie: `luna_visitor=${"A".repeat(32)}` };
  expect(await relayed(ai.browser, ai.id)).toBe(true);
  expect(await relayed(ai.browser)).toBe(false);
  expect(await relayed(madeUp)).toBe(false);
  expect(await relayed(madeUp, ai.id)).toBe(false);
  expect(await relayed(madeUp, "01ARZ3NDEKTSV4RRFFQ69G5FAV")).toBe(false);
  expect(await relayed(plain.browser, plain.id)).toBe(false);
  // With AI, and its sound through Luna: nothing goes from browser to provider that could need a relay.
  expect(await relayed(relay.browser, relay.id)).toBe(false);
  for (const { caller } of [ai, plain]) {
    caller.send({ type: "luna.end" });
    await caller.until(() => caller.closed !== undefined);
  }
  expect(await relayed(ai.browser, ai.id)).toBe(false);
  expect([await relayed(ai.browser, ai.id), await relayed(ai.browser, ai.id)]).toEqual([false, false]);
  expect(await relayed(ai.browser, ai.id)).toBe(429);
});
