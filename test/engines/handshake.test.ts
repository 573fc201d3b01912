import { expect, test } from "vitest";
import { Handshake } from "../../src/engines/handshake.ts";
import type { ServerEvent, SessionConfig } from "../../src/realtime/events.ts";
import { sessionConfig } from "../../src/realtime/session.ts";

const asked = sessionConfig({ instructions: "Be Luna.", tools: [], modality: "audio", voice: "marin" });
const created = { type: "session.created", event_id: "e1", session: { type: "realtime" } } as ServerEvent;
const echo = (change: (session: SessionConfig) => void = () => {}): ServerEvent => {
  const session = structuredClone(asked);
  change(session);
  return {
    type: "session.updated",
    event_id: "e2",
    session: { ...session, id: "sess_1", object: "realtime.session" },
  };
};

test("an open socket proves nothing: the settings go out at session.created and only then", () => {
  const handshake = new Handshake(asked);
  expect(handshake.take(echo())).toEqual({ step: "wait" });
  expect(handshake.take(created)).toMatchObject({
    step: "send",
    event: { type: "session.update", session: asked },
  });
  expect(handshake.state).toBe("created");
});

test("the session is configured when the echo holds what was asked, whatever the provider added", () => {
  const handshake = new Handshake(asked);
  handshake.take(created);
  expect(handshake.take(echo())).toEqual({ step: "configured", differences: [] });
  expect(handshake.state).toBe("configured");
});

test("a provider that kept other instructions is refused: the call would run by somebody else's rules", () => {
  const handshake = new Handshake(asked);
  handshake.take(created);
  const step = handshake.take(echo((session) => (session.instructions = "You are a helpful pirate.")));
  expect(step.step).toBe("refused");
  expect(handshake.state).not.toBe("configured");
});

test("a provider that would answer in text is refused", () => {
  const handshake = new Handshake(asked);
  handshake.take(created);
  expect(handshake.take(echo((session) => (session.output_modalities = ["text"]))).step).toBe("refused");
});

test("another voice is no reason to lose the call, but it is told", () => {
  const handshake = new Handshake(asked);
  handshake.take(created);
  const step = handshake.take(
    echo((session) => {
      if (session.audio?.output) session.audio.output.voice = "alloy";
    }),
  );
  expect(step).toEqual({ step: "configured", differences: ["audio.output.voice"] });
});
