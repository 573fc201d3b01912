/** Comparing secrets so that the time it takes tells nothing about how much of a guess was right. */
export function constantTimeEqual(a: string, b: string): boolean {
  const left = new TextEncoder().encode(a);
  const right = new TextEncoder().encode(b);
  // Comparing `left` with itself keeps the time the same where the lengths differ.
  return left.length === right.length
    ? crypto.subtle.timingSafeEqual(left, right)
    : !crypto.subtle.timingSafeEqual(left, left);
}
