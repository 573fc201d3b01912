/** Which switchboard is whose, and the tokens that lead to it. */
import { hashOf, randomText } from "../../access/secret.ts";
import type { Bindings } from "../../env.ts";

/** 128 random bits, base64url. */
const TOKEN = /^[\w-]{22}$/;

export function newLinkToken(): string {
  return randomText(16);
}

/** SHA-256, hex; undefined for what cannot be a token, before an object or a table is asked. */
export async function tokenHash(token: string): Promise<string | undefined> {
  return TOKEN.test(token) ? hashOf(token) : undefined;
}

/** The switchboard of a link. @param hash SHA-256 of its token, hex. */
export function boardOf(env: Bindings, hash: string) {
  return env.SWITCHBOARDS.getByName(`link:${hash}`);
}

/** Who counts the calls on the server's own key. One for the whole deployment, and asked only where the host has set a number. */
export function linesOf(env: Bindings) {
  return env.SWITCHBOARDS.getByName("lines");
}
