/** Making a link: three things to say, and everything else has a sensible beginning. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import type { LinkShown } from "../../legs/links.ts";
import { keep, kept } from "../state/kept.ts";
import { makeLink, sentence } from "./api.ts";
import { Fault, Field, LIVES } from "./field.tsx";
import { FRESH, faultOf, newLink, type Wish } from "./link-wish.ts";
import { scenarios } from "./state.ts";

const HOST_NAME = "luna.host-name";

export function LinkForm({ onMade }: { onMade: (link: LinkShown) => void }) {
  const fresh = () => ({ ...FRESH, host_name: kept(HOST_NAME) ?? "" });
  const wish = useSignal<Wish>(fresh());
  const fault = useSignal<{ field: keyof Wish | null; says: string } | null>(null);
  const busy = useSignal(false);
  const form = useRef<HTMLFormElement>(null);
  const set = <F extends keyof Wish>(field: F, value: Wish[F]) => {
    wish.value = { ...wish.value, [field]: value };
    if (fault.value?.field === field) fault.value = null;
  };
  const send = async (event: Event) => {
    event.preventDefault();
    if (busy.value) return;
    fault.value = faultOf(wish.value);
    if (fault.value !== null) {
      const named = form.current?.elements.namedItem(fault.value.field ?? "");
      if (named instanceof HTMLElement) {
        named.closest("details")?.setAttribute("open", "");
        named.focus();
      }
      return;
    }
    busy.value = true;
    try {
      const made = await makeLink(newLink(wish.value));
      keep(HOST_NAME, wish.value.host_name.trim());
      wish.value = fresh();
      onMade(made);
    } catch (thrown) {
      fault.value = { field: null, says: sentence(thrown) };
    }
    busy.value = false;
  };
  const field = { wish: wish.value, fault: fault.value, set };
  return (
    <form ref={form} class="host-card link-form" id="make" noValidate onSubmit={(event) => void send(event)}>
      <h2>Make a link</h2>
      <div class="link-first">
        <Text {...field} name="label" label="Name" hint="Only you see it." maxLength={60} placeholder="Autumn fair" />
        <Text
          {...field}
          name="host_name"
          label="Who invites"
          hint="The guest reads it first."
          maxLength={60}
          placeholder="Nora of Aurora Bank"
        />
        <Select {...field} name="about" label="What the call is about" hint="What the guest wants, or who answers.">
          <optgroup label="Scenarios">
            {scenarios.value
              .filter(({ persona }) => persona === undefined)
              .map(({ id, title }) => (
                <option key={id} value={`scenario:${id}`}>
                  {title}
                </option>
              ))}
          </optgroup>
          <optgroup label="Somebody else answers">
            {scenarios.value.flatMap(({ persona }) =>
              persona === undefined
                ? []
                : [
                    <option key={persona.key} value={`persona:${persona.key}`}>
                      {persona.speaker}, {persona.place}
                    </option>,
                  ],
            )}
          </optgroup>
        </Select>
      </div>
      <details>
        <summary>
          Limits: good for {lifeWord(wish.value)}, {limitsWord(wish.value)}
        </summary>
        <div class="link-more">
          <Select
            {...field}
            name="expires_in_hours"
            label="Good for"
            hint="Then it closes, and calls that are on end politely."
          >
            {LIVES.map(([hours, word]) => (
              <option key={hours} value={hours}>
                {word}
              </option>
            ))}
          </Select>
          <Text
            {...field}
            name="max_calls"
            label="Calls"
            hint="How often it may be called in all. Empty: no limit."
            numeric
          />
          <Text {...field} name="minutes" label="Minutes a call" hint="1 to 60." numeric />
          <Text
            {...field}
            name="cap_usd"
            label="Money, US dollars"
            hint="The most all its calls may cost together on your key. Empty: only your own caps hold."
            numeric
          />
          <Text
            {...field}
            name="pin"
            label="PIN"
            hint="4 to 8 digits the guest has to know. Empty: none."
            numeric
            maxLength={8}
          />
        </div>
      </details>
      <details>
        <summary>Voice, sound and watching</summary>
        <div class="link-more">
          <Select {...field} name="mode" label="Answered by" hint="The scripted Luna costs nothing and speaks English.">
            <option value="auto">AI where there is a key and money, else scripted</option>
            <option value="scripted">Scripted, always</option>
          </Select>
          <Select {...field} name="language" label="Language" hint="Of the guest's page, and what the AI speaks.">
            <option value="en">English</option>
            <option value="de">Deutsch</option>
            <option value="es">Español</option>
            <option value="fr">Français</option>
          </Select>
          <Check
            {...field}
            name="watch"
            label="A second link for people who only watch"
            hint="The guest is told that somebody may be watching."
          />
          <Check
            {...field}
            name="record"
            label="Keep the sound"
            hint="The guest is told before the call. Calls of the scripted Luna have none to keep."
          />
        </div>
      </details>
      <details>
        <summary>Words to the guest, other sites, how long calls are kept</summary>
        <div class="link-more">
          <Area
            {...field}
            name="note"
            label="A few words to the guest"
            hint="Shown above the button."
            maxLength={500}
          />
          <Area
            {...field}
            name="origins"
            label="Sites that may show this call"
            hint="For the button on other sites (embed.js): https://shop.example, one a line. Empty: none."
          />
          <Text
            {...field}
            name="keep_days"
            label="Days its calls are kept"
            hint="Empty: as long as all calls."
            numeric
          />
        </div>
      </details>
      {fault.value !== null && <Fault says={fault.value.says} />}
      <button type="submit" class="button button-primary" aria-disabled={busy.value}>
        Make the link
      </button>
    </form>
  );
}

function lifeWord({ expires_in_hours }: Wish): string {
  const word = LIVES.find(([hours]) => hours === expires_in_hours)?.[1] ?? "";
  return expires_in_hours === "" ? "ever" : word.toLowerCase();
}

function limitsWord({ max_calls, minutes, cap_usd, pin }: Wish): string {
  const calls = max_calls === "" ? "any number of calls" : `${max_calls} calls`;
  return `${calls} of ${minutes} minutes${cap_usd === "" ? "" : `, $${cap_usd} in all`}${pin === "" ? "" : ", PIN"}`;
}

interface FieldProps<Name extends keyof Wish> {
  wish: Wish;
  fault: { field: keyof Wish | null; says: string } | null;
  set: <F extends keyof Wish>(field: F, value: Wish[F]) => void;
  name: Name;
  label: string;
  hint: string;
}
type Words = "label" | "host_name" | "note" | "max_calls" | "minutes" | "cap_usd" | "pin" | "origins" | "keep_days";

function Text(props: FieldProps<Words> & { maxLength?: number; placeholder?: string; numeric?: boolean }) {
  const { name, wish, fault, set, numeric } = props;
  const id = useId();
  return (
    <Field label={props.label} hint={props.hint} id={id}>
      <input
        id={id}
        name={name}
        value={wish[name]}
        maxLength={props.maxLength}
        placeholder={props.placeholder}
        inputMode={numeric ? (name === "cap_usd" ? "decimal" : "numeric") : undefined}
        autocomplete="off"
        aria-describedby={`${id}-hint`}
        aria-invalid={fault?.field === name}
        onInput={(event) => set(name, event.currentTarget.value)}
      />
    </Field>
  );
}

function Area(props: FieldProps<"note" | "origins"> & { maxLength?: number }) {
  const { name, wish, fault, set } = props;
  const id = useId();
  return (
    <Field label={props.label} hint={props.hint} id={id}>
      <textarea
        id={id}
        name={name}
        rows={3}
        maxLength={props.maxLength}
        value={wish[name]}
        aria-describedby={`${id}-hint`}
        aria-invalid={fault?.field === name}
        onInput={(event) => set(name, event.currentTarget.value)}
      />
    </Field>
  );
}

function Select(
  props: FieldProps<"about" | "mode" | "language" | "expires_in_hours"> & { children: ComponentChildren },
) {
  const { name, wish, set } = props;
  const id = useId();
  return (
    <Field label={props.label} hint={props.hint} id={id}>
      <select
        id={id}
        name={name}
        value={wish[name]}
        aria-describedby={`${id}-hint`}
        onChange={(event) => set(name, event.currentTarget.value as never)}
      >
        {props.children}
      </select>
    </Field>
  );
}

function Check({ name, wish, set, label, hint }: FieldProps<"record" | "watch">) {
  return (
    <label class="field field-check">
      <input
        type="checkbox"
        name={name}
        checked={wish[name]}
        onChange={(event) => set(name, event.currentTarget.checked)}
      />
      <span>{label}</span>
      <small>{hint}</small>
    </label>
  );
}
