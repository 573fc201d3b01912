import { expect, it } from "vitest";
import { LONGEST_WORDS, PAGE_PROTOCOL, PAGE_TOKEN_PROTOCOL } from "../../../src/client/call/protocol.ts";
import { readEvent } from "../../../src/client/call/socket.ts";
import { LONGEST_TYPED, PAGE_WIRE_VERSION } from "../../../src/client/state/limits.ts";
import { PageMessage, TOKEN_PROTOCOL, WIRE_PROTOCOL, WIRE_VERSION } from "../../../src/legs/wire.ts";

it("the page speaks the same wire as the call", () => {
  expect(PAGE_WIRE_VERSION).toBe(WIRE_VERSION);
  expect(PAGE_PROTOCOL).toBe(WIRE_PROTOCOL);
  expect(PAGE_TOKEN_PROTOCOL).toBe(TOKEN_PROTOCOL);
});

it("the longest words the page sends are the longest the call takes", () => {
  expect(LONGEST_TYPED).toBe(LONGEST_WORDS);
  const say = (text: string) => ({
    type: "conversation.item.create",
    item: { type: "message", role: "user", content: [{ type: "input_text", text }] },
  });
  expect(PageMessage.safeParse(say("x".repeat(LONGEST_WORDS))).success).toBe(true);
  expect(PageMessage.safeParse(say("x".repeat(LONGEST_WORDS + 1))).success).toBe(false);
});

it("a frame that is no event is passed over", () => {
  expect(readEvent('{"type":"luna.flush"}')).toEqual({ type: "luna.flush" });
  for (const text of ["", "{", "null", "7", "{}", '{"type":7}', "[]"]) expect(readEvent(text)).toBeNull();
});
