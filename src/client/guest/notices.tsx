/** Short words of the call for the person in front of the page. They come from the server, in English. */
import { useEffect } from "preact/hooks";
import type { ShownNotice } from "../state/call-state.ts";
import { notices } from "../state/parts.ts";
import { tell } from "../state/store.ts";
import { Icon } from "../views/icon.tsx";
import { say } from "./given.ts";

const SHOWN_MS = { info: 5_000, warning: 9_000 } as const;

export function Notices() {
  return (
    <section class="notices" aria-label={say("notices")} aria-live="polite">
      {notices.value.map((notice) => (
        <One key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function One({ notice }: { notice: ShownNotice }) {
  const dismiss = () => tell({ type: "local.dismiss", id: notice.id });
  useEffect(() => {
    if (notice.tone === "problem") return;
    const timer = setTimeout(dismiss, SHOWN_MS[notice.tone]);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={`notice notice-${notice.tone}`}>
      <Icon name={notice.tone === "info" ? "info" : "alert"} />
      <p lang="en">{notice.message}</p>
      <button type="button" class="icon-button" aria-label={say("dismiss")} onClick={dismiss}>
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}
