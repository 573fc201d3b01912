/** The guest's pages start here: `/c/<token>` calls, `/w/<token>` watches, `/p/<token>` keeps. */
import { render } from "preact";
import { stopSpeaking } from "../call/current.ts";
import { comesBack } from "../call/way-back.ts";
import { joinPanel } from "../embed/frame.ts";
import { phase } from "../state/parts.ts";
import { inCall } from "../state/store.ts";
import { focusComposer, InCall } from "./call.tsx";
import { Card, prepareCard } from "./card.tsx";
import { Closed, Invitation } from "./door.tsx";
import { given } from "./given.ts";
import { anew, door, prepare } from "./invitation.ts";
import { ROOT_ID } from "./page-data.ts";
import { StillOn } from "./still-on.tsx";
import { prepareWatch, Watch } from "./watch.tsx";

function Call() {
  if (phase.value !== "idle") return <InCall />;
  const { state, yours } = door.value;
  if (yours && !(anew.value && state === "open")) return <StillOn />;
  return state === "open" ? <Invitation /> : <Closed state={state} />;
}

const PAGES = {
  call: { prepare: prepareCall, View: Call },
  watch: { prepare: prepareWatch, View: Watch },
  postcard: { prepare: prepareCard, View: Card },
} as const;

function prepareCall(): void {
  prepare();
  joinPanel();
  document.addEventListener("keydown", onKey);
  addEventListener("beforeunload", (event) => {
    if (inCall.value && !comesBack()) event.preventDefault();
  });
}

/** Esc silences Luna, "/" goes to the keyboard. */
function onKey(event: KeyboardEvent): void {
  if (!inCall.value || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "Escape") stopSpeaking();
  if (event.key !== "/" || event.target instanceof HTMLTextAreaElement) return;
  event.preventDefault();
  focusComposer();
}

const { prepare: getReady, View } = PAGES[given.page];
getReady();
const root = document.getElementById(ROOT_ID);
if (root === null) throw new Error(`The page has no element #${ROOT_ID}.`);
root.replaceChildren();
render(<View />, root);
