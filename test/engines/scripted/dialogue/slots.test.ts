import { describe, expect, it } from "vitest";
import { lastFourIn, leaning, valuesIn } from "../../../../src/engines/scripted/dialogue/slots.ts";
import { newRun, type Run } from "../../../../src/engines/scripted/dialogue/state.ts";
import { ERRANDS } from "../../../../src/scenarios/index.ts";

const TODAY = "2026-11-21";
function read(errand: string, text: string, open: string | null = null, more: Partial<Run> = {}) {
  const dialogue = ERRANDS[errand];
  if (!dialogue) throw new Error(errand);
  const run = { ...newRun(errand), ...more };
  return valuesIn(text, dialogue, run, { open, correcting: false, today: TODAY });
}

describe("values in what was said", () => {
  it.each([
    ["move two fifty from checking to savings", { amount: "25000", from: "checking", to: "savings" }],
    ["transfer $1,250.50 out of my savings into checking", { amount: "125050", from: "savings", to: "checking" }],
    ["send a hundred bucks to Nadia from checking", { amount: "10000", from: "checking", to: "Nadia" }],
    ["pay Cedar Court Landscaping ninety dollars", { amount: "9000", to: "Cedar Court Landscaping" }],
    ["I want to transfer money", {}],
    ["transfer twenty-five hundred to my savings account please", { amount: "250000", to: "savings" }],
    [
      "move fifty dollars from the account ending in 4471 to the one ending in 8890",
      { amount: "5000", from: "4471", to: "8890" },
    ],
    ["from chequing too savings", { from: "checking", to: "savings" }],
  ])("of a transfer: %s", (text, values) => {
    expect(read("transfer-funds", text)).toEqual(values);
  });

  it.each([
    ["amount", "five hundred", { amount: "50000" }],
    ["amount", "make that $20", { amount: "2000" }],
    ["from", "savings", { from: "savings" }],
    ["to", "Nadia Castellan", { to: "Nadia Castellan" }],
    ["to", "it's for Tomas, please", { to: "Tomas" }],
    ["to", "what was the question", {}],
  ])("of the answer to %s: %s", (open, text, values) => {
    expect(read("transfer-funds", text, open)).toEqual(values);
  });

  it("a bare number is an amount only where one is asked for or requested", () => {
    expect(read("transfer-funds", "twenty", "from")).toEqual({});
    expect(read("credit-limit", "it's 4829", "card")).toEqual({ card: "4829" });
    expect(read("credit-limit", "ninety thousand", "income")).toEqual({ income: "9000000" });
    expect(read("credit-limit", "my card ending in 4829 to eighteen thousand dollars", null)).toEqual({
      card: "4829",
      limit: "1800000",
    });
  });

  it("ordinals choose a delivery only as an answer", () => {
    expect(read("block-card", "hold on a second", "card")).toEqual({});
    expect(read("block-card", "the second", "delivery")).toEqual({ delivery: "express" });
  });

  it("a reason, a card and the wish for a new one stand in one sentence", () => {
    expect(read("block-card", "my wallet was stolen, card 4829, and I need a new card")).toEqual({
      card: "4829",
      reason: "stolen",
      replace: "yes",
    });
  });

  it.each([
    ["a charge from Quickcart Digital of $150", { merchant: "Quickcart Digital", amount: "15000" }],
    ["Bluebird Coffee charged me twice yesterday", { date: "2026-11-20", reason: "duplicate" }],
    ["I don't recognise a charge at Harbor Lane", { merchant: "Harbor Lane", reason: "not_recognised" }],
  ])("of a dispute: %s", (text, values) => {
    expect(read("dispute", text)).toMatchObject(values);
  });

  it.each([
    ["the first one", "a"],
    ["number two, the second", "b"],
    ["the forty dollar one", "b"],
    ["the oldest", "c"],
    ["the coffee", "c"],
    ["hm", undefined],
  ])("a pick from a list: %s", (text, id) => {
    const listed = [
      { id: "a", words: "Greenfield Market 2026-11-19", name: "Greenfield Market 2026-11-19", cents: 6_247 },
      { id: "b", words: "Greenfield Market 2026-11-12", name: "Greenfield Market 2026-11-12", cents: 4_000 },
      { id: "c", words: "Bluebird Coffee 2026-11-02", name: "Bluebird Coffee 2026-11-02", cents: 675 },
    ];
    expect(read("dispute", text, "transaction", { listed }).transaction).toBe(id);
  });

  it.each([
    ["to Elina Korhonen in Finland", { recipient: "Elina Korhonen", country: "Finland" }],
    ["wire three thousand euros to Elina Korhonen", { recipient: "Elina Korhonen", amount: "300000", currency: "EUR" }],
  ])("of a wire: %s", (text, values) => {
    expect(read("wire-transfer", text)).toMatchObject(values);
  });
});

describe("four digits", () => {
  it.each([
    ["four eight too nine", "4829"],
    ["for ate two nine", "4829"],
    ["4 8 2 8, no, 9", "4829"],
    ["4829 and 7316", "4829"],
    ["not 4829", undefined],
    ["7316, not 4829", "7316"],
    ["$4829", undefined],
    ["I want to pay for it", undefined],
  ])("in %s", (text, digits) => {
    expect(lastFourIn(text)).toBe(digits);
  });
});

describe("leaning to yes or no, where a wrong guess does no harm", () => {
  it.each([
    ["yes please, send it express", "yes"],
    ["sure, overnight", "yes"],
    ["no replacement, thanks", "no"],
    ["yes but not now", undefined],
    ["is that free?", undefined],
    ["the blue one", undefined],
  ])("%s", (text, answer) => {
    expect(leaning(text)).toBe(answer);
  });
});
