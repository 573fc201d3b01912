/**
 * Cloudflare Access as the doorkeeper of the host's pages: it signs in whoever its policy lets through and sends a signed
 * assertion (a JWT) with each request. The assertion is verified here; what the header merely claims counts for nothing.
 */
import { createRemoteJWKSet, errors, type JWTPayload, type JWTVerifyGetKey, jwtVerify } from "jose";
import type { AccessSettings } from "../env.ts";
import { LunaError } from "../errors.ts";

/** Access signs with this and nothing else. */
const ALGORITHMS = ["RS256"];
/** Clocks of two data centres, s. */
const CLOCKS_DIFFER_S = 5;

/** Of this isolate, by team: kept ten minutes, and fetched anew for a key that is not among them (every 30 s at most). */
const keys = new Map<string, JWTVerifyGetKey>();

/** The assertion of a request: the header on addresses that Access guards, its cookie on the others of the same host. */
export function assertionOf(request: Request): string | undefined {
  const header = request.headers.get("cf-access-jwt-assertion");
  if (header !== null) return header;
  const cookies = (request.headers.get("cookie") ?? "").split(";").map((pair) => pair.trim());
  return cookies.find((pair) => pair.startsWith("CF_Authorization="))?.slice("CF_Authorization=".length);
}

/**
 * Whom Access has let in: an e-mail address in lower case, or the client id of a service token. Null for an assertion that is
 * forged, has expired, or is for another application.
 * @throws LunaError `unavailable` where the team's keys cannot be fetched: nobody can tell then, so nobody gets in.
 */
export async function personOf(assertion: string, settings: AccessSettings): Promise<string | null> {
  try {
    const { payload } = await jwtVerify(assertion, keysOf(settings.issuer), {
      issuer: settings.issuer,
      audience: settings.audiences,
      algorithms: ALGORITHMS,
      requiredClaims: ["exp", "iat"],
      clockTolerance: CLOCKS_DIFFER_S,
    });
    return nameIn(payload);
  } catch (thrown) {
    if (isVerdict(thrown)) return null;
    throw new LunaError(
      "unavailable",
      "Cloudflare Access cannot be asked for its keys right now. Try again in a moment.",
    );
  }
}

/** What somebody may do. Where no list is kept, whoever passes Access is the host; where one is, who stands on none is nobody. */
export function roleOf(name: string, { hosts, operators }: AccessSettings): "host" | "operator" | "stranger" {
  if (hosts.length + operators.length === 0 || isListed(name, hosts)) return "host";
  return isListed(name, operators) ? "operator" : "stranger";
}

/** `@aurora.example` is everybody there, `*` everybody whom Access lets in. */
function isListed(name: string, list: string[]): boolean {
  return list.some((entry) => entry === "*" || entry === name || (entry.startsWith("@") && name.endsWith(entry)));
}

function nameIn({ email, common_name }: JWTPayload): string | null {
  const name = typeof email === "string" && email !== "" ? email : common_name;
  return typeof name === "string" && name !== "" ? name.toLowerCase() : null;
}

function keysOf(issuer: string): JWTVerifyGetKey {
  const known = keys.get(issuer);
  if (known) return known;
  const fetched = createRemoteJWKSet(new URL(`${issuer}/cdn-cgi/access/certs`));
  keys.set(issuer, fetched);
  return fetched;
}

/** The assertion itself is at fault; anything else is the way to the keys. */
function isVerdict(thrown: unknown): boolean {
  if (!(thrown instanceof errors.JOSEError)) return false;
  return !["ERR_JWKS_TIMEOUT", "ERR_JWKS_INVALID", "ERR_JOSE_GENERIC"].includes(thrown.code);
}
