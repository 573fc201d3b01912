/** The OpenAPI document of everything Luna answers by HTTP, made from the schemas that check the requests; and a page to read it. */
import { Hono } from "hono";
import { z } from "zod";
import packageJson from "../../package.json" with { type: "json" };
import type { Bindings } from "../env.ts";
import { type ErrorKind, LunaError, problemOf } from "../errors.ts";
import { ANSWERS, type Answer, type Operation, REQUESTS } from "./openapi/operation.ts";
import { OPERATIONS } from "./openapi/operations.ts";

/** What any address may say. */
const ALWAYS: ErrorKind[] = ["internal"];
const SCHEMAS = "#/components/schemas/";

export const openapi = new Hono<{ Bindings: Bindings }>()
  .get("/openapi.json", (c) => c.json(openApiDocument(), 200, { "cache-control": "public, max-age=300" }))
  // A file of the page, with the page's own headers.
  .get("/docs", (c) => c.env.ASSETS.fetch(new URL("/docs", c.req.url)));

let made: ReturnType<typeof makeDocument> | undefined;

export function openApiDocument() {
  made ??= makeDocument();
  return made;
}

function makeDocument() {
  return {
    openapi: "3.1.0",
    jsonSchemaDialect: "https://json-schema.org/draft/2020-12/schema",
    info: {
      title: "Luna",
      version: packageJson.version,
      description:
        "Voice agents that answer in a browser tab, from Cloudflare's edge. Everything that one can ask of a Luna by HTTP.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/" }],
    tags: [...new Set(OPERATIONS.map(({ group }) => group))].map((name) => ({ name })),
    paths: paths(),
    components: { schemas: schemas(), securitySchemes: SECURITY },
  };
}

const SECURITY = {
  visitor: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-luna_visitor",
    description: "Given with the first answer; on http luna_visitor.",
  },
  session: {
    type: "apiKey",
    in: "cookie",
    name: "__Host-luna_session",
    description: "From signing in; on http luna_session.",
  },
  host: { type: "apiKey", in: "header", name: "luna-host-token", description: "For programs of the host." },
  key: { type: "http", scheme: "bearer", description: "A Luna API key (lk_…) or a client secret (ek_…)." },
};

function schemas(): Record<string, object> {
  const registry = z.registry<{ id: string }>();
  for (const [id, schema] of Object.entries({ ...REQUESTS, ...ANSWERS })) registry.add(schema, { id });
  const made = z.toJSONSchema(registry, { io: "input", uri: (id) => SCHEMAS + id });
  return Object.fromEntries(
    Object.entries(made.schemas).map(([name, { $schema: _dialect, $id: _id, ...schema }]) => [name, schema]),
  );
}

/** By address and method. */
function paths(): Record<string, Record<string, object>> {
  const all: Record<string, Record<string, object>> = {};
  for (const operation of OPERATIONS) {
    const path = operation.path.replaceAll(/:(\w+)/g, "{$1}");
    all[path] = { ...all[path], [operation.method]: describe(operation) };
  }
  return all;
}

function describe(operation: Operation): object {
  const { path, method, group, title, about } = operation;
  return {
    operationId: `${method}${path.replaceAll(/[^a-zA-Z]+(\w?)/g, (_, letter: string) => letter.toUpperCase())}`,
    tags: [group],
    summary: title,
    ...(about === undefined ? {} : { description: about }),
    ...securityOf(operation),
    ...parameters(operation),
    ...requestBody(operation),
    responses: { ...Object.fromEntries(operation.answers.map(response)), ...problems(operation) },
  };
}

/** A token in the address is a parameter like any other. */
function securityOf({ for: whom }: Operation): object {
  if (whom === "visitor" || whom === "key") return { security: [{ [whom]: [] }] };
  return whom === "host" || whom === "operator" ? { security: [{ session: [] }, { host: [] }] } : {};
}

function parameters({ path, query = [] }: Operation): object {
  const inPath = [...path.matchAll(/:(\w+)/g)].map(([, name]) => {
    return { name, in: "path", required: true, schema: { type: "string" } };
  });
  const inQuery = query.map(({ name, about, type, required = false }) => {
    return { name, in: "query", required, description: about, schema: { type } };
  });
  const all = [...inPath, ...inQuery];
  return all.length === 0 ? {} : { parameters: all };
}

function requestBody({ takes }: Operation): object {
  if (takes === undefined) return {};
  if (typeof takes === "string") {
    const schema = { $ref: SCHEMAS + takes };
    return { requestBody: { required: true, content: { "application/json": { schema } } } };
  }
  const content = Object.entries(takes).map(([type, description]) => {
    return [type, { schema: { type: type.startsWith("multipart/") ? "object" : "string", description } }];
  });
  return { requestBody: { required: true, content: Object.fromEntries(content) } };
}

function response({ status, means, body }: Answer): [string, object] {
  if (body === undefined) return [String(status), { description: means }];
  const content = Object.entries(body).map(([type, what]) => [type, { schema: schemaOf(what) }]);
  return [String(status), { description: means, content: Object.fromEntries(content) }];
}

function schemaOf(what: NonNullable<Answer["body"]>[string]): object {
  if (what === "text") return { type: "string" };
  if (what === "binary") return { type: "string", contentEncoding: "binary" };
  if (what === "any") return { type: "object" };
  if (typeof what === "string") return { $ref: SCHEMAS + what };
  if ("list" in what) return arrayOf(what.list);
  if ("keys" in what) return { type: "object", required: ["keys"], properties: { keys: arrayOf(what.keys) } };
  const object = { type: "string", const: "list" };
  return { type: "object", required: ["object", "data"], properties: { object, data: arrayOf(what.data) } };
}

function arrayOf(name: string): object {
  return { type: "array", items: { $ref: SCHEMAS + name } };
}

/** By status: several kinds may share one. */
function problems({ path, problems: kinds, answers }: Operation): Record<string, object> {
  const openAi = path.startsWith("/v1/");
  const type = openAi ? "application/json" : "application/problem+json";
  const content = { [type]: { schema: { $ref: SCHEMAS + (openAi ? "OpenAiProblem" : "Problem") } } };
  const byStatus: Record<string, { description: string; content: object }> = {};
  for (const kind of [...kinds, ...ALWAYS]) {
    const { status, title } = problemOf(new LunaError(kind, ""));
    // Health has a body of its own for that.
    if (answers.some((answer) => answer.status === status)) continue;
    const before = byStatus[status]?.description;
    const description = `${title} (${kind})`;
    byStatus[status] = { description: before ? `${before}; ${description}` : description, content };
  }
  return byStatus;
}
