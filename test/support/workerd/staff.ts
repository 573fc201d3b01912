/** Staff in the tests: a Luna with other settings, and a Cloudflare Access that signs whom it likes. */
import { createExecutionContext, waitOnExecutionContext } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from "jose";
import { vi } from "vitest";
import type { Bindings } from "../../../src/env.ts";
import worker from "../../../src/worker.ts";

export const HERE = "http://localhost:8787";
export const THERE = "https://luna.example";
export const PASSWORD = "correct horse battery";
export const HOST_TOKEN = "a-host-token-of-the-tests";

/** One answer of a Luna that has these settings, with all that goes on after it. */
export async function ask(settings: Partial<Bindings>, url: string, init: RequestInit = {}): Promise<Response> {
  const ctx = createExecutionContext();
  const request = new Request(url, { redirect: "manual", ...init });
  const response = await worker.fetch(request, { ...env, ...settings }, ctx);
  // What is still being read holds up what goes on after it.
  const whole = response.body && !response.webSocket ? new Response(await response.arrayBuffer(), response) : response;
  await waitOnExecutionContext(ctx);
  return whole;
}

/** A browser of staff: keeps its cookies, as browsers do. */
export class StaffBrowser {
  readonly cookies = new Map<string, string>();
  readonly settings: Partial<Bindings>;
  readonly origin: string;
  readonly address: string;

  constructor(settings: Partial<Bindings>, origin = THERE, address = "198.51.100.1") {
    this.settings = settings;
    this.origin = origin;
    this.address = address;
  }

  async fetch(path: string, method = "GET", body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const all = new Headers({ "cf-connecting-ip": this.address, ...headers });
    if (this.cookies.size > 0)
      all.set("cookie", [...this.cookies].map(([name, value]) => `${name}=${value}`).join("; "));
    const sent = body === undefined ? {} : { body: JSON.stringify(body) };
    if (body !== undefined) all.set("content-type", "application/json");
    const response = await ask(this.settings, this.origin + path, { method, headers: all, ...sent });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      if (value === "" || /max-age=0/i.test(line)) this.cookies.delete(name);
      else this.cookies.set(name, value);
    }
    return response;
  }

  signIn(password = PASSWORD): Promise<Response> {
    return this.fetch("/api/session", "POST", { password });
  }

  /** `role via`, as Luna sees this browser. */
  async who(): Promise<string> {
    const { role, via } = await (await this.fetch("/api/session")).json<{ role: string; via: string | null }>();
    return `${role} ${via}`;
  }
}

interface Signer {
  kid: string;
  privateKey: CryptoKey;
  jwk: object;
}

/** A team of Cloudflare Access. Each has a name of its own: Luna keeps the keys of a team for a while. */
export class AccessTeam {
  readonly team: string;
  readonly audience = "aud-of-the-tests-0123456789";
  signers: Signer[] = [];
  /** How often its keys were fetched. */
  fetched = 0;
  /** The keys cannot be had. */
  away = false;

  private constructor(team: string) {
    this.team = team;
  }

  static async open(team: string): Promise<AccessTeam> {
    const opened = new AccessTeam(team);
    await opened.rotate();
    vi.spyOn(globalThis, "fetch").mockImplementation(async (input) => {
      const { url } = new Request(input);
      if (url !== `${opened.issuer}/cdn-cgi/access/certs`) throw new Error("only the team's keys are asked for");
      opened.fetched++;
      if (opened.away) return new Response("no", { status: 502 });
      return Response.json({ keys: opened.signers.map(({ jwk }) => jwk) });
    });
    return opened;
  }

  get issuer(): string {
    return `https://${this.team}.cloudflareaccess.com`;
  }

  get settings(): Partial<Bindings> {
    return { ACCESS_TEAM: this.team, ACCESS_AUD: this.audience };
  }

  /** Another key signs from now on; the one before stays good, as at Cloudflare. */
  async rotate(): Promise<void> {
    const { publicKey, privateKey } = await generateKeyPair("RS256", { extractable: true });
    const kid = `${this.team}-${this.signers.length}`;
    const jwk = { ...(await exportJWK(publicKey)), kid, alg: "RS256", use: "sig" };
    this.signers = [{ kid, privateKey, jwk }, ...this.signers];
  }

  /** @param change claims; undefined leaves one out. */
  assertion(email: string | undefined, change: JWTPayload = {}, signer = this.signers[0]): Promise<string> {
    if (!signer) throw new Error("the team has no key");
    const now = Math.floor(Date.now() / 1_000);
    const claims = { iss: this.issuer, aud: [this.audience], iat: now, exp: now + 3_600, sub: "user-1", type: "app" };
    const payload = Object.fromEntries(
      Object.entries({ ...claims, ...(email === undefined ? {} : { email }), ...change }).filter(
        ([, value]) => value !== undefined,
      ),
    );
    return new SignJWT(payload).setProtectedHeader({ alg: "RS256", kid: signer.kid }).sign(signer.privateKey);
  }
}
