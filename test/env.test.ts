import { expect, test } from "vitest";
import { type Deployed, readSettings } from "../src/env.ts";
import type { LunaError } from "../src/errors.ts";

const bindings = (values: Record<string, string | undefined> = {}) => values as unknown as Deployed;

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

test("what nobody sets: half an hour, half a minute of quiet, and another session after 55 minutes", () => {
  const times = { maxCallMs: 1_800_000, sleepAfterMs: 30_000, rotateAfterMs: 3_300_000 };
  expect(readSettings(bindings())).toMatchObject(times);
  expect(readSettings(bindings({ MAX_CALL_MINUTES: "2" })).maxCallMs).toBe(120_000);
});

test("a setting that does not fit is named, never shown, and told each time until it is mended", () => {
  const refusal = () => {
    try {
      readSettings(bindings({ REALTIME_MODEL: "mine", REALTIME_BASE_URL: "too-short-🔑" }));
    } catch (thrown) {
      return (thrown as LunaError).message;
    }
    return "";
  };
  for (let times = 0; times < 2; times++) {
    expect(refusal()).toContain("REALTIME_BASE_URL: give an address that begins with https://");
    expect(refusal()).not.toContain("too-short");
  }
  expect(readSettings(bindings()).provider.baseUrl).toBe("https://api.openai.com/v1");
});

const AUD = "0123456789abcdef";
const PASSWORD = "correct horse battery";

test.each([
  [{ HOST_TOKEN: "too-short" }, "HOST_TOKEN needs 16"],
  [{ ADMIN_PASSWORD: "elevenchars" }, "ADMIN_PASSWORD needs 12"],
  [{ ADMIN_PASSWORD: PASSWORD, ACCESS_TEAM: "aurora" }, "ACCESS_TEAM and ACCESS_AUD"],
  [{ ADMIN_PASSWORD: PASSWORD, ACCESS_AUD: AUD }, "ACCESS_TEAM and ACCESS_AUD"],
  [{ ACCESS_TEAM: "aurora", ACCESS_AUD: AUD, HOSTS: "a@b@c" }, "HOSTS"],
] as [Record<string, string>, string][])(
  "what does not fit at the staff's door leaves no way in, and all else as it was: %j",
  (values, name) => {
    const { staff, hostToken, faults, turnstile, retentionDays } = readSettings(
      bindings({ ...values, RETENTION_DAYS: "3" }),
    );
    expect(staff).toMatchObject({ password: undefined, access: undefined, fault: expect.stringContaining(name) });
    expect(hostToken).toBeUndefined();
    expect(faults).toEqual([staff.fault]);
    expect(JSON.stringify(faults)).not.toMatch(/too-short|elevenchars|a@b@c/);
    expect([turnstile, retentionDays]).toEqual([undefined, 3]);
  },
);

test.each([
  { TURNSTILE_SITE_KEY: "1x0" },
  { TURNSTILE_SECRET: "1x0" },
  { TURNSTILE_SITE_KEY: "1x0", TURNSTILE_SECRET: "y".repeat(201) },
])("half a Turnstile is none, and does not count as one that was never set: %j", (values) => {
  const { turnstile, staff, faults } = readSettings(bindings({ ...values, ADMIN_PASSWORD: PASSWORD }));
  expect(turnstile).toBe("unfit");
  expect(faults).toHaveLength(1);
  expect(staff.password).toBe(PASSWORD);
});

test("a fault that concerns everything is told together with the others", () => {
  const both = bindings({ RETENTION_DAYS: "soon", ADMIN_PASSWORD: "elevenchars" });
  expect(() => readSettings(both)).toThrow(/ADMIN_PASSWORD.*RETENTION_DAYS/);
});
