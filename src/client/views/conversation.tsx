/** What is said, as it is said. Stays at the newest words until the person scrolls away, and offers the way back. */
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useRef } from "preact/hooks";
import { call, inCall } from "../state/store.ts";
import { Composer } from "./composer.tsx";
import { Confirmation } from "./confirmation.tsx";
import { Ended } from "./ended.tsx";
import { Home } from "./home.tsx";
import { Icon } from "./icon.tsx";
import { Hearing, Tool, Turn } from "./rows.tsx";
import { SoundFaults } from "./sound-faults.tsx";
import { Transfer } from "./transfer.tsx";

/** So close to the end counts as being there. */
const PINNED_PX = 48;

export function Conversation() {
  const { phase } = call.value;
  if (phase === "idle") {
    return (
      <div class="talk talk-home">
        <Home />
      </div>
    );
  }
  return (
    <div class="talk">
      <Transcript />
      <div class="talk-foot">
        <SoundFaults />
        <Confirmation />
        {inCall.value ? <Composer /> : <Ended />}
      </div>
    </div>
  );
}

function Transcript() {
  const box = useRef<HTMLDivElement>(null);
  const pinned = useSignal(true);
  const { rows, hearing, phase } = call.value;
  useLayoutEffect(() => {
    if (pinned.peek() && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  });
  const jump = () => {
    pinned.value = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
  };
  return (
    <div class="transcript-frame">
      <div
        ref={box}
        class="transcript"
        role="log"
        aria-label="Transcript"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard.
        tabIndex={0}
        onScroll={(event) => {
          const it = event.currentTarget;
          pinned.value = it.scrollHeight - it.scrollTop - it.clientHeight < PINNED_PX;
        }}
      >
        {rows.length === 0 && hearing === null && <p class="transcript-empty">{emptyWord(phase)}</p>}
        <ul class="rows">
          {rows.map((row) => {
            if (row.kind === "turn") return <Turn key={row.id} row={row} />;
            if (row.kind === "tool") return <Tool key={row.id} row={row} />;
            return <Transfer key={row.id} transfer={row.transfer} />;
          })}
          {hearing !== null && <Hearing what={hearing} />}
        </ul>
      </div>
      {!pinned.value && (
        <button type="button" class="jump" onClick={jump}>
          <Icon name="down" size={18} />
          Jump to latest
        </button>
      )}
    </div>
  );
}

function emptyWord(phase: string): string {
  if (phase === "asking-mic") return "Your browser asks for the microphone. You can also just type.";
  if (phase === "connecting") return "Ringing…";
  if (phase === "live") return "Luna picks up…";
  return "Nothing was said.";
}
