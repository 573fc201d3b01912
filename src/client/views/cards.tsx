/** The reasons to call, one card each. In a freeform call the card lights up whose tool Luna used. */
import type { ScenarioCard } from "../api.ts";
import { sendToCall, startCall } from "../call/current.ts";
import { lit, persona, phase, scenario } from "../state/parts.ts";
import { dialog, inCall, scenarios, typing, wished } from "../state/store.ts";
import { Icon, ScenarioIcon } from "./icon.tsx";

export const FREEFORM = "freeform";

export function Cards() {
  const all = scenarios.value;
  return (
    <aside class="cards" aria-label="Reasons to call">
      <h2 class="pane-title">Reasons to call</h2>
      <ul class="card-list">
        {all === null
          ? Array.from({ length: 8 }, (_, index) => <li key={index} class="card card-blank" aria-hidden="true" />)
          : all.filter((one) => one.id !== FREEFORM && !one.persona).map((one) => <Card key={one.id} one={one} />)}
        {all?.some((one) => one.persona) && (
          <li class="card-others">
            <h3 class="pane-title">Others who answer</h3>
            <ul>{all.map((one) => one.persona && <Card key={one.id} one={one} />)}</ul>
          </li>
        )}
      </ul>
    </aside>
  );
}

function Card({ one }: { one: ScenarioCard }) {
  const answers = persona.value?.key ?? "luna";
  const isLit =
    phase.value !== "idle" &&
    (one.persona ? answers === one.id : lit.value === one.id || (scenario.value === one.id && answers === "luna"));
  const escalates = one.resolution === "escalated";
  return (
    <li>
      <button
        type="button"
        class={isLit ? "card card-lit" : "card"}
        aria-current={isLit ? "true" : undefined}
        onClick={() => choose(one)}
      >
        <span class="card-icon">
          <ScenarioIcon name={one.icon} size={22} />
        </span>
        <span class="card-words">
          <span class="card-title">{one.title}</span>
          <span class="card-tagline">{one.tagline}</span>
        </span>
        <span class="card-mark" title={escalates ? "Ends with a specialist" : "Luna solves it alone"}>
          <Icon name={escalates ? "person" : "check"} size={16} />
          <span class="visually-hidden">{escalates ? "Ends with a specialist." : "Needs no specialist."}</span>
        </span>
      </button>
    </li>
  );
}

function choose(one: ScenarioCard): void {
  const wish = { scenario: one.id, title: one.title, typing: typing.value };
  if (!inCall.value) return startCall(wish);
  if (one.persona) return sendToCall({ type: "luna.persona", key: one.persona.key });
  if (scenario.value === one.id) return;
  wished.value = wish;
  dialog.value = "switch";
}
