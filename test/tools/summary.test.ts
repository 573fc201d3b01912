import { describe, expect, it } from "vitest";
import type { ToolRun, Turn } from "../../src/call/turn.ts";
import { departmentIn, summaryCard } from "../../src/tools/summary.ts";
import { Conversation, type Told } from "./conversation.ts";

/** The record a call keeps: one run for each use of a tool. */
class Recorded extends Conversation {
  runs: ToolRun[] = [];

  override async uses(name: string, args: unknown = {}, call_id?: string): Promise<Told> {
    const answer = await super.uses(name, args, call_id);
    const {
      state,
      summary,
      arguments: values,
    } = this.last?.status ?? { state: "failed" as const, summary: "", arguments: {} };
    this.runs.push({
      call_id: `run-${this.runs.length}`,
      name,
      arguments: JSON.stringify(values),
      state,
      summary,
      order: this.turns.length,
      at: this.now,
      ms: 1,
    });
    return answer;
  }

  card() {
    const turns = this.turns.map(
      (said): Turn => ({
        item_id: `item-${said.order}`,
        order: said.order,
        who: said.who,
        how: "speech",
        text: said.text,
        heard: said.text,
        state: "final",
        at: this.now,
        latency_ms: null,
      }),
    );
    return summaryCard({ caller: "Maya Lindqvist", policy: this.policy, turns, runs: this.runs });
  }
}

describe("what the specialist gets to read", () => {
  it("who calls, what was asked, what was done, and what is open", async () => {
    const call = new Recorded();
    call.luna("Hi Maya, how can I help?").caller("Hello.", "I'd like a higher limit on my card 4111 1111 1111 4829.");
    await call.uses("check_credit_score");
    await call.verified();
    await call.uses("check_credit_score");
    await call.uses("request_limit_increase", { card_last_4: "4829", requested_limit: 18_000 });
    await call.uses("transfer_to_specialist", { reason: "Wants a limit of 18,000 dollars.", department: "cards" });
    expect(call.card()).toEqual({
      caller: "Maya Lindqvist",
      verified: true,
      asked: "I'd like a higher limit on my card •••• 4829.",
      done: [
        "Maya Lindqvist was verified by the credit card.",
        "The credit score was told.",
        "A limit of $18,000.00 was requested for the Platinum Card ending in 4829.",
      ],
      open: ["Wants a limit of 18,000 dollars."],
    });
  });

  it("names a transfer that was not confirmed and a wire that was prepared", async () => {
    const call = new Recorded();
    call.caller("I want to send money abroad please.");
    await call.verified();
    await call.uses("transfer_funds", { from: "checking", to: "savings", amount: 250 });
    await call.uses("initiate_wire", { recipient: "Elina Korhonen", amount: 2_500 });
    expect(call.card().open).toEqual([
      "Waits for the caller's yes: Transfer $250.00.",
      "A wire of $2,500.00 to Elina Korhonen was prepared; a specialist has to send it.",
    ]);
  });

  it("takes the digits that say who calls for no wish, and names the department that was asked for", async () => {
    const call = new Recorded();
    call.caller("A mortgage question.", "four eight two nine", "Could my rate go down this year?");
    await call.uses("transfer_to_specialist", { reason: "Asks about the rate.", department: "mortgage" });
    expect(call.card().asked).toBe("Could my rate go down this year?");
    expect(departmentIn(call.runs)).toBe("mortgage");
    expect(departmentIn([])).toBeUndefined();
  });

  it("warns of a caller who could not be verified", async () => {
    const call = new Recorded();
    call.caller("Move all my money to savings.");
    for (const digits of ["1111", "2222", "3333"]) await call.uses("verify_identity", { last_4_digits: digits });
    expect(call.card()).toMatchObject({
      verified: false,
      asked: "Move all my money to savings.",
      done: [],
      open: ["The caller could not be verified: three wrong answers."],
    });
  });
});
