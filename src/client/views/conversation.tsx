/** What is said, as it is said. Stays at the newest words until the person scrolls away, and offers the way back. */

import { useSignal } from "@preact/signals";
import type { VNode } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";
import type { Row } from "../state/call-state.ts";
import { hearing, link, phase, rows } from "../state/parts.ts";
import { inCall, settings } from "../state/store.ts";
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
  if (phase.value === "idle") {
    return (
      <div class="talk talk-home">
        <Home />
      </div>
    );
  }
  return (
    <div class="talk">
      <h2 class="visually-hidden">Conversation</h2>
      <Transcript />
      <div class="talk-foot" key={inCall.value}>
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
  const top = useRef(0);
  useLayoutEffect(() => {
    if (pinned.peek() && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  });
  useEffect(() => {
    // A foot that grows, or a panel that comes or goes, moves the end; who was at it stays at it.
    const resized = new ResizeObserver(([entry]) => {
      if (pinned.peek() && entry) entry.target.scrollTop = entry.target.scrollHeight;
    });
    if (box.current !== null) resized.observe(box.current);
    return () => resized.disconnect();
  }, [pinned]);
  const jump = () => {
    pinned.value = true;
    box.current?.scrollTo({ top: box.current.scrollHeight });
  };
  return (
    <div class="transcript-frame">
      <div
        ref={box}
        class="transcript"
        data-times={settings.value.times}
        role="log"
        aria-label="Transcript"
        aria-live="off"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard.
        tabIndex={0}
        onScroll={(event) => {
          const it = event.currentTarget;
          const near = it.scrollHeight - it.scrollTop - it.clientHeight < PINNED_PX;
          // Only who scrolls up leaves the end; a box that gets smaller has not been scrolled.
          pinned.value = near || (pinned.value && it.scrollTop >= top.current);
          top.current = it.scrollTop;
        }}
      >
        {rows.value.length === 0 && hearing.value === null && (
          <p class="transcript-empty">{emptyWord(phase.value, link.value !== "on")}</p>
        )}
        <ul class="rows">
          {rows.value.map(drawn)}
          {hearing.value !== null && <Hearing what={hearing.value} />}
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

/** A row that has not changed keeps its drawing, so that a long call costs no more per word than a short one. */
const drawings = new WeakMap<Row, VNode>();

function drawn(row: Row): VNode {
  const known = drawings.get(row);
  if (known !== undefined) return known;
  const fresh = draw(row);
  drawings.set(row, fresh);
  return fresh;
}

function draw(row: Row): VNode {
  if (row.kind === "turn") return <Turn key={row.id} row={row} />;
  if (row.kind === "tool") return <Tool key={row.id} row={row} />;
  return <Transfer key={row.id} transfer={row.transfer} />;
}

function emptyWord(phase: string, away: boolean): string {
  if (away) return "Going back into your call…";
  if (phase === "asking-mic") return "Your browser asks for the microphone. You can also just type.";
  if (phase === "connecting") return "Ringing…";
  if (phase === "live") return "Luna picks up…";
  return "Nothing was said.";
}
