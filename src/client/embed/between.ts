/**
 * What the panel on somebody's site and the guest's page in it say to each other, by `postMessage`. Only that something is so:
 * never what was said, no token, no name; so it does not matter which of the allowed sites listens.
 */

/** Of the call in the frame. */
export type CallState = "door" | "on" | "over";

/** From the frame. `ready`: the page is there. `escape`: the person wants out, by the key that closes a panel. */
export type FromFrame = { luna: "ready" } | { luna: "escape" } | { luna: "state"; state: CallState };
/** To the frame. */
export type ToFrame = { luna: "hang_up" };

const STATES: readonly string[] = ["door", "on", "over"] satisfies CallState[];

/** Anything at all may come in by this way; what is none of ours is undefined. */
export function readFromFrame(data: unknown): FromFrame | undefined {
  if (typeof data !== "object" || data === null || !("luna" in data)) return undefined;
  if (data.luna === "ready" || data.luna === "escape") return { luna: data.luna };
  if (data.luna !== "state" || !("state" in data) || !STATES.includes(String(data.state))) return undefined;
  return { luna: "state", state: String(data.state) as CallState };
}

export function isHangUp(data: unknown): boolean {
  return (
    typeof data === "object" && data !== null && "luna" in data && data.luna === ("hang_up" satisfies ToFrame["luna"])
  );
}
