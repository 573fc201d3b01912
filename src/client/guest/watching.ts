/** What somebody who watches knows: the call that is on, or that none is. A pure fold over what the watch tells. */
import type { WatchDoor } from "../../legs/links.ts";
import type { WatchEvent, WatchStatus } from "../../legs/watcher.ts";
import type { CallState } from "../state/call-state.ts";
import { noCall } from "../state/call-state.ts";
import { reduce } from "../state/reduce.ts";

export interface Watching {
  state: WatchStatus["state"];
  on: WatchStatus["call"];
  /** The call as the page of its caller shows it, but for what is the caller's alone. */
  call: CallState;
  /** How long the server took to begin each answer, ms, by item. */
  server: Readonly<Record<string, number>>;
}

/** Before the watch has said a word. @param call what the page came with: a call that is on, or none */
export function atFirst(call: WatchDoor["call"], now: number): Watching {
  const nobody: Watching = { state: "waiting", on: null, call: noCall(), server: {} };
  if (call === null) return nobody;
  const { id, scenario, started_at } = call;
  // Title and engine are told with the first word of the watch.
  const on = { id, scenario, title: "", mode: "scripted" as const, started_at };
  return turned(nobody, { type: "luna.watch", state: "on", call: on }, now);
}

/**
 * The next state. A watch begins with `luna.watch`, and tells everything anew after each: also when its line was lost.
 * When the call is over its words stay, until the next one begins.
 * @param now Unix ms.
 */
export function watched(before: Watching, event: WatchEvent, now: number): Watching {
  if (event.type === "luna.watch") return turned(before, event, now);
  if (event.type === "luna.latency") {
    const { item_id, ms } = event;
    return { ...before, call: reduce(before.call, { type: "local.latency", item_id, ms, to: "sound" }, now) };
  }
  if (event.type === "luna.answered") {
    return { ...before, server: { ...before.server, [event.item_id]: event.server_ms } };
  }
  const told = event.type === "luna.ended" ? { ...event, cost_usd: null } : event;
  const call = reduce(before.call, told, now);
  return call === before.call ? before : { ...before, call };
}

function turned(before: Watching, { state, call }: WatchStatus, now: number): Watching {
  if (call === null) return { ...before, state, on: null, call: over(before.call) };
  const begun = reduce(
    noCall(),
    {
      type: "luna.call",
      call_id: call.id,
      scenario: call.scenario,
      title: call.title,
      verified: false,
      lit: null,
      started_at: call.started_at,
    },
    now,
  );
  return { state, on: call, call: begun, server: {} };
}

/** A call whose end was not told, because the line was lost meanwhile, has ended all the same. */
function over(call: CallState): CallState {
  return call.phase === "live" ? { ...call, phase: "ended", hearing: null } : call;
}

/** How quickly Luna answers: `at` the caller's ear, or where nothing is heard at the server. Never one mixed with the other. */
interface Answers {
  at: "ear" | "server";
  /** ms; null where nothing was measured. */
  last: number | null;
  median: number | null;
  count: number;
}

/** Of the answers so far. As soon as one has been heard, only those that were heard count. */
export function answersOf({ call, server }: Pick<Watching, "call" | "server">): Answers {
  const turns = call.rows.flatMap((row) => (row.kind === "turn" ? [row] : []));
  const heard = turns.flatMap((row) => row.latency?.ms ?? []);
  const at = heard.length > 0 ? "ear" : "server";
  const all = at === "ear" ? heard : turns.flatMap((row) => server[row.id] ?? []);
  const sorted = all.toSorted((a, b) => a - b);
  const median = sorted[Math.ceil(sorted.length / 2) - 1] ?? null;
  return { at, last: all.at(-1) ?? null, median, count: all.length };
}
