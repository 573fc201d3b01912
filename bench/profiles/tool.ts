/**
 * Tool: the model calls a tool that takes five seconds while its sound goes on. Nothing of the sound may wait for the tool.
 * A hole is the distance between two frames at the caller, beyond the distance at which they were sent.
 */
import { watchCores } from "../process.ts";
import { inRoom, pause, type Setting, sessionOf } from "../run-calls.ts";
import { Pace } from "../simulator/pace.ts";
import type { Session } from "../simulator/upstream.ts";
import { TOOL } from "../tool.ts";

const HOLE_MS = 20;

export interface ToolResult {
  longestMs: number;
  holes: number;
  /** Calls whose tool output reached the upstream. */
  outputs: number;
  calls: number;
  /** From the call to its output at the upstream, beyond the tool's own time, longest, ms. */
  overheadMs: number;
  /** Share of the two cores that other programs took meanwhile, the larger of both. */
  foreign: number;
}

export function tool(setting: Setting): Promise<ToolResult> {
  const { calls, frameMs } = setting;
  const sentAt: number[][] = Array.from({ length: calls }, () => [0]);
  const before = Array.from({ length: calls }, () => ({ sent: 0, arrived: 0 }));
  const called: number[] = [];
  const overhead: number[] = [];
  let running = false;
  let longestMs = 0;
  let holes = 0;

  const ears = {
    upstream: {
      onAppend: (session: Session, base64: string) => void session.play(base64),
      onEvent(session: Session, event: { type?: string; item?: { type?: string } }) {
        if (event.type !== "conversation.item.create" || event.item?.type !== "function_call_output") return;
        overhead.push(performance.now() - (called[session.call] ?? 0) - TOOL.ms);
      },
    },
    onFrame(caller: number, number: number, at: number) {
      const sent = sentAt[caller]?.[number] ?? 0;
      const last = before[caller];
      if (running && last && last.arrived > 0) {
        const hole = at - last.arrived - (sent - last.sent);
        longestMs = Math.max(longestMs, hole);
        if (hole > HOLE_MS) holes++;
      }
      before[caller] = { sent, arrived: at };
    },
  };
  return inRoom(setting, ears, async (room) => {
    const pace = new Pace(room.callers, frameMs, (caller) => sentAt[caller]?.push(performance.now()));
    await pause(500);
    // Luna looks nobody up by digits that were not said.
    for (let call = 0; call < calls; call++) sessionOf(room, call).turn("My card ends in 4 8 2 9.");
    await pause(500);
    running = true;
    const spent = watchCores(room.relay);
    for (let call = 0; call < calls; call++) {
      called[call] = performance.now();
      sessionOf(room, call).callTool(`call_${call}`, TOOL.name, TOOL.arguments);
    }
    await pause(TOOL.ms + 1_000);
    running = false;
    const { foreign } = spent();
    await pace.stop();
    return { longestMs, holes, outputs: overhead.length, calls, overheadMs: Math.max(...overhead), foreign };
  });
}
