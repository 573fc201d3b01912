/** Whose calls somebody may talk in: a browser's, by its cookie, or a program's, by its API key. */
import { isHost } from "../access/who.ts";
import type { Bindings, LunaContext } from "../env.ts";
import { isCallOf } from "../store/calls.ts";
import { admit } from "./admission.ts";
import { knownVisitor, sameSiteOnly, visitorOf } from "./visitor.ts";

export interface Owner {
  visitor: string;
  /** The server's own key may be spent on what they open. */
  host: boolean;
}

/**
 * Who asks, if they have had anything to do with Luna before.
 * @throws LunaError `forbidden` for a browser that another site has sent, or a key without the scope `talk`; `token_invalid`
 */
export async function knownOwner(c: LunaContext): Promise<Owner | undefined> {
  if (c.req.header("authorization") !== undefined) {
    const { visitor, server_key } = await admit(c.req.raw, c.env, { scope: "talk" });
    return { visitor, host: server_key };
  }
  sameSiteOnly(c.req.raw);
  const visitor = knownVisitor(c);
  return visitor === undefined ? undefined : { visitor, host: await isHost(c) };
}

/** The same; a browser that is new here gets its cookie with the answer. */
export async function anyOwner(c: LunaContext): Promise<Owner> {
  return (await knownOwner(c)) ?? { visitor: visitorOf(c), host: await isHost(c) };
}

/** Whether this visitor made this call. Its row comes to D1 on its own way; until it is there the call's object knows whose it is. */
export async function hasMade(env: Bindings, visitor: string, id: string): Promise<boolean> {
  return (await isCallOf(env.DB, id, visitor)) || (await env.CALLS.getByName(id).read(visitor)) !== null;
}
