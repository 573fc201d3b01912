/** The host makes a key in the page, a program uses it, and the host takes it back. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { barriers } from "../support/axe.ts";
import { launchChromium } from "../support/chromium.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { openLuna } from "../support/page.ts";
import { soon } from "../support/soon.ts";

let server: Luna;
let browser: Browser;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

const mint = (key: string) =>
  fetch(`${server.url}/v1/realtime/client_secrets`, {
    method: "POST",
    headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
    body: "{}",
  });

test("a key made in the settings opens the door for a program, until it is revoked", async () => {
  const luna = await openLuna(browser, server.url, { calm: true });
  const { page } = luna;
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Manage keys" }).click();
  await page.getByLabel("Name of the new key").fill("My website");
  await page.getByRole("button", { name: "Make key" }).click();
  const shown = page.getByRole("region", { name: "Your new key" }).getByRole("textbox");
  const key = await shown.inputValue();
  expect(key).toMatch(/^lk_[\w-]{43}$/);
  const row = page.getByRole("listitem").filter({ hasText: "My website" });
  await soon(async () => expect(await row.textContent()).toContain("Never used"));
  expect(await barriers(luna)).toEqual([]);

  expect((await mint(key)).status).toBe(200);
  expect((await mint("anything")).status).toBe(401);

  // Opened again, the key itself is gone from the page.
  await page.keyboard.press("Escape");
  await page.getByRole("button", { name: "Settings" }).click();
  await page.getByRole("button", { name: "Manage keys" }).click();
  await page.getByText("Last used").waitFor();
  expect(await page.content()).not.toContain(key);

  await page.getByRole("button", { name: "Revoke My website", exact: true }).click();
  await page.getByRole("button", { name: "Really revoke My website" }).click();
  await page.getByText(/^Revoked /).waitFor();
  expect((await mint(key)).status).toBe(401);
  expect(server.logs()).not.toContain(key.slice(3));
  expect(luna.faults).toEqual([]);
});
