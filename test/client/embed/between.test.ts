import fc from "fast-check";
import { expect, it } from "vitest";
import { isHangUp, readFromFrame } from "../../../src/client/embed/between.ts";

it("what the frame says is read, and nothing is passed on that it could not have said", () => {
  expect(readFromFrame({ luna: "ready", more: "<b>" })).toEqual({ luna: "ready" });
  expect(readFromFrame({ luna: "state", state: "on", html: "<img>" })).toEqual({ luna: "state", state: "on" });
  expect(readFromFrame({ luna: "state", state: "<img src=x onerror=alert(1)>" })).toBeUndefined();
  fc.assert(
    fc.property(fc.anything(), (data) => {
      const read = readFromFrame(data);
      expect(read === undefined || ["ready", "escape", "state"].includes(read.luna)).toBe(true);
      expect(typeof isHangUp(data)).toBe("boolean");
    }),
  );
});

it("every other message on the page is no wish to hang up", () => {
  expect(isHangUp({ luna: "hang_up" })).toBe(true);
  for (const data of [null, "hang_up", { luna: "end" }, [], { type: "hang_up" }]) expect(isHangUp(data)).toBe(false);
});
