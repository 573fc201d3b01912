import { beforeEach, describe, expect, it } from "vitest";
import { Outbox } from "../../../src/client/call/outbox.ts";
import type { PageEvent, PageMessageInput } from "../../../src/legs/wire.ts";

let outbox: Outbox;
beforeEach(() => {
  outbox = new Outbox();
});

const words = (id: string, text = id): PageMessageInput => ({
  type: "conversation.item.create",
  item: { id, type: "message", role: "user", content: [{ type: "input_text", text }] },
});
const heard = (item_id: string, state: "started" | "progress" | "done", heard_ms: number): PageMessageInput => ({
  type: "luna.playback",
  item_id,
  content_index: 0,
  state,
  heard_ms,
});
const turn = (item_id: string): PageEvent => ({
  type: "luna.turn",
  item_id,
  order: 1,
  who: "caller",
  how: "typed",
  text: "x",
  heard: "x",
  state: "final",
});

it("keeps every word that was said while the line was gone, in order, under its own id", () => {
  for (let i = 0; i < 500; i++) outbox.add(words(`w${i}`), false);
  expect(outbox.due()).toEqual(Array.from({ length: 500 }, (_, i) => words(`w${i}`)));
});

it("says words again that left on a dying socket, until the call shows them as a turn", () => {
  outbox.add(words("a"), true);
  outbox.add(words("b"), true);
  outbox.news(turn("a"));
  expect(outbox.due()).toEqual([words("b")]);
  outbox.arrived(outbox.mark());
  expect(outbox.due()).toEqual([words("b")]);
  outbox.news(turn("b"));
  expect(outbox.due()).toEqual([]);
});

it("of many reports on one utterance says only the last", () => {
  outbox.add(heard("a", "started", 0), false);
  outbox.add(heard("a", "progress", 400), false);
  outbox.add(heard("b", "started", 0), false);
  outbox.add(heard("a", "done", 900), false);
  expect(outbox.due()).toEqual([heard("b", "started", 0), heard("a", "done", 900)]);
});

it("does not repeat what a pong has shown to have arrived, and repeats what was said after its ping", () => {
  outbox.add(heard("a", "done", 900), true);
  const ping = outbox.mark();
  outbox.add(heard("b", "done", 300), true);
  outbox.arrived(ping);
  expect(outbox.due()).toEqual([heard("b", "done", 300)]);
});

it("a pong says nothing of what never left", () => {
  outbox.add(heard("a", "done", 900), false);
  outbox.arrived(outbox.mark());
  expect(outbox.due()).toHaveLength(1);
});

it("asks for an answer at most once", () => {
  outbox.add({ type: "response.create" }, true);
  expect(outbox.due()).toEqual([]);
  outbox.add({ type: "response.create" }, false);
  outbox.add({ type: "response.create" }, false);
  expect(outbox.due()).toEqual([{ type: "response.create" }]);
  expect(outbox.due()).toEqual([]);
});

describe("a yes on a card", () => {
  const yes = (token: string): PageMessageInput => ({ type: "luna.confirm", token, yes: true });
  const open = (token: string | null): PageEvent => ({
    type: "luna.confirm",
    pending: token === null ? null : { token, title: "t", lines: [] },
  });

  it("whose question is still open is said again: the call takes it once", () => {
    outbox.news(open("q"));
    outbox.add(yes("q"), true);
    outbox.news(open("q"));
    expect(outbox.due()).toEqual([yes("q")]);
  });

  it("that the call took is not said again, whatever it asks next", () => {
    for (const next of [null, "next"]) {
      outbox.news(open("q"));
      outbox.add(yes("q"), true);
      outbox.news(turn(`yes before ${next}`));
      outbox.news(open(next));
      expect(outbox.due()).toEqual([]);
    }
  });

  it("that never left is not swallowed when its question has gone: the call says that it is no longer open", () => {
    outbox.news(open("q"));
    outbox.add(yes("q"), false);
    outbox.news(turn("said elsewhere"));
    outbox.news(open(null));
    expect(outbox.due()).toEqual([yes("q")]);
  });

  it("nor is one that died on its way, which no turn of the caller's shows", () => {
    outbox.news(turn("before"));
    outbox.news(open("q"));
    outbox.add(yes("q"), true);
    outbox.news(turn("before"));
    outbox.news(open("next"));
    expect(outbox.due()).toEqual([yes("q")]);
  });
});

it("waking is for the moment: a call that was away is awake anyway", () => {
  outbox.add({ type: "luna.wake" }, false);
  expect(outbox.due()).toEqual([]);
});

it("holds a bounded number of everything that is no word", () => {
  outbox.add(words("kept"), false);
  for (let i = 0; i < 1_000; i++) outbox.add(heard(`i${i}`, "done", 1), false);
  const due = outbox.due();
  expect(due).toHaveLength(65);
  expect(due[0]).toEqual(words("kept"));
  expect(due.at(-1)).toEqual(heard("i999", "done", 1));
});
