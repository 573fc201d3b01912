/** What the host wants of a new link, as the form holds it; and as the API takes it. Pure. */
import type { NewLinkInput } from "../../legs/links.ts";

export interface Wish {
  label: string;
  host_name: string;
  note: string;
  /** `scenario:<id>` or `persona:<key>`. */
  about: string;
  mode: "auto" | "scripted";
  language: "en" | "de" | "es" | "fr";
  /** Hours; "" is until revoked. */
  expires_in_hours: string;
  /** "" is as often as people like. */
  max_calls: string;
  minutes: string;
  cap_usd: string;
  pin: string;
  record: boolean;
  watch: boolean;
  /** One a line. */
  origins: string;
  keep_days: string;
}

export const FRESH: Wish = {
  label: "",
  host_name: "",
  note: "",
  about: "scenario:freeform",
  mode: "auto",
  language: "en",
  expires_in_hours: "168",
  max_calls: "20",
  minutes: "10",
  cap_usd: "2",
  pin: "",
  record: false,
  watch: true,
  origins: "",
  keep_days: "",
};

/** The first thing that does not fit, and what to do; `null` where all does. The server looks again. */
export function faultOf(wish: Wish): { field: keyof Wish; says: string } | null {
  if (wish.label.trim() === "")
    return { field: "label", says: "Give the link a name, so that you can tell it from others." };
  if (wish.host_name.trim() === "") return { field: "host_name", says: "Say who invites: the guest reads it first." };
  if (!isWhole(wish.minutes, 1, 60)) return { field: "minutes", says: "A call may take 1 to 60 minutes." };
  if (wish.max_calls !== "" && !isWhole(wish.max_calls, 1, 10_000)) {
    return { field: "max_calls", says: "Calls: 1 to 10,000, or nothing for no limit." };
  }
  if (wish.cap_usd !== "" && !(Number(wish.cap_usd) >= 0.01 && Number(wish.cap_usd) <= 10_000)) {
    return { field: "cap_usd", says: "The cap is a cent or more, or nothing." };
  }
  if (wish.pin !== "" && !/^\d{4,8}$/.test(wish.pin)) return { field: "pin", says: "A PIN has 4 to 8 digits." };
  if (wish.keep_days !== "" && !isWhole(wish.keep_days, 1, 3_650)) {
    return { field: "keep_days", says: "Days: 1 to 3,650, or nothing." };
  }
  const bad = originsOf(wish.origins).find((one) => !isOrigin(one));
  if (bad !== undefined)
    return { field: "origins", says: `"${bad}" is no site: write https:// and the host, nothing behind it.` };
  return null;
}

/** @param wish without a fault. */
export function newLink(wish: Wish): NewLinkInput {
  const [kind, key = ""] = wish.about.split(":", 2);
  const number = (text: string) => (text.trim() === "" ? null : Number(text));
  const keep = number(wish.keep_days);
  return {
    label: wish.label.trim(),
    host_name: wish.host_name.trim(),
    note: wish.note.trim(),
    ...(kind === "persona" ? { persona: key } : { scenario: key }),
    mode: wish.mode,
    language: wish.language,
    expires_in_hours: number(wish.expires_in_hours),
    max_calls: number(wish.max_calls),
    minutes: Number(wish.minutes),
    cap_usd: number(wish.cap_usd),
    ...(wish.pin === "" ? {} : { pin: wish.pin }),
    record: wish.record,
    watch: wish.watch,
    origins: originsOf(wish.origins),
    ...(keep === null ? {} : { keep_days: keep }),
  };
}

function originsOf(text: string): string[] {
  return text.split(/[\s,]+/).filter((one) => one !== "");
}

function isOrigin(text: string): boolean {
  return /^https?:\/\//.test(text) && URL.canParse(text) && new URL(text).origin === text;
}

function isWhole(text: string, least: number, most: number): boolean {
  return /^\d+$/.test(text.trim()) && Number(text) >= least && Number(text) <= most;
}
