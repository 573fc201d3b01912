/** How the calls of this browser ended, and who answered them. */
import { counters } from "../state/store.ts";

export function Footer() {
  const { contained, escalated, ai, scripted } = counters.value;
  return (
    <footer class="bottom">
      <dl class="counters">
        <Count label="Solved by Luna" value={contained} />
        <Count label="Escalated" value={escalated} />
        <Count label="AI calls" value={ai} />
        <Count label="Scripted calls" value={scripted} />
      </dl>
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
