/** `client_secrets` against recorded requests of real clients and the answers they got. Skipped where the recordings are not at hand. */
import { exports } from "cloudflare:workers";
import { describe, expect, test } from "vitest";
import { ORIGIN } from "../support/workerd/caller.ts";

type Json = Record<string, unknown>;

interface Recorded {
  source: string;
  request: { uri: string; parsed_body: Json };
  response: { parsed_body: Json };
}

declare global {
  interface ImportMeta {
    glob(pattern: string, options: { eager: true; import: "default" }): Record<string, unknown>;
  }
}

const files = import.meta.glob("../../../shared/captures/http-client-secrets-and-calls.json", {
  eager: true,
  import: "default",
});
const exchanges = (Object.values(files)[0] ?? []) as Recorded[];
const secrets = exchanges.filter(({ request }) => request.uri.endsWith("/client_secrets"));
if (secrets.length === 0) console.warn("No recorded client_secrets: tests that replay them are skipped.");

async function mint(body: Json): Promise<Json> {
  const headers = { authorization: "Bearer anything", "content-type": "application/json" };
  const request = new Request(`${ORIGIN}/v1/realtime/client_secrets`, {
    method: "POST",
    headers,
    body: JSON.stringify(body),
  });
  const response = await exports.default.fetch(request);
  expect(response.status).toBe(200);
  expect(response.headers.get("content-type")).toMatch(/^application\/json/);
  return response.json<Json>();
}

/** `session.audio.input.format.rate`, with the kind of what stands there. */
function shapeOf(value: unknown, path = ""): string[] {
  if (Array.isArray(value)) return [`${path}: list`];
  if (typeof value !== "object" || value === null) return [`${path}: ${value === null ? "null" : typeof value}`];
  return Object.entries(value)
    .flatMap(([key, inner]) => shapeOf(inner, path === "" ? key : `${path}.${key}`))
    .sort();
}

describe.skipIf(secrets.length === 0)("a recorded request for a client secret", () => {
  test.each(
    secrets.map(({ source, request, response }) => [source, request.parsed_body, response.parsed_body] as const),
  )("is taken, and answered field by field in the recorded shape: %s", async (_, asked, answered) => {
    const minted = await mint(asked);
    expect(shapeOf(minted)).toEqual(shapeOf(answered));
    expect(minted.session).toMatchObject(asked.session as Json);
  });

  test("says the same of each setting as the recorded server, but for the names, the times and what the servers prefer", async () => {
    for (const { request, response } of secrets) {
      const minted = (await mint(request.parsed_body)).session as Json;
      const recorded = response.parsed_body.session as Json;
      for (const name of [
        "type",
        "object",
        "model",
        "instructions",
        "output_modalities",
        "tool_choice",
        "expires_at",
      ]) {
        expect(minted[name], name).toEqual(recorded[name]);
      }
    }
  });

  test("names its tools as they were asked for, in the recorded order", async () => {
    const tools = ({ session }: Json) => ((session as Json).tools as { name: string }[] | undefined) ?? [];
    const withTools = secrets.filter(({ request }) => tools(request.parsed_body).length > 0);
    expect(withTools.length).toBeGreaterThan(0);
    for (const { request, response } of withTools) {
      const minted = await mint(request.parsed_body);
      expect(tools(minted).map(({ name }) => name)).toEqual(tools(response.parsed_body).map(({ name }) => name));
      expect(tools(minted)).toMatchObject(tools(request.parsed_body));
    }
  });
});
