/** The address of a postcard, with everything one does with an address: open, copy, share. */
import { useSignal } from "@preact/signals";
import { Icon } from "../views/icon.tsx";
import { say } from "./given.ts";

/** @param url path of the postcard */
export function PostcardOffer({ url }: { url: string }) {
  return (
    <section class="g-offer" aria-labelledby="offer-title">
      <span class="g-offer-stamp" aria-hidden="true" />
      <h2 id="offer-title">{say("card_title")}</h2>
      <p>{say("card_lead")}</p>
      <div class="g-buttons">
        <a class="button button-primary" href={url}>
          <Icon name="mail" />
          {say("card_open")}
        </a>
        <Pass url={url} />
      </div>
    </section>
  );
}

/** Copies an address, or hands it to the device's own way of sharing. */
export function Pass({ url }: { url: string }) {
  const word = useSignal<"copy" | "copied">("copy");
  const failed = useSignal(false);
  const whole = new URL(url, location.href).href;
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(whole);
      word.value = "copied";
      setTimeout(() => {
        word.value = "copy";
      }, 2_500);
    } catch {
      failed.value = true;
    }
  };
  return (
    <>
      <button type="button" class="button" onClick={() => void copy()}>
        <Icon name={word.value === "copied" ? "check" : "copy"} />
        <span aria-live="polite">{say(word.value)}</span>
      </button>
      {typeof navigator.share === "function" && (
        <button
          type="button"
          class="button"
          onClick={() => {
            // Turned away by the person: nothing to say about it.
            navigator.share({ title: say("card_page"), url: whole }).catch(() => undefined);
          }}
        >
          <Icon name="share" />
          {say("share")}
        </button>
      )}
      {failed.value && (
        <p role="status" class="g-small">
          {say("copy_failed")}
        </p>
      )}
    </>
  );
}
