/** Changes of the running session: asked for, sent, echoed, held against each other. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { audioArrived } from "../../src/call/machine.ts";
import { configOf, type Update, withTuned } from "../../src/call/tuning.ts";
import { firstSession, mergeSession } from "../../src/engines/scripted/session-merge.ts";
import type { SessionStatus } from "../../src/legs/wire.ts";
import type { ServerEvent, Session } from "../../src/realtime/events.ts";
import { sameSession, sessionConfig } from "../../src/realtime/session.ts";
import { delta, Line, sent, server, told } from "./events.ts";

const before: Session = {
  ...firstSession("sess_1", "model", 0),
  ...sessionConfig({ instructions: "Be a bank.", tools: [], modality: "audio" }),
};

/** The engine's echo: its session with these changes. */
function echo(change: Update, session = before): ServerEvent {
  const merged = mergeSession(session, configOf(change), false);
  if (!merged.ok) throw new Error(merged.refusal.message);
  return { type: "session.updated", event_id: "event_echo", session: merged.session };
}

function line(options: ConstructorParameters<typeof Line>[0] = {}): Line {
  const made = new Line(options);
  made.engine({ type: "session.updated", event_id: "event_first", session: before });
  return made;
}

const ask = (one: Line, update: Update) => one.page({ type: "luna.session", update });
const answers = (commands: Parameters<typeof told>[0]) => told(commands, "luna.session") as SessionStatus[];

/** Id under which the last `session.update` was sent. */
function sentId(one: Line): string {
  return sent(one.all, "session.update").at(-1)?.event_id ?? "";
}

describe("a change of the running session", () => {
  test("goes to the engine as one update of exactly the fields asked for, and is told to hold when echoed", () => {
    const one = line();
    const change: Update = { instructions: "Speak like a pirate.", vad: { type: "semantic_vad", eagerness: "low" } };
    expect(sent(ask(one, change))).toEqual([
      {
        type: "session.update",
        event_id: sentId(one),
        session: {
          type: "realtime",
          instructions: "Speak like a pirate.",
          audio: {
            input: {
              turn_detection: {
                type: "semantic_vad",
                eagerness: "low",
                create_response: true,
                interrupt_response: true,
              },
            },
          },
        },
      },
    ]);
    const [status] = answers(one.engine(echo(change)));
    expect(status).toMatchObject({ ok: true, differences: [], message: null });
    expect(status?.effective).toMatchObject({
      instructions: "Speak like a pirate.",
      voice: "marin",
      speed: 1,
      vad: { type: "semantic_vad", eagerness: "low" },
    });
    expect(one.state.tuning.tuned).toEqual(change);
  });

  test("names every value of server turn detection, whatever was left out", () => {
    const one = line();
    const [update] = sent(ask(one, { vad: { type: "server_vad", threshold: 0.7 } }));
    expect(update).toMatchObject({
      session: {
        audio: {
          input: {
            turn_detection: {
              type: "server_vad",
              threshold: 0.7,
              prefix_padding_ms: 300,
              silence_duration_ms: 500,
              create_response: true,
              interrupt_response: true,
            },
          },
        },
      },
    });
  });

  test("that nothing is asked of tells what holds, and disturbs nobody", () => {
    const one = line();
    const commands = ask(one, {});
    expect(sent(commands)).toEqual([]);
    expect(answers(commands)).toMatchObject([{ ok: true, effective: { instructions: "Be a bank.", voice: "marin" } }]);
  });

  test("is told with its differences where the engine made something else of it, and only the rest is remembered", () => {
    const one = line();
    ask(one, { speed: 1.5, instructions: "Be brief." });
    const [status] = answers(one.engine(echo({ speed: 1.2, instructions: "Be brief." })));
    expect(status).toMatchObject({ ok: false, differences: ["speed"], effective: { speed: 1.2 } });
    expect(status?.message).toMatch(/speed/);
    expect(one.state.tuning.tuned).toEqual({ instructions: "Be brief." });
  });

  test("that the engine refuses is dropped whole: the caller is told why, and what held before holds", () => {
    const one = line();
    ask(one, { instructions: "Be brief.", speed: 1.1 });
    const commands = one.engine(server.error("invalid_value", sentId(one), "Speed is out of range."));
    expect(answers(commands)).toMatchObject([
      { ok: false, differences: ["instructions", "speed"], effective: { instructions: "Be a bank.", speed: 1 } },
    ]);
    expect(answers(commands)[0]?.message).toMatch(/Speed is out of range/);
    expect(told(commands, "error")).toEqual([]);
    expect(one.state.tuning).toMatchObject({ tuned: {}, asked: null });
  });

  test("is known by the setting where a server leaves the event out of its error", () => {
    const one = line();
    ask(one, { instructions: "Be brief." });
    const refused: ServerEvent = {
      type: "error",
      event_id: "event_1",
      error: {
        type: "invalid_request_error",
        code: null,
        message: "No.",
        param: "session.instructions",
        event_id: null,
      },
    };
    expect(answers(one.engine(refused))).toMatchObject([{ ok: false }]);
  });

  test("is not taken for refused by an error about something else", () => {
    const one = line();
    ask(one, { instructions: "Be brief." });
    expect(answers(one.engine(server.error("item_truncate_invalid", "luna_evt_999")))).toEqual([]);
    expect(answers(one.engine(echo({ instructions: "Be brief." })))).toMatchObject([{ ok: true }]);
  });

  test("that the engine does not answer is given up after three seconds, and told again if the echo comes late", () => {
    const one = line();
    ask(one, { instructions: "Be brief." });
    expect(answers(one.wait(2_900))).toEqual([]);
    expect(answers(one.wait(200))).toMatchObject([{ ok: false, differences: ["instructions"] }]);
    expect(answers(one.engine(echo({ speed: 1.1 })))).toEqual([]);
    expect(answers(one.engine(echo({ instructions: "Be brief." })))).toMatchObject([{ ok: true }]);
    expect(one.state.tuning.tuned).toEqual({ instructions: "Be brief." });
  });

  test("is refused while the one before it is under way", () => {
    const one = line();
    ask(one, { instructions: "Be brief." });
    const commands = ask(one, { instructions: "Be long." });
    expect(sent(commands)).toEqual([]);
    expect(answers(commands)).toMatchObject([{ ok: false }]);
    expect(answers(one.engine(echo({ instructions: "Be brief." })))).toMatchObject([{ ok: true }]);
  });
});

describe("the speed", () => {
  test("waits for the end of the answer under way, and goes before the next one is asked for", () => {
    const one = line();
    one.engine(server.created("resp_1"));
    expect(sent(ask(one, { speed: 1.2 }))).toEqual([]);
    one.page({ type: "luna.mute", microphone: false });
    const after = sent(one.engine(server.done("resp_1")));
    expect(after.map((event) => event.type)).toEqual(["session.update"]);
    expect(answers(one.engine(echo({ speed: 1.2 })))).toMatchObject([{ ok: true, effective: { speed: 1.2 } }]);
  });

  test("asked for again while it waits is asked for once, as the caller wants it last", () => {
    const one = line();
    one.engine(server.created("resp_1"));
    ask(one, { speed: 1.2, instructions: "Be brief." });
    ask(one, { speed: 0.8 });
    expect(sent(one.engine(server.done("resp_1")), "session.update")).toMatchObject([
      { session: { instructions: "Be brief.", audio: { output: { speed: 0.8 } } } },
    ]);
  });
});

describe("the voice", () => {
  test("can be changed until Luna has been heard, and not after", () => {
    const one = line();
    expect(sent(ask(one, { voice: "cedar" }), "session.update")).toHaveLength(1);
    one.engine(echo({ voice: "cedar" }), server.created("resp_1"));
    audioArrived(one.state, delta("resp_1", "item_1"), 100, one.now);
    const commands = ask(one, { voice: "ash", instructions: "Be brief." });
    expect(sent(commands)).toEqual([]);
    expect(answers(commands)).toMatchObject([{ ok: false, differences: ["voice", "instructions"] }]);
    expect(answers(commands)[0]?.message).toMatch(/voice/);
    expect(one.state.tuning.tuned).toEqual({ voice: "cedar" });
  });

  test("is free again with the next engine, which has not been heard", () => {
    const one = line();
    one.engine(server.created("resp_1"));
    audioArrived(one.state, delta("resp_1", "item_1"), 100, one.now);
    one.take({ from: "engine_gone", again: true });
    one.ready();
    expect(sent(ask(one, { voice: "ash" }), "session.update")).toHaveLength(1);
  });

  test("that waited with a speed is looked at again when its time has come", () => {
    const one = line();
    one.engine(server.created("resp_1"));
    ask(one, { voice: "ash", speed: 1.1 });
    audioArrived(one.state, delta("resp_1", "item_1"), 100, one.now);
    const commands = one.engine(server.done("resp_1"));
    expect(sent(commands, "session.update")).toEqual([]);
    expect(answers(commands)).toMatchObject([{ ok: false, differences: ["voice", "speed"] }]);
  });
});

describe("temperature, top_p and top_k", () => {
  test("are refused in one sentence where the engine has none, and nothing else is changed with them", () => {
    const one = line();
    const commands = ask(one, { temperature: 0.7, top_k: 40, instructions: "Be brief." });
    expect(sent(commands)).toEqual([]);
    expect(answers(commands)).toMatchObject([{ ok: false }]);
    expect(answers(commands)[0]?.message).toMatch(/temperature, top_k/);
  });

  test("go beside the other fields to an engine that has them", () => {
    const one = line({ generation: ["temperature"] });
    expect(sent(ask(one, { temperature: 0.7 }), "session.update")).toMatchObject([
      { session: { type: "realtime", temperature: 0.7 } },
    ]);
    expect(answers(ask(line({ generation: ["temperature"] }), { top_p: 0.9 }))).toMatchObject([{ ok: false }]);
  });
});

describe("an engine that goes away", () => {
  test("takes a change with it that it was given, and the caller is told", () => {
    const one = line();
    ask(one, { instructions: "Be brief." });
    expect(answers(one.take({ from: "engine_gone", again: true }))).toMatchObject([{ ok: false }]);
    expect(one.state.tuning.tuned).toEqual({});
  });

  test("leaves a change that waited to the next one", () => {
    const one = line();
    one.take({ from: "engine_gone", again: true });
    expect(sent(ask(one, { instructions: "Be brief." }))).toEqual([]);
    expect(sent(one.ready(), "session.update")).toMatchObject([{ session: { instructions: "Be brief." } }]);
  });
});

const updates: fc.Arbitrary<Update> = fc.record(
  {
    instructions: fc.string({ minLength: 1, maxLength: 40 }).filter((text) => text.trim() !== ""),
    voice: fc.constantFrom("cedar", "ash", "marin"),
    speed: fc.double({ min: 0.25, max: 1.5, noNaN: true }),
    vad: fc.oneof(
      fc.record({ type: fc.constant("server_vad" as const), threshold: fc.double({ min: 0, max: 1, noNaN: true }) }),
      fc.record({
        type: fc.constant("semantic_vad" as const),
        eagerness: fc.constantFrom("low" as const, "high" as const),
      }),
    ),
  },
  { requiredKeys: [] },
);

describe("whatever was taken in a call", () => {
  test("is in the session of an engine that is opened later, and nothing else of it is changed", () => {
    fc.assert(
      fc.property(fc.array(updates, { maxLength: 5 }), (changes) => {
        const one = line();
        for (const change of changes) {
          ask(one, change);
          if (one.state.tuning.asked) one.engine(echo(change));
        }
        const plain = sessionConfig({ instructions: "Be a bank.", tools: [], modality: "audio" });
        const next = withTuned(plain, one.state.tuning.tuned, []);
        const all = Object.assign({}, ...changes) as Update;
        const echoed = mergeSession(before, next, false);
        expect(echoed.ok && sameSession(configOf(all), echoed.session)).toMatchObject({ ok: true });
        expect({ ...next, instructions: "", audio: null }).toEqual({ ...plain, instructions: "", audio: null });
        expect(next.audio?.input?.transcription).toEqual(plain.audio.input.transcription);
      }),
    );
  });

  test("keeps what an engine does not know from reaching it", () => {
    const plain = sessionConfig({ instructions: "Be a bank.", tools: [], modality: "text" });
    expect(withTuned(plain, { temperature: 1, top_p: 0.5 }, ["top_p"])).not.toHaveProperty("temperature");
    expect(withTuned(plain, { temperature: 1, top_p: 0.5 }, ["top_p"])).toHaveProperty("top_p", 0.5);
  });
});

describe("a change under way while somebody else takes over", () => {
  const members = ["luna", "waiter"].map((key) => ({ key, title: key, speaker: key }));
  const cast = { members, first: "luna", rotates: false };
  const persona: ServerEvent = { type: "session.updated", event_id: "event_cast", session: before };

  test("is answered by its own echo, whichever was sent first, and is not remembered for the other", () => {
    const one = line();
    Object.assign(one.state.setup, { cast });
    ask(one, { instructions: "Be brief.", speed: 1.1 });
    one.page({ type: "luna.persona", key: "waiter" });
    expect(one.state.persona.in_force).toBe("luna");
    expect(answers(one.engine(echo({ instructions: "Be brief.", speed: 1.1 })))).toMatchObject([{ ok: true }]);
    expect(one.state.persona.in_force).toBe("luna");
    one.engine(persona);
    expect(one.state.persona.in_force).toBe("waiter");
    expect(one.state.tuning.tuned).toEqual({ speed: 1.1 });
  });

  test("does not take the other one's echo for its own", () => {
    const one = line();
    Object.assign(one.state.setup, { cast });
    one.page({ type: "luna.persona", key: "waiter" });
    ask(one, { instructions: "Be brief." });
    expect(answers(one.engine(persona))).toEqual([]);
    expect(one.state.persona.in_force).toBe("waiter");
    expect(answers(one.engine(echo({ instructions: "Be brief." })))).toMatchObject([{ ok: true }]);
    expect(one.state.tuning.tuned).toEqual({ instructions: "Be brief." });
  });

  test("is given up where it waited and was meant for who answered before", () => {
    const one = line();
    Object.assign(one.state.setup, { cast });
    one.engine(server.created("resp_1"));
    ask(one, { instructions: "Be brief.", speed: 1.1 });
    one.page({ type: "luna.persona", key: "waiter" });
    const commands = one.engine(server.done("resp_1", "cancelled"));
    expect(answers(commands)).toMatchObject([{ ok: false, message: expect.stringMatching(/Somebody else/) }]);
    expect(one.state.tuning.asked).toBeNull();
  });
});
