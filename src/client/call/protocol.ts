/**
 * Names of the wire that the page needs as values. `legs/wire.ts` brings a schema library with it, too heavy for the page;
 * `test/client/call/protocol.test.ts` holds these against it.
 */
export const PAGE_PROTOCOL = "luna.v1";
export const PAGE_TOKEN_PROTOCOL = "luna.token.";
/** The longest text the call takes as one message. */
export const LONGEST_WORDS = 2_000;
