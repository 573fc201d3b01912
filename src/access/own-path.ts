/** Where somebody goes after signing in: a path of this very Luna, or the host's first page. */
export const FIRST_PAGE = "/host";

/** @param to as it stood in an address: anything at all. */
export function ownPath(to: string | undefined, origin: string): string {
  if (to === undefined || !/^\/(?![/\\])[\x21-\x7e]*$/.test(to) || !URL.canParse(to, origin)) return FIRST_PAGE;
  const url = new URL(to, origin);
  // Browsers read backslashes and dots their own way: what counts is where they would go.
  if (url.origin !== origin || url.pathname.startsWith("//") || url.pathname === "/sign-in") return FIRST_PAGE;
  return url.pathname + url.search + url.hash;
}
