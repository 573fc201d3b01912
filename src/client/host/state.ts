/** What all of the host's pages know: who is here, what scenarios there are, and what to say. */
import { signal } from "@preact/signals";
import type { Session } from "../../legs/host.ts";
import type { ScenarioCard } from "../api.ts";

/** `null` until the server has told. */
export const session = signal<Session | null>(null);
export const scenarios = signal<ScenarioCard[]>([]);

/** Said once, to everybody: by sight at the foot of the page, and by screen readers. */
export const said = signal<{ text: string; tone: "good" | "bad" } | null>(null);
let silence: ReturnType<typeof setTimeout> | undefined;
export function say(text: string, tone: "good" | "bad" = "good"): void {
  said.value = { text, tone };
  clearTimeout(silence);
  silence = setTimeout(() => (said.value = null), 6_000);
}

/** Operators may look; making, revoking and deleting is for hosts. */
export function mayChange(): boolean {
  return session.value?.role === "host";
}

/** A scenario by its title; its id where the server does not know it any more. */
export function titleOf(scenario: string): string {
  return scenarios.value.find(({ id }) => id === scenario)?.title ?? scenario;
}

/** Copies, and says so. */
export async function copy(text: string, what: string): Promise<void> {
  try {
    await navigator.clipboard.writeText(text);
    say(`${what} copied.`);
  } catch {
    say("This browser did not let the page copy. Select the text and copy it by hand.", "bad");
  }
}
