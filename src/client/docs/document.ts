/** The part of an OpenAPI 3.1 document that the reference page shows, and how to read it. */

export interface Schema {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  properties?: Record<string, Schema>;
  required?: string[];
  items?: Schema;
  anyOf?: Schema[];
  oneOf?: Schema[];
}

interface Content {
  schema: Schema;
}

export interface Response {
  description: string;
  content?: Record<string, Content>;
}

export interface Operation {
  operationId: string;
  tags: string[];
  summary: string;
  description?: string;
  security?: Record<string, unknown>[];
  parameters?: { name: string; in: string; required: boolean; description?: string; schema: Schema }[];
  requestBody?: { content: Record<string, Content> };
  responses: Record<string, Response>;
}

export interface OpenApi {
  info: { title: string; version: string; description: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, Schema>; securitySchemes: Record<string, { description: string }> };
}

/** An operation with its place. */
export interface Placed extends Operation {
  method: string;
  path: string;
}

export function operationsOf(document: OpenApi, group: string): Placed[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).flatMap(([method, operation]) =>
      operation.tags.includes(group) ? [{ ...operation, method: method.toUpperCase(), path }] : [],
    ),
  );
}

/** What a reference stands for; a schema of its own as it is. */
export function resolve(document: OpenApi, schema: Schema): Schema {
  const name = nameOf(schema);
  return name === undefined ? schema : (document.components.schemas[name] ?? {});
}

export function nameOf({ $ref }: Schema): string | undefined {
  return $ref?.split("/").at(-1);
}

/** The kind of value, in a few words: `string`, `integer or null`, `"a" | "b"`, `list of Model`. */
export function kindOf(document: OpenApi, schema: Schema): string {
  const choices = schema.anyOf ?? schema.oneOf;
  if (choices) return [...new Set(choices.map((one) => kindOf(document, one)))].join(" or ");
  if (schema.const !== undefined) return JSON.stringify(schema.const);
  if (schema.enum) return schema.enum.map((one) => JSON.stringify(one)).join(" | ");
  if (schema.items) return `list of ${nameOf(schema.items) ?? kindOf(document, schema.items)}`;
  const name = nameOf(schema);
  if (name !== undefined) return name;
  return [schema.type ?? "anything"].flat().join(" or ");
}

/** Bounds and defaults of a value, one short phrase each. */
export function boundsOf(schema: Schema): string[] {
  const { minimum, maximum, minLength, maxLength } = schema;
  const phrases: string[] = [];
  const whole = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER;
  if (whole(minimum) && whole(maximum)) phrases.push(`${minimum} to ${maximum}`);
  else if (whole(minimum)) phrases.push(`${minimum} or more`);
  else if (whole(maximum)) phrases.push(`${maximum} or less`);
  if (maxLength !== undefined) phrases.push(`${minLength ?? 0} to ${maxLength} characters`);
  if (schema.format !== undefined) phrases.push(schema.format);
  if (schema.default !== undefined) phrases.push(`if absent ${JSON.stringify(schema.default)}`);
  return phrases;
}

/** The schemas inside, behind lists and choices, that have properties of their own. */
export function insideOf(document: OpenApi, schema: Schema): Schema[] {
  const whole = resolve(document, schema);
  if (whole.properties) return [whole];
  if (whole.items) return insideOf(document, whole.items);
  return (whole.anyOf ?? whole.oneOf ?? []).flatMap((one) => insideOf(document, one));
}

/** A value that would fit: the required fields only. */
export function exampleOf(document: OpenApi, schema: Schema): unknown {
  const whole = resolve(document, schema);
  if (whole.const !== undefined) return whole.const;
  if (whole.enum) return whole.enum[0];
  const [choice] = whole.anyOf ?? whole.oneOf ?? [];
  if (choice) return exampleOf(document, choice);
  if (whole.items) return [exampleOf(document, whole.items)];
  if (whole.properties) return exampleFields(document, whole);
  const type = [whole.type].flat()[0];
  if (type === "integer" || type === "number") return whole.minimum ?? 1;
  if (type === "boolean") return true;
  return "…";
}

/** Values that a reader can use as they are. */
const WELL_KNOWN: Record<string, unknown> = {
  text: "I lost my card, please block it.",
  scenario: "block-card",
  key: "waiter",
  label: "a test server",
};

function exampleFields(document: OpenApi, schema: Schema): Record<string, unknown> {
  const required = schema.required ?? [];
  return Object.fromEntries(
    Object.entries(schema.properties ?? {})
      .filter(([name]) => required.includes(name))
      .map(([name, field]) => [name, exampleFor(name) ?? exampleOf(document, field)]),
  );
}

function exampleFor(name: string): unknown {
  return WELL_KNOWN[name];
}

/** A line for a shell. The cookie jar makes all lines one visitor's. */
export function curlOf(document: OpenApi, operation: Placed, origin: string): string {
  const { method, path, requestBody, security } = operation;
  const needs = security?.flatMap((one) => Object.keys(one)) ?? [];
  const parts = ["curl"];
  if (needs.includes("visitor")) parts.push("-b jar -c jar");
  if (needs.includes("key")) parts.push('-H "authorization: Bearer $LUNA_KEY"');
  if (method !== "GET") parts.push(`-X ${method}`);
  const json = requestBody?.content["application/json"];
  if (json) {
    const body = JSON.stringify(exampleOf(document, json.schema)).replaceAll("'", "'\\''");
    parts.push(`-H 'content-type: application/json' -d '${body}'`);
  }
  return [...parts, `'${origin}${path}'`].join(" ");
}
