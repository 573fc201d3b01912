/** What the Worker answers at the addresses behind links, before any script has run. */
import { SELF } from "cloudflare:test";
import { describe, expect, it } from "vitest";
import type { LinkShown, NewLinkInput } from "../../src/legs/links.ts";

const HOST = "http://localhost:8787";

async function linkWith(wish: Partial<NewLinkInput> = {}): Promise<LinkShown> {
  const response = await SELF.fetch(`${HOST}/api/links`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ label: "For a test", host_name: "Robin Example", scenario: "block-card", ...wish }),
  });
  expect(response.status).toBe(201);
  return response.json();
}

const visit = (path: string, headers: Record<string, string> = {}) => SELF.fetch(HOST + path, { headers });
const policyOf = (response: Response) => response.headers.get("content-security-policy") ?? "";

describe("the page of a link", () => {
  it("is in the language of the link, whatever the browser speaks", async () => {
    const { url } = await linkWith({ language: "es" });
    const response = await visit(url, { "accept-language": "de" });
    expect(response.status).toBe(200);
    expect(response.headers.get("content-type")).toBe("text/html; charset=utf-8");
    expect(response.headers.get("cache-control")).toBe("no-store");
    expect(await response.text()).toContain('<html lang="es">');
  });

  it("is 410 once it was revoked, and says whose it was", async () => {
    const { id, url } = await linkWith();
    await SELF.fetch(`${HOST}/api/links/${id}`, { method: "DELETE" });
    const response = await visit(url);
    expect(response.status).toBe(410);
    expect(await response.text()).toContain("Robin Example has closed this link");
  });

  it("is not counted as a call by looking at it, as chat apps do", async () => {
    const { id, url } = await linkWith({ max_calls: 1 });
    for (let look = 0; look < 3; look++) expect((await visit(url)).status).toBe(200);
    const shown: LinkShown = await (await SELF.fetch(`${HOST}/api/links/${id}`)).json();
    expect([shown.opened, shown.state]).toEqual([0, "open"]);
  });

  it("holds nothing that only the host knows", async () => {
    const { url, id, watch_url } = await linkWith({ pin: "4711", watch: true, label: "Only for my eyes", cap_usd: 3 });
    const html = await (await visit(url)).text();
    for (const secret of ["4711", "Only for my eyes", id, watch_url?.slice(3) ?? "?", "cap_usd"]) {
      expect(html).not.toContain(secret);
    }
  });

  it("may be framed by the sites that the link allows, when it is asked to, and by nobody else", async () => {
    const { url } = await linkWith({ origins: ["https://shop.example"] });
    expect(policyOf(await visit(url))).toContain("frame-ancestors 'none'");
    const framed = await visit(`${url}?embed=1`);
    expect(policyOf(framed)).toMatch(/frame-ancestors https:\/\/shop\.example(;|$)/);
    expect(framed.headers.get("set-cookie")).toMatch(/Partitioned/);
    const { url: other } = await linkWith();
    expect(policyOf(await visit(`${other}?embed=1`))).toContain("frame-ancestors 'none'");
  });
});

describe("an address with a slash too many", () => {
  const go = (path: string, init: RequestInit = {}) => SELF.fetch(HOST + path, { redirect: "manual", ...init });

  it("leads to the page, and tells nobody of it", async () => {
    const { url, watch_url } = await linkWith({ watch: true });
    const paths = [url, watch_url ?? "", "/p/AAAAAAAAAAAAAAAAAAAAAA", "/host", "/host/links", "/sign-in"];
    for (const path of paths) {
      const response = await go(`${path}/?embed=1`);
      expect([response.status, response.headers.get("location")], path).toEqual([308, `${path}?embed=1`]);
      expect(response.headers.get("referrer-policy")).toBe("no-referrer");
      expect(response.headers.get("cache-control")).toBe("no-store");
      expect((await go(`${path}//`, { method: "HEAD" })).status).toBe(308);
    }
    expect((await visit(`${url}/`)).status).toBe(200);
  });

  it("leads to no other host", async () => {
    for (const path of ["//evil.example/", "/c//evil.example/", "/host//evil.example/"]) {
      expect((await go(path)).headers.get("location"), path).toBeNull();
    }
  });

  it("is a page for people where no page is meant, and a problem document where programs come", async () => {
    for (const path of ["/host/nothing", "/host/nothing/", "/host/calls/1", "/c/", "/c/x/y", "/w", "/sign-in/x"]) {
      const response = await go(path);
      expect([response.status, response.headers.get("content-type")], path).toEqual([404, "text/html; charset=utf-8"]);
      expect(policyOf(response), path).toContain("default-src 'none'");
    }
    expect(await (await go("/host/nothing")).text()).toContain("/build/host.js");
    for (const [path, method] of [
      ["/api/nothing/", "GET"],
      ["/host/nothing", "POST"],
      ["/c/x/", "POST"],
    ] as const) {
      const response = await go(path, { method });
      expect([response.status, response.headers.get("content-type")], path).toEqual([404, "application/problem+json"]);
    }
  });
});

describe("an address that leads nowhere", () => {
  it.each(["/c/AAAAAAAAAAAAAAAAAAAAAA", "/c/x", "/w/AAAAAAAAAAAAAAAAAAAAAA", "/p/AAAAAAAAAAAAAAAAAAAAAA", "/p/..%2f"])(
    "%s is a page with status 404, in the browser's language",
    async (path) => {
      const response = await visit(path, { "accept-language": "fr-CH, en;q=0.5" });
      expect(response.status).toBe(404);
      const html = await response.text();
      expect(html).toContain('<html lang="fr">');
      expect(html).toMatch(/<h1 class="g-title">.+<\/h1>/);
      expect(policyOf(response)).toContain("script-src 'self' 'wasm-unsafe-eval'");
    },
  );

  it("says nothing back of what stood in it", async () => {
    const html = await (await visit("/c/%3Cscript%3Ealert(1)%3C%2Fscript%3E")).text();
    expect(html).not.toContain("alert(1)");
  });
});

describe("a watching page", () => {
  it("tells who shares what, and that nobody calls", async () => {
    const { watch_url } = await linkWith({ watch: true, label: "For the board" });
    const html = await (await visit(watch_url ?? "")).text();
    expect(html).toContain("Nobody is calling right now");
    expect(html).toContain("Robin Example");
    // The host's own name for it is for the host.
    expect(html).not.toContain("For the board");
  });

  it("is there only for links that may be watched", async () => {
    const { url, watch_url } = await linkWith();
    expect(watch_url).toBeNull();
    expect((await visit(url.replace("/c/", "/w/"))).status).toBe(404);
  });
});
