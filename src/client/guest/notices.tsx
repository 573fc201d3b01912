/**
 * Short words of the call for the person in front of the page. They come from the server, in English; what most guests meet,
 * the page says in its own language.
 */
import { useEffect } from "preact/hooks";
import type { ShownNotice } from "../state/call-state.ts";
import { notices } from "../state/parts.ts";
import { tell } from "../state/store.ts";
import { Icon } from "../views/icon.tsx";
import { given, say } from "./given.ts";
import { speaker } from "./line.tsx";
import type { GuestWords } from "./words/index.ts";

const OURS: Readonly<Record<string, keyof GuestWords>> = {
  link_closed: "told_link_closed",
  nearly_spent: "told_nearly_spent",
  spent: "told_spent",
  link_busy: "told_no_ai",
  day_spent: "told_no_ai",
  lines_busy: "told_no_ai",
  may_be_watched: "told_watched",
  recorded: "told_recorded",
  unclear: "told_unclear",
};

const SHOWN_MS = { info: 5_000, warning: 9_000 } as const;

export function Notices() {
  return (
    <section class="notices" aria-label={say("notices")} aria-live="polite">
      {notices.value.filter(isNews).map((notice) => (
        <One key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

/** By http the browser plays nothing, and the page says why in a place of its own: loading it anew would not help. */
function isNews({ code }: ShownNotice): boolean {
  return isSecureContext || code !== "playback_failed";
}

function One({ notice }: { notice: ShownNotice }) {
  const ours = given.language !== "en" && Object.hasOwn(OURS, notice.code) ? OURS[notice.code] : undefined;
  const dismiss = () => tell({ type: "local.dismiss", id: notice.id });
  useEffect(() => {
    if (notice.tone === "problem") return;
    const timer = setTimeout(dismiss, SHOWN_MS[notice.tone]);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={`notice notice-${notice.tone}`}>
      <Icon name={notice.tone === "info" ? "info" : "alert"} />
      <p lang={ours === undefined ? "en" : undefined}>
        {ours === undefined ? notice.message : say(ours, { speaker: speaker() })}
      </p>
      <button type="button" class="icon-button" aria-label={say("dismiss")} onClick={dismiss}>
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}
