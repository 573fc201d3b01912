/** A button for what cannot be taken back: it asks first, and the safe answer has the focus. */
import { useSignal } from "@preact/signals";
import { useRef } from "preact/hooks";
import { sentence } from "./api.ts";
import { say } from "./state.ts";

interface EraseProps {
  word: string;
  /** To who cannot see what the button stands beside; absent: the word does. */
  label?: string;
  question: string;
  /** When it fails, nothing has gone, and the host is told why. */
  erase: () => Promise<void>;
}

export function Erase({ word, label = word, question, erase }: EraseProps) {
  const step = useSignal<"kept" | "sure" | "deleting">("kept");
  /** The question was there and is gone: the focus goes back to where it was. */
  const asked = useRef(false);
  const remove = async () => {
    if (step.value === "deleting") return;
    step.value = "deleting";
    try {
      await erase();
    } catch (thrown) {
      say(sentence(thrown), "bad");
    }
    step.value = "kept";
  };
  if (step.value === "kept") {
    return (
      <button
        type="button"
        class="button button-small"
        aria-label={label}
        ref={(button) => {
          if (button === null || !asked.current) return;
          asked.current = false;
          button.focus();
        }}
        onClick={() => {
          asked.current = true;
          step.value = "sure";
        }}
      >
        {word}
      </button>
    );
  }
  return (
    <div
      class="host-sure"
      role="alertdialog"
      aria-label={question}
      onKeyDown={(event) => {
        if (event.key === "Escape" && step.value === "sure") step.value = "kept";
      }}
    >
      <span>{question}</span>
      <button
        type="button"
        class="button button-small button-danger"
        aria-disabled={step.value === "deleting"}
        onClick={() => void remove()}
      >
        Yes, delete
      </button>
      <button
        type="button"
        class="button button-small"
        // What was pressed is gone, and the safe answer takes its place.
        ref={(button) => button?.focus()}
        onClick={() => (step.value = "kept")}
      >
        Keep
      </button>
    </div>
  );
}
