/** What Luna keeps of this browser, and the end of it. */
import { useSignal } from "@preact/signals";
import { ask } from "../api.ts";
import { refreshBank } from "../call/current.ts";
import { inCall } from "../state/store.ts";

const WORDS = {
  calm: "Your calls with their sound, your bank, and the cookie they belong to.",
  sure: "Press again to delete them. This cannot be undone.",
  busy: "Deleting…",
  done: "Nothing is left.",
  failed: "That did not work. Try again in a moment.",
};

export function PrivacySettings() {
  const state = useSignal<keyof typeof WORDS>("calm");
  const press = async () => {
    const sure = state.value === "sure";
    state.value = sure ? "busy" : "sure";
    if (!sure) return;
    try {
      await ask("DELETE", "/api/visitor");
      state.value = "done";
    } catch {
      state.value = "failed";
    }
    void refreshBank();
  };
  return (
    <section class="settings-part">
      <h3>Your data</h3>
      <button
        type="button"
        class="button"
        disabled={inCall.value || state.value === "busy"}
        onClick={() => void press()}
      >
        Delete all my data
      </button>
      <p class="quiet" role="status">
        {WORDS[state.value]}
      </p>
    </section>
  );
}
