/** The guest's page inside a panel on somebody's site: it tells the panel how the call stands, and hangs up when asked to. */
import { effect } from "@preact/signals";
import { endCall } from "../call/current.ts";
import { phase } from "../state/parts.ts";
import { inCall } from "../state/store.ts";
import { type CallState, type FromFrame, isHangUp } from "./between.ts";

/** Does nothing where this page is a page of its own. */
export function joinPanel(): void {
  const panel = window.parent;
  if (panel === window) return;
  document.documentElement.classList.add("in-panel");
  // Which site it is the page is not told; what is said here may be heard by any that may frame it.
  const tell = (message: FromFrame) => panel.postMessage(message, "*");
  addEventListener("message", ({ source, data }) => {
    if (source === panel && isHangUp(data) && inCall.value) void endCall();
  });
  document.addEventListener("keydown", (event) => {
    // In a call Escape silences Luna; only outside of one it closes the panel.
    if (event.key === "Escape" && !event.defaultPrevented && !inCall.value) tell({ luna: "escape" });
  });
  tell({ luna: "ready" });
  effect(() => tell({ luna: "state", state: stateNow() }));
}

function stateNow(): CallState {
  if (inCall.value) return "on";
  return phase.value === "idle" ? "door" : "over";
}
