/** Settings that do not fit: each closes what it is for, and a guest's page goes on. */
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test } from "vitest";
import type { LinkDoor, LinkShown } from "../../src/legs/links.ts";
import { Browser } from "../support/workerd/caller.ts";
import { knock, makeLink, tokenOf, visit } from "../support/workerd/links.ts";

const NAMES = ["ADMIN_PASSWORD", "ACCESS_TEAM", "TURNSTILE_SITE_KEY", "RETENTION_DAYS"] as const;
const before = NAMES.map((name) => [name, (env as unknown as Record<string, unknown>)[name]] as const);
afterEach(() => {
  Object.assign(env, Object.fromEntries(before.map(([name, value]) => [name, value ?? ""])));
});

async function page(path: string): Promise<{ status: number; type: string; text: string }> {
  const response = await new Browser().fetch(path, { redirect: "manual" });
  return { status: response.status, type: response.headers.get("content-type") ?? "", text: await response.text() };
}

async function door(link: LinkShown): Promise<LinkDoor> {
  return (await new Browser().fetch(`/api/guest/${tokenOf(link.url)}`)).json<LinkDoor>();
}

describe.each([{ ADMIN_PASSWORD: "elevenchars" }, { ACCESS_TEAM: "aurora" }])("at the staff's door: %j", (unfit) => {
  test("a guest calls all the same, and reads nothing of it", async () => {
    const link = await makeLink();
    Object.assign(env, unfit);
    const { status, type, text } = await page(link.url);
    expect([status, type]).toEqual([200, expect.stringContaining("text/html")]);
    expect(text).not.toMatch(/ADMIN_PASSWORD|ACCESS_/);
    const { caller } = await visit(link);
    expect(await caller.answer()).toMatch(/Luna/);
  });

  test("the host is told which one it is, on a page", async () => {
    Object.assign(env, unfit);
    const host = await new Browser().fetch("/host/links", { redirect: "manual" });
    expect([host.status, host.headers.get("location")]).toEqual([302, "/sign-in?to=%2Fhost%2Flinks"]);
    const { status, type, text } = await page("/sign-in?to=%2Fhost");
    expect([status, type]).toEqual([200, expect.stringContaining("text/html")]);
    expect(text).toMatch(new RegExp(`<code data-fault[^>]*>[^<]*${Object.keys(unfit)[0]}`));
    expect(text).toMatch(/<section data-part="unfit">/);
    expect(text).not.toContain("elevenchars");
    const health = await new Browser().fetch("/ai/healthz");
    expect(health.status).toBe(503);
    expect(await health.json()).toMatchObject({ status: "degraded", unfit: [expect.stringContaining("A")] });
  });
});

describe.each([{ TURNSTILE_SITE_KEY: "1x00000000000000000000AA" }, { RETENTION_DAYS: "soon" }])(
  "at the guests' door: %j",
  (unfit) => {
    test("nobody is let in unseen, and the page says that the link stays good", async () => {
      const link = await makeLink({ max_calls: 1 });
      Object.assign(env, unfit);
      const { status, type, text } = await page(link.url);
      expect([status, type]).toEqual([503, expect.stringContaining("text/html")]);
      expect(text).toMatch(/Calls are paused for a moment/);
      expect(text).not.toMatch(/TURNSTILE_|RETENTION_/);
      expect(await door(link)).toMatchObject({ state: "paused", host_name: "Ada" });
      const refused = await knock(link);
      expect(refused.status).toBe(503);
      expect(await refused.text()).not.toMatch(/TURNSTILE_|RETENTION_/);
      Object.assign(env, { TURNSTILE_SITE_KEY: "", RETENTION_DAYS: "" });
      expect((await door(link)).state).toBe("open");
      expect((await knock(link)).status).toBe(201);
    });
  },
);

test("half a Turnstile is told to the host on the first page, and everything else of the host's works", async () => {
  Object.assign(env, { TURNSTILE_SITE_KEY: "1x00000000000000000000AA" });
  const today = await new Browser().fetch("/api/host/today");
  expect(await today.json()).toMatchObject({ unfit: [expect.stringContaining("TURNSTILE_SECRET")] });
});
