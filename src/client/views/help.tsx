/** The keys of the page. `shortcuts.ts` obeys them; this list says them. */
import { dialog } from "../state/store.ts";
import { Modal } from "./modal.tsx";
import { SHORTCUTS } from "./shortcuts.ts";

export function Help() {
  return (
    <Modal title="Keyboard shortcuts" onClose={() => (dialog.value = null)}>
      <dl class="keys">
        {SHORTCUTS.map((one) => (
          <div key={one.keys} class="key-row">
            <dt>
              <kbd>{one.keys}</kbd>
            </dt>
            <dd>{one.does}</dd>
          </div>
        ))}
      </dl>
      <p class="quiet">Letters rest while you type.</p>
    </Modal>
  );
}
