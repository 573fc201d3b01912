import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { closeFailure, errorFailure, httpFailure, responseFailure } from "../../src/realtime/failures.ts";

const error = (code: string | null, message = "", type = "invalid_request_error") =>
  errorFailure({ type, code, message });

describe("an error event", () => {
  it("about the key is fatal and said plainly", () => {
    expect(error("invalid_api_key", "Incorrect API key provided: sk-planted")).toEqual({
      code: "invalid_api_key",
      message: "The key was refused by the provider.",
      fatal: true,
      retriable: false,
      ignore: false,
    });
  });

  it.each(["insufficient_quota", "missing_model", "invalid_model", "beta_api_shape_disabled"])(
    "that only a person can mend ends the connection for good: %s",
    (code) => expect(error(code)).toMatchObject({ fatal: true, retriable: false, ignore: false }),
  );

  it.each([
    "response_cancel_not_active",
    "input_audio_buffer_commit_empty",
    "item_truncate_invalid_item_id",
    "cannot_update_voice",
    "item_not_found",
  ])("that a race explains is ignored: %s", (code) => {
    expect(error(code)).toMatchObject({ fatal: false, ignore: true });
  });

  it.each([
    "Audio content of 3700ms is already shorter than 3760ms",
    "Only model output audio messages can be truncated",
  ])("about a cut that came too late is known by its words alone: %s", (message) => {
    expect(error(null, message)).toMatchObject({ fatal: false, ignore: true });
    expect(error("invalid_value", message)).toMatchObject({ ignore: true });
  });

  it("of the provider's own, or about too many requests, may pass", () => {
    expect(error(null, "Oops", "server_error")).toMatchObject({ code: "server_error", fatal: false, retriable: true });
    expect(error("rate_limit_exceeded")).toMatchObject({ fatal: false, retriable: true, ignore: false });
  });

  it("about an expired session asks for a new one", () => {
    expect(error("session_expired")).toMatchObject({ fatal: true, retriable: true });
  });

  it("that nobody knows ends nothing", () => {
    expect(error("brand_new_code", "?")).toMatchObject({ code: "brand_new_code", fatal: false, ignore: false });
    expect(error("toString")).toMatchObject({ code: "toString", fatal: false });
  });

  it("never carries the provider's own words, which may quote the key", () => {
    const type = fc.constantFrom("invalid_request_error", "server_error", "authentication_error");
    fc.assert(
      fc.property(type, fc.option(fc.constantFrom("invalid_api_key", "invalid_value", "new_code")), (kind, code) => {
        expect(error(code, "key sk-planted-0001 was wrong", kind).message).not.toContain("sk-planted");
      }),
    );
  });
});

describe("a response", () => {
  it("that is complete, cancelled or going on did not fail", () => {
    for (const status of ["completed", "cancelled", "in_progress"] as const) {
      expect(responseFailure({ status, status_details: null })).toBeUndefined();
    }
  });

  it("that failed for money or rate says so", () => {
    const failed = (code: string) =>
      responseFailure({ status: "failed", status_details: { type: "failed", error: { type: "x", code } } });
    expect(failed("insufficient_quota")).toMatchObject({ fatal: true, retriable: false });
    expect(failed("rate_limit_exceeded")).toMatchObject({ fatal: false, retriable: true });
    expect(failed("mystery")).toMatchObject({ code: "mystery", retriable: true });
    expect(responseFailure({ status: "failed" })).toMatchObject({ code: "response_failed" });
  });

  it("that is incomplete says where it was cut off", () => {
    const cut = (reason: "content_filter" | "max_output_tokens") =>
      responseFailure({ status: "incomplete", status_details: { reason } });
    expect(cut("content_filter")).toMatchObject({ code: "content_filter", fatal: false });
    expect(cut("max_output_tokens")).toMatchObject({ code: "max_output_tokens", fatal: false });
  });
});

describe("a close of the socket", () => {
  it.each([
    [1001, "Your session hit the maximum duration of 60 minutes.", "session_expired", true],
    [1000, "", "closed", true],
    [1001, "", "connection_lost", true],
    [1005, "", "connection_lost", true],
    [1012, "", "server_restart", true],
    [1006, "", "connection_lost", true],
    [1011, "test reconnect", "server_error", true],
    [1013, "", "overloaded", true],
    [3000, "invalid_request_error.invalid_api_key", "invalid_api_key", false],
    [3000, "", "invalid_api_key", false],
    [4000, "invalid_request_error.beta_api_shape_disabled", "beta_api_shape_disabled", false],
    [4000, "invalid_request_error.invalid_model", "invalid_model", false],
    [4000, "something else", "refused", false],
    [4321, "", "closed_4321", false],
    [1008, "", "policy", false],
    [1008, "rate_limit_error.rate_limit_exceeded", "rate_limit_exceeded", true],
  ])("%i %j means %s; trying again helps: %s", (code, reason, name, retriable) => {
    expect(closeFailure(code, reason)).toMatchObject({ code: name, fatal: true, retriable, ignore: false });
  });
});

describe("an upgrade that was refused", () => {
  it.each([
    [401, "invalid_api_key", false],
    [403, "forbidden", false],
    [404, "not_found", false],
    [429, "rate_limit_exceeded", true],
    [500, "server_error", true],
    [503, "server_error", true],
    [418, "http_418", false],
  ])("with %i means %s; trying again helps: %s", (status, code, retriable) => {
    expect(httpFailure(status)).toMatchObject({ code, fatal: true, retriable });
  });
});
