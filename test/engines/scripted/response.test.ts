import { describe, expect, it } from "vitest";
import type { Brain } from "../../../src/engines/scripted/brain.ts";
import { ScriptedServer } from "../../../src/engines/scripted/server.ts";
import type { ResponseObject, ServerEvent } from "../../../src/realtime/events.ts";
import { create, hello, NOW, Parrot, serve, text } from "./serving.ts";

describe("a response", () => {
  /** Holds every piece of a response back until `next` is called. */
  function paced() {
    const waiting: (() => void)[] = [];
    const pace = () => new Promise<void>((go) => waiting.push(go));
    const settle = () => new Promise<void>((done) => setImmediate(done));
    return {
      pace,
      next: async (pieces: number) => {
        for (let i = 0; i < pieces; i++) {
          waiting.shift()?.();
          await settle();
        }
      },
    };
  }

  it("is refused while another one is running, and the running one goes on", async () => {
    const { pace, next } = paced();
    const { server, errors, done } = serve(new Parrot({ say: ["One two three."], calls: [] }), { pace });
    server.receive(create);
    await next(2);
    server.receive({ ...create, event_id: "second" });
    expect(errors()).toEqual([
      expect.objectContaining({ code: "conversation_already_has_active_response", event_id: "second" }),
    ]);
    await next(20);
    expect(done().map((response) => response.status)).toEqual(["completed"]);
  });

  it("is cut by a cancel: what is open is closed as incomplete, and nothing follows", async () => {
    const { pace, next } = paced();
    const brain = new Parrot({ say: ["One two three four."], calls: [{ name: "look", arguments: {} }] });
    const { server, types, done, events } = serve(brain, { pace });
    server.receive(text);
    server.receive(create);
    await next(3);
    server.receive({ type: "response.cancel" });
    const before = events.length;
    expect(types().slice(-6)).toEqual([
      "response.output_text.done",
      "response.content_part.done",
      "conversation.item.done",
      "response.output_item.done",
      "response.done",
      "rate_limits.updated",
    ]);
    expect(done()[0]).toMatchObject({
      status: "cancelled",
      status_details: { type: "cancelled", reason: "client_cancelled" },
      output: [{ type: "message", status: "incomplete", content: [{ type: "output_text", text: "One two" }] }],
    });
    await next(20);
    expect(events).toHaveLength(before);
    expect(brain.heard.map((item) => item.type)).toEqual(["message"]);
  });

  it("cancelled before it began has no output", async () => {
    const { pace, next } = paced();
    const { server, done } = serve(new Parrot(), { pace });
    server.receive(create);
    server.receive({ type: "response.cancel", response_id: done()[0]?.id });
    await next(5);
    expect(done()).toEqual([expect.objectContaining({ status: "cancelled", output: [] })]);
  });

  it("is not cancelled by the id of another one", async () => {
    const { pace, next } = paced();
    const { server, done, errors } = serve(new Parrot(), { pace });
    server.receive(create);
    server.receive({ type: "response.cancel", response_id: "resp_of_yesterday" });
    await next(20);
    expect(errors()[0]?.code).toBe("response_cancel_not_active");
    expect(done()[0]?.status).toBe("completed");
  });

  it("hears what is sent from within its own events between two pieces, without recursion", () => {
    const brain = new Parrot({ say: ["One two three four."], calls: [] });
    const events: ServerEvent[] = [];
    const server: ScriptedServer = new ScriptedServer({
      emit: (event) => {
        events.push(event);
        if (event.type === "response.output_text.delta" && event.delta.includes("two")) {
          server.receive({ type: "response.cancel" });
        }
      },
      brain,
      id: (() => {
        let n = 0;
        return (prefix: string) => `${prefix}_${++n}`;
      })(),
      now: () => NOW,
      model: "m",
    });
    server.receive(text);
    server.receive(create);
    const deltas = events.flatMap((e) => (e.type === "response.output_text.delta" ? [e.delta] : []));
    expect(deltas).toEqual(["One", " two"]);
    expect(events.filter((event) => event.type === "response.done")).toHaveLength(1);
  });

  it("fails aloud when its brain does, and the server goes on", () => {
    const brain: Brain = {
      hear: () => undefined,
      answer: () => {
        throw new Error("no idea");
      },
    };
    const { server, done } = serve(brain);
    server.receive(create);
    server.receive(create);
    expect(done().map((response) => response.status)).toEqual(["failed", "failed"]);
    expect(done()[0]?.status_details).toMatchObject({ type: "failed", error: { message: "no idea" } });
  });

  it("stops at its token limit as incomplete", () => {
    const { server, done } = serve(new Parrot({ say: ["word ".repeat(50)], calls: [] }));
    server.receive({ type: "response.create", response: { max_output_tokens: 5 } });
    expect(done()[0]).toMatchObject({
      status: "incomplete",
      status_details: { type: "incomplete", reason: "max_output_tokens" },
    });
  });

  it("echoes metadata, and stays out of the conversation when asked to", () => {
    const brain = new Parrot();
    const { server, done, types } = serve({
      hear: (item) => brain.hear(item),
      answer: () => brain.answer(),
      aside: () => ({ say: ["A note."], calls: [] }),
    });
    server.receive({
      type: "response.create",
      response: { conversation: "none", metadata: { topic: "note" }, output_modalities: ["text"] },
    });
    expect(done()[0]).toMatchObject({
      conversation_id: null,
      metadata: { topic: "note" },
      output: [{ content: [{ type: "output_text", text: "A note." }] }],
    });
    expect(types()).not.toContain("conversation.item.added");
    expect(brain.heard).toEqual([]);
  });

  it("counts tokens that add up, and finds its own past cached", () => {
    const { server, done } = serve(new Parrot());
    server.receive({ type: "session.update", session: { type: "realtime", instructions: "x".repeat(2_000) } });
    server.receive(hello);
    server.receive(create);
    server.receive(create);
    for (const response of done()) expectSums(response);
    expect(done()[0]?.usage?.input_token_details?.cached_tokens).toBe(0);
    const cached = done()[1]?.usage?.input_token_details?.cached_tokens ?? 0;
    expect(cached).toBeGreaterThan(400);
    expect(cached).toBeLessThan(done()[1]?.usage?.input_tokens ?? 0);
  });
});

function expectSums({ usage }: ResponseObject): void {
  const input = usage?.input_token_details;
  const output = usage?.output_token_details;
  expect(usage?.input_tokens).toBe((input?.text_tokens ?? 0) + (input?.audio_tokens ?? 0));
  expect(usage?.output_tokens).toBe((output?.text_tokens ?? 0) + (output?.audio_tokens ?? 0));
  expect(usage?.total_tokens).toBe((usage?.input_tokens ?? 0) + (usage?.output_tokens ?? 0));
  expect(output?.text_tokens).toBeGreaterThan(0);
}
