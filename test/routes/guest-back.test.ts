/** The way back into a guest's call when its tab is gone: for the browser that made it, and nobody else. */
import { describe, expect, test } from "vitest";
import type { GuestCallBack, LinkDoor, LinkShown } from "../../src/legs/links.ts";
import { Browser, Caller } from "../support/workerd/caller.ts";
import { address, knock, makeLink, shown, tokenOf, visit } from "../support/workerd/links.ts";

async function door(link: LinkShown, browser: Browser): Promise<LinkDoor> {
  return (await browser.fetch(`/api/guest/${tokenOf(link.url)}`)).json<LinkDoor>();
}

const askBack = (link: LinkShown, browser: Browser, headers = {}): Promise<Response> =>
  browser.post(`/api/guest/${tokenOf(link.url)}/back`, {}, { ...address(), ...headers });

async function back(link: LinkShown, browser: Browser): Promise<GuestCallBack> {
  const response = await askBack(link, browser);
  expect(response.status, await response.clone().text()).toBe(200);
  return response.json<GuestCallBack>();
}

async function comesIn(browser: Browser, { socket, token }: GuestCallBack): Promise<Caller> {
  return new Caller({ token } as Caller["opened"], await browser.socket(socket, token));
}

/** Everything that was said so far is told to the new tab. */
const turns = (caller: Caller) => caller.told.flatMap((event) => (event.type === "luna.turn" ? [event.text] : []));

describe("a guest whose tab is gone", () => {
  test("goes back into the call, with the link used up by it: same words, same postcard, one call", async () => {
    const link = await makeLink({ max_calls: 1 });
    const { browser, caller, opened } = await visit(link);
    await caller.answer();
    await caller.ask("I lost my card");
    caller.socket.close(1001);
    expect(await door(link, browser)).toMatchObject({ state: "used_up", yours: true });
    const way = await back(link, browser);
    expect(way).toMatchObject({ call_id: opened.call_id, postcard: opened.postcard, mode: "scripted" });
    expect(Math.abs(way.ends_at - opened.ends_at)).toBeLessThan(2_000);
    const again = await comesIn(browser, way);
    await again.until(() => turns(again).includes("I lost my card"));
    expect(await shown(link)).toMatchObject({ opened: 1, running: 1 });
    await again.ask("the one that ends in 4829");
    again.send({ type: "luna.end" });
    await again.until(() => again.closed !== undefined);
    expect((await door(link, browser)).yours).toBe(false);
    expect((await askBack(link, browser)).status).toBe(404);
  });

  test("takes it from the tab that still has it, which hears so and does not take it back by itself", async () => {
    const link = await makeLink();
    const { browser, caller, opened } = await visit(link);
    await caller.until(() => caller.last("luna.resume") !== undefined);
    const way = await back(link, browser);
    expect(caller.closed).toBeUndefined();
    const again = await comesIn(browser, way);
    await caller.until(() => caller.closed !== undefined);
    expect(caller.closed).toMatchObject({ code: 4409 });
    // The first tab's own way back, and the way that was used, open nothing any more.
    for (const token of [caller.last("luna.resume")?.token ?? "", opened.token]) {
      const late = new Caller(opened, await browser.socket(opened.socket, token));
      await late.until(() => late.closed !== undefined);
      expect(late.last("error")?.error.code).toMatch(/^token_/);
    }
    expect(again.closed).toBeUndefined();
  });

  test("loses nothing by asking and not coming: the tab that has the call comes back as before", async () => {
    const link = await makeLink();
    const { browser, caller, opened } = await visit(link);
    await caller.until(() => caller.last("luna.resume") !== undefined);
    await back(link, browser);
    await caller.answer();
    caller.socket.close(1001);
    const same = new Caller(opened, await browser.socket(opened.socket, caller.last("luna.resume")?.token ?? ""));
    await same.until(() => same.last("luna.resume") !== undefined);
    expect(same.closed).toBeUndefined();
  });

  test("comes back before the first socket, too", async () => {
    const link = await makeLink({ max_calls: 1 });
    const browser = new Browser();
    expect((await knock(link, {}, browser)).status).toBe(201);
    const caller = await comesIn(browser, await back(link, browser));
    await caller.answer();
    expect(caller.closed).toBeUndefined();
  });
});

describe("nobody else", () => {
  test.each([
    ["another browser", async () => new Browser()],
    ["a browser with a call by another link", async () => (await visit(await makeLink())).browser],
  ])("comes into it: %s", async (_, other) => {
    const link = await makeLink({ max_calls: 1 });
    await visit(link);
    const stranger = await other();
    expect(await door(link, stranger)).toMatchObject({ state: "used_up", yours: false });
    expect((await askBack(link, stranger)).status).toBe(404);
  });

  test("sends the guest's browser there from another site", async () => {
    const link = await makeLink();
    const { browser } = await visit(link);
    expect((await askBack(link, browser, { "sec-fetch-site": "cross-site" })).status).toBe(403);
  });

  test("opens a socket with the way back but this browser, and it opens one once", async () => {
    const link = await makeLink();
    const { browser } = await visit(link);
    const way = await back(link, browser);
    const stranger = await visit(await makeLink());
    const refused = await comesIn(stranger.browser, way);
    await refused.until(() => refused.closed !== undefined);
    const first = await comesIn(browser, way);
    await first.ask("I lost my card");
    const second = await comesIn(browser, way);
    await second.until(() => second.closed !== undefined);
    expect(second.last("error")?.error.code).toBe("token_used");
    expect(first.closed).toBeUndefined();
  });
});
