/** Luna's face: a moon whose phase tells what she does, and whose glow follows her voice. The caller's voice is a ring around it. */
import { useEffect, useRef } from "preact/hooks";
import { levels } from "../call/current.ts";
import { line, link, phase, transfer } from "../state/parts.ts";
import { inCall } from "../state/store.ts";
import { firstName } from "../words.ts";
import { everyFrame } from "./frames.ts";

export function Moon() {
  const face = useRef<HTMLDivElement>(null);
  const { value: handOver } = transfer;
  const live = inCall.value;
  useEffect(() => {
    if (!live) return;
    return everyFrame(() => {
      const { mic, luna } = levels();
      face.current?.style.setProperty("--luna", loudness(luna).toFixed(3));
      face.current?.style.setProperty("--caller", loudness(mic).toFixed(3));
    });
  }, [live]);
  const specialist = handOver?.state === "connected" ? handOver.specialist : null;
  const look = live && link.value !== "on" ? "reconnecting" : phase.value === "live" ? line.value.shown : phase.value;
  return (
    <div ref={face} class={`moon moon-${look}`} aria-hidden="true">
      <span class="moon-halo" />
      <span class="moon-ring" />
      {specialist === null ? (
        <span class="moon-disc">
          <span class="moon-shade" />
        </span>
      ) : (
        <span class="specialist-disc">{initials(specialist)}</span>
      )}
      {handOver?.state === "starting" && (
        <span class="moon-bridge">
          <i />
          <i />
          <i />
          <span class="specialist-disc specialist-small">{initials(handOver.specialist)}</span>
        </span>
      )}
    </div>
  );
}

function initials(name: string): string {
  const last = name.split(" ").at(-1) ?? "";
  return (firstName(name).charAt(0) + (last === firstName(name) ? "" : last.charAt(0))).toUpperCase();
}

/** RMS 0..1 on the scale of the ear: -54 dBFS is nothing, 0 dBFS is all, and a calm voice stands at about two thirds. */
export function loudness(rms: number): number {
  if (rms <= 0.002) return 0;
  return Math.min(1, ((20 * Math.log10(rms) + 54) / 54) ** 1.5);
}
