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
