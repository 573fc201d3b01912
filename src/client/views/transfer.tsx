/** The hand-over: who takes the call, and the note they get. */
import type { TransferStatus } from "../../legs/wire.ts";
import { Icon } from "./icon.tsx";
import type { IconName } from "./icon-names.ts";

export function Transfer({ transfer }: { transfer: TransferStatus }) {
  const { summary } = transfer;
  const connected = transfer.state === "connected";
  return (
    <li class={`transfer transfer-${transfer.state}`}>
      <div class="transfer-head">
        <span class="transfer-line" aria-hidden="true">
          <span class="transfer-moon" />
          <span class="transfer-dots">
            <i />
            <i />
            <i />
          </span>
          <span class="transfer-person">
            <Icon name="person" size={18} />
          </span>
        </span>
        <div>
          <h3>{connected ? `You are with ${transfer.specialist}` : `Transferring you to ${transfer.specialist}`}</h3>
          <p>{transfer.department}</p>
        </div>
      </div>
      <section class="summary" aria-label="Summary for the specialist">
        <p class="summary-who">
          <strong>{summary.caller}</strong>
          <span class={summary.verified ? "chip chip-good" : "chip chip-warn"}>
            <Icon name={summary.verified ? "check" : "alert"} size={14} />
            {summary.verified ? "Verified" : "Not verified"}
          </span>
        </p>
        <p class="summary-asked">{summary.asked}</p>
        <Points title="Done" icon="check" points={summary.done} />
        <Points title="Still open" icon="ring" points={summary.open} />
      </section>
    </li>
  );
}

function Points({ title, icon, points }: { title: string; icon: IconName; points: string[] }) {
  if (points.length === 0) return null;
  return (
    <div class="points">
      <h4>{title}</h4>
      <ul>
        {points.map((point) => (
          <li key={point}>
            <Icon name={icon} size={14} />
            {point}
          </li>
        ))}
      </ul>
    </div>
  );
}
