import { describe, expect, it } from "vitest";
import { counted, NO_CALLS, readCounters } from "../../../src/client/state/counters.ts";
import {
  callSettings,
  DEFAULTS,
  looksLikeHostToken,
  looksLikeKey,
  readSettings,
  voiceKind,
} from "../../../src/client/state/settings.ts";
import { OpenCall } from "../../../src/legs/open-call.ts";

describe("settings kept in the browser", () => {
  it("come back as they were", () => {
    const kept = { ...DEFAULTS, speed: 1.2, vad: "semantic_vad", eagerness: "low", voice: "cedar" };
    expect(readSettings(JSON.stringify(kept))).toEqual(kept);
  });

  it("fall back field by field where they do not fit", () => {
    const read = readSettings(JSON.stringify({ speed: 9, threshold: "high", vad: "magic", voice: "cedar", more: 1 }));
    expect(read).toEqual({ ...DEFAULTS, voice: "cedar" });
  });

  it.each([null, "", "{", "null", "[]", "7", '"x"'])("are the defaults when %j is all there is", (json) => {
    expect(readSettings(json)).toEqual(DEFAULTS);
  });

  it.each([
    DEFAULTS,
    { ...DEFAULTS, vad: "semantic_vad" as const, model: "gpt-realtime-2", voice: "marin" },
    { ...DEFAULTS, silenceMs: 333.3, prefixMs: 0.5, speed: 0.25 },
  ])("make a request that the call accepts", (settings) => {
    const wish = { scenario: "block-card", mode: "auto", settings: callSettings(settings) };
    expect(OpenCall.safeParse(wish).error).toBeUndefined();
  });
});

it.each([
  ["en-US", false, true, "local"],
  ["en-US", true, true, "system"],
  ["en-US", true, false, "local"],
  ["ja-JP", false, true, "none"],
  ["ja-JP", true, true, "system"],
  ["ja-JP", true, false, "none"],
])("in %s, browser speech chosen: %s, able to hear: %s, the voice is %s", (language, systemVoice, hears, kind) => {
  expect(voiceKind({ language, systemVoice }, { speaks: true, hears })).toBe(kind);
});

it("a key is 8 or more printable characters without blanks, as the call wants it", () => {
  for (const key of ["sk-12345", "x".repeat(512), "sk 123456", "short", "schlüssel-1", "x".repeat(513)]) {
    const accepted = OpenCall.safeParse({ scenario: "a", key }).success;
    expect(looksLikeKey(key), key).toBe(accepted && !key.includes(" "));
  }
});

it("a host token is 16 or more characters that a header can carry", () => {
  expect(["a-long-host-token", "x".repeat(512)].map(looksLikeHostToken)).toEqual([true, true]);
  const unfit = ["", "too-short", "a long host token", "x".repeat(513), "gastgeberschlüssel"];
  expect(unfit.map(looksLikeHostToken)).toEqual(unfit.map(() => false));
});

describe("the footer's counters", () => {
  it("count how calls ended and who answered", () => {
    const one = counted(NO_CALLS, { outcome: "contained" }, "ai");
    const two = counted(one, { outcome: "escalated" }, "scripted");
    expect(counted(two, { outcome: "abandoned" }, "scripted")).toEqual({
      contained: 1,
      escalated: 1,
      ai: 1,
      scripted: 2,
    });
  });

  it("survive nonsense in the storage", () => {
    expect(readCounters('{"contained":3,"escalated":-1,"ai":1.5,"scripted":"9"}')).toEqual({
      ...NO_CALLS,
      contained: 3,
    });
    for (const json of [null, "null", "oops", "[]"]) expect(readCounters(json)).toEqual(NO_CALLS);
  });
});
