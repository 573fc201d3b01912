/**
 * Arguments for a tool that nobody here knows, from its JSON Schema and the caller's words: what the words hold goes where it
 * fits, what is required and not said gets a plain value. The same words and schema always give the same arguments.
 */
import type { FunctionTool, JsonSchema } from "../../../realtime/events.ts";
import { Found } from "./found.ts";

/** Objects within objects are filled this far. */
const DEEPEST = 4;
/** Properties of this kind take the caller's words as they are. */
const FREE_TEXT =
  /(?:query|question|text|message|prompt|request|input|content|note|reason|description|summary|topic|task)$/i;
/** More of the words is not read, characters. */
const MOST_READ = 16_384;
/** Closing braces that are tried as the end of an object. */
const MOST_BRACES = 64;
const NOTHING_SAID = "unknown";

/** Arguments of one call. JSON in the words ("call it with {...}") is taken as it is and fills the rest around it. */
export function argumentsFor(tool: FunctionTool, said: string, today: string): Record<string, unknown> {
  const words = said.slice(0, MOST_READ);
  const written = objectIn(words);
  const root = tool.parameters ?? {};
  const filler = new Filler(root, new Found(written ? words.replace(written.text, " ") : words, today));
  return { ...filler.object(root, 0, Object.keys(written?.value ?? {})), ...written?.value };
}

class Filler {
  #root: JsonSchema;
  #found: Found;

  constructor(root: JsonSchema, found: Found) {
    this.#root = root;
    this.#found = found;
  }

  /** `known`: properties that have their value already. */
  object(schema: JsonSchema, depth: number, known: string[] = []): Record<string, unknown> {
    const properties = record(schema.properties);
    const required = Array.isArray(schema.required) ? schema.required : [];
    const filled: Record<string, unknown> = {};
    for (const [name, property] of Object.entries(properties)) {
      if (known.includes(name)) continue;
      const value = this.#value(name, this.#plain(record(property)), depth, required.includes(name));
      if (value !== undefined) filled[name] = value;
    }
    return filled;
  }

  /** Undefined: nothing said, and none needed. */
  #value(name: string, { schema, nullable }: Plain, depth: number, required: boolean): unknown {
    if ("const" in schema) return schema.const;
    const said = this.#said(name, schema, depth);
    if (said !== undefined || !required) return said;
    if ("default" in schema) return schema.default;
    return nullable ? null : this.#plainValue(schema, name, depth);
  }

  #said(name: string, schema: JsonSchema, depth: number): unknown {
    if (Array.isArray(schema.enum)) return this.#found.oneOf(schema.enum.filter(nameable));
    switch (schema.type) {
      case "integer":
      case "number":
        return this.#found.number(name, fits(schema));
      case "boolean":
        return this.#found.mentions(name);
      case "array":
        return this.#list(name, this.#plain(record(schema.items)).schema, depth);
      case "object":
        return this.#nested(schema, depth);
      default:
        return this.#text(name, schema);
    }
  }

  #text(name: string, { format, pattern }: JsonSchema): string | undefined {
    const about = `${String(format ?? "")} ${name}`;
    if (/date/i.test(about)) return this.#found.date();
    if (/e-?mail/i.test(about)) return this.#found.email();
    if (/\b(?:uri|url)\b/i.test(about)) return this.#found.address();
    if (typeof pattern === "string" && /\\d|0-9/.test(pattern)) {
      const digits = this.#found.words.match(/\d+/g) ?? [];
      return digits.find((text) => matches(pattern, text));
    }
    if (FREE_TEXT.test(name)) return this.#found.quoted()[0] ?? (this.#found.words.trim() || undefined);
    return this.#found.text(name);
  }

  #list(name: string, items: JsonSchema, depth: number): unknown[] | undefined {
    const list: unknown[] = [];
    if (Array.isArray(items.enum)) {
      return nonEmpty(items.enum.filter(nameable).filter((value) => this.#found.oneOf([value]) !== undefined));
    }
    if (items.type === "object") return nonEmpty([this.#nested(items, depth)].filter((one) => one !== undefined));
    for (;;) {
      const one = this.#said(name, items, depth);
      if (one === undefined || list.includes(one)) return nonEmpty(list);
      list.push(one);
      // Free text and yes or no never run out.
      if (items.type === "boolean" || FREE_TEXT.test(name)) return list;
    }
  }

  #nested(schema: JsonSchema, depth: number): Record<string, unknown> | undefined {
    if (depth >= DEEPEST) return undefined;
    const filled = this.object({ ...schema, required: [] }, depth + 1);
    if (Object.keys(filled).length === 0) return undefined;
    return { ...this.object(schema, depth + 1, Object.keys(filled)), ...filled };
  }

  #plainValue(schema: JsonSchema, name: string, depth: number): unknown {
    if (Array.isArray(schema.enum)) return schema.enum[0];
    if (Array.isArray(schema.examples) && schema.examples.length > 0) return schema.examples[0];
    if (schema.type === "integer" || schema.type === "number") return plainNumber(schema);
    if (schema.type === "boolean") return false;
    if (schema.type === "array") return this.#plainList(schema, name, depth);
    if (schema.type === "object") return depth >= DEEPEST ? {} : this.object(schema, depth + 1);
    if (/date/i.test(`${String(schema.format ?? "")} ${name}`)) return this.#found.today;
    return NOTHING_SAID;
  }

  #plainList(schema: JsonSchema, name: string, depth: number): unknown[] {
    const least = typeof schema.minItems === "number" ? Math.min(schema.minItems, 8) : 0;
    const items = this.#plain(record(schema.items)).schema;
    return Array.from({ length: least }, () => this.#plainValue(items, name, depth));
  }

  /** A schema without references and alternatives: of several kinds the first that is not null. */
  #plain(schema: JsonSchema): Plain {
    const here = typeof schema.$ref === "string" ? this.#at(schema.$ref) : schema;
    const choices = [here.anyOf, here.oneOf].find(Array.isArray)?.map(record);
    const some = choices?.find((choice) => choice.type !== "null");
    if (choices && some) {
      const inner = this.#plain({ ...here, anyOf: undefined, oneOf: undefined, ...some });
      return { schema: inner.schema, nullable: inner.nullable || choices.some((choice) => choice.type === "null") };
    }
    if (!Array.isArray(here.type)) return { schema: here, nullable: here.nullable === true };
    const type = here.type.find((kind) => kind !== "null");
    return { schema: { ...here, type }, nullable: here.type.includes("null") };
  }

  /** `#/$defs/Name` of the tool's own schema. */
  #at(reference: string): JsonSchema {
    let place: JsonSchema = this.#root;
    for (const key of reference.replace(/^#\/?/, "").split("/")) place = key ? record(place[key]) : place;
    return typeof place.$ref === "string" ? {} : place;
  }
}

interface Plain {
  schema: JsonSchema;
  nullable: boolean;
}

function record(value: unknown): JsonSchema {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonSchema) : {};
}

function nameable(value: unknown): value is string | number {
  return typeof value === "string" || typeof value === "number";
}

function nonEmpty<T>(list: T[]): T[] | undefined {
  return list.length > 0 ? list : undefined;
}

function bounds({ minimum, maximum, exclusiveMinimum, exclusiveMaximum }: JsonSchema): [number, number] {
  const number = (value: unknown, otherwise: number) => (typeof value === "number" ? value : otherwise);
  return [
    number(minimum, number(exclusiveMinimum, Number.NEGATIVE_INFINITY)),
    number(maximum, number(exclusiveMaximum, Number.POSITIVE_INFINITY)),
  ];
}

function fits(schema: JsonSchema): (value: number) => boolean {
  const [least, most] = bounds(schema);
  const { type, exclusiveMinimum, exclusiveMaximum } = schema;
  return (value) =>
    value >= least &&
    value <= most &&
    value !== exclusiveMinimum &&
    value !== exclusiveMaximum &&
    (type !== "integer" || Number.isInteger(value));
}

function plainNumber(schema: JsonSchema): number {
  const [least, most] = bounds(schema);
  const suits = fits(schema);
  return (
    [0, 1, least, least + 1, most, most - 1, (least + most) / 2].find(
      (value) => Number.isFinite(value) && suits(value),
    ) ?? 0
  );
}

/** Repetition of something that repeats: on a text that nearly fits it may take for ever. */
const NESTED = /[*+}]\)+[*+{]|\([^()]*[*+}][^()]*\)[*+{]/;
const LONGEST_PATTERN = 200;

/** A pattern of the client's own. One that could hold up everybody else is taken for one that nothing fits. */
function matches(pattern: string, text: string): boolean {
  if (pattern.length > LONGEST_PATTERN || NESTED.test(pattern)) return false;
  try {
    return new RegExp(pattern).test(text);
  } catch {
    return false;
  }
}

/** The first JSON object in a text. */
function objectIn(words: string): { text: string; value: Record<string, unknown> } | undefined {
  const from = words.indexOf("{");
  let to = words.lastIndexOf("}");
  for (let tries = MOST_BRACES; tries > 0 && from >= 0 && to > from; tries -= 1, to = words.lastIndexOf("}", to - 1)) {
    const text = words.slice(from, to + 1);
    try {
      const value: unknown = JSON.parse(text);
      return typeof value === "object" && value !== null
        ? { text, value: value as Record<string, unknown> }
        : undefined;
    } catch {
      // A brace further left may end it.
    }
  }
  return undefined;
}
