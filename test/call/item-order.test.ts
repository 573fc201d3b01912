import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type ItemOrder, place, settle, settleOne } from "../../src/call/item-order.ts";

function ordered(...placed: [id: string, previous?: string | null][]): string[] {
  const order: ItemOrder = [];
  for (const [id, previous] of placed) place(order, id, previous);
  return order.map((item) => item.id);
}

describe("the order of the conversation", () => {
  test("follows what the server says, not the order of arrival", () => {
    expect(ordered(["answer", "question"], ["question"])).toEqual(["question", "answer"]);
    expect(ordered(["a"], ["c", "a"], ["b", "a"])).toEqual(["a", "b", "c"]);
  });

  test("takes along what the server put behind an item that moves", () => {
    expect(ordered(["late", "first"], ["reply", "late"], ["other"], ["first"])).toEqual([
      "first",
      "late",
      "reply",
      "other",
    ]);
  });

  test("leaves behind what only happened to come after it", () => {
    expect(ordered(["typed"], ["greeting"], ["spoken", "greeting"], ["typed", "spoken"])).toEqual([
      "greeting",
      "spoken",
      "typed",
    ]);
  });

  test("takes an unknown or missing predecessor for the end", () => {
    expect(ordered(["a"], ["b", "nobody"], ["c", null], ["a", "a"])).toEqual(["a", "b", "c"]);
  });

  test("does not put an item behind its own follower", () => {
    expect(ordered(["x"], ["a"], ["b", "a"], ["a", "b"])).toEqual(["x", "a", "b"]);
  });

  test("puts what is new behind all of the past, also where the new engine was not told of its end", () => {
    const order: ItemOrder = [];
    place(order, "asked", null);
    place(order, "cut off unheard", "asked");
    settle(order);
    place(order, "answered", "asked");
    place(order, "said", "answered");
    expect(order.map((item) => item.id)).toEqual(["asked", "cut off unheard", "answered", "said"]);
  });

  test("keeps the place of what the server has taken out, and puts what comes next behind it", () => {
    const order: ItemOrder = [];
    place(order, "asked", null);
    place(order, "cut off unheard", "asked");
    settleOne(order, "cut off unheard");
    place(order, "answered", "asked");
    place(order, "said", "answered");
    expect(order.map((item) => item.id)).toEqual(["asked", "cut off unheard", "answered", "said"]);
  });

  test("says whether anything but an addition at the end happened", () => {
    const order: ItemOrder = [];
    expect(place(order, "a", null)).toBe(false);
    expect(place(order, "b", "a")).toBe(false);
    expect(place(order, "b", "a")).toBe(false);
    expect(place(order, "x", "a")).toBe(true);
  });

  test("is the server's own whatever order the news come in", () => {
    const shuffled = fc.integer({ min: 1, max: 12 }).chain((n) => {
      const ids = Array.from({ length: n }, (_, index) => `item_${index}`);
      return fc.shuffledSubarray(ids, { minLength: n, maxLength: n }).map((news) => ({ ids, news }));
    });
    fc.assert(
      fc.property(shuffled, ({ ids, news }) => {
        const order: ItemOrder = [];
        for (const id of news) place(order, id, ids[ids.indexOf(id) - 1]);
        expect(order.map((item) => item.id)).toEqual(ids);
      }),
    );
  });

  test("keeps every item once, even where the news contradict one another", () => {
    const id = fc.constantFrom("a", "b", "c", "d", "e");
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.option(id)), { maxLength: 30 }), (news) => {
        const ids = ordered(...news);
        expect([...ids].sort()).toEqual([...new Set(news.map(([known]) => known))].sort());
      }),
    );
  });
});
