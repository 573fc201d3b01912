import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hasAlready, wantedRange } from "../../src/routes/byte-range.ts";

const file = { size: 1_000, etag: '"abc"', modified: new Date("2026-11-20T10:00:00.500Z") };
const wanted = (range: string, more: Record<string, string> = {}, size = file.size) =>
  wantedRange(new Headers({ range, ...more }), { ...file, size });
const whole = { kind: "whole" };
const missing = { kind: "unsatisfiable" };
const part = (first: number, last: number) => ({ kind: "part", first, last });

describe("a range", () => {
  it.each([
    ["bytes=0-0", part(0, 0)],
    ["bytes=0-", part(0, 999)],
    ["bytes=100-199", part(100, 199)],
    ["bytes=900-5000", part(900, 999)],
    ["bytes=-100", part(900, 999)],
    ["bytes=-5000", part(0, 999)],
    ["Bytes= 5 - 9 ", part(5, 9)],
    ["bytes=1000-", missing],
    ["bytes=99999999999999999999-", missing],
    ["bytes=-0", missing],
    // Not understood, so not heeded.
    ["bytes=9-5", whole],
    ["bytes=-", whole],
    ["bytes=0-1,5-6", whole],
    ["seconds=1-2", whole],
    ["bytes=a-b", whole],
  ])("%s", (range, is) => {
    expect(wanted(range)).toEqual(is);
  });

  it("of an empty file is not there", () => {
    expect(wanted("bytes=0-", {}, 0)).toEqual(missing);
    expect(wanted("bytes=-5", {}, 0)).toEqual(missing);
  });

  it("is heeded only while the file is the one the browser knows", () => {
    expect(wanted("bytes=5-", { "if-range": '"abc"' })).toEqual(part(5, 999));
    expect(wanted("bytes=5-", { "if-range": '"other"' })).toEqual(whole);
    expect(wanted("bytes=5-", { "if-range": 'W/"abc"' })).toEqual(whole);
    expect(wanted("bytes=5-", { "if-range": "Fri, 20 Nov 2026 10:00:00 GMT" })).toEqual(part(5, 999));
    expect(wanted("bytes=5-", { "if-range": "Fri, 20 Nov 2026 09:59:59 GMT" })).toEqual(whole);
    expect(wanted("bytes=5-", { "if-range": "yesterday" })).toEqual(whole);
  });

  it("never reaches beyond the file, whatever is asked for", () => {
    fc.assert(
      fc.property(fc.string({ unit: fc.constantFrom(..."0123456789-=, bytes") }), fc.nat(2_000), (text, size) => {
        const range = wanted(`bytes=${text}`.trim(), {}, size);
        if (range.kind !== "part") return;
        expect(range.first).toBeGreaterThanOrEqual(0);
        expect(range.last).toBeGreaterThanOrEqual(range.first);
        expect(range.last).toBeLessThan(size);
      }),
    );
  });
});

it("a browser that names the file's tag has it already", () => {
  const has = (value: string) => hasAlready(new Headers({ "if-none-match": value }), '"abc"');
  expect(has('"abc"')).toBe(true);
  expect(has('W/"abc"')).toBe(true);
  expect(has('"x", "abc"')).toBe(true);
  expect(has("*")).toBe(true);
  expect(has('"x"')).toBe(false);
  expect(hasAlready(new Headers(), '"abc"')).toBe(false);
});
