import { env } from "cloudflare:workers";
import { Hono } from "hono";
import { expect, test } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { asLunaError, problem } from "../../src/errors.ts";
import { metrics } from "../../src/routes/metrics.ts";

const TOKEN = "a-host-token-of-the-tests";
const app = new Hono<{ Bindings: Bindings }>()
  .route("/api/metrics", metrics)
  .onError((thrown) => problem(asLunaError(thrown)));

function ask(url: string, headers: Record<string, string> = {}, settings: Partial<Bindings> = { HOST_TOKEN: TOKEN }) {
  return app.fetch(new Request(url, { headers }), { ...env, ...settings });
}

test("on localhost the figures are open, and tell the caps", async () => {
  const response = await ask("http://localhost:8787/api/metrics", {}, { CALL_CAP_USD: "1.5", DAY_CAP_USD: "" });
  expect(response.status).toBe(200);
  expect(response.headers.get("cache-control")).toBe("no-store");
  expect(await response.json()).toMatchObject({ days: 7, calls: { total: 0 }, caps: { call_usd: 1.5, day_usd: null } });
});

test("elsewhere they are the host's", async () => {
  const there = "https://luna.example/api/metrics";
  expect((await ask(there)).status).toBe(403);
  expect((await ask(there, { "luna-host-token": "a-host-token-of-somebody" })).status).toBe(403);
  expect((await ask(there, { "luna-host-token": "" }, {})).status).toBe(403);
  expect((await ask(there, { "luna-host-token": TOKEN })).status).toBe(200);
});

test("another site cannot read them through the host's browser", async () => {
  const response = await ask("http://localhost:8787/api/metrics", { origin: "https://evil.example" });
  expect(response.status).toBe(403);
});

test.each(["0", "91", "1.5", "many", "", "-1"])("days=%s is refused by name", async (days) => {
  const response = await ask(`http://localhost:8787/api/metrics?days=${days}`);
  expect(response.status).toBe(400);
  expect(await response.json()).toMatchObject({ param: "days" });
});

test.each(["0", "-1", "free"])("a cap of %s is refused before it can mislead", async (cap) => {
  const response = await ask("http://localhost:8787/api/metrics", {}, { CALL_CAP_USD: cap });
  expect(response.status).toBe(503);
  expect((await response.json<{ detail: string }>()).detail).toContain("CALL_CAP_USD");
});
