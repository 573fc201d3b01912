import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { z } from "zod";
import { argumentsFor } from "../../../../src/engines/scripted/stand-in/arguments.ts";
import type { JsonSchema } from "../../../../src/realtime/events.ts";

const TODAY = "2026-11-21";

/** Arguments for these words, of a tool that takes this. */
function fill(words: string, shape: z.ZodRawShape | JsonSchema): Record<string, unknown> {
  const parameters =
    "type" in shape && typeof shape.type === "string" ? shape : z.toJSONSchema(z.object(shape as z.ZodRawShape));
  return argumentsFor({ type: "function", name: "do_it", parameters: parameters as JsonSchema }, words, TODAY);
}

describe("arguments out of words", () => {
  it("names of things, after the words that lead to them", () => {
    expect(fill("What is the weather in New York today?", { city: z.string() })).toEqual({ city: "New York" });
    expect(fill("Book a table at The Ivy for Ada", { place: z.string(), guest: z.string() })).toEqual({
      place: "Ivy",
      guest: "Ada",
    });
    expect(fill("The title is Lost in Rome.", { title: z.string() })).toEqual({ title: "Lost in Rome" });
    expect(fill('Find "blue shoes" please', { item: z.string() })).toEqual({ item: "blue shoes" });
  });

  it("numbers, each once, and the one beside its name first", () => {
    expect(fill("Add 3 and 4.5", { a: z.number(), b: z.number() })).toEqual({ a: 3, b: 4.5 });
    const shape = { amount: z.number(), count: z.int() };
    expect(fill("Buy a count of 3 for an amount of 20", shape)).toEqual({ amount: 20, count: 3 });
    expect(fill("forty-two of them", { count: z.int() })).toEqual({ count: 42 });
    expect(fill("set it to 500 or 50", { percent: z.int().min(0).max(100) })).toEqual({ percent: 50 });
  });

  it("of words without end, in no time", () => {
    const began = performance.now();
    const braces = fill(`call it with {"a":"${"}".repeat(200_000)}`, { note: z.string() });
    expect(Object.keys(braces)).toEqual(["note"]);
    expect(fill("three of twenty ".repeat(40_000), { count: z.int() })).toEqual({ count: 3 });
    expect(performance.now() - began).toBeLessThan(1_500);
  });

  it("one of a few, yes or no, days, addresses", () => {
    const shape = { unit: z.enum(["celsius", "fahrenheit"]), mode: z.enum(["very_fast", "slow"]) };
    expect(fill("in Fahrenheit, very fast", shape)).toEqual({ unit: "fahrenheit", mode: "very_fast" });
    expect(fill("with breakfast but no parking", { breakfast: z.boolean(), parking: z.boolean() })).toEqual({
      breakfast: true,
      parking: false,
    });
    expect(fill("for tomorrow", { date: z.iso.date() })).toEqual({ date: "2026-11-22" });
    expect(fill("write to ada@example.com", { email: z.email() })).toEqual({ email: "ada@example.com" });
  });

  it("lists and objects within objects", () => {
    const colors = { colors: z.array(z.enum(["red", "green", "blue"])) };
    expect(fill("blue and red", colors)).toEqual({ colors: ["red", "blue"] });
    expect(fill("sum 1, 2 and 3", { numbers: z.array(z.number()) })).toEqual({ numbers: [1, 2, 3] });
    const order = { order: z.object({ quantity: z.int(), size: z.enum(["small", "large"]) }) };
    expect(fill("two large ones", order)).toEqual({ order: { quantity: 2, size: "large" } });
  });

  it("plain values for what is needed and was not said, nothing for what is not needed", () => {
    const shape = {
      city: z.string(),
      days: z.int().min(2),
      exact: z.boolean(),
      tags: z.array(z.string()),
      unit: z.enum(["c", "f"]),
      note: z.string().nullable(),
      deep: z.object({ level: z.number() }),
      color: z.string().optional(),
    };
    expect(fill("", shape)).toEqual({
      city: "unknown",
      days: 2,
      exact: false,
      tags: [],
      unit: "c",
      note: null,
      deep: { level: 0 },
    });
  });

  it("defaults, examples, references and constants of the schema", () => {
    const parameters: JsonSchema = {
      type: "object",
      required: ["a", "b", "c", "d"],
      properties: {
        a: { type: "string", default: "fallback" },
        b: { type: "string", examples: ["shown"] },
        c: { $ref: "#/$defs/size" },
        d: { const: 7 },
      },
      $defs: { size: { enum: ["small", "large"] } },
    };
    expect(fill("a large one", parameters)).toEqual({ a: "fallback", b: "shown", c: "large", d: 7 });
  });

  it("JSON in the words is taken as it is", () => {
    expect(fill('call it with {"city": "Bern", "days": 3} please', { city: z.string(), days: z.int() })).toEqual({
      city: "Bern",
      days: 3,
    });
  });

  it("the whole words for a free text", () => {
    expect(fill("how tall is Everest?", { query: z.string() })).toEqual({ query: "how tall is Everest?" });
  });

  it("always fit the schema, whatever the words, and are the same each time", () => {
    const shape = z.object({
      city: z.string(),
      days: z.int().min(1).max(14),
      share: z.number().gt(0).lt(1),
      unit: z.enum(["celsius", "fahrenheit"]),
      alerts: z.boolean(),
      stops: z.array(z.string()),
      extra: z.object({ note: z.string(), level: z.int() }).optional(),
      when: z.iso.date(),
    });
    const parameters = z.toJSONSchema(shape) as JsonSchema;
    const words = fc.oneof(
      fc.string(),
      fc
        .array(
          fc.constantFrom("in", "Rome", "3", "0.5", "celsius", "tomorrow", "no", "alerts", '"x"', "{", "}", "level 9"),
        )
        .map((parts) => parts.join(" ")),
    );
    fc.assert(
      fc.property(words, (text) => {
        const made = argumentsFor({ type: "function", name: "t", parameters }, text, TODAY);
        expect(argumentsFor({ type: "function", name: "t", parameters }, text, TODAY)).toEqual(made);
        // What a caller writes as JSON is theirs.
        if (!text.includes("{")) expect(shape.parse(made)).toBeDefined();
      }),
      { numRuns: 400 },
    );
  });

  it("survive schemas that are none", () => {
    const schemas: JsonSchema[] = [
      { type: "object", properties: { a: { $ref: "#/nowhere" } }, required: ["a"] },
      { type: "object", properties: { a: { $ref: "#" } }, required: ["a"] },
      { type: "object", properties: 3 as unknown as JsonSchema, required: "all" },
      { type: "object", properties: { a: { type: "array", minItems: 1e9 } }, required: ["a"] },
      { type: "object", properties: { a: { type: "string", pattern: "(\\d" } }, required: ["a"] },
      {},
    ];
    for (const schema of schemas) expect(fill("call 12 times", schema)).toBeTypeOf("object");
  });
});
