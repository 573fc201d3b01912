/** What the lab sees of the page, and may do to it. The lab has no other way in: no store, no session, no socket. */

import type { Config } from "../../legs/config.ts";
import type { PageMessageInput } from "../../legs/wire.ts";
import type { CallEvent, CallState } from "../state/call-state.ts";
import type { Settings } from "../state/settings.ts";
import type { LineStats, Step } from "../state/steps.ts";

/** The page as it is now. */
export interface Now {
  call: CallState;
  settings: Settings;
  /** `null` until the server has told. */
  config: Config | null;
  steps: Step[];
  /** An AI would answer the next call. */
  ai: boolean;
  /** The page's own voice is still being fetched and started: until then nothing sounds. */
  waking: boolean;
}

export interface LabHost {
  /** Tells at once, and whenever something changes. */
  watch(listener: (now: Now) => void): void;
  /** All that the page hears of its call, before it takes it in. */
  hear(listener: (event: CallEvent) => void): void;
  /** Says something to the call; without one nothing happens. */
  tell(message: PageMessageInput): void;
  choose(change: Partial<Settings>): void;
  stats(): Promise<LineStats | null>;
  notice(message: string): void;
}
