import { expect, test } from "vitest";
import { toolLook } from "../../../src/client/guest/tool-look.ts";
import { en } from "../../../src/client/guest/words/en.ts";
import { toolLook as mainLook } from "../../../src/client/words.ts";

const CODES = [
  "invalid_arguments",
  "identity_required",
  "locked",
  "confirmation_required",
  "not_confirmed",
  "insufficient_funds",
  "limit_exceeded",
  "needs_specialist",
  "not_found",
  "already_done",
  "not_allowed",
  "unavailable",
  undefined,
];

test("a guest sees the signs of the main page, and reads its words in English", () => {
  for (const state of ["running", "done", "refused", "failed"] as const) {
    for (const code of CODES) {
      const { icon, word, tone } = toolLook({ state, code });
      expect({ icon, word: en[word] }, `${state} ${code}`).toEqual(mainLook({ state, code }));
      expect(tone === "info").toBe(icon === "info");
    }
  }
});

test("what is only not there has not been held back", () => {
  expect(toolLook({ state: "refused", code: "not_found" })).toEqual({
    icon: "info",
    word: "tool_not_found",
    tone: "info",
  });
  expect(toolLook({ state: "refused", code: "identity_required" }).tone).toBe("refused");
  expect(toolLook({ state: "refused" }).tone).toBe("refused");
  expect(toolLook({ state: "refused", code: "constructor" }).tone).toBe("refused");
});
