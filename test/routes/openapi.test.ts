import { expect, test } from "vitest";
import { ANSWERS } from "../../src/routes/openapi/operation.ts";
import { PAGES } from "../../src/routes/who-may.ts";
import { app } from "../../src/worker.ts";
import { Browser } from "../support/workerd/caller.ts";

interface Operation {
  operationId: string;
  tags: string[];
  parameters?: { name: string; in: string }[];
  requestBody?: { content: Record<string, { schema: unknown }> };
  responses: Record<string, { description: string; content?: Record<string, { schema: unknown }> }>;
}

interface Document {
  openapi: string;
  info: { version: string };
  tags: { name: string }[];
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, { properties?: Record<string, unknown> }>; securitySchemes: object };
}

async function document(): Promise<Document> {
  const response = await new Browser().fetch("/api/openapi.json");
  expect(response.status).toBe(200);
  return response.json<Document>();
}

function operationsOf({ paths }: Document): [string, Operation][] {
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]): [string, Operation] => [`${method} ${path}`, operation]),
  );
}

test("every address of the API is in the document, and nothing that is not there", async () => {
  const routed = app.routes
    .filter(({ method, path }) => method !== "ALL" && !PAGES.some((page) => page.path === path))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replaceAll(/:(\w+)/g, "{$1}")}`);
  const described = operationsOf(await document()).map(([name]) => name);
  expect(described.toSorted()).toEqual([...new Set(routed)].toSorted());
});

test("every reference leads to a schema, and every schema is referred to", async () => {
  const whole = await document();
  const refs = [...JSON.stringify(whole).matchAll(/"\$ref":"#\/components\/schemas\/(\w+)"/g)].map(([, name]) => name);
  expect(new Set(refs)).toEqual(new Set(Object.keys(whole.components.schemas)));
});

test("operations have names of their own, a group that is listed, and parameters for their paths", async () => {
  const whole = await document();
  const all = operationsOf(whole);
  expect(new Set(all.map(([, { operationId }]) => operationId)).size).toBe(all.length);
  const groups = whole.tags.map(({ name }) => name);
  for (const [name, operation] of all) {
    expect(groups).toContain(operation.tags[0]);
    const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, one]) => one);
    const given = (operation.parameters ?? []).flatMap((one) => (one.in === "path" ? [one.name] : []));
    expect(given, name).toEqual(inPath);
    expect(
      Object.keys(operation.responses).some((status) => Number(status) < 400),
      name,
    ).toBe(true);
  }
});

test("requests are described by the schemas that check them", async () => {
  const { components } = await document();
  expect(components.schemas.Say).toMatchObject({
    type: "object",
    required: ["text"],
    additionalProperties: false,
    properties: { text: { type: "string", maxLength: 2_000 } },
  });
  expect(components.schemas.OpenCall?.properties).toHaveProperty("settings");
});

test("what Luna answers is what the document says", async () => {
  const browser = new Browser();
  const headers = { "cf-connecting-ip": "2001:db8:e::1" };
  const json = async (path: string) => (await browser.fetch(path, { headers })).json();
  const spoken = await (await browser.post("/ai/say", { text: "Hello" }, headers)).json<{ call_id: string }>();
  const answers: [keyof typeof ANSWERS, unknown][] = [
    ["SayAnswer", spoken],
    ["CallRecord", await json(`/api/calls/${spoken.call_id}`)],
    ["Health", await json("/ai/healthz")],
    ["Bank", await json("/api/bank")],
    ["Metrics", await json("/api/metrics")],
    ["Session", await json("/api/session")],
    ["Config", await json("/api/config")],
    ["IceServers", await json("/api/ice-servers")],
    ["CallOpened", await (await browser.post("/api/calls", { scenario: "block-card" }, headers)).json()],
    ["PageSecret", await (await browser.post("/api/keys", { scenario: "block-card" }, headers)).json()],
    ["Problem", await (await browser.post("/api/calls", { scenario: "rob-bank" }, headers)).json()],
    ["Ended", await (await browser.post(`/ai/calls/${spoken.call_id}/end`, {}, headers)).json()],
    ...((await json("/api/scenarios")) as unknown[]).map((one): ["Scenario", unknown] => ["Scenario", one]),
  ];
  for (const [name, answer] of answers) {
    const read = ANSWERS[name].safeParse(answer);
    expect(read.error?.issues, name).toBeUndefined();
    // What is not in the schema is taken out by reading it: so nothing is said that is not written.
    expect(read.data, name).toEqual(answer);
  }
});

test("the page to read it is a file with the page's own headers", async () => {
  const response = await new Browser().fetch("/api/docs");
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toContain("text/html");
  expect(response.headers.get("content-security-policy")).toContain("default-src 'none'");
  expect(await response.text()).toContain("/build/docs.js");
});
