/**
 * The way into the lab. The lab is a file of its own, fetched when somebody opens it, with its own copy of what draws it:
 * shared modules would become one more file that the first picture has to wait for. It sees the page through `LabHost` only.
 */
import { computed, effect, untracked } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { sendToCall } from "../call/current.ts";
import { lineStats, steps } from "../state/steps.ts";
import { badge, call, choose, config, settings, taps, tell, voicePack } from "../state/store.ts";
import { SidePanel } from "../views/side-panel.tsx";
import type { LabHost } from "./host.ts";

type Lab = typeof import("./lab.tsx");

const SCRIPT = "/build/lab.js";
const STYLES = "/build/lab-styles.css";

/** Bytes come often, and are of no matter to the lab. */
const waking = computed(() => voicePack.value?.speaks === false);
const host: LabHost = {
  watch: (listener) =>
    effect(() => {
      const now = {
        call: call.value,
        settings: settings.value,
        config: config.value,
        steps: steps.value,
        ai: badge.value === "ai",
        waking: waking.value,
      };
      untracked(() => listener(now));
    }),
  hear: (listener) => taps.add(listener),
  tell: sendToCall,
  choose,
  stats: async () => (await lineStats.read?.()) ?? null,
  notice: (message) => tell({ type: "local.notice", code: "lab", tone: "info", message }),
};

let lab: Promise<Lab> | null = null;
function fetchLab(): Promise<Lab> {
  lab ??= Promise.all([import(SCRIPT) as Promise<Lab>, styled()])
    .then(([fetched]) => {
      fetched.attach(host);
      return fetched;
    })
    .catch((failure: unknown) => {
      lab = null;
      host.notice("The lab could not be loaded. Check the connection and open it again.");
      throw failure;
    });
  return lab;
}

function styled(): Promise<unknown> {
  const link = Object.assign(document.createElement("link"), { rel: "stylesheet", href: STYLES });
  return new Promise((resolve, reject) => {
    link.onload = resolve;
    link.onerror = reject;
    document.head.append(link);
  });
}

export function LabPanel() {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    let leave: (() => void) | null = () => undefined;
    fetchLab().then(
      ({ mount }) => {
        if (leave !== null && box.current !== null) leave = mount(box.current);
      },
      () => undefined,
    );
    return () => {
      leave?.();
      leave = null;
    };
  }, []);
  return (
    <SidePanel name="lab" title="Lab">
      <div ref={box} class="lab" />
    </SidePanel>
  );
}

/** Saves the call on screen as a file. */
export function saveTranscript(format: "txt" | "vtt" | "json"): void {
  fetchLab().then(
    ({ saveCall }) => saveCall(format),
    () => undefined,
  );
}
