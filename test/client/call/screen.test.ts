import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { keepScreenOn } from "../../../src/client/call/screen.ts";

let page: EventTarget & { visibilityState: string };
let taken: number;
let released: number;
let give: () => Promise<unknown>;
const settle = () => new Promise((resolve) => setTimeout(resolve, 0));

beforeEach(() => {
  taken = released = 0;
  page = Object.assign(new EventTarget(), { visibilityState: "visible" });
  give = async () => ({ release: async () => void released++ });
  const request = () => {
    taken++;
    return give();
  };
  vi.stubGlobal("document", page);
  vi.stubGlobal("navigator", { wakeLock: { request } });
});
afterEach(() => vi.unstubAllGlobals());

function show(state: "visible" | "hidden"): void {
  page.visibilityState = state;
  page.dispatchEvent(new Event("visibilitychange"));
}

it("is asked for again when the page is back, as long as the call is on", async () => {
  const rest = keepScreenOn();
  show("hidden");
  expect(taken).toBe(1);
  show("visible");
  await settle();
  expect(taken).toBe(2);
  rest();
  show("visible");
  await settle();
  expect([taken, released]).toEqual([2, 1]);
});

it("is let go of at once where it is given after the call", async () => {
  const rest = keepScreenOn();
  rest();
  await settle();
  expect(released).toBe(1);
});

it("is no fault where it is refused, or where there is none", async () => {
  give = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  keepScreenOn()();
  vi.stubGlobal("navigator", {});
  keepScreenOn()();
  await settle();
});
