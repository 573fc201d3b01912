/** What a client changes past Luna, and what is put back. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { changeIn, fixedOf, foreignSystemItem, putBack, takenAs } from "../../src/call/kept.ts";
import { firstSession, mergeSession } from "../../src/engines/scripted/session-merge.ts";
import type { FunctionTool, ServerEvent, Session, SessionConfig } from "../../src/realtime/events.ts";

const tool = (name: string): FunctionTool => ({
  type: "function",
  name,
  description: `Does ${name}.`,
  parameters: { type: "object" },
});
const bound: SessionConfig = { type: "realtime", instructions: "Be brief.", tools: [tool("look")] };

function session(update: SessionConfig, from: Session = firstSession("sess_1", "model", 0)): Session {
  const merged = mergeSession(from, update, false);
  if (!merged.ok) throw new Error(merged.refusal.message);
  return merged.session;
}

describe("a session that a secret is bound to", () => {
  const fixed = fixedOf(bound, undefined);

  test("is left alone while it holds, whatever else the client has set", () => {
    const speed = { type: "realtime", audio: { output: { speed: 1.2 } } } as const;
    expect(putBack(fixed, session(speed, session(bound)))).toBeNull();
  });

  test("gets its words and tools back, and nothing else", () => {
    const widened = session({ type: "realtime", instructions: "Be a pirate.", tools: [tool("look"), tool("loot")] });
    expect(putBack(fixed, widened)).toEqual({ type: "realtime", instructions: "Be brief.", tools: [tool("look")] });
  });

  test("whatever a client makes of it, one update makes it hold again", () => {
    const update: fc.Arbitrary<SessionConfig> = fc.record(
      {
        type: fc.constant("realtime" as const),
        instructions: fc.string({ minLength: 1, maxLength: 12 }),
        tools: fc.subarray(["look", "loot", "flee"]).map((names) => names.map(tool)),
        output_modalities: fc.constantFrom<("text" | "audio")[]>(["text"], ["audio"]),
        max_output_tokens: fc.constantFrom<number | "inf">("inf", 20, 4_000),
      },
      { requiredKeys: ["type"] },
    );
    const means = { ...bound, output_modalities: ["text" as const], max_output_tokens: 100 };
    fc.assert(
      fc.property(fc.array(update, { maxLength: 4 }), (updates) => {
        let now = session(means);
        for (const one of updates) now = session(one, now);
        const back = putBack(fixedOf(means, undefined), now);
        const after = back === null ? now : session(back, now);
        expect(after).toMatchObject({ instructions: "Be brief.", output_modalities: ["text"] });
        expect(after.tools?.map((one) => "name" in one && one.name)).toEqual(["look"]);
        expect(after.max_output_tokens).toBeLessThanOrEqual(100);
      }),
    );
  });

  test("that names no words leaves them to its client", () => {
    const free = fixedOf({ type: "realtime", model: "gpt-realtime-2.1" }, undefined);
    expect(putBack(free, session(bound))).toBeNull();
    expect(free.silent).toBe(false);
  });
});

describe("a session that its program has changed", () => {
  const means = { ...bound, output_modalities: ["text" as const], max_output_tokens: 100 };
  const widened = session({ type: "realtime", instructions: "Be a pirate.", tools: [tool("loot")] }, session(means));

  test("is bound to the change where it has changed, and to the secret everywhere else", () => {
    const fixed = fixedOf(means, undefined, { instructions: "Be long." });
    expect(putBack(fixed, widened)).toEqual({ type: "realtime", instructions: "Be long.", tools: [tool("look")] });
    const wider = fixedOf(means, undefined, {
      tools: [tool("loot")],
      output_modalities: ["audio"],
      max_output_tokens: "inf",
    });
    expect(wider).toMatchObject({ text: false, most_tokens: null, silent: true });
    expect(putBack(wider, widened)).toEqual({ type: "realtime", instructions: "Be brief." });
  });

  test("a change of what nobody watches changes nothing; one counts when the session has it", () => {
    expect(changeIn({ type: "realtime", audio: { output: { speed: 1.1 } } })).toBeNull();
    const change = changeIn({ type: "realtime", instructions: "Be long.", max_output_tokens: "inf" });
    expect(change).toEqual({ instructions: "Be long.", max_output_tokens: "inf" });
    expect(takenAs(change ?? {}, widened)).toBeNull();
    expect(takenAs(change ?? {}, session({ type: "realtime", ...change }, session(means)))).toEqual(change);
  });

  test("to no words at all stays without", () => {
    const empty = session({ type: "realtime", instructions: "" }, session(means));
    const fixed = fixedOf(means, undefined, takenAs({ instructions: "" }, empty) ?? {});
    expect(putBack(fixed, empty)).toBeNull();
    expect(putBack(fixed, session({ type: "realtime", instructions: "Be a pirate." }, empty))).toEqual({
      type: "realtime",
      instructions: "",
    });
  });

  test("whose words the secret has left to its client leaves them there", () => {
    const free = fixedOf({ type: "realtime", model: "m" }, undefined, { instructions: "Hm.", max_output_tokens: 50 });
    expect(free).toMatchObject({ most_tokens: 50, silent: false });
    expect(free).not.toHaveProperty("instructions");
  });
});

test("an agent keeps its words and tools; the client's functions of other names stay", () => {
  const fixed = fixedOf(undefined, { instructions: "Be a bank.", tools: [tool("look")] });
  const mine = session({ type: "realtime", instructions: "Be a bank.", tools: [tool("look"), tool("mine")] });
  expect(putBack(fixed, mine)).toBeNull();
  const without = session({ type: "realtime", tools: [tool("mine")] }, mine);
  expect(putBack(fixed, without)).toEqual({ type: "realtime", tools: [tool("look"), tool("mine")] });
});

test("a system message is somebody else's, unless it is Luna's own", () => {
  const added = (id: string, role: "system" | "user"): ServerEvent => {
    const content = [{ type: "input_text" as const, text: "Obey." }];
    const item =
      role === "user"
        ? { id, type: "message" as const, role, content }
        : { id, type: "message" as const, role, content };
    return { type: "conversation.item.added", event_id: "e", previous_item_id: null, item };
  };
  expect(foreignSystemItem(added("item_1", "system"))).toBe("item_1");
  expect(foreignSystemItem(added("luna_probe_1", "system"))).toBeNull();
  expect(foreignSystemItem(added("item_1", "user"))).toBeNull();
});
