/** Another reason to call was picked while a call is on. */
import { useEffect } from "preact/hooks";
import { endCall, startCall } from "../call/current.ts";
import { call, dialog, inCall, wished } from "../state/store.ts";
import { Modal } from "./modal.tsx";

export function SwitchCall() {
  const wish = wished.value;
  const close = () => {
    dialog.value = null;
  };
  useEffect(() => {
    if (!inCall.value) close();
  }, [inCall.value]);
  if (wish === null) return null;
  return (
    <Modal title="You are in a call" onClose={close}>
      <p>
        End the call about “{call.value.title}” and call about “{wish.title}” instead?
      </p>
      <div class="modal-buttons">
        <button type="button" class="button" onClick={close}>
          Stay
        </button>
        <button
          type="button"
          class="button button-danger"
          onClick={() => {
            close();
            endCall({ atOnce: true });
            startCall(wish);
          }}
        >
          End and call
        </button>
      </div>
    </Modal>
  );
}
