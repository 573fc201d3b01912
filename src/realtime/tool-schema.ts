/** Tools as a session offers them: a name, a sentence, and JSON Schema made from the same zod schema that checks the call. */
import { z } from "zod";
import type { FunctionTool, JsonSchema } from "./session-config.ts";

/**
 * The function tool of a zod object. The schema describes what a model writes (before defaults and transforms), closed to
 * other properties. Throws `TypeError` for a name no provider takes or a schema that is not an object.
 */
export function functionTool(name: string, description: string, schema: z.ZodType): FunctionTool {
  if (!/^[a-zA-Z0-9_-]{1,64}$/.test(name)) throw new TypeError(`"${name}" cannot be the name of a tool.`);
  const { $schema: _, ...parameters } = z.toJSONSchema(schema, { io: "input" });
  if (parameters.type !== "object") throw new TypeError(`The arguments of "${name}" must be an object.`);
  return {
    type: "function",
    name,
    description,
    parameters: plain({ additionalProperties: false, ...parameters }),
  };
}

/** Leaves out the bounds of a safe integer, which zod adds to every `int` and a model has to read each time. */
function plain(schema: JsonSchema): JsonSchema {
  const entries = Object.entries(schema).filter(([, value]) => Math.abs(Number(value)) !== Number.MAX_SAFE_INTEGER);
  return Object.fromEntries(entries.map(([key, value]) => [key, within(value)]));
}

function within(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(within);
  return typeof value === "object" && value !== null ? plain(value as JsonSchema) : value;
}
