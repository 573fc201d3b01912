/** A call whose object was rebuilt: the record becomes memory again, and what was under way is taken up where it was. */
import type { Input, ToolCall } from "../../call/machine.ts";
import { BrowserLeg } from "../../legs/browser.ts";
import type { Live } from "./live.ts";
import type { CallMemory } from "./record.ts";
import { fromTool, unfinishedTools, unheardTools } from "./tool-desk.ts";

/** @param sockets of the caller, one of which may be the newest. @param call what the call itself does with tools that have come back, or have to run again. */
export function takeUp(
  live: Live,
  sockets: WebSocket[],
  memory: CallMemory,
  call: { take(input: Input): void; runTool(call: ToolCall): void },
): void {
  const { progress, opened } = live;
  const socket = sockets.find((one) => live.isOf(one));
  if (socket) live.leg = new BrowserLeg(socket, live);
  else if (progress.status === "live" && progress.left_at === null) live.answering.beginGrace();
  if (progress.state.handing_over) progress.speaker = "specialist";
  const finished = memory.finishedTools();
  for (const tool of unheardTools(progress.state, finished)) call.take(fromTool(tool));
  for (const tool of unfinishedTools(progress.state, finished)) call.runTool(tool);
  if (progress.state.rest.parked) return;
  call.take({ from: "engine_gone", again: opened.mode === "ai" && !progress.fell_back });
  live.answering.reopen();
}
