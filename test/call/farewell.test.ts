import { expect, test } from "vitest";
import { type Command, newCall, step } from "../../src/call/machine.ts";

const START = 1_000_000;
const quiet = { silence_ms: null, rest_ms: null, rotate_at: null, greeting: false, text: true };

function ends(commands: Command[]): string[] {
  return commands.flatMap((command) => (command.do === "end" ? [command.reason] : []));
}

function notices(commands: Command[]): string[] {
  return commands.flatMap((command) =>
    command.do === "tell" && command.event.type === "luna.notice" ? [command.event.code] : [],
  );
}

test("a link that is closed ends its call within two seconds, after saying why", () => {
  const state = newCall(quiet);
  const told = step(state, { from: "link_closed", why: "revoked" }, START);
  expect(notices(told)).toEqual(["link_closed"]);
  expect(ends(told)).toEqual([]);
  const wake = told.find((command) => command.do === "wake");
  expect(wake?.at).toBeLessThan(START + 2_000);
  expect(ends(step(state, { from: "clock" }, START + 500))).toEqual([]);
  expect(ends(step(state, { from: "clock" }, wake?.at ?? 0))).toEqual(["link_closed"]);
});

test("nothing that the caller says or does holds it up, and it is said once", () => {
  const state = newCall(quiet);
  step(state, { from: "link_closed", why: "expired" }, START);
  expect(notices(step(state, { from: "link_closed", why: "expired" }, START + 100))).toEqual([]);
  step(state, { from: "page", message: { type: "luna.speech", state: "started" } }, START + 200);
  const content: [{ type: "input_text"; text: string }] = [{ type: "input_text", text: "Wait, one more thing" }];
  const item = { type: "message" as const, role: "user" as const, content };
  step(state, { from: "page", message: { type: "conversation.item.create", item, luna_how: "typed" } }, START + 300);
  step(state, { from: "spent" }, START + 400);
  expect(ends(step(state, { from: "clock" }, START + 1_900))).toEqual(["link_closed"]);
});

test("it goes before a goodbye that is under way", () => {
  const state = newCall(quiet);
  step(state, { from: "spent" }, START);
  const told = step(state, { from: "link_closed", why: "revoked" }, START);
  expect(state.ended === "spent" || notices(told).includes("link_closed")).toBe(true);
  expect(state.ended ?? ends(step(state, { from: "clock" }, START + 1_900))[0]).toMatch(/spent|link_closed/);
});
