/** How the calls of this browser ended, and who answered them. */
import { speedOf } from "../state/speed.ts";
import { answers, counters } from "../state/store.ts";
import { SpeedBars } from "./speed.tsx";

export function Footer() {
  const { contained, escalated, ai, scripted } = counters.value;
  const speed = speedOf(answers.value);
  return (
    <footer class="bottom">
      <dl class="counters">
        <Count label="Solved" value={contained} />
        <Count label="Escalated" value={escalated} />
        <Count label="AI calls" value={ai} />
        <Count label="Scripted calls" value={scripted} />
      </dl>
      {speed !== null && (
        <section class="bottom-speed" aria-label="Answer times on this device">
          <SpeedBars speed={speed} />
        </section>
      )}
      <p class="bottom-note">Demo bank with invented people and money.</p>
    </footer>
  );
}

function Count({ label, value }: { label: string; value: number }) {
  return (
    <div class="count">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}
