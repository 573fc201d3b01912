import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { within } from "../../../src/durable/call/within.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test("what never ends is waited for as long as was said, and what ends leaves no timer behind", async () => {
  let over = false;
  const waiting = within(30_000, new Promise(() => undefined)).then(() => {
    over = true;
  });
  await vi.advanceTimersByTimeAsync(29_999);
  expect(over).toBe(false);
  await vi.advanceTimersByTimeAsync(1);
  await waiting;
  await within(30_000, Promise.resolve());
  await expect(within(30_000, Promise.reject(new Error("away")))).rejects.toThrow("away");
  expect(vi.getTimerCount()).toBe(0);
});
