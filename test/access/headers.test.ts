import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { guarded, pageHeaders } from "../../src/access/headers.ts";

/** The headers that `public/_headers` gives to every file. */
function headersOfFiles(): Record<string, string> {
  const [, block = ""] = /^\/\*\n((?: {2}.+\n)+)/m.exec(readFileSync("public/_headers", "utf8")) ?? [];
  return Object.fromEntries(
    block
      .trimEnd()
      .split("\n")
      .map((line) => {
        const at = line.indexOf(":");
        return [line.slice(0, at).trim().toLowerCase(), line.slice(at + 1).trim()];
      }),
  );
}

const directives = (headers: Record<string, string>): Record<string, string> =>
  Object.fromEntries(
    (headers["content-security-policy"] ?? "").split("; ").map((one) => {
      const at = one.indexOf(" ");
      return [one.slice(0, at), one.slice(at + 1)];
    }),
  );

test("a page that the Worker makes says what files say, word for word", () => {
  const { "content-type": type, "cache-control": cache, ...headers } = pageHeaders();
  expect(headers).toEqual(headersOfFiles());
  expect(Object.keys(headers).length).toBeGreaterThan(6);
  expect({ type, cache }).toEqual({ type: "text/html; charset=utf-8", cache: "no-store" });
});

test("nothing runs but Luna's own scripts, and nobody frames the page", () => {
  const policy = directives(pageHeaders());
  expect(policy["default-src"]).toBe("'none'");
  expect(policy["script-src"]).toBe("'self' 'wasm-unsafe-eval'");
  expect(policy["frame-ancestors"]).toBe("'none'");
  expect(JSON.stringify(policy)).not.toMatch(/unsafe-inline|'unsafe-eval'|\*|https:/);
  expect(pageHeaders()["permissions-policy"]).toContain("microphone=(self)");
});

test("only the origins of a link may frame its page", () => {
  const headers = pageHeaders({ embeddedBy: ["https://shop.example", "http://localhost:3000"] });
  expect(directives(headers)["frame-ancestors"]).toBe("https://shop.example http://localhost:3000");
  expect(headers["cross-origin-resource-policy"]).toBe("cross-origin");
  expect({ ...directives(headers), "frame-ancestors": "'none'" }).toEqual(directives(pageHeaders()));
});

test.each([
  "*",
  "https://*.example",
  "https://shop.example/path",
  "https://shop.example; script-src *",
  "https://shop.example\r\nset-cookie: a=b",
  "https://a b",
  "javascript:alert(1)",
  "https://shop.example:99999",
  "HTTPS://SHOP.EXAMPLE",
  "",
])("%j is no origin and frames nothing", (origin) => {
  expect(pageHeaders({ embeddedBy: [origin] })).toEqual(pageHeaders());
});

test("Turnstile may run and be shown, and nothing else may", () => {
  const policy = directives(pageHeaders({ turnstile: true }));
  expect(policy["script-src"]).toBe("'self' 'wasm-unsafe-eval' https://challenges.cloudflare.com");
  expect(policy["frame-src"]).toBe("https://challenges.cloudflare.com");
  expect(policy["connect-src"]).toBe("'self'");
});

test("a nonce lets styles of its own in, and changes nothing else by a byte", () => {
  const nonce = Buffer.alloc(16, 251).toString("base64");
  const { "content-security-policy": policy = "", ...rest } = pageHeaders({ styleNonce: nonce });
  const { "content-security-policy": plain = "", ...plainRest } = pageHeaders();
  expect(policy).toBe(plain.replace("style-src 'self';", `style-src 'self' 'nonce-${nonce}';`));
  expect(policy).toContain(`style-src 'self' 'nonce-+/v7+/v7+/v7+/v7+/v7+w=='; img-src`);
  expect(Object.entries(rest)).toEqual(Object.entries(plainRest));
});

test.each([
  "",
  "short",
  "a".repeat(21),
  `${"a".repeat(22)}'; script-src *`,
  `${"a".repeat(22)}\r\nx: y`,
  `${"a".repeat(22)} b`,
])("%j is no nonce and lets nothing in", (styleNonce) => {
  expect(pageHeaders({ styleNonce })).toEqual(pageHeaders());
});

test("data cannot be framed or run, and what a route has said stays", async () => {
  const plain = guarded(Response.json({ ok: true }, { status: 201, headers: { "set-cookie": "a=b" } }));
  expect(plain.status).toBe(201);
  expect(await plain.json()).toEqual({ ok: true });
  expect(plain.headers.get("content-security-policy")).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
  expect(plain.headers.get("x-content-type-options")).toBe("nosniff");
  expect(plain.headers.get("set-cookie")).toBe("a=b");
  const page = guarded(new Response("<p>", { headers: pageHeaders() }));
  expect(page.headers.get("content-security-policy")).toBe(pageHeaders()["content-security-policy"]);
});
