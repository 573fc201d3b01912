/**
 * What the first picture needs to know of the wire; the rest comes with `call/talk.ts`, and no file is in both.
 * `test/client/call/protocol.test.ts` holds these against the wire.
 */
export const PAGE_WIRE_VERSION = 1;
/** The longest text the call takes as one message. */
export const LONGEST_TYPED = 2_000;
