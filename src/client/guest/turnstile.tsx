/** "Are you a person?", asked by Turnstile, on hosts that have it configured and nowhere else: only then its script is fetched. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import { given, say } from "./given.ts";
import { human, tries } from "./invitation.ts";

const SCRIPT = "https://challenges.cloudflare.com/turnstile/v0/api.js?render=explicit";

interface Turnstile {
  render(box: HTMLElement, options: Record<string, unknown>): string | undefined;
  reset(id: string): void;
  remove(id: string): void;
}

let fetched: Promise<Turnstile> | null = null;
function fetchTurnstile(): Promise<Turnstile> {
  fetched ??= new Promise((resolve, reject) => {
    const script = Object.assign(document.createElement("script"), { src: SCRIPT, async: true });
    script.onload = () => {
      const { turnstile } = globalThis as { turnstile?: Turnstile };
      if (turnstile === undefined) reject(new Error("Turnstile brought nothing."));
      else resolve(turnstile);
    };
    script.onerror = reject;
    document.head.append(script);
  });
  return fetched;
}

export function PersonCheck({ siteKey }: { siteKey: string }) {
  const box = useRef<HTMLDivElement>(null);
  const failed = useSignal(false);
  const used = tries.value;
  useEffect(() => {
    let widget: { turnstile: Turnstile; id: string } | null = null;
    let gone = false;
    const fail = () => {
      failed.value = true;
    };
    fetchTurnstile().then((turnstile) => {
      if (gone || box.current === null) return;
      const id = turnstile.render(box.current, {
        sitekey: siteKey,
        // What the answer is for: the server takes none that was made for another purpose.
        action: "guest_call",
        language: given.language,
        callback: (token: string) => {
          failed.value = false;
          human.value = token;
        },
        "expired-callback": () => {
          human.value = null;
        },
        "error-callback": fail,
      });
      if (id === undefined) fail();
      else widget = { turnstile, id };
    }, fail);
    return () => {
      gone = true;
      widget?.turnstile.remove(widget.id);
    };
    // A token is good for one try: after it a new widget brings a new one.
  }, [siteKey, used]);
  return (
    <div class="g-check">
      <div ref={box} class="g-check-box" />
      {human.value === null && (
        <p role="status" class="g-small">
          {say(failed.value ? "check_failed" : "check")}
        </p>
      )}
    </div>
  );
}
