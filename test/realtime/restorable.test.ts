import { describe, expect, it } from "vitest";
import { firstSession } from "../../src/engines/scripted/session-merge.ts";
import type { Session } from "../../src/realtime/events.ts";
import { checkClientEvent } from "../../src/realtime/parse.ts";
import { restorable } from "../../src/realtime/restorable.ts";
import { sameSession } from "../../src/realtime/session.ts";
import { captureFiles, linesOf } from "./captures.ts";

const echoed = captureFiles("ga-openai", "ga-azure", "ga-like").flatMap((file) =>
  linesOf(file).flatMap(({ dir, event }) => {
    const { session } = event as { session?: Session };
    return dir === "s" && event.type.startsWith("session.") && session?.type === "realtime"
      ? [[file, session] as const]
      : [];
  }),
);

describe("a session in force, as an update for another connection", () => {
  it("is taken by a strict server, and is the same session then", () => {
    const session = firstSession("sess_1", "luna-scripted", 0);
    const update = restorable(session);
    expect(checkClientEvent({ type: "session.update", session: update })).toMatchObject({ ok: true });
    expect(sameSession(update, session)).toEqual({ ok: true });
    expect(update).not.toHaveProperty("id");
    expect(update).not.toHaveProperty("model");
  });

  it("keeps what was switched off switched off", () => {
    const session = firstSession("sess_1", "luna-scripted", 0);
    const off: Session = {
      ...session,
      audio: { input: { turn_detection: null, transcription: null }, output: { voice: "marin" } },
    };
    expect(restorable(off).audio).toEqual({
      input: { turn_detection: null, transcription: null },
      output: { voice: "marin" },
    });
  });

  it.skipIf(echoed.length === 0).each(echoed)("of real servers is taken as well: %s", (_, session) => {
    const update = restorable(session);
    expect(checkClientEvent({ type: "session.update", session: update })).toMatchObject({ ok: true });
    expect(sameSession(update, session)).toEqual({ ok: true });
  });
});
