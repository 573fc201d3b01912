/** The host's pages' words for times, money and what calls were. */
import type { LinkOpening } from "../../legs/links.ts";
import type { Mode, Outcome, ToolStatus } from "../../legs/wire.ts";
import { type LineLook, OUTCOME, toolLook } from "../words.ts";

const MOMENT = new Intl.DateTimeFormat(undefined, {
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
});
const FULL = new Intl.DateTimeFormat(undefined, { dateStyle: "long", timeStyle: "medium" });

/** "Nov 21, 02:05 PM", in the reader's own time. */
export const moment = (at: number) => MOMENT.format(at);
/** With seconds and the year. */
export const fullMoment = (at: number) => FULL.format(at);

/** "850 ms"; "–" where nothing was measured. */
export function ms(value: number | null): string {
  return value === null ? "–" : `${Math.round(value)} ms`;
}

/** US dollars: "$0.00", small ones with a tenth of a cent. */
export function money(usd: number | null): string {
  if (usd === null) return "–";
  return `$${usd.toFixed(usd > 0 && usd < 0.9995 ? 3 : 2)}`;
}

/** "12.5 min" */
export function minutes(value: number): string {
  return `${value < 10 ? value.toFixed(1) : Math.round(value)} min`;
}

export function outcomeWord(outcome: Outcome | null): string {
  return outcome === null ? "On now" : OUTCOME[outcome].word;
}

const TOOL: Record<ToolStatus["state"], LineLook> = {
  running: { icon: "spin", word: "Running" },
  done: { icon: "check", word: "Allowed and done" },
  refused: { icon: "shield", word: "Held back by policy" },
  failed: { icon: "alert", word: "Failed" },
};

/** What policy decided of a tool and what came of it. The shield is for what policy held back, and for nothing else. */
export function toolDecision(
  tool: Pick<ToolStatus, "state" | "code">,
): LineLook & { tone: ToolStatus["state"] | "info" } {
  const { icon, word } = toolLook(tool);
  if (icon !== "info") return { ...TOOL[tool.state], tone: tool.state };
  return { icon, word: word.charAt(0).toUpperCase() + word.slice(1), tone: "info" };
}

/** What came of a try to open a link. */
export const OPENING: Record<LinkOpening["result"], string> = {
  opened: "Let in",
  expired: "Turned away: the link had expired",
  revoked: "Turned away: the link was revoked",
  used_up: "Turned away: no call was left",
  spent: "Turned away: its money was spent",
  pin_wrong: "Wrong PIN",
  pin_locked: "Turned away: too many wrong PINs",
  too_many: "Turned away: too many tries",
  robot: "Turned away: Turnstile was not answered",
};

/** Who answered. */
export function answeredWord(call: { mode: Mode; fell_back: boolean }): string {
  if (call.fell_back) return "AI, then scripted";
  return call.mode === "ai" ? "AI" : "Scripted";
}

export const ANSWERED: Record<Mode | "fell_back", string> = {
  ai: "AI",
  scripted: "Scripted",
  fell_back: "AI, then scripted",
};

/** "in 3 days", "2 hours ago". @param now Unix ms */
export function relative(at: number, now: number): string {
  const words = new Intl.RelativeTimeFormat("en", { numeric: "auto" });
  const minutes = (at - now) / 60_000;
  if (Math.abs(minutes) < 60) return words.format(Math.round(minutes), "minute");
  if (Math.abs(minutes) < 36 * 60) return words.format(Math.round(minutes / 60), "hour");
  return words.format(Math.round(minutes / 1_440), "day");
}

/** "1 call", "3 calls" */
export function many(count: number, one: string): string {
  return `${count} ${one}${count === 1 ? "" : "s"}`;
}
