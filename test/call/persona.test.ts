/** Who answers, and how that changes under a running call. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { audioArrived, type Command, personaRefusal, seeds } from "../../src/call/machine.ts";
import { changeIn } from "../../src/call/persona.ts";
import { asks, casts, line, marks, speaks, statuses, updated } from "./cast-line.ts";
import { call, deeds, delta, type Line, message, page, run, sent, server, told } from "./events.ts";

describe("somebody else is asked for by the caller", () => {
  test("the engine gets one update with their voice before anybody was heard, the history says so, and they say a line", () => {
    const one = line();
    const commands = asks(one, "waiter");
    expect(casts(commands)).toMatchObject([{ key: "waiter", voice: true }]);
    expect(marks(commands)).toEqual([expect.stringMatching(/^From here on Felix \(waiter\) answers in place of Luna/)]);
    expect(sent(commands, "response.create")).toHaveLength(1);
    expect(statuses(commands)).toEqual([
      { type: "luna.persona", key: "waiter", title: "The waiter", speaker: "Felix", by: "caller", voice: "own" },
    ]);
    // Configured before it is told, and told before it is asked.
    const order = commands
      .map((one) => (one.do === "send" ? one.event.type : one.do))
      .filter((what) => what !== "tell" && what !== "wake");
    expect(order).toEqual(["cast", "conversation.item.create", "response.create"]);
  });

  test("once Luna was heard her voice stays, and the update does not name another one", () => {
    const one = line();
    speaks(one, "resp_1");
    const commands = asks(one, "waiter");
    expect(casts(commands)).toMatchObject([{ key: "waiter", voice: false }]);
    expect(statuses(commands)).toMatchObject([{ key: "waiter", voice: "stayed" }]);
    one.engine(updated);
    expect(statuses(asks(one, "luna"))).toMatchObject([{ key: "luna", voice: "own" }]);
  });

  test("what is being said is cut off, and the line comes after the end of that response", () => {
    const one = line();
    one.engine(server.created("resp_1"), server.outputAdded("resp_1", message("item_1")));
    audioArrived(one.state, delta("resp_1", "item_1"), 900, one.now);
    const commands = asks(one, "cfo");
    expect(sent(commands, "response.cancel")).toHaveLength(1);
    expect(told(commands, "luna.flush")).toHaveLength(1);
    expect(casts(commands)).toHaveLength(1);
    expect(sent(commands, "response.create")).toEqual([]);
    one.page(page.playback("item_1", "flushed", 300));
    expect(sent(one.engine(updated, server.done("resp_1", "cancelled")), "response.create")).toHaveLength(1);
  });

  test("two in a row: both are told to the engine in order, the second holds, and one line is said", () => {
    const one = line();
    const commands = [...asks(one, "waiter"), ...asks(one, "cfo")];
    expect(casts(commands).map(({ key }) => key)).toEqual(["waiter", "cfo"]);
    expect(sent(commands, "response.create")).toHaveLength(1);
    one.engine(updated);
    expect(one.state.persona).toMatchObject({ key: "cfo", in_force: "waiter" });
    one.engine(updated);
    expect(one.state.persona).toMatchObject({ key: "cfo", in_force: "cfo" });
  });

  test("whoever answers already is only told so", () => {
    const one = line();
    const commands = asks(one, "luna");
    expect(statuses(commands)).toHaveLength(1);
    expect(commands.filter(({ do: what }) => what === "cast" || what === "send")).toEqual([]);
  });

  test("nobody is called like that: an error event, and the call goes on", () => {
    const one = line();
    const commands = asks(one, "pirate");
    expect(told(commands, "error")).toMatchObject([
      { error: { code: "persona_unknown", message: expect.stringContaining("pirate") } },
    ]);
    expect(commands.filter(({ do: what }) => what === "cast" || what === "send")).toEqual([]);
    expect(one.state.persona.key).toBe("luna");
  });
});

describe("somebody else is put through by the model", () => {
  function putsThrough(one: Line): Command[] {
    one.engine(server.created("resp_1"), server.outputAdded("resp_1", message("item_1")));
    audioArrived(one.state, delta("resp_1", "item_1"), 900, one.now);
    one.engine(server.outputDone("resp_1", call("call_1", "switch_persona", '{"persona":"waiter"}'), 1));
    return one.take({ from: "tool", call_id: "call_1", output: '{"ok":true}', run: run("call_1"), persona: "waiter" });
  }

  test("what Luna says is heard to its end, the output goes back first, and one answer is asked for", () => {
    const one = line();
    const commands = putsThrough(one);
    const order = commands
      .map((each) => (each.do === "send" ? each.event.type : each.do))
      .filter((what) => what !== "tell" && what !== "wake");
    expect(order).toEqual(["conversation.item.create", "cast", "conversation.item.create"]);
    expect(told(commands, "luna.flush")).toEqual([]);
    expect(statuses(commands)).toMatchObject([{ key: "waiter", by: "model", voice: "stayed" }]);
    const later = one.engine(updated, server.done("resp_1", "completed"));
    expect(sent([...commands, ...later], "response.create")).toHaveLength(1);
  });

  test("the caller has chosen somebody else meanwhile: the model's choice is void", () => {
    const one = line();
    one.engine(server.created("resp_1"), server.outputDone("resp_1", call("call_1", "switch_persona"), 0));
    asks(one, "cfo");
    const commands = one.take({ from: "tool", call_id: "call_1", output: "{}", run: run("call_1"), persona: "waiter" });
    expect(casts(commands)).toEqual([]);
    expect(one.state.persona.key).toBe("cfo");
  });
});

describe("while something else is going on", () => {
  test("a tool runs: it runs to its end as whoever called it, its output goes back, and then the line is said", () => {
    const one = line();
    one.engine(server.created("resp_1"), server.outputDone("resp_1", call("call_1")), server.done("resp_1"));
    expect(deeds(one.all, "run")).toMatchObject([{ call: { call_id: "call_1", persona: "luna" } }]);
    const commands = asks(one, "waiter");
    expect(casts(commands)).toHaveLength(1);
    expect(sent(commands, "response.create")).toEqual([]);
    const after = one.tool("call_1");
    expect(sent(after, "conversation.item.create")).toHaveLength(1);
    expect(sent(after, "response.create")).toHaveLength(1);
  });

  test("a response that began before the engine had the update calls the tools of who was there", () => {
    const one = line();
    asks(one, "waiter");
    one.engine(server.created("resp_1"), updated, server.outputDone("resp_1", call("call_1")));
    one.engine(
      server.done("resp_1"),
      server.created("resp_2"),
      server.outputDone("resp_2", call("call_2", "lookup_menu")),
    );
    expect(deeds(one.all, "run")).toMatchObject([
      { call: { call_id: "call_1", persona: "luna" } },
      { call: { call_id: "call_2", persona: "waiter" } },
    ]);
  });

  test("dialling: nothing is sent; the engine that was configured as Luna becomes the waiter, who greets once", () => {
    const one = line({ ready: false });
    const before = asks(one, "waiter");
    expect(before.filter(({ do: what }) => what !== "tell" && what !== "wake")).toEqual([]);
    expect(statuses(before)).toMatchObject([{ key: "waiter" }]);
    const commands = one.ready({ persona: "luna" });
    expect(casts(commands)).toMatchObject([{ key: "waiter", voice: true }]);
    expect(marks(commands)).toHaveLength(1);
    expect(sent(commands, "response.create")).toHaveLength(1);
  });

  test("asleep: nobody is woken; the engine that comes is configured as who holds now, with their own voice", () => {
    const one = line({ rest_ms: 5_000 });
    speaks(one, "resp_1");
    expect(deeds(one.wait(6_000), "park")).toHaveLength(1);
    const asked = asks(one, "cfo");
    expect(asked.filter(({ do: what }) => what !== "tell" && what !== "wake")).toEqual([]);
    expect(statuses(asked)).toMatchObject([{ key: "cfo", voice: "stayed" }]);
    const woken = one.page(page.typed("How was August?", "item_a"));
    expect(deeds(woken, "unpark")).toHaveLength(1);
    const history = seeds(one.state);
    expect(JSON.stringify(history)).toContain("From here on Conrad (cfo) answers in place of Luna (luna).");
    const commands = one.ready({ persona: "cfo", rest_ms: 5_000 });
    expect(casts(commands)).toEqual([]);
    expect(marks(commands)).toEqual([]);
    expect(statuses(commands)).toMatchObject([{ key: "cfo", voice: "own" }]);
    expect(sent(commands, "response.create")).toHaveLength(1);
  });

  test("the line is lost in the middle of it: the next engine, a text one too, is who was asked for", () => {
    const one = line();
    asks(one, "waiter");
    one.take({ from: "engine_gone" });
    seeds(one.state);
    const commands = one.ready({ persona: "waiter", text: true });
    expect(casts(commands)).toEqual([]);
    expect(sent(commands, "response.create")).toHaveLength(1);
    const back = asks(one, "luna");
    expect(casts(back)).toMatchObject([{ key: "luna", voice: false }]);
    expect(statuses(back)).toMatchObject([{ voice: "own" }]);
  });

  test("a specialist has the call, or is being connected: refused in one clear sentence", () => {
    const one = line();
    one.ready({ speaker: "specialist", persona: "luna" });
    expect(told(asks(one, "waiter"), "error")).toMatchObject([
      { error: { code: "persona_refused", message: expect.stringMatching(/specialist has this call/) } },
    ]);
    const other = line();
    other.engine(
      server.created("resp_1"),
      server.outputDone("resp_1", call("call_1", "transfer_to_specialist")),
      server.done("resp_1"),
    );
    other.tool("call_1", { then: "transfer" });
    expect(personaRefusal(other.state, "waiter")).toMatch(/being connected/);
  });

  test("a goodbye is taken back by whoever asks for somebody else", () => {
    const one = line();
    one.engine(
      server.created("resp_1"),
      server.outputDone("resp_1", call("call_1", "end_call")),
      server.done("resp_1"),
    );
    one.tool("call_1", { then: "end" });
    asks(one, "waiter");
    expect(one.state.farewell).toBeNull();
  });
});

test("on hold nobody introduces themselves", () => {
  const one = line({ text: true });
  one.page({ type: "luna.hold", on: true });
  const commands = asks(one, "waiter");
  expect(casts(commands)).toHaveLength(1);
  expect(sent(commands, "response.create")).toEqual([]);
});

test("however often and by whomever it changes: the last one holds, each is told to the engine once, and one response at a time", () => {
  const keys = fc.constantFrom("luna", "waiter", "cfo");
  const happening = fc.oneof(
    fc.record({ what: fc.constant("page" as const), key: keys }),
    fc.record({ what: fc.constant("api" as const), key: keys }),
    fc.constant({ what: "updated" as const }),
    fc.constant({ what: "answers" as const }),
    fc.constant({ what: "words" as const }),
  );
  fc.assert(
    fc.property(fc.array(happening, { maxLength: 30 }), (happenings) => {
      const one = line();
      let last = "luna";
      let changes = 0;
      let n = 0;
      for (const each of happenings) {
        if (each.what === "page") asks(one, each.key);
        if (each.what === "api") one.take({ from: "persona", key: each.key, by: "api" });
        if (each.what === "updated") one.engine(updated);
        if (each.what === "words") one.page(page.typed("Hello", `word_${++n}`));
        if (each.what === "answers" && one.state.gate.at !== "free") {
          const id = one.state.gate.response_id ?? `resp_${++n}`;
          if (one.state.gate.response_id === null) one.engine(server.created(id));
          one.engine(server.done(id, one.state.gate.at === "cancelling" ? "cancelled" : "completed"));
        }
        if ("key" in each && each.key !== last) {
          changes += 1;
          last = each.key;
        }
      }
      expect(one.state.persona.key).toBe(last);
      expect(casts(one.all)).toHaveLength(changes);
      expect(casts(one.all).at(-1)?.key ?? "luna").toBe(last);
      expect(marks(one.all).map((text) => changeIn(text)?.to)).toEqual(casts(one.all).map(({ key }) => key));
    }),
  );
});
