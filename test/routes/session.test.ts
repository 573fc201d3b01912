import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { countedAs } from "../../src/access/address.ts";
import { TRIES } from "../../src/access/password.ts";
import { SESSION_S } from "../../src/access/session.ts";
import { renewSeal } from "../../src/store/sign-in.ts";
import { ask, HERE, PASSWORD, StaffBrowser, THERE } from "../support/workerd/staff.ts";

const SETTINGS = { ADMIN_PASSWORD: PASSWORD };
/** The first brake lets 30 a minute through, from one address: the exact count has to hold without it. */
const UNBRAKED = { ...SETTINGS, OPENING: { limit: async () => ({ success: true }) } };
const COOKIE = "__Host-luna_session";

beforeEach(async () => {
  await env.DB.batch(["session_seal", "signed_out", "sign_in_tries"].map((t) => env.DB.prepare(`DELETE FROM ${t}`)));
});
afterEach(() => {
  vi.useRealTimers();
});

const signedIn = async (settings = SETTINGS, origin = THERE) => {
  const browser = new StaffBrowser(settings, origin);
  expect((await browser.signIn()).status).toBe(200);
  return browser;
};

const cookieOf = (browser: StaffBrowser) => browser.cookies.get(COOKIE) ?? "";

async function whoWith(cookie: string, settings = SETTINGS, origin = THERE): Promise<string> {
  const { role } = await (await ask(settings, `${origin}/api/session`, { headers: { cookie } })).json<{
    role: string;
  }>();
  return role;
}

test("the session is a cookie that scripts cannot read and other sites cannot send", async () => {
  const deployed = await new StaffBrowser(SETTINGS).signIn();
  expect(deployed.headers.get("set-cookie")).toMatch(
    /^__Host-luna_session=[\w-]{22}\.\d{13}\.[\w-]{43}; Max-Age=43200; Path=\/; HttpOnly; Secure; SameSite=Strict$/,
  );
  expect(deployed.headers.get("cache-control")).toBe("no-store");
  expect(await deployed.text()).not.toContain(PASSWORD);
  const local = await new StaffBrowser(SETTINGS, HERE).signIn();
  expect(local.headers.get("set-cookie")).toMatch(
    /^luna_session=\S+; Max-Age=43200; Path=\/; HttpOnly; SameSite=Strict$/,
  );
});

test("what is not signed by this Luna opens nothing", async () => {
  const browser = await signedIn();
  const [id = "", ends = "", mac = ""] = cookieOf(browser).split(".");
  const longer = String(Number(ends) + 3_600_000);
  const none = "A".repeat(43);
  for (const forged of [
    `${id}.${longer}.${mac}`,
    `${"A".repeat(22)}.${ends}.${mac}`,
    `${id}.${ends}.${none}`,
    `${id}.${ends}.`,
    `${id}.${ends}`,
    `${id}.${ends}.${mac}.${mac}`,
    `${id}.${ends}.${mac.toLowerCase()}`,
    "",
    "host",
  ]) {
    expect(await whoWith(`${COOKIE}=${forged}`), forged).toBe("stranger");
  }
  expect(await whoWith(`${COOKIE}=${cookieOf(browser)}`)).toBe("host");
  // A cookie without the prefix could have been set by a neighbour under the same domain.
  expect(await whoWith(`luna_session=${cookieOf(browser)}`)).toBe("stranger");
});

test("a session of another Luna, with another seal, opens nothing", async () => {
  const cookie = `${COOKIE}=${cookieOf(await signedIn())}`;
  await renewSeal(env.DB, Date.now());
  expect(await whoWith(cookie)).toBe("stranger");
});

test("twelve hours, and not a second more", async () => {
  const began = Date.now();
  const browser = await signedIn();
  vi.useFakeTimers({ toFake: ["Date"], now: began + SESSION_S * 1_000 - 5_000 });
  expect(await browser.who()).toBe("host password");
  vi.setSystemTime(began + SESSION_S * 1_000 + 5_000);
  expect(await browser.who()).toBe("stranger null");
});

test("another password ends every session", async () => {
  const cookie = `${COOKIE}=${cookieOf(await signedIn())}`;
  expect(await whoWith(cookie, { ADMIN_PASSWORD: `${PASSWORD}2` })).toBe("stranger");
  expect(await whoWith(cookie)).toBe("host");
});

test("signed out is signed out, also for a copy of the cookie", async () => {
  const browser = await signedIn();
  const other = await signedIn();
  const copy = `${COOKIE}=${cookieOf(browser)}`;
  const left = await browser.fetch("/api/session", "DELETE");
  expect(await left.json()).toEqual({ leave: null });
  expect(browser.cookies.has(COOKIE)).toBe(false);
  expect(await whoWith(copy)).toBe("stranger");
  expect(await other.who()).toBe("host password");
});

test("signing out of what this Luna never signed writes nothing down", async () => {
  const browser = await signedIn();
  const [id = "", ends = ""] = cookieOf(browser).split(".");
  const none = "A".repeat(43);
  for (const forged of [`${"A".repeat(22)}.9999999999999.${none}`, `${id}.${ends}.${none}`]) {
    const headers = { cookie: `${COOKIE}=${forged}` };
    expect((await ask(SETTINGS, `${THERE}/api/session`, { method: "DELETE", headers })).status).toBe(200);
  }
  expect(await env.DB.prepare("SELECT count(*) AS n FROM signed_out").first("n")).toBe(0);
  expect(await browser.who()).toBe("host password");
  await browser.fetch("/api/session", "DELETE");
  expect(await env.DB.prepare("SELECT count(*) AS n FROM signed_out").first("n")).toBe(1);
});

test("signing out everywhere ends the sessions of all browsers, and is the host's to do", async () => {
  const [one, two] = [await signedIn(), await signedIn()];
  expect((await new StaffBrowser(SETTINGS).fetch("/api/session?everywhere=1", "DELETE")).status).toBe(401);
  expect(await two.who()).toBe("host password");
  expect((await one.fetch("/api/session?everywhere=1", "DELETE")).status).toBe(200);
  expect([await one.who(), await two.who()]).toEqual(["stranger null", "stranger null"]);
  expect((await one.signIn()).status).toBe(200);
});

test("five tries from one address, exactly, however many come at the same moment", async () => {
  const browser = new StaffBrowser(UNBRAKED);
  const answers = await Promise.all(Array.from({ length: 40 }, (_, n) => browser.signIn(`wrong password ${n}`)));
  const statuses = answers.map(({ status }) => status);
  expect(statuses.filter((status) => status === 401)).toHaveLength(TRIES.each);
  expect(statuses.filter((status) => status === 429)).toHaveLength(40 - TRIES.each);
  // The right one does not help any more either: who tries must not learn it.
  const late = await browser.signIn();
  expect(late.status).toBe(429);
  expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(14 * 60);
  expect((await late.json<{ detail: string }>()).detail).toContain("15 minutes");
  expect((await new StaffBrowser(UNBRAKED, THERE, "198.51.100.2").signIn()).status).toBe(200);
});

test("after a quarter of an hour there are tries again; who knew the password begins anew", async () => {
  const browser = new StaffBrowser(UNBRAKED);
  for (let n = 0; n < 4; n++) expect((await browser.signIn("not the password")).status).toBe(401);
  expect((await browser.signIn()).status).toBe(200);
  for (let n = 0; n < 5; n++) expect((await browser.signIn("not the password")).status).toBe(401);
  expect((await browser.signIn()).status).toBe(429);
  vi.useFakeTimers({ toFake: ["Date"], now: Date.now() + TRIES.eachMs + 1_000 });
  expect((await browser.signIn()).status).toBe(200);
});

test("many addresses share a bound; one where the password was known lately is not held up by it", async () => {
  const known = new StaffBrowser(UNBRAKED, THERE, "203.0.113.9");
  await known.signIn();
  await env.DB.prepare("UPDATE sign_in_tries SET tries = ?, since = ? WHERE address = '*'")
    .bind(TRIES.all, Date.now())
    .run();
  expect((await new StaffBrowser(UNBRAKED, THERE, "198.51.100.77").signIn()).status).toBe(429);
  expect((await known.signIn()).status).toBe(200);
});

test("one address cannot use up what all have", async () => {
  const browser = new StaffBrowser(UNBRAKED);
  for (let n = 0; n < 20; n++) await browser.signIn("not the password");
  const counted = await env.DB.prepare("SELECT tries FROM sign_in_tries WHERE address = '*'").first<number>("tries");
  expect(counted).toBe(TRIES.each);
});

test.each([
  ["198.51.100.7", "198.51.100.7"],
  ["2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"],
  ["2001:0DB8:0001:0002::1", "2001:db8:1:2::/64"],
  ["2001:db8::1", "2001:db8:0:0::/64"],
  ["::1", "0:0:0:0::/64"],
  ["::ffff:198.51.100.7", "c633:6407"],
  ["local", "local"],
])("%s is counted as %s", (address, counted) => {
  expect(countedAs(address)).toBe(counted);
});

test("the table of tries names nobody", async () => {
  await new StaffBrowser(SETTINGS).signIn("not the password");
  const rows = JSON.stringify((await env.DB.prepare("SELECT * FROM sign_in_tries").all()).results);
  expect(rows).not.toContain("198.51");
  expect(rows).not.toContain("not the password");
});

test("where tries cannot be counted nobody signs in, and nobody is let in by a cookie", async () => {
  const cookie = `${COOKIE}=${cookieOf(await signedIn())}`;
  const broken = {
    prepare: () => {
      throw new Error("D1 is away");
    },
  } as unknown as D1Database;
  const away = { ...SETTINGS, DB: broken };
  expect((await new StaffBrowser(away).signIn()).status).toBe(503);
  expect((await ask(away, `${THERE}/api/session`, { headers: { cookie } })).status).toBe(503);
  // Whoever just wants to call is not kept from it.
  const config = await ask(away, `${THERE}/api/config`, { headers: { cookie } });
  expect(await config.json()).toMatchObject({ host: false });
});

test.each([
  [{}, 400],
  [{ password: "" }, 400],
  [{ password: "x".repeat(257) }, 400],
  [{ password: PASSWORD, admin: true }, 400],
  [{ password: ["a"] }, 400],
  [{ password: "x".repeat(9_000) }, 413],
])("a body that does not fit is refused and is no try: %j", async (body, status) => {
  const browser = new StaffBrowser(SETTINGS);
  expect((await browser.fetch("/api/session", "POST", body)).status).toBe(status);
  expect(await env.DB.prepare("SELECT count(*) AS n FROM sign_in_tries").first("n")).toBe(0);
});

test("a form of another site cannot sign anybody in", async () => {
  const form = await ask(SETTINGS, `${THERE}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: `password=${PASSWORD}`,
  });
  expect(form.status).toBe(415);
});

test("the same letters, composed in another way, are the same password", async () => {
  const settings = { ADMIN_PASSWORD: "Ame\u0301lie und die Sterne" };
  expect((await new StaffBrowser(settings).signIn("Am\u00e9lie und die Sterne")).status).toBe(200);
});

// The page ---------------------------------------------------------------------------------------------------------------

/** The heading that a person sees. */
async function headingOf(settings: object, origin: string, headers: Record<string, string> = {}): Promise<string> {
  const page = await ask(settings, `${origin}/sign-in`, { headers });
  expect(page.status).toBe(200);
  const uncovered = [...(await page.text()).matchAll(/<section data-part="[\w-]+">\s*<h1>([^<]+)</g)].map(([, h]) => h);
  expect(uncovered).toHaveLength(1);
  return uncovered[0] ?? "";
}

test("the page shows what applies, and nothing else", async () => {
  expect(await headingOf(SETTINGS, THERE)).toBe("Sign in");
  expect(await headingOf({}, THERE)).toBe("Nobody can sign in yet");
  expect(await headingOf({}, HERE)).toBe("No sign-in needed");
  const cookie = `${COOKIE}=${cookieOf(await signedIn())}`;
  expect(await headingOf(SETTINGS, THERE, { cookie })).toBe("You are signed in");
});

test("the page is nobody's to keep or to frame, and leads back to where one came from", async () => {
  const page = await ask(SETTINGS, `${THERE}/sign-in?to=/host/links`);
  expect(page.headers.get("cache-control")).toBe("no-store");
  expect(page.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
  expect(page.headers.get("content-type")).toContain("text/html");
  expect(await page.text()).toContain('<form id="sign-in" data-to="/host/links">');
  const evil = await ask(SETTINGS, `${THERE}/sign-in?to=//evil.example/%22%3E%3Cscript%3E`);
  expect(await evil.text()).not.toContain("evil.example");
  const quoted = await (await ask(SETTINGS, `${THERE}/sign-in?to=/host?q=%22%3E%3Cscript%3Ealert(1)`)).text();
  expect(quoted).not.toContain("<script>alert");
});

test("who is signed in already goes on at once", async () => {
  const browser = await signedIn();
  const go = async (to: string) => (await browser.fetch(`/sign-in?to=${to}`)).headers.get("location");
  expect(await go("/host/history")).toBe("/host/history");
  expect(await go("https://evil.example")).toBe("/host");
  expect(await go("/sign-in")).toBe("/host");
});
