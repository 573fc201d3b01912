/** The host's API keys: make one, see when each was last of use, revoke it. A new key is shown once. */
import { type Signal, useSignal } from "@preact/signals";
import { render } from "preact";
import { useEffect, useId } from "preact/hooks";
import type { ApiKey, Scope } from "../../legs/api-keys.ts";
import { KeysApi, lifeOf, type MadeKey, stands } from "./api.ts";

/** Draws the keys into this box; gives what takes them away again. @param token the host's, "" on localhost */
export function mount(box: HTMLElement, token: string): () => void {
  render(<Keys api={new KeysApi(token)} />, box);
  // The button that opened this is gone, and the focus with it.
  box.tabIndex = -1;
  box.focus();
  return () => render(null, box);
}

const SCOPES: { scope: Scope; word: string; says: string }[] = [
  { scope: "realtime", word: "Open sessions", says: "Talk to Luna from a program." },
  { scope: "secrets", word: "Mint client secrets", says: "Give browsers a secret that is good once." },
  { scope: "calls", word: "Read its calls", says: "Transcript, outcome and cost of calls made with it." },
  { scope: "talk", word: "Talk by HTTP", says: "Say something, change who answers, hang up, in calls made with it." },
];
const LIVES: [days: string, word: string][] = [
  ["", "Until revoked"],
  ["7", "7 days"],
  ["30", "30 days"],
  ["90", "90 days"],
  ["365", "A year"],
];

function Keys({ api }: { api: KeysApi }) {
  const keys = useSignal<ApiKey[] | null>(null);
  const made = useSignal<MadeKey | null>(null);
  const trouble = useSignal("");
  /** Runs one thing and reads the list again; what goes wrong is said under the list. */
  const doing = async (what: () => Promise<unknown>) => {
    try {
      await what();
      keys.value = await api.list();
      trouble.value = "";
    } catch (failure) {
      trouble.value = failure instanceof Error ? failure.message : "That did not work.";
    }
  };
  useEffect(() => {
    void doing(() => Promise.resolve());
  }, []);
  const revoke = (id: string) =>
    doing(async () => {
      await api.revoke(id);
      if (made.value?.id === id) made.value = null;
    });
  return (
    <div class="keys">
      {made.value !== null && <Made made={made.value} />}
      <List keys={keys.value} revoke={(id) => void revoke(id)} />
      <p class={`verdict ${trouble.value === "" ? "" : "verdict-bad"}`} role="status">
        {trouble.value !== "" && <span class="dot" aria-hidden="true" />}
        {trouble.value}
      </p>
      <Maker make={(wish) => doing(async () => (made.value = await api.make(wish)))} />
    </div>
  );
}

function Made({ made }: { made: MadeKey }) {
  const copied = useSignal(false);
  const field = useId();
  const copy = async () => {
    // There is no clipboard on a page without TLS; the field can still be selected.
    copied.value = await (navigator.clipboard?.writeText(made.key) ?? Promise.reject()).then(
      () => true,
      () => false,
    );
  };
  return (
    <section class="keys-made" aria-label="Your new key">
      <label for={field}>
        <strong>{made.label}</strong>: copy it now, it is not shown again.
      </label>
      <div class="keys-copy">
        <input id={field} readOnly value={made.key} onFocus={(event) => event.currentTarget.select()} />
        <button type="button" class="button button-primary" onClick={() => void copy()}>
          {copied.value ? "Copied" : "Copy"}
        </button>
      </div>
    </section>
  );
}

function List({ keys, revoke }: { keys: ApiKey[] | null; revoke: (id: string) => void }) {
  const asking = useSignal<string | null>(null);
  if (keys === null) return <p class="quiet">Looking…</p>;
  if (keys.length === 0) {
    return <p class="quiet">No keys yet. On localhost any key is accepted until the first one is made.</p>;
  }
  return (
    <ul class="keys-list">
      {keys.map((key) => (
        <Row key={key.id} item={key} asking={asking} revoke={revoke} />
      ))}
    </ul>
  );
}

interface RowProps {
  item: ApiKey;
  /** Id of the key that is about to be revoked: the second press does it. */
  asking: Signal<string | null>;
  revoke: (id: string) => void;
}

function Row({ item, asking, revoke }: RowProps) {
  const now = Date.now();
  const words = SCOPES.filter(({ scope }) => item.scopes.includes(scope)).map(({ word }) => word.toLowerCase());
  const sure = asking.value === item.id;
  const press = () => {
    asking.value = sure ? null : item.id;
    if (sure) revoke(item.id);
  };
  return (
    <li class={stands(item, now) ? "" : "keys-over"}>
      <div>
        <strong>{item.label}</strong> <code>lk_…{item.hint}</code>
        <small>{words.join(", ")}</small>
        <small>{lifeOf(item, now)}</small>
      </div>
      {item.revoked_at === null && (
        <button
          type="button"
          class="button"
          aria-label={sure ? `Really revoke ${item.label}` : `Revoke ${item.label}`}
          onClick={press}
          onBlur={() => (asking.value = null)}
        >
          {sure ? "Really revoke" : "Revoke"}
        </button>
      )}
    </li>
  );
}

function Maker({
  make,
}: {
  make: (wish: { label: string; scopes: Scope[]; expires_in_days?: number }) => Promise<void>;
}) {
  const label = useSignal("");
  const scopes = useSignal<Scope[]>(["realtime", "secrets"]);
  const days = useSignal("");
  const busy = useSignal(false);
  const send = async (event: Event) => {
    event.preventDefault();
    busy.value = true;
    const lives = days.value === "" ? {} : { expires_in_days: Number(days.value) };
    await make({ label: label.value, scopes: scopes.value, ...lives });
    busy.value = false;
    label.value = "";
  };
  const toggle = (scope: Scope, on: boolean) => {
    scopes.value = on ? [...scopes.value, scope] : scopes.value.filter((one) => one !== scope);
  };
  return (
    <form class="keys-new" onSubmit={(event) => void send(event)}>
      <label class="field">
        <span>Name of the new key</span>
        <input
          class="keys-name"
          required
          maxLength={60}
          autocomplete="off"
          placeholder="My website"
          value={label.value}
          onInput={(event) => (label.value = event.currentTarget.value)}
        />
      </label>
      {SCOPES.map(({ scope, word, says }) => (
        <label key={scope} class="field field-check">
          <input
            type="checkbox"
            checked={scopes.value.includes(scope)}
            onChange={(event) => toggle(scope, event.currentTarget.checked)}
          />
          <span>{word}</span>
          <small>{says}</small>
        </label>
      ))}
      <label class="field">
        <span>Good for</span>
        <select value={days.value} onChange={(event) => (days.value = event.currentTarget.value)}>
          {LIVES.map(([value, word]) => (
            <option key={value} value={value}>
              {word}
            </option>
          ))}
        </select>
      </label>
      <div class="modal-buttons">
        <button type="submit" class="button button-primary" disabled={busy.value || scopes.value.length === 0}>
          Make key
        </button>
      </div>
    </form>
  );
}
