/** The bank's side of a scripted conversation: real tools behind the real policy, over the real books in memory. */
import type { FunctionCall } from "../../../src/realtime/events.ts";
import type { BankApi } from "../../../src/tools/bank.ts";
import { newPolicy, type PolicyState } from "../../../src/tools/policy.ts";
import { runTool, type ToolAnswer } from "../../../src/tools/registry.ts";
import type { Said } from "../../../src/tools/tool.ts";
import { bankInMemory } from "../../tools/bank-in-memory.ts";
import { shelves } from "../../tools/d1-in-memory.ts";

/** Saturday afternoon; the end of the month is nine days away. */
const NOW = Date.parse("2026-11-21T15:00:00Z");

export class Desk {
  readonly bank: BankApi;
  policy: PolicyState = newPolicy();
  #turns: Said[] = [];

  constructor(bank: BankApi) {
    this.bank = bank;
  }

  now(): number {
    return NOW;
  }

  turn(who: "caller" | "luna", text: string, order: number): void {
    this.#turns.push({ who, text, order });
  }

  /** What Luna said last never reached an ear. */
  nothingHeard(): void {
    const last = this.#turns.findLast((turn) => turn.who === "luna");
    if (last) last.text = "";
  }

  async run(call: FunctionCall, allowed: string[], order: number): Promise<ToolAnswer> {
    const { bank, policy } = this;
    const today = new Date(NOW).toISOString().slice(0, 10);
    const context = {
      ...shelves(),
      bank,
      policy,
      allowed,
      key: "call-1",
      turns: [...this.#turns],
      order,
      now: NOW,
      today,
    };
    const answer = await runTool(call, context);
    this.policy = answer.policy;
    return answer;
  }

  /** Balance of one of Maya's accounts, cents. */
  async balance(kind: "checking" | "savings"): Promise<number> {
    const { accounts } = await this.bank.snapshot();
    return accounts.find((account) => account.kind === kind)?.balance_cents ?? Number.NaN;
  }

  async card(last_4: string) {
    return (await this.bank.snapshot()).cards.find((card) => card.last_4 === last_4);
  }

  /** The code in the newest text message. */
  async code(): Promise<string> {
    const { messages } = await this.bank.snapshot();
    return /\b\d{6}\b/.exec(messages.find((message) => message.channel === "sms")?.body ?? "")?.[0] ?? "";
  }
}

/** A new sandbox bank. */
export function openDesk(): Desk {
  return new Desk(bankInMemory({ now: () => NOW }));
}
