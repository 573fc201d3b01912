import { env } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import type { CallOpened } from "../../src/legs/open-call.ts";
import { atMost } from "../support/workerd/brakes.ts";
import { Browser, Caller } from "../support/workerd/caller.ts";
import { ask, HERE, THERE } from "../support/workerd/staff.ts";

interface Problem {
  status: number;
  code: string;
  detail: string;
  param?: string;
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  return response.json<Problem>();
}

test("an unknown scenario is named, with where to look", async () => {
  const problem = await problemOf(await new Browser().post("/api/calls", { scenario: "rob-bank" }));
  expect(problem).toMatchObject({ status: 404, code: "not_found", param: "scenario" });
  expect(problem.detail).toContain("/api/scenarios");
});

test.each([
  [{}, "scenario"],
  [{ scenario: "Block Card" }, "scenario"],
  [{ scenario: "block-card", settings: { speed: 9 } }, "settings.speed"],
  [{ scenario: "block-card", settings: { temperature: 1 } }, "settings"],
  [{ scenario: "block-card", key: "sk with spaces" }, "key"],
  [{ scenario: "block-card", settings: { vad: { type: "psychic" } } }, "settings.vad"],
])("a request that does not fit names the field: %j", async (body, param) => {
  const problem = await problemOf(await new Browser().post("/api/calls", body));
  expect(problem.status).toBe(400);
  expect(problem.param).toContain(param);
});

test("a body that is not JSON, too large, or of another type is refused", async () => {
  const browser = new Browser();
  const send = (body: string, type = "application/json") =>
    browser.fetch("/api/calls", { method: "POST", body, headers: { "content-type": type } });
  expect((await problemOf(await send("{"))).code).toBe("invalid_request");
  for (const type of ["text/plain", "application/json-evil", "application/jsonp", ""]) {
    expect((await problemOf(await send("{}", type))).code).toBe("wrong_type");
  }
  for (const type of ["application/json; charset=utf-8", "Application/JSON ;charset=utf-8"]) {
    expect((await problemOf(await send("{}", type))).param).toBe("scenario");
  }
  expect((await problemOf(await send(JSON.stringify({ key: "k".repeat(9_000) })))).code).toBe("too_large");
});

test("another site cannot open calls, reset the bank or reach a socket from a visitor's browser", async () => {
  const browser = new Browser();
  const foreign = { origin: "https://evil.example" };
  expect((await problemOf(await browser.post("/api/calls", { scenario: "block-card" }, foreign))).status).toBe(403);
  expect((await problemOf(await browser.post("/api/bank/reset", {}, foreign))).status).toBe(403);
  expect((await problemOf(await browser.post("/api/calls", {}, { "sec-fetch-site": "cross-site" }))).status).toBe(403);
  const path = "/api/calls/01ARZ3NDEKTSV4RRFFQ69G5FAV/socket";
  const upgrade = await browser.fetch(path, { headers: { upgrade: "websocket", ...foreign } });
  expect((await problemOf(upgrade)).status).toBe(403);
});

test("a socket address without an upgrade says what it wants", async () => {
  const response = await new Browser().fetch("/api/calls/01ARZ3NDEKTSV4RRFFQ69G5FAV/socket");
  expect((await problemOf(response)).status).toBe(426);
});

test.each(["nonsense", "..%2f..%2fsecret", "01ARZ3NDEKTSV4RRFFQ69G5FAV"])("no call %s", async (id) => {
  expect((await problemOf(await new Browser().fetch(`/api/calls/${id}`))).status).toBe(404);
});

test("an address that is not there is a problem document too", async () => {
  expect((await problemOf(await new Browser().fetch("/api/nothing"))).code).toBe("not_found");
});

test.each([
  ["PUT", "/api/calls", "POST"],
  ["DELETE", "/api/calls", "POST"],
  ["GET", "/api/calls", "POST"],
  ["PUT", "/api/calls/01ARZ3NDEKTSV4RRFFQ69G5FAV", "HEAD, GET, DELETE"],
  ["POST", "/api/bank", "HEAD, GET"],
  ["GET", "/api/bank/reset", "POST"],
  ["PATCH", "/api/config", "HEAD, GET"],
  ["OPTIONS", "/api/key/test", "POST"],
])("%s %s names the methods that the address knows", async (method, path, allowed) => {
  const response = await new Browser().fetch(path, { method });
  expect(response.headers.get("allow")).toBe(allowed);
  expect(await problemOf(response)).toMatchObject({ status: 405, code: "method_not_allowed" });
});

test("who opens too many calls learns when to try again", async () => {
  const headers = { "cf-connecting-ip": "198.51.100.7" };
  let answer = await new Browser().post("/api/calls", {}, headers);
  for (let tries = 0; tries < 31 && answer.status !== 429; tries++) {
    answer = await new Browser().post("/api/calls", {}, headers);
  }
  expect(Number(answer.headers.get("retry-after"))).toBe(60);
  expect((await problemOf(answer)).code).toBe("too_many");
});

test("an address begins so many banks a minute, and looks at them as often as it likes", async () => {
  const settings = { SAYING: atMost(2) };
  const there = "198.51.100.8";
  const send = (cookie: string | undefined, method = "GET", address = there) =>
    ask(settings, `${HERE}/api/bank${method === "POST" ? "/reset" : ""}`, {
      method,
      headers: { "cf-connecting-ip": address, ...(cookie === undefined ? {} : { cookie }) },
    });
  const first = await send(undefined);
  expect(first.status).toBe(200);
  const mine = first.headers.get("set-cookie")?.split(";")[0];
  for (let looks = 0; looks < 5; looks++) expect((await send(mine)).status).toBe(200);
  // A cookie that somebody made up begins a bank, too.
  const madeUp = (letter: string) => `luna_visitor=${letter.repeat(32)}`;
  expect((await send(madeUp("b"))).status).toBe(200);
  expect((await problemOf(await send(madeUp("c")))).code).toBe("too_many");
  expect(await env.BANKS.getByName("c".repeat(32)).hasBegun()).toBe(false);
  expect((await send(undefined)).status).toBe(429);
  expect((await send(mine, "POST")).status).toBe(429);
  expect((await send(mine)).status).toBe(200);
  expect((await send(mine, "POST", "198.51.100.9")).status).toBe(204);
});

test.each([
  ["POST", "/api/calls", "{}"],
  ["POST", "/api/session", "{}"],
  ["POST", "/ai/say", "{}"],
  ["POST", "/api/bank/reset", "{}"],
  ["DELETE", "/api/visitor", undefined],
])("a home with IPv6 is one address, whichever of its own it uses: %s %s", async (method, path, body) => {
  const settings = { OPENING: atMost(1), SAYING: atMost(1) };
  const from = async (address: string) => {
    const headers = { "cf-connecting-ip": address, "content-type": "application/json" };
    const { status } = await ask(settings, HERE + path, { method, headers, ...(body === undefined ? {} : { body }) });
    return status === 429;
  };
  expect(await from("2001:db8:1:2::1")).toBe(false);
  expect(await from("2001:db8:1:2:3:4:5:6")).toBe(true);
  expect(await from("2001:db8:1:3::1")).toBe(false);
});

test("a token opens nothing in another browser, and is not spent by the attempt", async () => {
  const owner = new Browser();
  const opened = await (await owner.post("/api/calls", { scenario: "block-card" })).json<CallOpened>();
  const stranger = new Browser();
  await stranger.fetch("/api/bank");
  for (const thief of [stranger, new Browser()]) {
    const tried = new Caller(opened, await thief.socket(opened.socket, opened.token));
    await tried.until(() => tried.closed !== undefined);
    expect(tried.told).toEqual([expect.objectContaining({ type: "error" })]);
    expect(tried.closed?.code).toBe(4401);
  }
  const caller = new Caller(opened, await owner.socket(opened.socket, opened.token));
  expect(await caller.answer()).toMatch(/Luna/);
  caller.send({ type: "luna.end" });
  await caller.until(() => caller.closed !== undefined);
});

test("the scenarios come without their prompts", async () => {
  const list = await (await new Browser().fetch("/api/scenarios")).json<Record<string, unknown>[]>();
  expect(list).toHaveLength(13);
  // Two in which somebody else than the bank's Luna answers, and says so.
  const others = list.filter((scenario) => scenario.persona !== undefined);
  expect(others).toMatchObject([{ id: "waiter", persona: { speaker: "Felix" } }, { id: "cfo" }]);
  for (const scenario of list) {
    expect(scenario).toHaveProperty("notes");
    expect(scenario).not.toHaveProperty("prompt");
    expect(scenario).not.toHaveProperty("dialogue");
    expect(JSON.stringify(scenario)).not.toContain("You are ");
  }
});

test("the visitor's cookie is out of reach of scripts and other sites", async () => {
  const response = await new Browser().fetch("/api/bank");
  expect(response.headers.get("set-cookie")).toMatch(/HttpOnly.*SameSite=Strict|SameSite=Strict.*HttpOnly/);
});

test("without a key the page learns that there is none", async () => {
  const config = await (await new Browser().fetch("/api/config")).json();
  expect(config).toMatchObject({ server_key: "none", default_model: "gpt-realtime-2.1", wire: 1 });
});

describe("the cookie of a visitor", () => {
  /** What a request with this cookie is answered: the cookies to set, `name=value`, and the whole lines. */
  async function given(origin: string, cookie?: string, method = "GET", path = "/api/bank") {
    const response = await ask({}, origin + path, { method, headers: cookie === undefined ? {} : { cookie } });
    const lines = response.headers.getSetCookie();
    return { lines, names: lines.map((line) => line.split("=")[0]), pairs: lines.map((line) => line.split(";")[0]) };
  }

  test("can be set by nobody but this host where the address is https, and is the plain one on this machine", async () => {
    const there = await given(THERE);
    expect(there.lines).toEqual([
      expect.stringMatching(/^__Host-luna_visitor=[\w-]{32}; .*Path=\/; HttpOnly; Secure; SameSite=Strict$/),
    ]);
    expect(there.lines[0]).not.toMatch(/domain/i);
    expect((await given(THERE, there.pairs[0])).lines).toEqual([]);
    const here = await given(HERE);
    expect(here.names).toEqual(["luna_visitor"]);
    expect((await given(HERE, here.pairs[0])).lines).toEqual([]);
  });

  test("without the prefix is nobody's by https, whenever: a neighbour may have planted it", async () => {
    const planted = "v".repeat(32);
    for (const cookie of [`luna_visitor=${planted}`, `luna_framed=${planted}`]) {
      const fresh = await given(THERE, cookie);
      expect(fresh.names).toEqual(["__Host-luna_visitor"]);
      expect(fresh.pairs[0]).not.toContain(planted);
      const beside = `${cookie}; __Host-luna_visitor=${"w".repeat(32)}`;
      expect((await given(THERE, beside)).lines).toEqual([]);
      const gone = await given(THERE, beside, "DELETE", "/api/visitor");
      expect(gone.names.sort()).toEqual(["__Host-luna_framed", "__Host-luna_visitor"]);
      for (const line of gone.lines) expect(line).toMatch(/Max-Age=0/);
    }
    expect((await given(HERE, `luna_visitor=${planted}`)).lines).toEqual([]);
  });
});
