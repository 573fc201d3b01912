/** Changing a link that guests may hold already: its name, the words to the guest, and how long it is good for. */
import { useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import type { LinkShown } from "../../legs/links.ts";
import { changeLink, sentence } from "./api.ts";
import { Fault, Field, LIVES } from "./field.tsx";
import { type ChangeWish, changeFault, changeOf, wishOf } from "./link-change.ts";
import { say } from "./state.ts";
import { fullMoment } from "./words.ts";

interface Props {
  link: LinkShown;
  /** @param link as it is now; null where nothing was changed. */
  onDone: (link: LinkShown | null) => void;
}

export function LinkEdit({ link, onDone }: Props) {
  /** As it was when the form was opened: what others change meanwhile is theirs. */
  const before = useRef(link);
  const wish = useSignal<ChangeWish>(wishOf(link));
  const fault = useSignal<{ field: keyof ChangeWish | null; says: string } | null>(null);
  const busy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const id = useId();
  useEffect(() => form.current?.querySelector("input")?.focus(), []);
  const set = (field: keyof ChangeWish, value: string) => {
    wish.value = { ...wish.value, [field]: value };
    if (fault.value?.field === field) fault.value = null;
  };
  const send = async (event: Event) => {
    event.preventDefault();
    // A button that is switched off loses the focus: it stays on, and does nothing.
    if (busy.value) return;
    fault.value = changeFault(wish.value);
    if (fault.value !== null) {
      const named = form.current?.elements.namedItem(fault.value.field ?? "");
      if (named instanceof HTMLElement) named.focus();
      return;
    }
    const change = changeOf(wish.value, before.current);
    if (change === null) return onDone(null);
    busy.value = true;
    try {
      const changed = await changeLink(link.id, change);
      say("The link is changed.");
      onDone(changed);
    } catch (thrown) {
      fault.value = { field: null, says: sentence(thrown) };
      busy.value = false;
    }
  };
  const cancel = () => {
    if (!busy.value) onDone(null);
  };
  const of = (field: keyof ChangeWish) => ({
    id: `${id}-${field}`,
    name: field,
    value: wish.value[field],
    "aria-describedby": `${id}-${field}-hint`,
    "aria-invalid": fault.value?.field === field,
  });
  return (
    <form
      ref={form}
      class="link-form link-edit"
      aria-label={`Edit ${link.label}`}
      noValidate
      onSubmit={(event) => void send(event)}
      onKeyDown={(event) => {
        if (event.key === "Escape") cancel();
      }}
    >
      <Field id={`${id}-label`} label="Name" hint="Only you see it.">
        <input
          {...of("label")}
          maxLength={60}
          autocomplete="off"
          onInput={(event) => set("label", event.currentTarget.value)}
        />
      </Field>
      <Field id={`${id}-note`} label="A few words to the guest" hint="Shown above the button. Empty: none.">
        <textarea
          {...of("note")}
          rows={3}
          maxLength={500}
          onInput={(event) => set("note", event.currentTarget.value)}
        />
      </Field>
      <Field id={`${id}-expires_in_hours`} label="Good for" hint="From now on. Calls that are on then end politely.">
        <select {...of("expires_in_hours")} onChange={(event) => set("expires_in_hours", event.currentTarget.value)}>
          <option value="keep">{standsWord(link)}</option>
          {LIVES.map(([hours, word]) => (
            <option key={hours} value={hours}>
              {hours === "" ? word : `${word} from now`}
            </option>
          ))}
        </select>
      </Field>
      {fault.value !== null && <Fault says={fault.value.says} />}
      <div class="host-buttons">
        <button type="submit" class="button button-small button-primary" aria-disabled={busy.value}>
          Save
        </button>
        <button type="button" class="button button-small" aria-disabled={busy.value} onClick={cancel}>
          Cancel
        </button>
      </div>
    </form>
  );
}

function standsWord({ expires_at }: LinkShown): string {
  if (expires_at === null) return "As it is: until I revoke it";
  return `As it is: ${expires_at > Date.now() ? "until" : "closed since"} ${fullMoment(expires_at)}`;
}
