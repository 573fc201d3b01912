/** Typing to Luna: there in every state of a call, with or without a microphone. */
import { useRef } from "preact/hooks";
import { say } from "../call/current.ts";
import { LONGEST_TYPED } from "../state/limits.ts";
import { engine, persona, transfer } from "../state/parts.ts";
import { inCall } from "../state/store.ts";
import { Icon } from "./icon.tsx";

const FIELD = "composer";

export function focusComposer(): void {
  document.getElementById(FIELD)?.focus();
}

export function Composer() {
  const field = useRef<HTMLTextAreaElement>(null);
  const specialist = engine.value?.speaker === "specialist" ? transfer.value?.specialist : undefined;
  const label = `Message to ${specialist ?? persona.value?.speaker ?? "Luna"}`;
  const send = () => {
    const box = field.current;
    if (box === null || box.value.trim() === "" || !inCall.value) return;
    say(box.value);
    box.value = "";
    box.style.height = "";
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <textarea
        ref={field}
        id={FIELD}
        rows={1}
        maxLength={LONGEST_TYPED}
        aria-label={label}
        placeholder={label}
        autocomplete="off"
        enterkeyhint="send"
        onInput={(event) => grow(event.currentTarget)}
        onKeyDown={(event) => {
          if (event.key !== "Enter" || event.shiftKey || event.isComposing) return;
          event.preventDefault();
          send();
        }}
      />
      <button type="submit" class="send" aria-label="Send" title="Send (Enter)">
        <Icon name="send" />
      </button>
    </form>
  );
}

/** As tall as its words, up to five lines. */
function grow(box: HTMLTextAreaElement): void {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 132)}px`;
}
