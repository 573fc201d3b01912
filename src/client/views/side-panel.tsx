/** A panel at the side of the call; over the whole screen on a phone. Esc or its button closes it, and the focus goes back to where it came from. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef } from "preact/hooks";
import type { Panel } from "../state/store.ts";
import { panelTouched, togglePanel } from "../state/store.ts";
import { Icon } from "./icon.tsx";

export function SidePanel(props: { name: Exclude<Panel, null>; title: string; children: ComponentChildren }) {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => {
    const before = document.activeElement;
    const touched = panelTouched.value;
    if (touched) heading.current?.focus({ preventScroll: true });
    return () => {
      // What had the focus in here is gone by now; who is at the call is left there.
      const elsewhere = document.activeElement?.closest("main");
      if (touched && !elsewhere && before instanceof HTMLElement) before.focus();
    };
  }, []);
  return (
    <aside class="side" id={`panel-${props.name}`} aria-label={props.title}>
      <header class="side-head">
        <h2 ref={heading} tabIndex={-1}>
          {props.title}
        </h2>
        <button
          type="button"
          class="icon-button"
          aria-label={`Close ${props.title}`}
          onClick={() => togglePanel(props.name)}
        >
          <Icon name="close" />
        </button>
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard. */}
      <section class="side-body" tabIndex={0} aria-label={`${props.title}, contents`}>
        {props.children}
      </section>
    </aside>
  );
}
