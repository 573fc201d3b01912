/** Conversations with the waiter and the finance chief, and from one to the other, without a model. */
import { describe, expect, it } from "vitest";
import { BrainByTools } from "../../../src/engines/scripted/brains.ts";
import { periodIn } from "../../../src/engines/scripted/personas/periods.ts";
import { refusedIn, routeIn } from "../../../src/engines/scripted/personas/routes.ts";
import { caller, dialogue, luna, lunaNever, noTool, silence, tool } from "./talking.ts";

describe("the waiter", () => {
  dialogue("finds dishes by course, diet, allergy, price and name", "waiter", [
    caller("What starters do you have?"),
    tool("lookup_menu", { course: "starter" }, true),
    luna(/I have 9 starters, for example/),
    caller("I'm allergic to nuts. What mains would be possible?"),
    tool("lookup_menu", { course: "main", without_allergens: ["nuts"] }, true),
    caller("Something vegan under twenty dollars, please."),
    tool("lookup_menu", { diet: "vegan", max_price: 20, without_allergens: ["nuts"] }, true),
    caller("What's in the aubergine?"),
    tool("lookup_menu", { query: "aubergine" }, true),
    luna("It contains sesame"),
    caller("How much is the ribeye?"),
    tool("lookup_menu", { query: "ribeye" }, true),
    caller("Which mains would be possible?"),
    tool("lookup_menu", { course: "main", diet: "vegan", without_allergens: ["nuts"] }, true),
  ]);

  dialogue("notes what is chosen, offers a drink with it and reads it back", "waiter", [
    luna("Felix"),
    caller("I'll have the sea bass."),
    tool("lookup_menu", { query: "sea bass" }, true),
    luna("Grilled sea bass, a good choice", "drink with it?"),
    caller("Yes please"),
    tool("recommend_pairing", { dish: "Grilled sea bass" }, true),
    luna("Albarino"),
    caller("What goes well with the ribeye?"),
    tool("recommend_pairing", { dish: "ribeye" }, true),
    luna("Malbec"),
    caller("What have I ordered so far?"),
    luna("Grilled sea bass"),
    lunaNever("ribeye"),
    caller("That's all, thank you. Goodbye"),
    tool("end_call", {}, true),
  ]);

  dialogue("asks again twice in other words, then offers words to say", "waiter", [
    caller("Flurble the grumpf"),
    luna("didn't quite catch"),
    noTool(),
    caller("Grumpf"),
    luna("You can say", "goes with the sea bass"),
    caller("What can you do?"),
    luna("every dish and drink"),
    silence,
    luna("still there"),
  ]);

  dialogue("has nothing of what is not on the menu, and gets a person for who wants one", "waiter", [
    caller("Do you have sushi?"),
    tool("lookup_menu", { query: "sushi" }, false),
    luna("no sushi on the menu"),
    caller("A human, please"),
    tool("transfer_to_specialist", {}, true),
  ]);
});

describe("the finance chief", () => {
  // It is November 21, 2026.
  dialogue("knows months, quarters and years, and what they are compared with", "cfo", [
    luna("Conrad"),
    caller("How was the last quarter?"),
    tool("fetch_financials", { period: "2026-Q3" }, true),
    luna("In the third quarter of 2026, revenue was $823,743"),
    caller("And in euros?"),
    tool("fetch_financials", { period: "2026-Q3", currency: "EUR" }, true),
    caller("Back to dollars, this year against last year"),
    tool("fetch_financials", { period: "2026", compare: "year_ago" }, true),
    luna("same stretch of 2025"),
    caller("Show me the P&L for August 2025"),
    tool("fetch_financials", { period: "2025-08" }, true),
    caller("compared to a year ago?"),
    tool("fetch_financials", { period: "2025-08", compare: "year_ago" }, true),
    caller("And the month before?"),
    tool("fetch_financials", { period: "2025-07" }, true),
    caller("Q2"),
    tool("fetch_financials", { period: "2026-Q2" }, true),
    caller("September"),
    tool("fetch_financials", { period: "2026-09" }, true),
  ]);

  dialogue("tells one line of the statement, and asks for which period", "cfo", [
    caller("How much did we spend on wages?"),
    luna("For which period"),
    noTool(),
    caller("the last quarter"),
    tool("fetch_financials", { period: "2026-Q3" }, true),
    luna(/Wages in the third quarter of 2026: \$\d{3},\d{3}/),
  ]);

  dialogue("looks tax rules up, and asks for which country", "cfo", [
    caller("What's the VAT rate in Malta?"),
    tool("check_tax_rule", { jurisdiction: "Malta", topic: "VAT" }, true),
    luna("18 percent", "as of September 2025"),
    caller("And in Ireland?"),
    tool("check_tax_rule", { jurisdiction: "Ireland", topic: "VAT" }, true),
    caller("What is the corporate tax in the UK?"),
    tool("check_tax_rule", { jurisdiction: "UK", topic: "corporate income tax" }, true),
    caller("Should I invest in tulips?"),
    luna("Advice is for an accountant"),
  ]);

  dialogue("asks back for the country of a tax", "cfo", [
    caller("When is the tax return due?"),
    luna("For which country?"),
    caller("Canada"),
    tool("check_tax_rule", { jurisdiction: "Canada", topic: "filing deadline" }, true),
    luna("six months"),
  ]);

  dialogue("makes no figures up", "cfo", [
    caller("What will revenue be next quarter? Give me a forecast"),
    luna("I don't forecast"),
    noTool(),
    caller("Gimble gyre"),
    luna("didn't quite catch"),
  ]);
});

describe("words for a period", () => {
  it.each([
    ["how was last month", "2026-10"],
    ["this month so far", "2026-11"],
    ["q4 2025", "2025-Q4"],
    ["the fourth quarter", "2026-Q4"],
    ["the second quarter", "2026-Q2"],
    ["december", "2025-12"],
    ["in may", "2026-05"],
    ["last year", "2025"],
    ["september last year", "2025-09"],
    ["twenty twenty five", "2025"],
    ["what may i ask", undefined],
    ["how are you", undefined],
  ])("%s", (said, key) => expect(periodIn(said, "2026-11-21")).toBe(key));
});

describe("asking for somebody else", () => {
  it.each([
    ["Let me talk to the waiter", "waiter", true],
    ["can I speak to Felix please", "waiter", true],
    ["back to the bank please", "luna", true],
    ["Luna", "luna", true],
    ["put me through to the finance chief", "cfo", true],
    ["I'd like to talk to the CFO", "cfo", true],
    ["back to the bank, I lost my card ending in 4829", "luna", false],
    ["talk to the waiter, do you have vegan starters", "waiter", false],
    ["put Luna back", "luna", true],
    ["now the finance chief", "cfo", true],
    ["actually the cfo again", "cfo", true],
    ["not the waiter, the cfo", "cfo", true],
    ["connect me to the waiter, no, the CFO", "cfo", true],
    ["why don't you put me through to Felix", "waiter", true],
    ["I don't want the waiter, I want the finance chief", "cfo", true],
    ["can I have Conrad back on the line", "cfo", true],
  ])("%s", (text, key, bare) => expect(routeIn(text)).toMatchObject({ key, bare }));

  it("keeps what is said before it and after it apart", () => {
    expect(routeIn("What's my balance? And pass me to the waiter, I have $8.50.")).toEqual({
      key: "waiter",
      bare: false,
      before: "What's my balance? And",
      after: "I have $8.50.",
    });
  });

  it.each([
    "don't connect me to the waiter",
    "I don't want to talk to Felix",
    "please do not put me through to the CFO",
  ])("%s: nobody else", (text) => {
    expect(routeIn(text)).toBeUndefined();
    expect(refusedIn(text)).toBeDefined();
  });

  it.each([
    "I want to dispute a restaurant charge",
    "give me the bank loan balance",
    "what's my bank balance",
    "transfer fifty dollars to savings",
    "what's the interest on the bank loan",
    "send two hundred to my landlord",
  ])("not: %s", (text) => expect(routeIn(text)).toBeUndefined());
});

describe("put through by words", () => {
  dialogue("Luna calls the router tool where she has it", "freeform", [
    caller("Could I talk to the waiter, please?"),
    luna("putting you through to Felix"),
    tool("switch_persona", { persona: "waiter" }, true),
  ]);

  dialogue("answers first what was asked of her, and then puts through", "freeform", [
    caller("What's my balance? And pass me to the waiter"),
    luna("last four digits"),
    noTool("switch_persona"),
    caller("4829"),
    tool("check_balance", {}, true),
    luna("in checking", "now I'm putting you through to Felix"),
    tool("switch_persona", { persona: "waiter" }, true),
  ]);

  dialogue("stays where the caller wants nobody else", "freeform", [
    caller("Don't connect me to the waiter"),
    luna("you stay with Luna"),
    noTool(),
  ]);

  dialogue("says so where she cannot, and goes on", "block-card", [
    caller("Could I talk to the waiter, please?"),
    luna("I can't put you through to Felix on this call"),
    noTool("switch_persona"),
    caller("My card was stolen"),
    luna("last four digits"),
  ]);
});

describe("one server, three who answer", () => {
  it("brings the brain of the session's tools, and to each what was said to them", () => {
    const brain = new BrainByTools();
    const today = "2026-11-21";
    const tools = {
      luna: [],
      waiter: ["lookup_menu", "recommend_pairing", "switch_persona", "transfer_to_specialist", "end_call"],
      cfo: ["fetch_financials", "check_tax_rule", "switch_persona", "transfer_to_specialist", "end_call"],
    };
    let n = 0;
    const says = (role: "user" | "system", text: string) =>
      brain.hear({
        id: `item_${++n}`,
        type: "message",
        role,
        status: "completed",
        content: [{ type: "input_text", text }],
      });
    const answers = (of: keyof typeof tools) => {
      const step = brain.answer({ tools: tools[of], today });
      for (const text of step.say) {
        brain.hear({
          id: `item_${++n}`,
          type: "message",
          role: "assistant",
          status: "completed",
          content: [{ type: "output_text", text }],
        });
      }
      return step;
    };
    expect(answers("waiter").say.join()).toMatch(/Felix/);
    says("user", "I'm allergic to nuts, what desserts do you have?");
    expect(answers("waiter").calls).toMatchObject([{ arguments: { course: "dessert", without_allergens: ["nuts"] } }]);
    says("system", "From here on Conrad (cfo) answers in place of Felix (waiter).");
    expect(answers("cfo").say.join()).toMatch(/Conrad/);
    says("user", "How was August?");
    expect(answers("cfo").calls).toMatchObject([{ name: "fetch_financials", arguments: { period: "2026-08" } }]);
    says("user", "Give me Felix, please");
    says("system", "From here on Felix (waiter) answers in place of Conrad (cfo).");
    expect(answers("waiter").say.join()).toMatch(/Felix here again/);
    says("user", "And mains?");
    expect(answers("waiter").calls).toMatchObject([{ arguments: { course: "main", without_allergens: ["nuts"] } }]);
  });
});
