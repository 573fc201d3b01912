import fc from "fast-check";
import { expect, test } from "vitest";
import { FIRST_PAGE, ownPath } from "../../src/access/own-path.ts";

const ORIGIN = "https://luna.example";

test.each(["/host", "/host/links?sort=label", "/host/calls/01ABC#turn-2", "/"])("%s is a path of our own", (to) => {
  expect(ownPath(to, ORIGIN)).toBe(to);
});

test.each([
  undefined,
  "",
  "host",
  "https://evil.example/",
  "//evil.example",
  "/\\evil.example",
  "/\\/evil.example",
  "\\\\evil.example",
  "/.//evil.example",
  "/x/..//evil.example",
  "/\t/evil.example",
  "/host\r\nlocation: https://evil.example",
  "javascript:alert(1)",
  "/sign-in?to=/sign-in",
])("%j leads to the host's first page", (to) => {
  expect(ownPath(to, ORIGIN)).toBe(FIRST_PAGE);
});

test("whatever stands in the address, a browser stays here", () => {
  fc.assert(
    fc.property(fc.oneof(fc.string(), fc.webPath(), fc.webUrl(), fc.stringMatching(/^[/\\.@:a-z%09]{0,12}$/)), (to) => {
      const path = ownPath(to, ORIGIN);
      expect(new URL(path, ORIGIN).origin).toBe(ORIGIN);
      expect(path.startsWith("/")).toBe(true);
    }),
  );
});
