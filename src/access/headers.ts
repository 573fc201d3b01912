/**
 * Headers of what the Worker itself answers. Pages say what `public/_headers` says for files (a test holds the two together);
 * everything else may be neither framed, nor run, nor taken for something it is not.
 */

/** By directive. */
const PAGE_POLICY = {
  "default-src": "'none'",
  "script-src": "'self' 'wasm-unsafe-eval'",
  "worker-src": "'self'",
  "style-src": "'self'",
  "img-src": "'self' data:",
  "media-src": "'self' blob: mediastream:",
  "font-src": "'self'",
  "connect-src": "'self'",
  "manifest-src": "'self'",
  "base-uri": "'none'",
  "form-action": "'none'",
  "frame-ancestors": "'none'",
};

const PERMISSIONS = "microphone=(self), screen-wake-lock=(self), camera=(), geolocation=()";
const TURNSTILE = "https://challenges.cloudflare.com";
const HTTPS_ONLY = "max-age=31536000";

export interface PageOptions {
  /** Origins whose pages may frame this one; anything that is not exactly an origin is left out. */
  embeddedBy?: string[];
  /** The page asks Turnstile whether a person is there: its script and frame come from Cloudflare. */
  turnstile?: boolean;
  /** Style elements that carry it are applied too: 16 bytes or more in base64, new for each answer. Anything else is left out. */
  styleNonce?: string;
}

/** Headers of a page that the Worker makes: HTML, not kept by anybody, with the policy of all pages. */
export function pageHeaders(options: PageOptions = {}): Record<string, string> {
  const { embeddedBy = [], turnstile = false, styleNonce = "" } = options;
  const framers = embeddedBy.filter(isOrigin);
  const framed = framers.length > 0;
  const policy = {
    ...PAGE_POLICY,
    ...(framed ? { "frame-ancestors": framers.join(" ") } : {}),
    ...(turnstile ? { "script-src": `${PAGE_POLICY["script-src"]} ${TURNSTILE}`, "frame-src": TURNSTILE } : {}),
    ...(isNonce(styleNonce) ? { "style-src": `${PAGE_POLICY["style-src"]} 'nonce-${styleNonce}'` } : {}),
  };
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "cross-origin-opener-policy": "same-origin",
    // Turnstile's frame does not say that it may be embedded under this policy.
    ...(turnstile ? {} : { "cross-origin-embedder-policy": "require-corp" }),
    "cross-origin-resource-policy": framed ? "cross-origin" : "same-origin",
    "content-security-policy": Object.entries(policy)
      .map(([directive, sources]) => `${directive} ${sources}`)
      .join("; "),
    "permissions-policy": PERMISSIONS,
    "referrer-policy": "no-referrer",
    "x-content-type-options": "nosniff",
    "strict-transport-security": HTTPS_ONLY,
  };
}

/** What every other answer says, unless its route has said something else. */
const DATA_HEADERS: Record<string, string> = {
  "content-security-policy": "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
  "cross-origin-resource-policy": "same-origin",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "strict-transport-security": HTTPS_ONLY,
};

/** An answer on its way out. A socket goes as it is. */
export function guarded(response: Response): Response {
  if (response.status === 101) return response;
  const missing = Object.entries(DATA_HEADERS).filter(([name]) => !response.headers.has(name));
  if (missing.length === 0) return response;
  // Answers of objects and of files cannot be changed, but copied.
  const copy = new Response(response.body, response);
  for (const [name, value] of missing) copy.headers.set(name, value);
  return copy;
}

/** `https://shop.example`, `http://localhost:3000`: what cannot smuggle another directive or header into the policy. */
function isOrigin(text: string): boolean {
  return /^https?:\/\/[a-z0-9.-]+(:\d{1,5})?$/.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

/** What can be told from a quote or the next directive, and not be guessed. */
function isNonce(text: string): boolean {
  return /^[A-Za-z0-9+/]{22,}={0,2}$/.test(text);
}
