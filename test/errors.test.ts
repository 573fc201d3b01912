import { expect, test } from "vitest";
import { LunaError, openAiProblem, refusal } from "../src/errors.ts";

test.each([
  ["token_invalid", 401, "invalid_api_key", "invalid_request_error"],
  ["token_expired", 401, "token_expired", "invalid_request_error"],
  ["token_used", 401, "token_used", "invalid_request_error"],
  ["forbidden", 403, "insufficient_permissions", "invalid_request_error"],
  ["not_found", 404, "not_found", "invalid_request_error"],
  ["wrong_type", 415, "unsupported_content_type", "invalid_request_error"],
  ["too_many", 429, "rate_limit_exceeded", "requests"],
  ["unavailable", 503, "service_unavailable", "server_error"],
] as const)("an SDK reads %s as %i %s", async (kind, status, code, type) => {
  const response = openAiProblem(new LunaError(kind, "Why."));
  expect(response.status).toBe(status);
  expect(await response.json()).toEqual({ error: { message: "Why.", type, code, param: null } });
  expect(response.headers.get("www-authenticate")).toBe(status === 401 ? "Bearer" : null);
  expect(response.headers.get("cache-control")).toBe("no-store");
});

test("the protocol's own word goes before Luna's, with the field at fault", async () => {
  const error = new LunaError("invalid_request", "Unknown parameter.", "session.colour", "unknown_parameter");
  const { error: told } = await openAiProblem(error).json();
  expect(told).toMatchObject({ code: "unknown_parameter", param: "session.colour" });
});

test("SDK addresses are told in the SDKs' shape, Luna's own in problem documents", async () => {
  const error = new LunaError("not_found", "Nothing here.");
  expect(Object.keys(await refusal("/v1/nothing", error).json())).toEqual(["error"]);
  expect(refusal("/api/nothing", error).headers.get("content-type")).toBe("application/problem+json");
  expect(refusal("/v10/nothing", error).headers.get("content-type")).toBe("application/problem+json");
});
