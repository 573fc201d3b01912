/** The host's pages: one shell for all of them, which `src/client/host/` fills. It holds no data; each answer of the API decides anew who may see it. */
import { Hono } from "hono";
import { pageHeaders } from "../access/headers.ts";
import { whoIs } from "../access/who.ts";
import type { Bindings, LunaContext } from "../env.ts";

const PAGES = ["/", "/links", "/history", "/audit"] as const;

export const hostPages = new Hono<{ Bindings: Bindings }>();
for (const path of PAGES) hostPages.get(path, (c) => hostPage(c));
hostPages.get("/calls/:id", (c) => hostPage(c, /^[0-9A-Z]{26}$/.test(c.req.param("id")) ? 200 : 404));

/** Who is not known is sent to sign in, and comes back. @param status 404: the shell says so. */
export async function hostPage(c: LunaContext, status: 200 | 404 = 200): Promise<Response> {
  const { pathname, search } = new URL(c.req.url);
  // Where nobody can tell who asks, the sign-in page says why.
  const { role, via } = await whoIs(c).catch(() => ({ role: "stranger", via: null }));
  // Whom Access has let in but no list knows would come back at once: the page says what is wrong.
  if (role === "stranger" && via === null) {
    return c.redirect(`/sign-in?to=${encodeURIComponent(pathname + search)}`, 302);
  }
  const nonce = crypto.getRandomValues(new Uint8Array(16)).toBase64();
  // The waveform's player styles its shadow tree with an element of its own.
  return c.body(shell(nonce), status, pageHeaders({ styleNonce: nonce }));
}

/** @param nonce base64: nothing in it needs escaping. */
function shell(nonce: string): string {
  return `<!doctype html>
<html lang="en">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover" />
    <title>Luna for hosts</title>
    <meta name="robots" content="noindex" />
    <meta name="color-scheme" content="light dark" />
    <meta name="theme-color" content="#f6f3ec" media="(prefers-color-scheme: light)" />
    <meta name="theme-color" content="#0b0e24" media="(prefers-color-scheme: dark)" />
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="stylesheet" href="/build/host-styles.css" nonce="${nonce}" />
    <script src="/build/theme.js"></script>
    <script type="module" src="/build/host.js"></script>
  </head>
  <body>
    <div id="host"></div>
    <noscript>These pages are drawn in your browser, and need JavaScript for it.</noscript>
  </body>
</html>
`;
}
