/** API keys of this Luna, for its host. What makes and lists them is a file of its own, fetched when somebody opens this part. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { config, hostToken } from "../state/store.ts";

type Keys = typeof import("../keys/keys.tsx");

const SCRIPT = "/build/keys.js";

export function HostKeys() {
  const box = useRef<HTMLDivElement>(null);
  const open = useSignal(false);
  const failed = useSignal(false);
  useEffect(() => {
    if (!open.value) return;
    let leave: (() => void) | undefined;
    let gone = false;
    (import(SCRIPT) as Promise<Keys>).then(
      ({ mount }) => {
        if (!gone && box.current) leave = mount(box.current, hostToken.value);
      },
      () => (failed.value = true),
    );
    return () => {
      gone = true;
      leave?.();
    };
  }, [open.value]);
  if (config.value?.host !== true) return null;
  return (
    <section class="settings-part settings-keys">
      <h3>Keys for your own programs</h3>
      <p class="quiet">Any OpenAI Realtime client can call this Luna: with this address, and a key made here.</p>
      <code class="keys-address">{`${location.origin}/v1`}</code>
      <div ref={box}>
        {!open.value && (
          <button type="button" class="button" onClick={() => (open.value = true)}>
            Manage keys
          </button>
        )}
        {failed.value && (
          <p class="verdict verdict-bad">This part could not be loaded. Close the settings and try again.</p>
        )}
      </div>
    </section>
  );
}
