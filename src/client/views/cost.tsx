/** What the call costs while it runs. The scripted engine costs nothing, and says so. */
import { cost, engine } from "../state/parts.ts";
import { call } from "../state/store.ts";
import { usd } from "../words.ts";

export function Cost() {
  if (engine.value === null) return null;
  const told = cost.value;
  if (told === null && !call.peek().usedAi) return <span class="cost">free</span>;
  const cap = told?.cap_usd ?? null;
  return (
    <span class="cost" title="What the provider charges for this call, as far as it has told">
      <span class="visually-hidden">Cost so far: </span>
      {told?.usd == null ? "–" : usd(told.usd)}
      {cap !== null && <span class="cost-cap"> of {usd(cap)}</span>}
    </span>
  );
}
