/**
 * Who asks: the host, an operator, or somebody whom the staff's doors do not know. Guests and spectators are strangers here;
 * the tokens of their links open what is theirs.
 */
import { type LunaContext, type LunaSettings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { assertionOf, personOf, roleOf } from "./cloudflare-access.ts";
import { mayGuess, wrongGuess } from "./guesses.ts";
import { isLocal } from "./local.ts";
import { isFollowedLink, sameSiteOnly } from "./same-site.ts";
import { constantTimeEqual } from "./secret.ts";
import { hasSession } from "./session.ts";

/** The host may do everything; an operator may look at everything and change nothing. */
export type Role = "stranger" | "operator" | "host";

export interface Who {
  role: Role;
  /** For the audit trail: `host:local`, `host:token`, `host:password`, `access:<e-mail>`; `stranger`. */
  id: string;
  /** How they are known; null for who is not. */
  via: "local" | "token" | "password" | "access" | null;
}

/**
 * How staff come in here. `open`: on this machine, with nothing set, whoever is there is the host. `closed`: deployed, with
 * nothing set, nobody is.
 */
export type SignIn = "open" | "password" | "access" | "closed";

const STRANGER: Who = { role: "stranger", id: "stranger", via: null };

/** By request: several steps of one answer ask the same. */
const known = new WeakMap<Request, Promise<Who>>();

/** @throws LunaError `unavailable` where who this is cannot be found out. */
export function whoIs(c: LunaContext): Promise<Who> {
  const before = known.get(c.req.raw);
  if (before) return before;
  const finding = find(c);
  known.set(c.req.raw, finding);
  return finding;
}

/** @throws LunaError `sign_in` for who is not known, `forbidden` for who may not; `unavailable` */
export async function operatorOnly(c: LunaContext): Promise<Who> {
  refuseForeign(c.req.raw);
  const who = await whoIs(c);
  if (who.role === "stranger") throw notKnown(c, who);
  return who;
}

/** @throws LunaError `sign_in` for who is not known, `forbidden` for who may not; `unavailable` */
export async function hostOnly(c: LunaContext): Promise<Who> {
  const who = await operatorOnly(c);
  if (who.role === "host") return who;
  throw new LunaError("forbidden", "Only a host may do this. You are signed in as an operator, who may look.");
}

/** Whether the server's own key may be spent. A call goes on without it where nobody can tell who asks. */
export async function isHost(c: LunaContext): Promise<boolean> {
  return whoIs(c).then(
    ({ role }) => role === "host",
    () => false,
  );
}

/** Localhost is open only as long as nobody has said how staff sign in. */
export function signInOf({ staff }: LunaSettings, url: string): SignIn {
  if (staff.fault !== undefined) return "closed";
  if (staff.access) return "access";
  if (staff.password !== undefined) return "password";
  return isLocal(url) ? "open" : "closed";
}

/** What a deployed Luna without any configuration says to its host. */
export const HOW_TO_OPEN =
  'Nobody can be the host here yet. Set the secret ADMIN_PASSWORD (12 characters or more: npx wrangler secret put ADMIN_PASSWORD --env ""), or ACCESS_TEAM and ACCESS_AUD for Cloudflare Access.';

function howToMend(fault: string): string {
  return `Nobody can sign in: a setting does not fit (${fault}). Mend it in wrangler.toml or the secrets. Calls go on.`;
}

async function find(c: LunaContext): Promise<Who> {
  const settings = readSettings(c.env);
  const { hostToken, staff } = settings;
  const shown = c.req.header("luna-host-token");
  if (hostToken !== undefined && shown !== undefined) {
    if (mayGuess(c.req.raw, "host token") && constantTimeEqual(shown, hostToken)) {
      return { role: "host", id: "host:token", via: "token" };
    }
    await wrongGuess(c.env, c.req.raw, "host token");
  }
  const door = signInOf(settings, c.req.url);
  if (door === "open") return { role: "host", id: "host:local", via: "local" };
  if (staff.access) {
    const assertion = assertionOf(c.req.raw);
    const name = assertion === undefined ? null : await personOf(assertion, staff.access);
    return name === null ? STRANGER : { role: roleOf(name, staff.access), id: `access:${name}`, via: "access" };
  }
  if (staff.password !== undefined && (await hasSession(c, staff.password))) {
    return { role: "host", id: "host:password", via: "password" };
  }
  return STRANGER;
}

/** Cookies come along with whatever another site makes a browser ask for: only what a person opens may come from there. */
function refuseForeign(request: Request): void {
  if (!isFollowedLink(request)) sameSiteOnly(request);
}

function notKnown(c: LunaContext, who: Who): LunaError {
  if (who.via === "access") {
    return new LunaError("forbidden", "Cloudflare Access has let you in, but you are on no list of this Luna's staff.");
  }
  const settings = readSettings(c.env);
  if (settings.staff.fault !== undefined) return new LunaError("forbidden", howToMend(settings.staff.fault));
  const door = signInOf(settings, c.req.url);
  if (door === "closed") return new LunaError("forbidden", HOW_TO_OPEN);
  return new LunaError(
    "sign_in",
    "Sign in first: /sign-in. Programs send the host token in the header luna-host-token.",
  );
}
