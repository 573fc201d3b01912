/** Where the words of the audit trail lead: a deed was done to a call, to a link, or to something that has no page. Pure. */
import type { AuditPage } from "../../legs/host.ts";

export type DeedShown = AuditPage["deeds"][number];

export interface Place {
  href: string;
  words: string;
}

const ID = "[0-9A-HJKMNP-TV-Z]{26}";
/** Links and calls have ids of the same kind: only the deed tells which one it is. */
const ONE = new RegExp(`^${ID}$`);
const BY_LINK = new RegExp(`^link:(${ID})$`);
/** `<link>: 3 calls` */
const OF_LINK = new RegExp(`^(${ID}): (.*)$`);

const TO_A_LINK = new Set(["link_made", "link_changed", "link_revoked"]);
const TO_A_CALL = new Set(["link_opened", "watched", "listened", "read_call"]);

/** Null where its subject has no page, or none any more. */
export function placeOf({ who, did, subject }: Pick<DeedShown, "who" | "did" | "subject">): Place | null {
  if (subject === null) return null;
  const [, link, rest] = did === "deleted_link_calls" ? (OF_LINK.exec(subject) ?? []) : [];
  if (link !== undefined) return { ...linkPlace(link), words: `Link ${short(link)}: ${rest}` };
  if (!ONE.test(subject)) return null;
  // Who comes by a watching link watches the link, whatever calls are on meanwhile.
  if (TO_A_LINK.has(did) || who === `link:${subject}`) return linkPlace(subject);
  return TO_A_CALL.has(did) ? { href: `/host/calls/${subject}`, words: `Call ${short(subject)}` } : null;
}

/** Guests and spectators are known by their link alone. */
export function placeOfWho(who: string): Place | null {
  const link = BY_LINK.exec(who)?.[1];
  return link === undefined ? null : linkPlace(link);
}

function linkPlace(id: string): Place {
  return { href: `/host/links#${id}`, words: `Link ${short(id)}` };
}

function short(id: string): string {
  return `…${id.slice(-6)}`;
}
