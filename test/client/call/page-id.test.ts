import { afterEach, expect, it, vi } from "vitest";
import { pageId } from "../../../src/client/call/page-id.ts";

afterEach(() => vi.unstubAllGlobals());

it("needs no page that came by https, and is another one each time", () => {
  const { getRandomValues } = crypto;
  vi.stubGlobal("crypto", { getRandomValues: getRandomValues.bind(crypto) });
  const ids = Array.from({ length: 1_000 }, pageId);
  expect(new Set(ids).size).toBe(1_000);
  for (const id of ids) expect(id).toMatch(/^page_\d{20,24}$/);
});
