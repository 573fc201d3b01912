import { type Signal, useSignal } from "@preact/signals";
import type { RefObject, TargetedEvent } from "preact";
import { useEffect, useLayoutEffect, useRef } from "preact/hooks";

/** So close to the end counts as being there. */
const PINNED_PX = 48;

/** A box in which things come at the end: it stays there until the person scrolls up, and again once they are back. */
export interface Pinned {
  box: RefObject<HTMLDivElement | null>;
  /** It is at its end, and stays there. */
  pinned: Signal<boolean>;
  onScroll(event: TargetedEvent<HTMLDivElement>): void;
  /** Back to the end. */
  jump(): void;
}

export function usePinned(): Pinned {
  const box = useRef<HTMLDivElement>(null);
  const pinned = useSignal(true);
  const top = useRef(0);
  useLayoutEffect(() => {
    if (pinned.peek() && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  });
  useEffect(() => {
    // What grows or goes beside the box moves its end; who was at it stays at it.
    const resized = new ResizeObserver(([entry]) => {
      if (pinned.peek() && entry) entry.target.scrollTop = entry.target.scrollHeight;
    });
    if (box.current !== null) resized.observe(box.current);
    return () => resized.disconnect();
  }, [pinned]);
  return {
    box,
    pinned,
    onScroll({ currentTarget: it }) {
      const near = it.scrollHeight - it.scrollTop - it.clientHeight < PINNED_PX;
      // Only who scrolls up leaves the end; a box that gets smaller has not been scrolled.
      pinned.value = near || (pinned.value && it.scrollTop >= top.current);
      top.current = it.scrollTop;
    },
    jump() {
      pinned.value = true;
      box.current?.scrollTo({ top: box.current.scrollHeight });
    },
  };
}
