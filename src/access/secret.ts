/** Secrets: making them, what is kept of them, and comparing them. */

/** Random text that fits an address or a cookie: base64url without padding, four characters for three bytes. */
export function randomText(bytes: number): string {
  return crypto.getRandomValues(new Uint8Array(bytes)).toBase64({ alphabet: "base64url", omitPadding: true });
}

/** SHA-256, hex: what is kept of a secret that has enough random bits of its own. */
export async function hashOf(secret: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(secret));
  return new Uint8Array(digest).toHex();
}

/** Compares so that the time it takes tells nothing about how much of a guess was right. */
export function constantTimeEqual(a: string, b: string): boolean {
  const left = new TextEncoder().encode(a);
  const right = new TextEncoder().encode(b);
  // Comparing `left` with itself keeps the time the same where the lengths differ.
  return left.length === right.length
    ? crypto.subtle.timingSafeEqual(left, right)
    : !crypto.subtle.timingSafeEqual(left, left);
}
