/** Where a request comes from, as far as limits count it. */

/** The address that Cloudflare saw, as limits count it; `local` on this machine. */
export function addressOf(request: Request): string {
  return countedAs(request.headers.get("cf-connecting-ip") ?? "local");
}

/** An address as it is counted: a home or an office has a whole /64 of IPv6. */
export function countedAs(address: string): string {
  const url = `http://[${address}]/`;
  // The URL parser knows every way to write the same address.
  if (!URL.canParse(url)) return address;
  const [head = "", tail] = new URL(url).hostname.slice(1, -1).split("::");
  const groups = head === "" ? [] : head.split(":");
  if (tail !== undefined) {
    const after = tail === "" ? [] : tail.split(":");
    groups.push(...Array<string>(8 - groups.length - after.length).fill("0"), ...after);
  }
  const isIpv4 = groups.slice(0, 5).every((group) => group === "0") && groups[5] === "ffff";
  return isIpv4 ? groups.slice(6).join(":") : `${groups.slice(0, 4).join(":")}::/64`;
}
