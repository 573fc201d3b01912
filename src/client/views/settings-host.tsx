/** The host's own key: on a host that keeps it locked, who has the host token may use it. Shown nowhere else. */
import { useSignal } from "@preact/signals";
import { useId } from "preact/hooks";
import { ApiProblem, getConfig } from "../api.ts";
import { looksLikeHostToken } from "../state/settings.ts";
import { config, hostToken, saveHostToken } from "../state/store.ts";

export function HostSettings() {
  const draft = useSignal(hostToken.value);
  const said = useSignal<{ state: "untested" | "good" | "bad"; message: string } | null>(null);
  const field = useId();
  if (config.value?.server_key !== "locked" && hostToken.value === "" && said.value === null) return null;
  const save = async (event: Event) => {
    event.preventDefault();
    const token = draft.value.trim();
    if (token !== "" && !looksLikeHostToken(token)) {
      said.value = { state: "bad", message: "A host token has 16 characters or more and no spaces." };
      return;
    }
    saveHostToken(token);
    try {
      config.value = await getConfig(token);
      said.value = verdict(token);
    } catch (problem) {
      const message = problem instanceof ApiProblem ? problem.message : "The token could not be tested.";
      said.value = { state: "bad", message };
    }
  };
  const shown = said.value ?? verdict(hostToken.value);
  return (
    <form class="settings-part" onSubmit={(event) => void save(event)}>
      <h3>Host token</h3>
      <p class="quiet">This host has an API key of its own and keeps it locked. With the host's token, calls use it.</p>
      <label for={field}>Token</label>
      <div class="key-field">
        <input
          id={field}
          type={"password" as "text"}
          value={draft.value}
          autocomplete="off"
          spellcheck={false}
          onInput={(event) => (draft.value = event.currentTarget.value)}
        />
      </div>
      <div class="modal-buttons">
        <button type="submit" class="button button-primary">
          Save token
        </button>
      </div>
      <p class={`verdict verdict-${shown.state}`} role="status">
        <span class="dot" aria-hidden="true" />
        {shown.message}
      </p>
      <p class="quiet">Kept in this browser and sent with each call.</p>
    </form>
  );
}

function verdict(token: string): { state: "untested" | "good" | "bad"; message: string } {
  if (token === "") return { state: "untested", message: "No token: the host's key stays locked." };
  return config.value?.server_key === "open"
    ? { state: "good", message: "The token fits: the host's key answers." }
    : { state: "bad", message: "The host does not know this token." };
}
