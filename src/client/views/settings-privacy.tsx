/** What Luna keeps of this browser, and the end of it. */
import { useSignal } from "@preact/signals";
import { ask } from "../api.ts";
import { refreshBank } from "../call/current.ts";
import { inCall } from "../state/store.ts";

const SURE = "Press again: this cannot be undone.";

export function PrivacySettings() {
  const said = useSignal("Your calls, bank and cookie.");
  const press = async () => {
    const sure = said.value === SURE;
    said.value = SURE;
    if (!sure) return;
    said.value = await ask("DELETE", "/api/visitor").then(
      () => "Nothing is left.",
      () => "That did not work. Try again.",
    );
    void refreshBank();
  };
  return (
    <section class="settings-part">
      <h3>Your data</h3>
      <button type="button" class="button" disabled={inCall.value} onClick={() => void press()}>
        Delete all my data
      </button>
      <p class="quiet" role="status">
        {said.value}
      </p>
    </section>
  );
}
