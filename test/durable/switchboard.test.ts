import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hashOf } from "../../src/access/secret.ts";
import { Call } from "../../src/durable/call.ts";
import { boardOf, linesOf } from "../../src/durable/switchboard/names.ts";
import type { GuestCallOpened, LinkDoor, LinkShown } from "../../src/legs/links.ts";
import { Browser } from "../support/workerd/caller.ts";
import { knock, makeLink, shown, tokenOf, visit } from "../support/workerd/links.ts";
import { GOOD_KEY, provide } from "../support/workerd/provider.ts";

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(env, { OPENAI_API_KEY: "", MAX_CALLS_AT_ONCE: "", GUEST_CALLS_A_DAY: "", LINK_CALLS_A_DAY: "" });
});

async function board(link: LinkShown) {
  return boardOf(env, await hashOf(tokenOf(link.url)));
}

async function door(link: LinkShown): Promise<LinkDoor> {
  return (await new Browser().fetch(`/api/guest/${tokenOf(link.url)}`)).json<LinkDoor>();
}

async function codeOf(response: Response): Promise<string> {
  return (await response.json<{ code: string }>()).code;
}

describe("counting", () => {
  test("of 50 people who open a link with 3 uses at the same moment exactly 3 get a call", async () => {
    const link = await makeLink({ max_calls: 3 });
    const answers = await Promise.all(Array.from({ length: 50 }, () => knock(link)));
    const opened = answers.filter((answer) => answer.status === 201);
    expect(opened).toHaveLength(3);
    const others = await Promise.all(answers.filter((answer) => answer.status !== 201).map(codeOf));
    expect(others).toHaveLength(47);
    expect(new Set(others)).toEqual(new Set(["link_closed"]));
    const calls = await Promise.all(opened.map((answer) => answer.json<GuestCallOpened>()));
    expect(new Set(calls.map((call) => call.call_id)).size).toBe(3);
    for (const { call_id } of calls) expect(await env.CALLS.getByName(call_id).standing()).toBe("held");
    expect(await shown(link)).toMatchObject({ state: "used_up", opened: 3, running: 3 });
    const log = await (await new Browser().fetch(`/api/links/${link.id}/openings`)).json<{
      openings: { result: string; who: string }[];
    }>();
    const results = log.openings.map(({ result }) => result);
    expect(results.filter((result) => result === "opened")).toHaveLength(3);
    expect(results.filter((result) => result === "used_up")).toHaveLength(47);
    // A mark, and not the address.
    for (const { who } of log.openings) expect(who).toMatch(/^[0-9a-f]{16}$/);
  });

  test("a use is given back when nobody came to the call, and kept when somebody did", async () => {
    const link = await makeLink({ max_calls: 2 });
    const idle = await (await knock(link)).json<GuestCallOpened>();
    const { caller } = await visit(link);
    await caller.until(() => caller.told.length > 0);
    expect((await door(link)).state).toBe("used_up");
    // The alarm of a call whose token is worth nothing any more.
    await runDurableObjectAlarm(env.CALLS.getByName(idle.call_id));
    await expect.poll(async () => (await shown(link)).opened).toBe(1);
    expect((await door(link)).state).toBe("open");
    caller.send({ type: "luna.end" });
    await expect.poll(async () => (await shown(link)).running).toBe(0);
    expect(await shown(link)).toMatchObject({ opened: 1, state: "open" });
  });

  test("a call that never came to be does not hold its use: the switchboard asks", async () => {
    const link = await makeLink({ max_calls: 1 });
    const at = await board(link);
    const admitted = await at.admit({ call_id: "01ARZ3NDEKTSV4RRFFQ69G5FZZ", address: "192.0.2.1" });
    expect(admitted.ok).toBe(true);
    expect((await door(link)).state).toBe("used_up");
    await runInDurableObject(at, (_, state) =>
      state.storage.sql.exec("UPDATE calls SET opened_at = opened_at - 100000"),
    );
    await runDurableObjectAlarm(at);
    expect((await door(link)).state).toBe("open");
  });

  test("one address, and one link, get so many calls a day and are told when there are more", async () => {
    Object.assign(env, { GUEST_CALLS_A_DAY: "2", LINK_CALLS_A_DAY: "3" });
    const link = await makeLink();
    // A home has many addresses of IPv6.
    for (const [last, status] of [201, 201, 429].entries()) {
      const here = { "cf-connecting-ip": `2001:db8:12:1::${last}` };
      expect((await knock(link, {}, new Browser(), here)).status).toBe(status);
    }
    expect((await knock(link)).status).toBe(201);
    const late = await knock(link);
    expect(late.status).toBe(429);
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
    expect(await late.text()).toContain("too often today");
  });
});

describe("the PIN", () => {
  test("opens the link, and without it nobody comes in", async () => {
    const link = await makeLink({ pin: "482913" });
    expect(await door(link)).toMatchObject({ pin: true, locked_until: null });
    expect(await codeOf(await knock(link))).toBe("pin_wanted");
    expect(await codeOf(await knock(link, { pin: "482914" }))).toBe("pin_wrong");
    expect((await knock(link, { pin: "482913" })).status).toBe(201);
    expect(JSON.stringify(await shown(link))).not.toContain("482913");
    const kept = await runInDurableObject(await board(link), (_, state) =>
      JSON.stringify(state.storage.kv.get("link")),
    );
    expect(kept).not.toContain("482913");
  });

  test("is not to be tried out: of many at the same moment five are judged, then the door is locked for all", async () => {
    const link = await makeLink({ pin: "0042" });
    const pins = Array.from({ length: 50 }, (_, n) => String(n).padStart(4, "0"));
    const answers = await Promise.all(pins.map((pin) => knock(link, { pin })));
    const codes = await Promise.all(answers.map(codeOf));
    // 0042 was among them, and came too late.
    expect(codes.filter((code) => code === "pin_wrong")).toHaveLength(5);
    expect(codes.filter((code) => code === "too_many")).toHaveLength(45);
    const right = await knock(link, { pin: "0042" });
    expect(right.status).toBe(429);
    expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(20);
    expect(await right.text()).toContain("Try again in");
    expect((await door(link)).locked_until).toBeGreaterThan(Date.now() + 20_000);
  });

  test("is asked again after the lock, which is longer each time and gone with the right one", async () => {
    const link = await makeLink({ pin: "0042" });
    for (let wrong = 0; wrong < 5; wrong++) await knock(link, { pin: "9999" });
    const unlock = async () =>
      runInDurableObject(await board(link), (_, state) => {
        const tries = state.storage.kv.get<{ wrong: number }>("tries");
        state.storage.kv.put("tries", { ...tries, locked_until: 0 });
      });
    await unlock();
    const sixth = await knock(link, { pin: "9998" });
    expect(Number(sixth.headers.get("retry-after"))).toBeGreaterThan(50);
    await unlock();
    expect((await knock(link, { pin: "0042" })).status).toBe(201);
    expect((await knock(link, { pin: "9998" })).headers.get("retry-after")).toBeNull();
  });

  test("is not to be tried out between the right ones of a busy day: twenty wrong ones lock the door too", async () => {
    const link = await makeLink({ pin: "0042" });
    const at = await board(link);
    const tried = async (pin: string) => (await knock(link, { pin })).headers.get("retry-after");
    const change = (to: object) =>
      runInDurableObject(at, (_, state) => {
        state.storage.kv.put("tries", { ...state.storage.kv.get<object>("tries"), ...to });
      });
    for (let wrong = 0; wrong < 3; wrong++) expect(await tried("9999")).toBeNull();
    expect((await knock(link, { pin: "0042" })).status).toBe(201);
    expect(await runInDurableObject(at, (_, state) => state.storage.kv.get("tries"))).toMatchObject({
      wrong: 0,
      today: 3,
    });
    await change({ today: 18 });
    expect(await tried("9999")).toBeNull();
    expect((await knock(link, { pin: "0042" })).status).toBe(201);
    expect(Number(await tried("9999"))).toBeGreaterThan(20);
    // Another day: what was mistaken yesterday is forgotten.
    await change({ locked_until: 0, day: "2026-01-01" });
    expect(await tried("9999")).toBeNull();
  });
});

describe("the end of a link", () => {
  test("revoked in the middle of a call: the guest is told why and hung up on within two seconds", async () => {
    const link = await makeLink();
    const { caller } = await visit(link);
    await caller.answer();
    const idle = await (await knock(link)).json<GuestCallOpened>();
    const at = Date.now();
    const answer = await new Browser().fetch(`/api/links/${link.id}`, { method: "DELETE" });
    expect(answer.status).toBe(200);
    await caller.until(() => caller.closed !== undefined, 2_000);
    expect(Date.now() - at).toBeLessThan(2_000);
    expect(caller.told.find((event) => event.type === "luna.notice" && event.code === "link_closed")).toMatchObject({
      message: expect.stringContaining("closed this link"),
    });
    expect(caller.ended).toMatchObject({ reason: "link_closed" });
    expect(await env.CALLS.getByName(idle.call_id).standing()).toBe("over");
    await expect.poll(async () => (await shown(link)).running).toBe(0);
    // The call that nobody had come to has given its use back.
    expect(await shown(link)).toMatchObject({ state: "revoked", opened: 1 });
    expect(await codeOf(await knock(link))).toBe("link_closed");
    const again = await new Browser().fetch(`/api/links/${link.id}`, { method: "DELETE" });
    expect(await again.json()).toMatchObject({ state: "revoked" });
  });

  test("its time is over: the calls that are on end by the switchboard's alarm", async () => {
    const link = await makeLink({ expires_in_hours: 1 });
    const { caller } = await visit(link);
    await caller.answer();
    const at = await board(link);
    await runInDurableObject(at, (_, state) => {
      const kept = state.storage.kv.get<LinkShown>("link");
      state.storage.kv.put("link", { ...kept, expires_at: Date.now() - 1 });
    });
    expect(await codeOf(await knock(link))).toBe("link_closed");
    expect(caller.ended).toBeUndefined();
    await runDurableObjectAlarm(at);
    await caller.until(() => caller.ended !== undefined, 2_000);
    expect(caller.ended).toMatchObject({ reason: "link_closed" });
    expect((await door(link)).state).toBe("expired");
    const later = await new Browser().fetch(`/api/links/${link.id}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ expires_in_hours: 2, label: "Longer" }),
    });
    expect(await later.json()).toMatchObject({ state: "open", label: "Longer" });
    expect((await knock(link)).status).toBe(201);
  });

  test.each([
    ["revoked", "closed this link"],
    ["expired", "time of this link is over"],
  ] as const)("%s while a call was being opened: its guest is told and hung up on all the same", async (why, says) => {
    const link = await makeLink();
    const name = await hashOf(tokenOf(link.url));
    const open = Call.prototype.open;
    vi.spyOn(Call.prototype, "open").mockImplementation(async function (this: Call, request) {
      // Dialled from within the call: what one object holds is of no use in another.
      const at = boardOf(env, name);
      if (why === "revoked") await at.revoke();
      else await at.change({ expires_in_hours: 0 });
      while ((await at.show())?.running !== 0) await scheduler.wait(20);
      return open.call(this, request);
    });
    const { caller, opened } = await visit(link);
    expect(opened.mode).toBe("scripted");
    await caller.until(() => caller.ended !== undefined);
    expect(caller.ended).toMatchObject({ reason: "link_closed" });
    expect(caller.told.find((event) => event.type === "luna.notice" && event.code === "link_closed")).toMatchObject({
      message: expect.stringContaining(says),
    });
    expect(await shown(link)).toMatchObject({ state: why, opened: 0, running: 0 });
  });

  test("an address may hold five calls that nobody comes to; a class that is asked for its microphones is none of that", async () => {
    const link = await makeLink({ max_calls: 20 });
    const here = { "cf-connecting-ip": "198.51.100.77" };
    const browsers = Array.from({ length: 8 }, () => new Browser());
    const answers = await Promise.all(browsers.map((browser) => knock(link, {}, browser, here)));
    expect(answers.map(({ status }) => status)).toEqual(Array(8).fill(201));
    const now = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => now() + 16_000);
    const refused = await knock(link, {}, new Browser(), here);
    expect(refused.status).toBe(429);
    expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(75);
    expect(await refused.text()).toContain("from your network wait for somebody");
    expect((await knock(link)).status).toBe(201);
    // Who takes theirs makes room for the next.
    for (const at of [0, 1, 2, 3]) {
      const opened = await answers[at]?.json<GuestCallOpened>();
      await browsers[at]?.socket(opened?.socket ?? "", opened?.token ?? "");
    }
    await expect.poll(async () => (await knock(link, {}, new Browser(), here)).status).toBe(201);
    expect((await shown(link)).opened).toBe(10);
    vi.restoreAllMocks();
  });

  test("a seventh of an hour is as good an end as any, and its copy in D1 has it too", async () => {
    const link = await makeLink();
    const changed = await new Browser().fetch(`/api/links/${link.id}`, {
      method: "PATCH",
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ expires_in_hours: 1 / 7 }),
    });
    const { expires_at } = await changed.json<LinkShown>();
    const copied = () => env.DB.prepare("SELECT expires_at FROM links WHERE id = ?").bind(link.id).first("expires_at");
    await expect.poll(copied).toBe(expires_at);
  });

  test("each call ends when its minutes are over", async () => {
    const link = await makeLink({ minutes: 1 });
    const { caller, opened } = await visit(link);
    await caller.answer();
    expect(opened.ends_at - Date.now()).toBeLessThanOrEqual(60_000);
    vi.spyOn(Date, "now").mockReturnValue(Date.now() + 61_000);
    await runDurableObjectAlarm(env.CALLS.getByName(opened.call_id));
    vi.restoreAllMocks();
    await caller.until(() => caller.ended !== undefined);
    expect(caller.ended).toMatchObject({ reason: "too_long" });
  });
});

describe("the server's own key", () => {
  test("is good for so many calls at the same time, exactly, and the next is answered by the built-in Luna", async () => {
    provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY, MAX_CALLS_AT_ONCE: "2" });
    const link = await makeLink();
    const answers = await Promise.all(Array.from({ length: 8 }, () => knock(link)));
    const calls = await Promise.all(answers.map((answer) => answer.json<GuestCallOpened>()));
    expect(calls.filter((call) => call.mode === "ai")).toHaveLength(2);
    expect(calls.filter((call) => call.mode === "scripted")).toHaveLength(6);
    for (const call of calls.filter(({ mode }) => mode === "ai")) {
      await runDurableObjectAlarm(env.CALLS.getByName(call.call_id));
    }
    // A line that is given back is good for the next call.
    await expect.poll(async () => await linesOf(env).takeLine("probe", 1, Date.now() + 1_000)).toBe(true);
    await linesOf(env).giveLine("probe");
    const next = await visit(link);
    expect(next.opened.mode).toBe("ai");
    const full = await Promise.all([visit(link), visit(link)]);
    const told = full.map(({ caller }) => caller);
    const scripted = told.find((caller) => caller.opened.mode === "scripted");
    await scripted?.until(() =>
      scripted.told.some((event) => event.type === "luna.notice" && event.code === "lines_busy"),
    );
    expect(scripted).toBeDefined();
  });

  test("is given back by a call that does not come to be, and its use of the link with it", async () => {
    provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY, MAX_CALLS_AT_ONCE: "1" });
    // The calls of the test before have theirs still.
    await runInDurableObject(linesOf(env), (_, { storage }) => void storage.sql.exec("DELETE FROM lines"));
    const link = await makeLink({ max_calls: 1 });
    const broken = vi.spyOn(Call.prototype, "open").mockRejectedValue(new Error("no storage"));
    expect((await knock(link)).status).toBe(500);
    broken.mockRestore();
    const { opened } = await visit(link);
    expect(opened.mode).toBe("ai");
  });

  test("is given back by time when a call could not say that it is over", async () => {
    const lines = env.SWITCHBOARDS.getByName("lines of another house");
    expect(await lines.takeLine("a", 1, Date.now() - 1)).toBe(true);
    expect(await lines.takeLine("b", 1, Date.now() + 60_000)).toBe(true);
    expect(await lines.takeLine("c", 1, Date.now() + 60_000)).toBe(false);
    await lines.giveLine("b");
    expect(await lines.takeLine("c", 1, Date.now() + 60_000)).toBe(true);
  });
});
