/** The link that a site names: its token, or the whole address as the host has copied it. */

const TOKEN = /^[\w-]{16,64}$/;

/**
 * Where its page is, to be shown in a frame and by itself; undefined where the text is no link of this Luna.
 * @param luna origin of the Luna that the script came from: no other one is ever framed.
 */
export function addressesOf(text: string, luna: string): { framed: string; page: string } | undefined {
  const token = tokenIn(text.trim(), luna);
  if (token === undefined) return undefined;
  const page = `${luna}/c/${token}`;
  return { framed: `${page}?embed=1`, page };
}

function tokenIn(text: string, luna: string): string | undefined {
  if (TOKEN.test(text)) return text;
  if (!URL.canParse(text, luna)) return undefined;
  const { origin, pathname } = new URL(text, luna);
  const [, page, token = "", more] = pathname.split("/");
  return origin === luna && page === "c" && more === undefined && TOKEN.test(token) ? token : undefined;
}
