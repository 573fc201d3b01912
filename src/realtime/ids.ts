/** Ids of our own making, in the shape that every provider takes: letters, digits, `_` and `-`, at most 32 characters. */

const LETTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const RANDOM_LENGTH = 21;

export type IdKind = "item" | "event" | "resp" | "call" | "sess" | "conv";

/** `item_` and 21 random letters and digits (125 bits): never handed out twice. */
export function newId(kind: IdKind): string {
  let id = `${kind}_`;
  const bytes = new Uint8Array(RANDOM_LENGTH + 11);
  while (id.length < kind.length + 1 + RANDOM_LENGTH) {
    crypto.getRandomValues(bytes);
    for (const byte of bytes) {
      // 248 is the largest multiple of 62 in a byte; taking only what is below keeps every letter equally likely.
      if (byte < 248 && id.length < kind.length + 1 + RANDOM_LENGTH) id += LETTERS[byte % 62];
    }
  }
  return id;
}

/** Providers' ids have some 30 characters. One that does not fit into a row of storage would keep the whole call from being written. */
const MOST_ID_CHARS = 512;

/** Something can be called by it. */
export function isId(value: unknown): value is string {
  return isName(value) && value !== "";
}

/** As an id, or nothing. */
export function isName(value: unknown): value is string {
  return typeof value === "string" && value.length <= MOST_ID_CHARS;
}
