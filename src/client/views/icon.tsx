import type { IconName } from "./icon-names.ts";

/** Address of the sprite with a mark of its content, from `scripts/build.ts`: kept for good, it is there without a network too. */
declare const ICONS: string;

/** One drawing of the sprite `public/icons.svg`, in the colour of the text around it. Always decoration: words stand beside it. */
export function Icon({ name, size = 20 }: { name: IconName; size?: number }) {
  return (
    <svg class="icon" width={size} height={size} aria-hidden="true">
      <use href={`${ICONS}#${name}`} />
    </svg>
  );
}

/** A scenario names its own drawing; `test/client/icons.test.ts` finds each in the sprite. */
export function ScenarioIcon({ name, size }: { name: string; size: number }) {
  return <Icon name={name as IconName} size={size} />;
}
