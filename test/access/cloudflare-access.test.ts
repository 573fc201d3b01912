import { exportSPKI, generateKeyPair, SignJWT, UnsecuredJWT } from "jose";
import { afterEach, expect, test, vi } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { AccessTeam, ask, HERE, PASSWORD, THERE } from "../support/workerd/staff.ts";

afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

const ADA = "ada@aurora.example";
const shows = (assertion: string) => ({ "cf-access-jwt-assertion": assertion });

async function who(settings: Partial<Bindings>, headers: Record<string, string>, origin = THERE): Promise<string> {
  const response = await ask(settings, `${origin}/api/session`, { headers });
  const { role, id } = await response.json<{ role?: string; id?: string }>();
  return response.status === 200 ? `${role} ${id}` : String(response.status);
}

test("whoever Access has let in is the host, where no list is kept", async () => {
  const team = await AccessTeam.open("t-plain");
  const assertion = await team.assertion("Ada@Aurora.Example");
  expect(await who(team.settings, shows(assertion))).toBe(`host access:${ADA}`);
  // On addresses that Access does not guard, the browser brings its cookie.
  expect(await who(team.settings, { cookie: `a=b; CF_Authorization=${assertion}` })).toBe(`host access:${ADA}`);
  expect(await who(team.settings, {})).toBe("stranger stranger");
  const { sign_in } = await (await ask(team.settings, `${THERE}/api/session`)).json<{ sign_in: string }>();
  expect(sign_in).toBe("access");
});

test("lists say who is a host, who an operator, and who is nobody", async () => {
  const team = await AccessTeam.open("t-lists");
  const settings = { ...team.settings, HOSTS: `${ADA}, robot.access`, OPERATORS: "@aurora.example" };
  const seen = async (email: string | undefined, change = {}) =>
    (await who(settings, shows(await team.assertion(email, change)))).split(" ")[0];
  expect(await seen(ADA)).toBe("host");
  expect(await seen("ben@aurora.example")).toBe("operator");
  expect(await seen("eve@evil.example")).toBe("stranger");
  expect(await seen("eve@notaurora.example")).toBe("stranger");
  expect(await seen("eve@aurora.example.evil.example")).toBe("stranger");
  // A service token has a client id and no e-mail address.
  expect(await seen(undefined, { common_name: "robot.access", sub: "" })).toBe("host");
  expect(await seen(undefined, { sub: "" })).toBe("stranger");
});

test("an operator looks at everything and changes nothing", async () => {
  const team = await AccessTeam.open("t-operator");
  const settings = { ...team.settings, OPERATORS: "*", HOSTS: ADA };
  const headers = shows(await team.assertion("ben@aurora.example"));
  expect((await ask(settings, `${THERE}/api/metrics`, { headers })).status).toBe(200);
  const keys = await ask(settings, `${THERE}/api/host/keys`, { headers });
  expect(keys.status).toBe(403);
  expect((await keys.json<{ detail: string }>()).detail).toContain("operator");
  const config = await ask({ ...settings, OPENAI_API_KEY: "sk-of-the-host" }, `${THERE}/api/config`, { headers });
  expect(await config.json()).toMatchObject({ host: false, server_key: "locked" });
});

test("who is on no list is told so, and not to sign in again", async () => {
  const team = await AccessTeam.open("t-unlisted");
  const headers = shows(await team.assertion("eve@evil.example"));
  const refused = await ask({ ...team.settings, HOSTS: ADA }, `${THERE}/api/metrics`, { headers });
  expect(refused.status).toBe(403);
  expect((await refused.json<{ detail: string }>()).detail).toContain("on no list");
  expect((await ask({ ...team.settings, HOSTS: ADA }, `${THERE}/api/metrics`)).status).toBe(401);
});

test("a name is shown on the page as text", async () => {
  const team = await AccessTeam.open("t-page");
  const name = "<img src=x onerror=alert(1)>@evil.example";
  const headers = shows(await team.assertion(name));
  const page = await (await ask({ ...team.settings, HOSTS: ADA }, `${THERE}/sign-in`, { headers })).text();
  expect(page).toContain("&lt;img src=x onerror=alert(1)&gt;@evil.example");
  expect(page).not.toContain("<img");
});

test("an assertion that is not this team's, for this application, and of now, counts for nothing", async () => {
  const team = await AccessTeam.open("t-forged");
  const now = Math.floor(Date.now() / 1_000);
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const own = team.signers[0];
  const stranger = own && { ...own, privateKey };
  const whole = await team.assertion(ADA);
  const [head = "", body = "", mac = ""] = whole.split(".");
  const other = btoa(JSON.stringify({ ...JSON.parse(atob(body)), email: "eve@evil.example" })).replace(/=+$/, "");
  const forged: Record<string, string> = {
    "another audience": await team.assertion(ADA, { aud: ["aud-of-another-application"] }),
    "no audience": await team.assertion(ADA, { aud: undefined }),
    "another team": await team.assertion(ADA, { iss: "https://evil.cloudflareaccess.com" }),
    "no issuer": await team.assertion(ADA, { iss: undefined }),
    expired: await team.assertion(ADA, { iat: now - 7_200, exp: now - 60 }),
    "not yet": await team.assertion(ADA, { nbf: now + 600 }),
    endless: await team.assertion(ADA, { exp: undefined }),
    "signed by somebody else under a known key's name": await team.assertion(ADA, {}, stranger),
    "signed under a key's name that nobody knows": await team.assertion(ADA, {}, own && { ...own, kid: "nobody" }),
    unsigned: new UnsecuredJWT(JSON.parse(atob(body))).encode(),
    "changed after signing": `${head}.${other}.${mac}`,
    "without a signature": `${head}.${body}.`,
    "no assertion at all": ADA,
    empty: "",
  };
  for (const [what, assertion] of Object.entries(forged)) {
    expect(await who(team.settings, shows(assertion)), what).toBe("stranger stranger");
  }
  expect(await who(team.settings, { "cf-access-authenticated-user-email": ADA })).toBe("stranger stranger");
  expect(await who(team.settings, shows(whole))).toBe(`host access:${ADA}`);
});

test("the public key is no secret to sign with", async () => {
  const team = await AccessTeam.open("t-confused");
  const { publicKey } = await generateKeyPair("RS256", { extractable: true });
  const secret = new TextEncoder().encode(await exportSPKI(publicKey));
  const claims = JSON.parse(atob((await team.assertion(ADA)).split(".")[1] ?? "")) as Record<string, unknown>;
  const kid = team.signers[0]?.kid ?? "";
  const assertion = await new SignJWT(claims).setProtectedHeader({ alg: "HS256", kid }).sign(secret);
  expect(await who(team.settings, shows(assertion))).toBe("stranger stranger");
});

test("keys are fetched once, and again for one that is new", async () => {
  const began = Date.now();
  const team = await AccessTeam.open("t-rotates");
  const before = await team.assertion(ADA);
  for (let n = 0; n < 3; n++) expect(await who(team.settings, shows(before))).toContain("host");
  expect(team.fetched).toBe(1);
  await team.rotate();
  vi.useFakeTimers({ toFake: ["Date"], now: began + 60_000 });
  const after = await team.assertion(ADA);
  expect(await who(team.settings, shows(after))).toContain("host");
  expect(team.fetched).toBe(2);
  expect(await who(team.settings, shows(before))).toContain("host");
  expect(team.fetched).toBe(2);
});

test("a storm of unknown keys does not become a storm of fetches", async () => {
  const team = await AccessTeam.open("t-storm");
  const own = team.signers[0];
  await who(team.settings, shows(await team.assertion(ADA)));
  for (let n = 0; n < 10; n++) {
    const unknown = await team.assertion(ADA, {}, own && { ...own, kid: `unknown-${n}` });
    expect(await who(team.settings, shows(unknown))).toBe("stranger stranger");
  }
  expect(team.fetched).toBe(1);
});

test("while the keys cannot be had nobody gets in, the page says so, and calls go on", async () => {
  const team = await AccessTeam.open("t-away");
  team.away = true;
  const headers = shows(await team.assertion(ADA));
  expect(await who(team.settings, headers)).toBe("503");
  expect((await ask(team.settings, `${THERE}/api/metrics`, { headers })).status).toBe(503);
  const page = await (await ask(team.settings, `${THERE}/sign-in`, { headers })).text();
  expect(page).toContain('<section data-part="away">');
  expect(await (await ask(team.settings, `${THERE}/api/config`, { headers })).json()).toMatchObject({ host: false });
  team.away = false;
  expect(await who(team.settings, headers)).toContain("host");
});

test("with Access no password opens the door beside it, and this machine is not open either", async () => {
  const team = await AccessTeam.open("t-only");
  const settings = { ...team.settings, ADMIN_PASSWORD: PASSWORD };
  const tried = await ask(settings, `${THERE}/api/session`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ password: PASSWORD }),
  });
  expect(tried.status).toBe(403);
  expect(await who(settings, {}, HERE)).toBe("stranger stranger");
});

test("signing out leads to where Access ends its sessions", async () => {
  const team = await AccessTeam.open("t-leaves");
  const headers = shows(await team.assertion(ADA));
  const left = await ask(team.settings, `${THERE}/api/session`, { method: "DELETE", headers });
  expect(await left.json()).toEqual({ leave: "https://t-leaves.cloudflareaccess.com/cdn-cgi/access/logout" });
});
