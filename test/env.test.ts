import { expect, test } from "vitest";
import { type Deployed, readSettings } from "../src/env.ts";
import type { LunaError } from "../src/errors.ts";

const bindings = (values: Record<string, string> = {}) => values as unknown as Deployed;

test("settings are read once, as long as no binding changes", () => {
  const env = bindings({ RETENTION_DAYS: "3" });
  expect(readSettings(env)).toBe(readSettings(env));
  expect(readSettings(bindings({ RETENTION_DAYS: "3" }))).toBe(readSettings(env));
});

test("a binding that changes, comes or goes is noticed, also in the same object", () => {
  const env: Record<string, string | undefined> = { RETENTION_DAYS: "3" };
  const read = () => readSettings(env as unknown as Deployed);
  expect(read().retentionDays).toBe(3);
  env.RETENTION_DAYS = "4";
  expect(read().retentionDays).toBe(4);
  env.OPENAI_API_KEY = "sk-of-the-tests";
  expect(read().serverKey).toBe("sk-of-the-tests");
  delete env.OPENAI_API_KEY;
  expect(read().serverKey).toBeUndefined();
});

test("a setting that does not fit is named, never shown, and told each time until it is mended", () => {
  const refusal = () => {
    try {
      readSettings(bindings({ HOST_TOKEN: "too-short-🔑" }));
    } catch (thrown) {
      return (thrown as LunaError).message;
    }
    return "";
  };
  for (let times = 0; times < 2; times++) {
    expect(refusal()).toContain("HOST_TOKEN needs 16 characters or more");
    expect(refusal()).not.toContain("too-short");
  }
  expect(readSettings(bindings()).hostToken).toBeUndefined();
});
