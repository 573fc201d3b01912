/** A label, its field, and what it does: as every form of the host's pages has it. */
import type { ComponentChildren } from "preact";
import { Icon } from "../views/icon.tsx";

/** How long a link may be good for. "" is until it is revoked. */
export const LIVES: [hours: string, word: string][] = [
  ["1", "An hour"],
  ["24", "A day"],
  ["168", "A week"],
  ["720", "30 days"],
  ["", "Until I revoke it"],
];

export function Field({
  label,
  hint,
  id,
  children,
}: {
  label: string;
  hint: string;
  id: string;
  children: ComponentChildren;
}) {
  return (
    <div class="link-field">
      <label for={id}>{label}</label>
      {children}
      <small id={`${id}-hint`}>{hint}</small>
    </div>
  );
}

/** What does not fit, or did not work. */
export function Fault({ says }: { says: string }) {
  return (
    <p class="field-fault" role="alert">
      <Icon name="alert" size={18} />
      {says}
    </p>
  );
}
