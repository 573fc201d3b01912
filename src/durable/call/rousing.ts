/** A call whose object was rebuilt: the record becomes memory again, and what was under way is taken up where it was. */
import type { Input, ToolCall } from "../../call/machine.ts";
import { toolsRunAgain } from "../../call/tool-calls.ts";
import { BrowserLeg } from "../../legs/browser.ts";
import { log } from "../../log.ts";
import type { Live } from "./live.ts";
import type { CallMemory } from "./record.ts";
import { fromTool, unfinishedTools, unheardTools } from "./tool-desk.ts";

/** What the call itself does with what is taken up. */
export interface Rousing {
  take(input: Input): void;
  /** A tool has to run again. */
  runTool(call: ToolCall): void;
  /** Storage does not give what is needed: this rebuilt call is none, and the next event rebuilds it anew. */
  giveUp(): void;
}

/**
 * @param sockets of the caller, one of which may be the newest.
 * @throws what storage throws, after giving up.
 */
export function takeUp(live: Live, sockets: WebSocket[], memory: CallMemory, call: Rousing): void {
  const { progress, opened } = live;
  log.info("Call goes on in a rebuilt object", { call: opened.id, asleep: progress.state.rest.parked });
  try {
    takeUpAll(live, sockets, memory, call);
  } catch (thrown) {
    call.giveUp();
    throw thrown;
  }
}

function takeUpAll(live: Live, sockets: WebSocket[], memory: CallMemory, call: Rousing): void {
  const { progress, opened } = live;
  const socket = sockets.find((one) => live.isOf(one));
  if (socket) live.leg = new BrowserLeg(socket, live);
  else if (progress.status === "live" && progress.left_at === null) live.answering.beginGrace();
  if (progress.state.handing_over) progress.speaker = "specialist";
  // Before the rules look at the clock: however long the object was gone, none of them has been given up.
  toolsRunAgain(progress.state, Date.now());
  memory.catchUp(progress.state);
  const finished = memory.finishedTools();
  for (const tool of unheardTools(progress.state, finished)) call.take(fromTool(tool));
  for (const tool of unfinishedTools(progress.state, finished)) call.runTool(tool);
  if (progress.state.rest.parked) return;
  call.take({ from: "engine_gone", again: opened.mode === "ai" && !progress.fell_back });
  live.answering.reopen();
}
