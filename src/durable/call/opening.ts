/** How a call begins: who answers first and which way the sound goes; and what the page is told before anything else. */

import { noticeOf } from "../../call/notice.ts";
import type { LunaSettings } from "../../env.ts";
import type { CallOpened } from "../../legs/open-call.ts";
import type { Mode, Notice } from "../../legs/wire.ts";
import { SCRIPTED_MODEL } from "./engines.ts";
import { mediaFor, soundSecret } from "./media.ts";
import { Meter } from "./meter.ts";
import { castFor } from "./persona.ts";
import { newProgress, type Opened, type OpenRequest, type Progress } from "./record.ts";
import type { Reserved } from "./reservation.ts";

const BUSY = "All lines to the AI are taken just now, so the built-in Luna answers.";
const WATCHED = "Whoever invited you may let others watch this call: they see the words, and hear nothing.";
const RECORDED = "The sound of this call is recorded. You may switch the recording off at any time.";
const LINK_BUSY = "The budget of this link is set aside for calls that are on just now, so the built-in Luna answers.";
const DAY_SPENT = "The host's budget for calls with the AI is used up for now, so the built-in Luna answers.";

/** The first page of a call's record. The key stays out of it. */
export function firstPage(
  request: OpenRequest,
  settings: LunaSettings,
  now: number,
): { opened: Opened; progress: Progress; notices: Notice[] } {
  const { key, cap_usd, leave = null, busy = false, direct = false, ...kept } = request;
  const mode: Mode = key === undefined ? "scripted" : "ai";
  const model = mode === "scripted" ? SCRIPTED_MODEL : (request.settings.model ?? settings.provider.model);
  const { media, notice: toldOfMedia, settings: wanted } = mediaFor({ ...kept, mode, direct });
  const opened: Opened = { ...kept, settings: wanted, mode, model, opened_at: now };
  const notices: Notice[] = toldOfMedia ? [toldOfMedia] : [];
  // The day's money is spent, so the host's key is left alone.
  if (cap_usd === 0) notices.unshift(noticeOf("day_spent", "warning", DAY_SPENT));
  if (leave?.may_usd === 0) notices.unshift(noticeOf("link_busy", "warning", LINK_BUSY));
  if (busy) notices.unshift(noticeOf("lines_busy", "warning", BUSY));
  if (opened.link?.watch) notices.push(noticeOf("may_be_watched", "info", WATCHED));
  if (opened.link?.record && mode === "ai") notices.push(noticeOf("recorded", "info", RECORDED));
  const cast = castFor(opened.scenario, settings, opened.link?.language);
  const progress = { ...newProgress(mode, mode === "ai" ? cap_usd : null, cast), media };
  if (mode === "ai" && opened.link) new Meter(progress.counts, () => settings.transcriptionModel).linkLeaves(leave);
  return { opened, progress, notices };
}

/** Which way the page brings its sound, where that is not its socket. */
export async function wayOfSound(
  opened: Opened,
  { media }: Progress,
  reserved: Reserved,
): Promise<Pick<CallOpened, "method" | "secret">> {
  if (!media) return {};
  if (media.method === "direct") return { method: "direct" };
  return { method: "ephemeral", secret: await soundSecret(opened, reserved) };
}
