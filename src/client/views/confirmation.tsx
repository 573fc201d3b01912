/** A change waits for the caller's yes: exactly what would happen, and two buttons. Saying "yes" does the same. */
import { confirm } from "../call/current.ts";
import { confirmation } from "../state/parts.ts";
import { Icon } from "./icon.tsx";
import { Fact } from "./rows.tsx";

export function Confirmation() {
  const pending = confirmation.value;
  if (pending === null) return null;
  return (
    <section class="confirmation" aria-labelledby="confirmation-title">
      <h3 id="confirmation-title" class="confirmation-title">
        <Icon name="shield" />
        {pending.title}
      </h3>
      <dl class="facts">
        {pending.lines.map((line) => (
          <Fact key={line.label} label={line.label}>
            {line.value}
          </Fact>
        ))}
      </dl>
      <div class="confirmation-buttons">
        <button type="button" class="button" onClick={() => confirm(false)}>
          Cancel
        </button>
        <button type="button" class="button button-primary" onClick={() => confirm(true)}>
          Confirm
        </button>
      </div>
    </section>
  );
}
