import { describe, expect, test } from "vitest";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { deeds, call as functionCall, Line, message, page, sent, server, told } from "./events.ts";

const PEER = { media: "peer", rest_ms: 30_000 } as const;
const peerLine = () => new Line(PEER);

const buffer = (what: "started" | "stopped" | "cleared", response_id: string): ServerEvent => ({
  type: `output_audio_buffer.${what}`,
  event_id: "event_of_the_server",
  response_id,
});

/** 62 characters: a little over four seconds of speech. */
const SENTENCE = "I can block your card, and I can order a new one for you today";

/** A response with one message: made at once, and its sound has begun. */
function says(line: Line, id: string, text: string): void {
  const response = `resp_${id}`;
  line.engine(
    server.created(response),
    server.outputAdded(response, message(id)),
    server.transcript(response, id, text),
    buffer("started", response),
    server.transcriptDone(response, id, text),
    server.audioDone(response, id),
    server.outputDone(response, message(id, "assistant", text)),
    server.done(response),
  );
}

describe("sound that the provider plays by itself", () => {
  test("is heard when its buffer has run empty, not when it is made", () => {
    const line = peerLine();
    says(line, "a", SENTENCE);
    line.wait(4_000);
    expect(line.turn("a")?.state).toBe("live");
    expect(line.state.line).toBe("speaking");
    line.engine(buffer("stopped", "resp_a"));
    expect(line.turn("a")).toMatchObject({ state: "final", heard: SENTENCE });
    expect(line.state.line).toBe("listening");
  });

  test("cut off by the caller's voice, the turn ends where the clock says the ear was", () => {
    const line = peerLine();
    says(line, "a", SENTENCE);
    line.wait(2_000);
    expect(told(line.engine(server.speechStarted("u1")), "luna.flush")).toHaveLength(1);
    line.wait(60);
    line.engine(buffer("cleared", "resp_a"));
    expect(line.turn("a")).toMatchObject({ state: "interrupted", heard: "I can block your card, and I" });
    // The provider cuts its own item, and cancels by itself.
    expect(sent(line.all)).toEqual([]);
  });

  test.each([page.typed("Stop"), { type: "response.cancel" } as const])(
    "cut off by $type, it is cancelled and thrown away at the provider",
    (interruption) => {
      const line = peerLine();
      line.engine(
        server.created("resp_a"),
        server.outputAdded("resp_a", message("a")),
        server.transcript("resp_a", "a", SENTENCE),
        buffer("started", "resp_a"),
      );
      line.wait(1_000);
      const [cancel, clear] = sent(line.page(interruption));
      expect([cancel?.type, clear?.type]).toEqual(["response.cancel", "output_audio_buffer.clear"]);
      // Without any word of the provider's the turn is settled all the same.
      line.wait(1_000);
      expect(line.turn("a")?.state).toBe("interrupted");
    },
  );

  test("whose end is never told does not hold the call for ever, and is looked at seldom", () => {
    const line = peerLine();
    says(line, "a", SENTENCE);
    const wakes = deeds(line.wait(60_000), "wake");
    expect(line.turn("a")).toMatchObject({ state: "final", heard: SENTENCE });
    expect(line.state.line).toBe("listening");
    expect(wakes.length).toBeLessThan(40);
  });

  test("of two messages in one response sounds one after the other", () => {
    const line = peerLine();
    line.engine(
      server.created("resp_a"),
      server.outputAdded("resp_a", message("a")),
      server.transcript("resp_a", "a", "One moment please."),
      buffer("started", "resp_a"),
      server.audioDone("resp_a", "a"),
      server.outputAdded("resp_a", message("b"), 1),
      server.transcript("resp_a", "b", SENTENCE, 1),
      server.audioDone("resp_a", "b", 1),
      server.done("resp_a"),
    );
    line.wait(3_000);
    line.engine(server.speechStarted("u1"), buffer("cleared", "resp_a"));
    expect(line.turn("a")?.heard).toBe("One moment please.");
    const second = line.turn("b");
    expect(second?.state).toBe("interrupted");
    expect(second?.heard.length).toBeGreaterThan(3);
    expect(second?.heard.length).toBeLessThan(SENTENCE.length / 2);
  });

  test("a goodbye longer than the patience for last words is heard to its end", () => {
    const line = peerLine();
    line.engine(
      server.created("resp_a"),
      server.outputDone("resp_a", functionCall("c1", "end_call")),
      server.done("resp_a"),
    );
    line.tool("c1", { name: "end_call", then: "end" });
    says(line, "bye", "Thank you for calling Aurora Bank today. ".repeat(8).trim());
    line.wait(15_000);
    expect(line.state.ended).toBeNull();
    line.engine(buffer("stopped", "resp_bye"));
    expect(line.state.ended).toBe("luna_ended");
  });

  test("what the page says of its own playback changes nothing", () => {
    const line = peerLine();
    says(line, "a", SENTENCE);
    line.page(page.playback("a", "done", 0));
    expect(line.turn("a")?.state).toBe("live");
  });
});

describe("an engine whose sound goes by WebRTC", () => {
  test("is not put to bed in a quiet spell, only on hold", () => {
    const line = peerLine();
    says(line, "a", "Hello.");
    line.engine(buffer("stopped", "resp_a"));
    expect(deeds(line.wait(120_000), "park")).toEqual([]);
    const held = line.page({ type: "luna.hold", on: true });
    expect(deeds([...held, ...line.wait(10)], "park")).toHaveLength(1);
  });

  test("that is gone in the middle of a sentence cuts it there, and the next one takes it up", () => {
    const line = peerLine();
    says(line, "a", SENTENCE);
    line.wait(2_000);
    line.take({ from: "engine_gone", again: true });
    expect(line.turn("a")).toMatchObject({ state: "interrupted", heard: "I can block your card, and I" });
    expect(sent(line.ready({ media: "socket" }), "response.create")).toHaveLength(1);
    // No sound of the caller's was kept here, so none is waited for.
    expect(line.state.rehearing.due).toBeNull();
  });

  test("after a gap in its line a response without a sign of life is given up, one that lives is not", () => {
    const gone = peerLine();
    gone.engine(server.created("resp_a"));
    gone.wait(1_000);
    gone.take({ from: "engine_back" });
    expect(sent(gone.wait(2_600), "response.cancel")).toHaveLength(1);
    gone.engine(server.error("response_cancel_not_active"));
    expect(gone.state.gate.at).toBe("free");

    const lives = peerLine();
    lives.engine(server.created("resp_a"), server.outputAdded("resp_a", message("a")));
    lives.take({ from: "engine_back" });
    lives.wait(2_000);
    lives.engine(server.transcript("resp_a", "a", "Hello"));
    lives.wait(5_000);
    expect(sent(lives.all, "response.cancel")).toEqual([]);
  });

  test("a page whose socket is lost leaves the sound alone", () => {
    const line = peerLine();
    says(line, "a", SENTENCE);
    line.wait(500);
    line.take({ from: "leg_gone" });
    expect(line.turn("a")?.state).toBe("live");
    expect(sent(line.all)).toEqual([]);
  });
});
