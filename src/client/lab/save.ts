/** Files to keep, and the clipboard. */
import { eventsAsJson, eventsAsObjects, eventsAsText } from "../export/events.ts";
import { asJson, asObject, asText } from "../export/files.ts";
import { asWebVtt } from "../export/web-vtt.ts";
import type { CallState } from "../state/call-state.ts";
import type { Entry } from "./log.ts";
import { log, notice, now, runNow } from "./state.ts";

export type CallFormat = "txt" | "vtt" | "json";

const CALL: Record<CallFormat, { type: string; of: (call: CallState) => string }> = {
  txt: { type: "text/plain", of: asText },
  vtt: { type: "text/vtt", of: asWebVtt },
  json: { type: "application/json", of: asJson },
};

export function saveCall(format: CallFormat): void {
  const { type, of } = CALL[format];
  withCall((call) => save(`transcript.${format}`, type, of(call)));
}

export function saveEvents(format: "txt" | "json", entries: readonly Entry[] = log.entries): void {
  withCall((call) =>
    format === "txt"
      ? save("events.txt", "text/plain", eventsAsText(call, entries))
      : save("events.json", "application/json", eventsAsJson(call, entries)),
  );
}

/** Words, tools, events, times and settings in one file. The settings hold no key. */
export function saveAll(): void {
  withCall((call) => {
    const { settings, steps } = now.value ?? {};
    const all = { ...asObject(call), run: runNow(), steps, settings, events: eventsAsObjects(log.entries) };
    save("everything.json", "application/json", JSON.stringify(all, null, 2));
  });
}

function withCall(use: (call: CallState) => void): void {
  const call = now.value?.call;
  if (call !== undefined) use(call);
}

function save(what: string, type: string, text: string): void {
  const call = now.value?.call;
  const url = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  const link = document.createElement("a");
  link.href = url;
  link.download = `luna-${call?.scenario ?? "call"}-${call?.callId ?? "call"}-${what}`;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}

export async function copy(text: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    notice("Copied.");
  } catch {
    notice("This browser did not let the page copy. Save it as a file instead.");
  }
}
