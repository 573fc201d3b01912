/**
 * The night sky at the top of each page that is no call: kicker, heading, one sentence. The Worker draws the same before any
 * script has run (`shell.ts`), so that nothing moves when this takes its place.
 */
import type { ComponentChildren } from "preact";

export function Head(props: { kicker: string; title: string; lead: string; children?: ComponentChildren }) {
  return (
    <header class="g-head">
      <p class="g-brand">
        <span class="brand-moon" aria-hidden="true" />
        <span class="brand-name">Luna</span>
      </p>
      <div class="moon moon-idle" aria-hidden="true">
        <span class="moon-halo" />
        <span class="moon-disc">
          <span class="moon-shade" />
        </span>
      </div>
      <p class="g-kicker">{props.kicker}</p>
      <h1 class="g-title">{props.title}</h1>
      <p class="g-lead">{props.lead}</p>
      {props.children}
    </header>
  );
}
