/** Short words for the person in front of the page: what happened, and what to do. Problems stay until they are read. */
import { useEffect } from "preact/hooks";
import type { ShownNotice } from "../state/call-state.ts";
import { notices } from "../state/parts.ts";
import { tell } from "../state/store.ts";
import { Icon } from "./icon.tsx";

const SHOWN_MS = { info: 5_000, warning: 9_000 } as const;

export function Notices() {
  return (
    <section class="notices" aria-label="Notices" aria-live="polite">
      {notices.value.map((notice) => (
        <NoticeView key={notice.id} notice={notice} />
      ))}
    </section>
  );
}

function NoticeView({ notice }: { notice: ShownNotice }) {
  const dismiss = () => tell({ type: "local.dismiss", id: notice.id });
  useEffect(() => {
    if (notice.tone === "problem") return;
    const timer = setTimeout(dismiss, SHOWN_MS[notice.tone]);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div class={`notice notice-${notice.tone}`}>
      <Icon name={notice.tone === "info" ? "info" : "alert"} />
      <p>{notice.message}</p>
      <button type="button" class="icon-button" aria-label="Dismiss" onClick={dismiss}>
        <Icon name="close" size={18} />
      </button>
    </div>
  );
}
