/** Paths that want to be files, headers that want to be two, markup that wants to run: at every address there is. */
import { env, exports } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { pageHeaders } from "../../src/access/headers.ts";
import type { LinkShown, NewLinkInput } from "../../src/legs/links.ts";
import { recordingKey } from "../../src/store/recordings.ts";
import { app } from "../../src/worker.ts";
import { Browser, ORIGIN } from "../support/workerd/caller.ts";
import { Phone } from "../support/workerd/phone.ts";

const SECRET = "a sound that is not yours";
const MARKUP = `</script><script>broken=1</script><img src=x onerror=broken=1>"'\`--><svg/onload=broken=1>`;
const INJECTED = "x-injected";

async function recorded(browser: Browser): Promise<Phone> {
  const phone = await Phone.call({ scenario: "block-card", mode: "scripted" }, browser);
  await phone.ask("Hello, my card ending in 4829 was stolen.");
  phone.hangUp();
  await phone.finalRecord();
  await env.RECORDINGS.put(recordingKey(phone.id), SECRET);
  return phone;
}

test("no path leads to the sound of somebody else's call, or to a file that is none", async () => {
  const [mine, theirs] = [new Browser(), new Browser()];
  const own = await recorded(mine);
  const { id } = await recorded(theirs);
  await env.RECORDINGS.put("secret.pcm", SECRET);
  await env.RECORDINGS.put("recordings/secret.pcm", SECRET);
  const tricks = [
    id,
    id.toLowerCase(),
    `${own.id}/../${id}`,
    `${own.id}%2f..%2f${id}`,
    `${own.id}%5c..%5c${id}`,
    `..%2frecordings%2f${id}`,
    `%2e%2e%2f%2e%2e%2fsecret`,
    "....//secret",
    "secret",
    "secret.pcm",
    `${id}.pcm`,
    `${id}%00`,
    `%00${id}`,
    `${id}%20`,
    ` ${id}`,
    `${id};${own.id}`,
    `${own.id},${id}`,
    `${own.id}%0a${id}`,
    `${id}?visitor=${theirs.cookie}`,
    `*`,
    `%`,
    `%ff%fe`,
    "'%20OR%201=1--",
    `${"A".repeat(4_000)}`,
  ];
  for (const trick of tricks) {
    for (const path of [`/api/calls/${trick}/recording`, `/api/postcards/${trick}/recording`, `/api/calls/${trick}`]) {
      const response = await mine.fetch(path);
      expect([400, 401, 403, 404], `${response.status} ${path}`).toContain(response.status);
      expect(await response.text(), path).not.toContain(SECRET);
    }
    const deleted = await mine.fetch(`/api/calls/${trick}`, { method: "DELETE" });
    expect([400, 403, 404], `${deleted.status} DELETE ${trick}`).toContain(deleted.status);
  }
  expect(await (await theirs.fetch(`/api/calls/${id}/recording`)).text()).toContain(SECRET);
});

test("a line break in an address, a query, a cookie or a header becomes no header of the answer", async () => {
  const evil = `%0d%0a${INJECTED}:%20yes%0d%0a%0d%0a<script>broken=1</script>`;
  const routes = app.routes.filter(({ method, path }) => method !== "ALL" && !path.includes("socket"));
  expect(routes.length).toBeGreaterThan(40);
  for (const { method, path } of routes) {
    const filled = path.replaceAll(/:\w+(\{[^}]*\})?/g, evil).replaceAll("*", evil);
    const response = await exports.default.fetch(
      new Request(`${ORIGIN}${filled}?to=${evil}&cursor=${evil}&model=${evil}&label=${evil}`, {
        method,
        headers: {
          cookie: `luna_visitor=${evil}; luna_framed=${evil}`,
          authorization: `Bearer ${evil}`,
          "accept-language": "en<script>",
          "x-forwarded-host": "evil.example",
          "content-type": "application/json",
        },
        ...(method === "POST" || method === "PATCH" ? { body: `{"label":"a\\r\\n${INJECTED}: yes"}` } : {}),
        redirect: "manual",
      }),
    );
    const where = `${method} ${path}`;
    expect(response.headers.has(INJECTED), where).toBe(false);
    for (const [name, value] of response.headers)
      expect(value, `${where} ${name}`).not.toMatch(/[\r\n]|<script|evil\.example/);
    expect(response.status, where).not.toBe(500);
    const type = response.headers.get("content-type") ?? "";
    const text = response.webSocket ? "" : await response.text();
    // In JSON it is a piece of text, and nosniff keeps it one.
    if (/json/.test(type)) expect(response.headers.get("x-content-type-options"), where).toBe("nosniff");
    else expect(text, where).not.toContain("<script>broken");
  }
});

const made = async (more: Partial<NewLinkInput>) =>
  new Browser().post("/api/links", { label: "A", host_name: "B", scenario: "block-card", mode: "scripted", ...more });

test.each<Partial<NewLinkInput>>([
  { label: `a\r\n${INJECTED}: yes` },
  { label: "a\u2028b" },
  { label: "gnihton\u202eel" },
  { host_name: "a\u0000b" },
  { note: "a\u001b[31mb" },
  { origins: ["https://a.example; script-src *"] },
  { origins: ["https://a.example\r\nx-injected: yes"] },
  { origins: ["https://a.example https://b.example"] },
  { origins: ["https://a.example/path"] },
  { origins: ["*"] },
  { origins: ["https://*.example"] },
  { origins: ["javascript:alert(1)"] },
  { origins: ["null"] },
  { scenario: "../../etc" },
])("a link with %j is not made", async (more) => {
  const response = await made(more);
  expect([400, 404]).toContain(response.status);
});

test("an origin that came in by another way gets into no policy", () => {
  for (const evil of [
    "https://a.example; script-src *",
    "'self' *",
    "https://a.example\n",
    "*",
    "https://a.example/",
    "",
  ]) {
    const policy = pageHeaders({ embeddedBy: [evil] })["content-security-policy"];
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain("*");
  }
});

test("names, notes and words full of markup are data wherever they come back", async () => {
  const browser = new Browser();
  const text = MARKUP.replaceAll("\n", " ");
  const link = await (
    await made({ label: text.slice(0, 60), host_name: text.slice(0, 60), note: text })
  ).json<LinkShown>();
  const token = link.url.split("/")[2] ?? "";
  const opened = await browser.post(`/api/guest/${token}/calls`, {});
  expect(opened.status).toBe(201);
  const { call_id, postcard } = await opened.json<{ call_id: string; postcard: string }>();
  const phone = await Phone.call({ scenario: "block-card", mode: "scripted" }, browser);
  await phone.ask(MARKUP);
  phone.hangUp();
  await phone.finalRecord();
  const json = [
    "/api/links",
    `/api/links/${link.id}`,
    `/api/guest/${token}`,
    `/api/calls/${phone.id}`,
    `/api/history/${phone.id}`,
  ];
  for (const path of [...json, "/api/history?q=broken", "/api/audit"]) {
    const response = await browser.fetch(path);
    expect(response.status, path).toBe(200);
    expect(response.headers.get("content-type"), path).toMatch(/^application\/json/);
    expect(response.headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(response.headers.get("content-security-policy"), path).toMatch(/default-src 'none'/);
  }
  for (const path of [link.url, `${link.url}?embed=1`, postcard, `/c/${encodeURIComponent(MARKUP)}`]) {
    const page = await (await browser.fetch(path)).text();
    expect(page, path).not.toContain("<script>broken");
    expect(page, path).not.toMatch(/<(?:img|svg)[^>]*broken/);
  }
  const qr = await browser.fetch(link.qr);
  expect(await qr.text()).not.toContain("broken");
  expect(call_id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  vi.restoreAllMocks();
});
