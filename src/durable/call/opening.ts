/** How a call begins: who answers first and which way the sound goes; and what the page is told before anything else. */
import type { LunaSettings } from "../../env.ts";
import type { CallOpened } from "../../legs/open-call.ts";
import type { Mode, Notice } from "../../legs/wire.ts";
import { SCRIPTED_MODEL } from "./engines.ts";
import { mediaFor, soundSecret } from "./media.ts";
import { castFor } from "./persona.ts";
import { newProgress, type Opened, type OpenRequest, type Progress } from "./record.ts";
import type { Reserved } from "./reservation.ts";

const DAY_SPENT = "The host's budget for calls with the AI is used up for now, so the built-in Luna answers.";

/** The first page of a call's record. The key stays out of it. */
export function firstPage(
  request: OpenRequest,
  settings: LunaSettings,
  now: number,
): { opened: Opened; progress: Progress; notices: Notice[] } {
  const { key, cap_usd, direct = false, ...kept } = request;
  const mode: Mode = key === undefined ? "scripted" : "ai";
  const model = mode === "scripted" ? SCRIPTED_MODEL : (request.settings.model ?? settings.provider.model);
  const { media, notice, settings: wanted } = mediaFor({ ...kept, mode, direct });
  const opened: Opened = { ...kept, settings: wanted, mode, model, opened_at: now };
  const notices: Notice[] = notice ? [notice] : [];
  // The day's money is spent, so the host's key is left alone.
  if (cap_usd === 0) notices.unshift({ type: "luna.notice", code: "day_spent", tone: "warning", message: DAY_SPENT });
  const cast = castFor(opened.scenario, settings);
  return { opened, progress: { ...newProgress(mode, mode === "ai" ? cap_usd : null, cast), media }, notices };
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
