/** The one word for what the line is doing, told to the page when it changes. */
import type { LineState } from "../legs/wire.ts";
import { type Moment, tell } from "./moment.ts";
import { openSounds } from "./playback.ts";
import type { CallState } from "./state.ts";
import { toolsRunning } from "./tool-calls.ts";

type Word = LineState["state"];

export function tellLine(moment: Moment): void {
  const { state } = moment;
  const word = lineWord(state);
  if (word === state.line) return;
  state.line = word;
  tell(moment, { type: "luna.line", state: word });
}

/** The caller's voice comes before Luna's, and what is heard before what is only going on. */
export function lineWord(state: CallState): Word {
  const { ear, engine, gate, rest } = state;
  if (state.handing_over || rest.held) return "on-hold";
  const open = openSounds(state.playback);
  if (ear.speaking) return "user-speaking";
  if (open.some((sound) => sound.state === "playing" && !sound.flushing)) return "speaking";
  if (rest.parked) return "asleep";
  if (!engine.ready) return state.reconnecting ? "reconnecting" : "connecting";
  if (toolsRunning(state)) return "tool-running";
  const waiting = ear.awaiting || gate.at !== "free" || gate.owed !== null || open.length > 0;
  return waiting ? "thinking" : "listening";
}
