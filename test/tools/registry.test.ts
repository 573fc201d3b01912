import { describe, expect, it } from "vitest";
import { functionTool } from "../../src/realtime/tool-schema.ts";
import type { BankApi } from "../../src/tools/bank.ts";
import { TOOLS, toolSchemas } from "../../src/tools/registry.ts";
import { bankInMemory } from "./bank-in-memory.ts";
import { Conversation } from "./conversation.ts";

/** Of those who are not the bank's Luna, and the way from one to the other: they touch nobody's account. */
const ELSEWHERE = ["lookup_menu", "recommend_pairing", "fetch_financials", "check_tax_rule", "switch_persona"];

describe("the tools of the bank", () => {
  it("are the twenty of the scenarios, a way to a person and a way out, beside those of others who answer", () => {
    expect(TOOLS.map((tool) => tool.name).sort()).toEqual(
      [
        "verify_identity",
        "block_card",
        "order_replacement",
        "check_loan_balance",
        "calculate_payoff",
        "file_dispute",
        "get_transaction_details",
        "get_account_details",
        "send_reset_link",
        "unlock_account",
        "activate_card",
        "enable_contactless",
        "transfer_funds",
        "check_balance",
        "check_credit_score",
        "request_limit_increase",
        "get_mortgage_details",
        "check_rates",
        "initiate_wire",
        "verify_recipient",
        "transfer_to_specialist",
        "end_call",
        ...ELSEWHERE,
      ].sort(),
    );
  });

  it("are all gated, and only four are free, and those that never see the bank", () => {
    const free = TOOLS.filter((tool) => tool.gate === "open" || tool.gate === "attempt").map((tool) => tool.name);
    expect(free.sort()).toEqual(
      ["check_rates", "end_call", "transfer_to_specialist", "verify_identity", ...ELSEWHERE].sort(),
    );
    for (const tool of TOOLS) {
      if (tool.effect === "money") expect(tool.gate, tool.name).toBe("confirmed");
      expect(tool.gate === "confirmed", tool.name).toBe(tool.propose !== undefined);
      expect(tool.working, tool.name).toMatch(/^[A-Z][a-z]+ing /);
    }
  });

  it("wait for the caller's yes where money moves or nothing can be taken back", () => {
    const waiting = TOOLS.filter((tool) => tool.gate === "confirmed");
    expect(waiting.map((tool) => tool.name).sort()).toEqual(["block_card", "file_dispute", "transfer_funds"]);
    for (const tool of waiting) expect(tool.description, tool.name).toMatch(/The first call only prepares it/);
  });

  it("can be offered to a model as JSON Schema, closed to other arguments", () => {
    for (const { name, description, parameters } of toolSchemas(TOOLS.map((tool) => tool.name))) {
      const offered = functionTool(name, description, parameters);
      expect(offered.parameters, name).toMatchObject({ type: "object", additionalProperties: false });
    }
    expect(toolSchemas(["block_card", "no_such_tool"]).map((one) => one.name)).toEqual(["block_card"]);
  });
});

describe("what a model may get wrong", () => {
  it("arguments that are not JSON, not an object, missing, unknown or of the wrong kind are answered, not thrown", async () => {
    const call = await new Conversation().verified();
    for (const args of [
      "{",
      "[]",
      "null",
      "7",
      '{"card_last_4":"48"}',
      '{"card_last_4":"4829","force":true}',
      '{"card_last_4":{}}',
    ]) {
      expect(await call.uses("block_card", args), args).toMatchObject({ ok: false, code: "invalid_arguments" });
    }
    expect(await call.uses("block_card", "")).toMatchObject({
      code: "invalid_arguments",
      say: "Which card is it? Please tell me its last four digits.",
    });
    expect((await call.bank.snapshot()).cards[0]?.status).toBe("active");
  });

  it("slips of form are put right: numbers for digits, nulls for nothing, dollars as text", async () => {
    const call = await new Conversation().verified();
    expect(await call.agreed("block_card", { card_last_4: 4829, reason: null })).toMatchObject({ ok: true });
    expect(await call.uses("activate_card", { card_last_4: "55-02" })).toMatchObject({ ok: true });
    expect(await call.uses("get_transaction_details", { amount: "$249.99", merchant: "" })).toMatchObject({ ok: true });
  });

  it("tools that the scenario does not have are refused, known or not; a person can always be asked for", async () => {
    const call = await new Conversation().verified();
    call.allowed = ["verify_identity", "block_card"];
    expect(await call.uses("check_balance")).toMatchObject({ code: "not_allowed" });
    expect(await call.uses("drop_table", { name: "customers" })).toMatchObject({ code: "not_allowed" });
    expect(await call.uses("__proto__")).toMatchObject({ code: "not_allowed" });
    expect(await call.uses("transfer_to_specialist", { reason: "asked for a person" })).toMatchObject({ ok: true });
    expect(await call.uses("end_call")).toMatchObject({ ok: true });
  });
});

describe("when the bank cannot be reached", () => {
  const broken = (bank: BankApi, broke: () => boolean): BankApi =>
    new Proxy(bank, {
      get: (target, method: keyof BankApi) => {
        const real = target[method] as (...args: unknown[]) => Promise<unknown>;
        return async (...args: unknown[]) => {
          const result = await real(...args);
          if (broke() && method === "transfer") throw new Error("connection lost");
          return result;
        };
      },
    });

  it("the caller hears so, and a transfer that had gone through is not made again", async () => {
    let down = true;
    const call = await new Conversation(broken(bankInMemory(), () => down)).verified();
    const transfer = { from: "checking", to: "savings", amount: 100 };
    await call.uses("transfer_funds", transfer);
    call.lunaRepeats().caller("Yes.");
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ ok: false, code: "unavailable" });
    expect(call.last?.status.state).toBe("failed");
    down = false;
    expect(await call.uses("transfer_funds", transfer)).toMatchObject({ ok: true, new_balance: "$8,312.67" });
    expect((await call.balances()).checking).toBe(841_267 - 10_000);
  });
});

describe("only last four digits leave a tool", () => {
  it("even when more were put in", async () => {
    const call = await new Conversation().verified();
    await call.uses("transfer_to_specialist", { reason: "card 4111 1111 1111 1111 and SSN 123456789" });
    expect(call.last?.status.arguments).toEqual({ reason: "card •••• 1111 and SSN •••• 6789" });
    await call.uses("initiate_wire", { recipient: "Account 12345 67890", amount: 12_500 });
    expect(call.last?.output).not.toMatch(/\d{5}/);
    await call.uses("verify_identity", { last_4_digits: "4111111111114829" });
    expect(call.answer).toMatchObject({ code: "invalid_arguments" });
    expect(JSON.stringify(call.last?.status)).not.toMatch(/\d{5}/);
  });
});
