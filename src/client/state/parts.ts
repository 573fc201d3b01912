/**
 * The call store in parts. A view that reads a part is drawn again only when that part changes: Luna's words come thirty
 * times a second, and nothing but the row they belong to shall be drawn for them.
 */
import { computed, type ReadonlySignal } from "@preact/signals";
import type { CallState } from "./call-state.ts";
import { call, scenarios } from "./store.ts";

function part<K extends keyof CallState>(key: K): ReadonlySignal<CallState[K]> {
  return computed(() => call.value[key]);
}

export const phase = part("phase");
export const scenario = part("scenario");
export const title = part("title");
export const lit = part("lit");
export const engine = part("engine");
export const line = part("line");
export const rows = part("rows");
export const hearing = part("hearing");
export const confirmation = part("confirm");
export const transfer = part("transfer");
export const persona = part("persona");
/** Who answers now; before the call has told, who its scenario is for. `null` is Luna. */
export const other = computed(() => {
  const known = persona.value;
  if (known !== null) return known.key === "luna" ? null : known;
  const card = scenarios.value?.find((one) => one.id === scenario.value);
  return card?.persona ? { ...card.persona, title: card.title } : null;
});
export const notices = part("notices");
export const ended = part("ended");
export const startedAt = part("startedAt");
export const link = part("link");
export const cost = part("cost");
export const recording = part("recording");
export const elsewhere = part("elsewhere");
/** The caller may not know yet that Luna can be interrupted. */
export const firstTurns = computed(() => rows.value.length < 6);
