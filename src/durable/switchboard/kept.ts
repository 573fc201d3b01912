/** A link as its switchboard keeps it, and what others are told of it. */
import { type Grant, linkState, type Used } from "../../call/allowance.ts";
import type { Language, LinkShown, LinkState } from "../../legs/links.ts";
import type { LinkRow } from "../../store/links.ts";
import type { PinKept } from "./pin.ts";

export interface KeptLink extends Grant {
  id: string;
  /** Here and nowhere else: the host sees the address again, a copy of the database tells nothing. */
  token: string;
  hash: string;
  watch_token: string | null;
  watch_hash: string | null;
  label: string;
  host_name: string;
  note: string;
  scenario: string;
  persona: string | null;
  mode: "auto" | "scripted";
  language: Language;
  created_at: number;
  minutes: number;
  pin: PinKept | null;
  record: boolean;
  origins: string[];
  keep_days: number | null;
  /** Counts its changes. */
  version: number;
}

/** What a call knows of the link it came by; part of its record. */
export interface CallLink {
  id: string;
  /** Name of the switchboard that counts it. */
  hash: string;
  host_name: string;
  language: Language;
  record: boolean;
  watch: boolean;
  /** The longest it may take, ms. */
  max_ms: number;
  /** Who keeps it how long: SHA-256 of the guest's postcard token, hex; days. */
  postcard: string;
  keep_days: number | null;
}

/** What a door shows of a link; the rest of it is Luna's own. */
export type Door = Pick<
  KeptLink,
  | "id"
  | "host_name"
  | "note"
  | "scenario"
  | "persona"
  | "mode"
  | "language"
  | "minutes"
  | "record"
  | "origins"
  | "expires_at"
> & { state: LinkState; pin: boolean; watched: boolean; locked_until: number | null };

export interface Standing {
  used: Used;
  running: number;
  watching: number;
}

/** The host has closed it, or its time has: its calls end too. */
export function closedAs({ revoked_at, expires_at }: KeptLink, now: number): "revoked" | "expired" | null {
  if (revoked_at !== null) return "revoked";
  return expires_at !== null && now >= expires_at ? "expired" : null;
}

/** When a call that was opened then ends at the latest, Unix ms. @param longest of any call, ms */
export function endOf({ minutes, expires_at }: KeptLink, opened_at: number, longest: number): number {
  return Math.min(opened_at + Math.min(longest, minutes * 60_000), expires_at ?? Number.POSITIVE_INFINITY);
}

export function shownLink(link: KeptLink, { used, running, watching }: Standing, now: number): LinkShown {
  const { id, label, host_name, note, scenario, persona, mode, language, created_at, expires_at } = link;
  const { max_calls, minutes, cap_usd, record, origins, keep_days, token, watch_token } = link;
  return {
    ...{ id, label, host_name, note, scenario, persona, mode, language, created_at, expires_at },
    ...{ max_calls, minutes, cap_usd, record, origins, keep_days },
    has_pin: link.pin !== null,
    watch: watch_token !== null,
    state: linkState(link, used, now),
    opened: used.calls,
    running,
    watching,
    spent_usd: used.usd,
    url: `/c/${token}`,
    watch_url: watch_token === null ? null : `/w/${watch_token}`,
    qr: `/api/links/${id}/qr.svg`,
  };
}

export function rowOf(link: KeptLink, { used, running }: Standing): LinkRow {
  const { id, hash, watch_hash, label, host_name, scenario, created_at, expires_at, revoked_at, version } = link;
  return {
    ...{ id, hash, watch_hash, label, host_name, scenario, created_at, expires_at, revoked_at, version },
    opened: used.calls,
    running,
    spent_usd: used.usd,
  };
}

export function doorOf(link: KeptLink, used: Used, locked_until: number | null, now: number): Door {
  const { id, host_name, note, scenario, persona, mode, language, minutes, record, origins, expires_at } = link;
  return {
    ...{ id, host_name, note, scenario, persona, mode, language, minutes, record, origins, expires_at },
    state: linkState(link, used, now),
    pin: link.pin !== null,
    watched: link.watch_token !== null,
    locked_until,
  };
}
