/** Somebody else answers: what the engine makes of it, and of their voice. */
import { describe, expect, test } from "vitest";
import { personaStatus } from "../../src/call/machine.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { asks, casts, line, marks, speaks, statuses, updated } from "./cast-line.ts";
import { call, deeds, type Line, page, sent, server, told } from "./events.ts";

describe("what the engine makes of it", () => {
  const fault = (about: string | null, code = "invalid_value", param: string | null = null): ServerEvent => ({
    type: "error",
    event_id: "event_e",
    error: { type: "invalid_request_error", code, message: "No.", param, event_id: about },
  });

  test("a refused update leaves everything as it was, and the caller is told", () => {
    const one = line();
    const [update] = casts(asks(one, "waiter"));
    const commands = one.engine(fault(update?.event_id ?? ""));
    expect(statuses(commands)).toMatchObject([{ key: "luna", voice: "own" }]);
    expect(told(commands, "error")).toMatchObject([{ error: { code: "persona_refused" } }]);
    expect(marks(commands)[0]).toMatch(/^From here on Luna \(luna\) answers in place of Felix/);
  });

  test("a voice that is locked after all is left out of the second try", () => {
    const one = line();
    asks(one, "waiter");
    const commands = one.engine(fault(null, "cannot_update_voice", "session.audio.output.voice"));
    expect(casts(commands)).toMatchObject([{ key: "waiter", voice: false }]);
    expect(statuses(commands)).toMatchObject([{ key: "waiter", voice: "stayed" }]);
    expect(told(commands, "error")).toEqual([]);
  });

  test("an old refusal means nothing once somebody else has been asked for", () => {
    const one = line();
    const [update] = casts(asks(one, "waiter"));
    asks(one, "cfo");
    one.engine(fault(update?.event_id ?? ""));
    expect(one.state.persona.key).toBe("cfo");
  });
});

describe("where the voice is to be theirs", () => {
  function asked(): Line {
    const one = line({ rotates: true });
    speaks(one, "resp_1");
    asks(one, "waiter");
    return one;
  }

  test("another engine is opened in the next pause, and the line is said with it", () => {
    const one = asked();
    expect(sent(one.all, "response.create")).toEqual([]);
    expect(deeds(one.all, "rotate")).toHaveLength(1);
    one.engine(updated);
    const commands = one.take({
      from: "engine_swapped",
      setup: one.setup({ persona: "waiter", rotate_at: 9_000_000_000 }),
    });
    expect(casts(commands)).toEqual([]);
    expect(statuses(commands)).toMatchObject([{ key: "waiter", voice: "own" }]);
    expect(sent(commands, "response.create")).toHaveLength(1);
  });

  test("none comes: the line is said with the voice there is", () => {
    const one = asked();
    const commands = one.take({ from: "engine_swapped", setup: null });
    expect(sent(commands, "response.create")).toHaveLength(1);
    expect(personaStatus(one.state).voice).toBe("stayed");
  });

  test("whoever has answered before it came says no line of introduction, and their tools are answered", () => {
    const one = asked();
    one.engine(updated);
    one.page(page.typed("What is vegan?", "item_q"));
    one.engine(
      server.created("resp_2"),
      server.outputDone("resp_2", call("call_1", "lookup_menu")),
      server.done("resp_2"),
    );
    expect(sent(one.tool("call_1"), "response.create")).toHaveLength(1);
    speaks(one, "resp_3");
    const commands = one.take({
      from: "engine_swapped",
      setup: one.setup({ persona: "waiter", rotate_at: 9_000_000_000 }),
    });
    expect(sent(commands, "response.create")).toEqual([]);
    expect(statuses(commands)).toMatchObject([{ voice: "own" }]);
  });

  test("somebody else was asked for while it was opened: it becomes that one", () => {
    const one = asked();
    asks(one, "cfo");
    const commands = one.take({
      from: "engine_swapped",
      setup: one.setup({ persona: "waiter", rotate_at: 9_000_000_000 }),
    });
    expect(casts(commands)).toMatchObject([{ key: "cfo", voice: true }]);
    expect(personaStatus(one.state)).toMatchObject({ key: "cfo", voice: "own" });
  });

  test("back to whose voice it is needs no other engine", () => {
    const one = line({ rotates: true });
    speaks(one, "resp_1");
    one.state.setup.rotate_at = null;
    asks(one, "waiter");
    one.state.setup.rotate_at = 9_000_000_000;
    speaks(one, "resp_2");
    const commands = asks(one, "luna");
    expect(deeds(commands, "rotate")).toEqual([]);
    expect(sent(commands, "response.create")).toHaveLength(1);
  });
});
