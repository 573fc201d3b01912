/** The page starts here: draw it, then ask the Worker what there is to show. */
import { render } from "preact";
import { getConfig, getScenarios } from "./api.ts";
import { refreshBank, returnToCall } from "./call/current.ts";
import { comesBack } from "./call/way-back.ts";
import { PAGE_WIRE_VERSION } from "./state/limits.ts";
import { config, hostToken, inCall, scenarios, tell } from "./state/store.ts";
import { App } from "./views/app.tsx";
import { onKey } from "./views/shortcuts.ts";

const root = document.getElementById("luna");
if (root === null) throw new Error("index.html has no element #luna");
root.replaceChildren();
render(<App />, root);

document.addEventListener("keydown", onKey);
addEventListener("beforeunload", (event) => {
  if (inCall.value && !comesBack()) event.preventDefault();
});
returnToCall();

await Promise.all([load(), refreshBank()]);

async function load(): Promise<void> {
  try {
    [scenarios.value, config.value] = await Promise.all([getScenarios(), getConfig(hostToken.value)]);
    if (config.value.wire !== PAGE_WIRE_VERSION) {
      const message = "A newer version of this page is ready. Reload it before you call.";
      tell({ type: "local.notice", code: "old_page", tone: "problem", message });
    }
  } catch (problem) {
    const message = problem instanceof Error ? problem.message : "The page could not load everything. Reload it.";
    tell({ type: "local.notice", code: "loading", tone: "problem", message });
  }
}
