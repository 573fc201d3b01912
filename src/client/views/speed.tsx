/** Answer times as bars with the target as a line across: a glance says whether a talk at this speed feels like one. */
import type { Speed } from "../state/speed.ts";
import { TARGET } from "../state/speed.ts";
import { seconds } from "../words.ts";

export function SpeedBars({ speed }: { speed: Speed }) {
  return (
    <div class="speed">
      <Bar label="Mean answer" ms={speed.mean} target={TARGET.mean} />
      <Bar label="95th percentile" ms={speed.p95} target={TARGET.p95} />
    </div>
  );
}

/** The scale ends at twice the target; what is slower fills it. */
function Bar({ label, ms, target }: { label: string; ms: number; target: number }) {
  const met = ms < target;
  return (
    <div class={met ? "speed-bar speed-met" : "speed-bar speed-missed"}>
      <p>
        <span>{label}</span> <strong>{seconds(ms)}</strong>{" "}
        <span class="quiet">
          {met ? "within" : "over"} {seconds(target)}
        </span>
      </p>
      <div class="speed-track" aria-hidden="true">
        <span class="speed-fill" style={{ width: `${Math.min(100, (50 * ms) / target)}%` }} />
        <span class="speed-line" />
      </div>
    </div>
  );
}
