import { describe, expect, it } from "vitest";
import { z } from "zod";
import { checkClientEvent } from "../../src/realtime/parse.ts";
import { functionTool } from "../../src/realtime/tool-schema.ts";

describe("a tool as the session offers it", () => {
  it("is a name, a sentence and plain JSON Schema", () => {
    const schema = z.strictObject({
      card_last_4: z
        .string()
        .regex(/^\d{4}$/)
        .describe("Last four digits."),
      reason: z.enum(["lost", "stolen"]).default("lost"),
      count: z.int().min(1).optional(),
    });
    expect(functionTool("block_card", "Blocks a card.", schema)).toEqual({
      type: "function",
      name: "block_card",
      description: "Blocks a card.",
      parameters: {
        type: "object",
        properties: {
          card_last_4: { type: "string", pattern: "^\\d{4}$", description: "Last four digits." },
          reason: { type: "string", enum: ["lost", "stolen"], default: "lost" },
          count: { type: "integer", minimum: 1 },
        },
        required: ["card_last_4"],
        additionalProperties: false,
      },
    });
  });

  it("takes no other arguments even where the schema is not strict", () => {
    expect(functionTool("wait", "Waits.", z.object({})).parameters).toMatchObject({ additionalProperties: false });
  });

  it("passes the strict schema of a session", () => {
    const tool = functionTool("end_call", "Ends the call.", z.strictObject({ reason: z.string().optional() }));
    expect(checkClientEvent({ type: "session.update", session: { type: "realtime", tools: [tool] } }).ok).toBe(true);
  });

  it("must have a name and arguments that a provider takes", () => {
    expect(() => functionTool("block card", "", z.strictObject({}))).toThrow(TypeError);
    expect(() => functionTool("block_card", "", z.string())).toThrow(/must be an object/);
  });
});
