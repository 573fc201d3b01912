/** An id for something said on this page. `crypto.randomUUID` is there for https alone; who came by http may type all the same. */
export function pageId(): string {
  return `page_${crypto.getRandomValues(new BigUint64Array(2)).join("").slice(0, 24)}`;
}
