/** For the person who shows Luna to others: what to say, what to point at, what happens next. */
import { useSignal } from "@preact/signals";
import type { ScenarioCard } from "../api.ts";
import { lit, phase, scenario } from "../state/parts.ts";
import { scenarios } from "../state/store.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";
import { Fact } from "./rows.tsx";
import { SidePanel } from "./side-panel.tsx";

export function NotesPanel() {
  const chosen = useSignal<string | null>(null);
  const all = scenarios.value ?? [];
  const current = phase.value === "idle" ? null : (lit.value ?? scenario.value);
  const shown = all.find((one) => one.id === (chosen.value ?? current)) ?? all[0];
  return (
    <SidePanel name="notes" title="Presenter notes">
      <label class="field">
        <span>Scenario</span>
        <select value={shown?.id} onChange={(event) => (chosen.value = event.currentTarget.value)}>
          {all.map((one) => (
            <option key={one.id} value={one.id}>
              {one.title}
            </option>
          ))}
        </select>
      </label>
      {shown === undefined ? <p class="quiet">The notes are on their way.</p> : <Notes one={shown} />}
    </SidePanel>
  );
}

function Notes({ one }: { one: ScenarioCard }) {
  const escalates = one.resolution === "escalated";
  return (
    <>
      <p class="notes-objective">{one.objective}</p>
      <p class={escalates ? "chip chip-warn" : "chip chip-good"}>
        <Icon name={escalates ? "person" : "check"} size={14} />
        {escalates ? `Ends with ${one.specialist?.name ?? "a specialist"}` : "Luna solves it alone"}
      </p>
      <Points title="Say" icon="voice" points={one.notes.say} />
      <Points title="Point at" icon="eye" points={one.notes.point} />
      <Points title="Expect" icon="ring" points={one.notes.expect} />
      <h3>Caller</h3>
      <dl class="facts">
        <Fact label="Name">{one.caller.name}</Fact>
        <Fact label="Tier">{one.caller.tier}</Fact>
        <Fact label="Phone">{one.caller.phone}</Fact>
      </dl>
      <p class="quiet">{one.caller.about}</p>
      <h3>Tools</h3>
      <ul class="chips">
        {one.tools.map((tool) => (
          <li key={tool} class="chip">
            {tool}
          </li>
        ))}
      </ul>
    </>
  );
}

function Points({ title, icon, points }: { title: string; icon: IconName; points: string[] }) {
  if (points.length === 0) return null;
  return (
    <section class="notes-points">
      <h3>{title}</h3>
      <ul class="plain">
        {points.map((point) => (
          <li key={point}>
            <Icon name={icon} size={16} />
            <span>{point}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
