/** A call as tools see it: who said what, and tools used in between. Reads like the conversation it stands for. */
import type { BankApi } from "../../src/tools/bank.ts";
import { confirmByCard, newPolicy, type PolicyState, policyCard } from "../../src/tools/policy.ts";
import { runTool, TOOLS, type ToolAnswer } from "../../src/tools/registry.ts";
import type { Said } from "../../src/tools/tool.ts";
import { bankInMemory, NOON } from "./bank-in-memory.ts";
import { shelves } from "./d1-in-memory.ts";

export interface Told {
  ok: boolean;
  say: string;
  code?: string;
  [more: string]: unknown;
}

export class Conversation {
  readonly bank: BankApi;
  policy: PolicyState = newPolicy();
  turns: Said[] = [];
  /** Moves with the caller's patience. */
  now = NOON;
  allowed = TOOLS.map((tool) => tool.name);
  last: ToolAnswer | undefined;
  #uses = 0;
  readonly #id: string;

  constructor(bank: BankApi = bankInMemory(), id = "call-1") {
    this.bank = bank;
    this.#id = id;
  }

  caller(...texts: string[]): this {
    for (const text of texts) this.turns.push({ who: "caller", text, order: this.turns.length });
    return this;
  }

  /** What the caller's ear got of Luna's words. */
  luna(...texts: string[]): this {
    for (const text of texts) this.turns.push({ who: "luna", text, order: this.turns.length });
    return this;
  }

  /** Luna says what the last tool told her to say. */
  lunaRepeats(): this {
    return this.luna(this.answer.say);
  }

  pressesYes(token = policyCard(this.policy)?.token ?? "none"): this {
    this.policy = confirmByCard(this.policy, token, true);
    return this;
  }

  pressesNo(token = policyCard(this.policy)?.token ?? "none"): this {
    this.policy = confirmByCard(this.policy, token, false);
    return this;
  }

  async uses(name: string, args: unknown = {}, call_id = `use-${this.#uses}`): Promise<Told> {
    this.#uses += 1;
    this.last = await runTool(
      { call_id, name, arguments: typeof args === "string" ? args : JSON.stringify(args) },
      {
        ...shelves(),
        bank: this.bank,
        policy: this.policy,
        allowed: this.allowed,
        key: this.#id,
        turns: [...this.turns],
        order: this.turns.length - 1,
        now: this.now,
        today: new Date(this.now).toISOString().slice(0, 10),
      },
    );
    // The policy has to survive being written down between two events of a call.
    this.policy = JSON.parse(JSON.stringify(this.last.policy)) as PolicyState;
    return this.answer;
  }

  /** The tool asks, Luna reads the question out, and the caller says yes. */
  async agreed(name: string, args: unknown): Promise<Told> {
    const asked = await this.uses(name, args);
    if (asked.code !== "confirmation_required") return asked;
    this.lunaRepeats().caller("Yes, please.");
    return this.uses(name, args);
  }

  /** The last tool's answer, as the model reads it. */
  get answer(): Told {
    return JSON.parse(this.last?.output ?? "{}") as Told;
  }

  async verified(): Promise<this> {
    this.caller("My card ends in four eight two nine.");
    await this.uses("verify_identity", { last_4_digits: "4829" });
    return this;
  }

  async balances(): Promise<Record<string, number>> {
    const accounts = await this.bank.accounts("cus_maya");
    return Object.fromEntries(accounts.map((account) => [account.kind, account.balance_cents]));
  }
}

export const CHECKING = 841_267;
export const SAVINGS = 2_465_000;
