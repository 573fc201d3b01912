/** The bank over any SQLite: every promise of `BankApi`, kept. */
import type { BankApi, Change, Order } from "../../tools/bank.ts";
import * as access from "./access.ts";
import * as accounts from "./accounts.ts";
import * as cards from "./cards.ts";
import { dayOf } from "./days.ts";
import * as disputes from "./disputes.ts";
import { type Desk, once } from "./effects.ts";
import { audit } from "./ledger.ts";
import * as loans from "./loans.ts";
import * as requests from "./requests.ts";
import { createTables, emptyTables } from "./schema.ts";
import { firstDay, seed } from "./seed.ts";
import { MAYA } from "./seed-data.ts";
import { first, type Sql } from "./sql.ts";
import * as statement from "./statement.ts";
import * as transfers from "./transfers.ts";

const RECENT = 30;

export interface Surroundings {
  /** Unix ms. */
  now(): number;
  /** Six digits, fresh each time, not to be guessed. */
  code(): string;
  /** Random text, fresh each time. */
  salt(): string;
}

export const SURROUNDINGS: Surroundings = {
  now: () => Date.now(),
  code: () => String((crypto.getRandomValues(new Uint32Array(1))[0] ?? 0) % 1_000_000).padStart(6, "0"),
  salt: () => crypto.randomUUID(),
};

async function hashed(sql: Sql, code: string): Promise<string> {
  const salt = first<{ value: string }>(sql, `SELECT value FROM facts WHERE name = 'salt'`)?.value ?? "";
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(`${salt}:${code}`));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Tables are created at once, the first day is written at the first question. */
export function openBank(sql: Sql, world: Surroundings = SURROUNDINGS): BankApi {
  createTables(sql);

  /** The bank of this moment: begun, and with everything settled that has fallen due since the last question. */
  const desk = (): Desk => {
    const now = world.now();
    const today = dayOf(now);
    sql.atomic(() => {
      if (firstDay(sql) === undefined) seed(sql, now, world.salt());
      statement.settlePayments(sql, today);
      loans.settleLoans(sql, today);
    });
    return { sql, now, today };
  };

  return {
    caller: async () => accounts.customer(desk().sql, MAYA),
    identify: async (customer, last_4) => accounts.identify(desk().sql, customer, last_4),
    accounts: async (customer) => accounts.deposits(desk().sql, customer),
    cards: async (customer) => cards.cards(desk().sql, customer),
    loans: async (customer) => loans.loans(sql, customer, desk().today),
    payoff: async (customer, loan, day) => loans.payoff(sql, customer, loan, day, desk().today),
    transactions: async (customer, wanted) => statement.search(desk().sql, customer, wanted),
    payees: async (customer) => accounts.payees(desk().sql, customer),
    credit: async (customer) => accounts.credit(sql, customer, desk().today),
    rates: async () => requests.rates(sql, desk().today),
    disputable: async (customer_id, id) => disputes.disputable(desk(), customer_id, id),
    mayTransfer: async (order) => transfers.mayTransfer(desk(), order),

    blockCard: async (order) => change("block_card", order, cards.blockCard),
    orderReplacement: async (order) => change("order_replacement", order, cards.orderReplacement),
    activateCard: async (order) => change("activate_card", order, cards.activateCard),
    enableContactless: async (order) => change("enable_contactless", order, cards.enableContactless),
    transfer: async (order) => change("transfer", order, transfers.transfer),
    fileDispute: async (order) => change("file_dispute", order, disputes.fileDispute),
    requestLimit: async (order) => change("request_limit", order, requests.requestLimit),
    draftWire: async (order) => change("draft_wire", order, requests.draftWire),
    sendCode: async (order) => {
      desk();
      const code = world.code();
      const secret = { code, hash: await hashed(sql, code) };
      return change("send_code", order, (at, asked) => access.sendCode(at, asked, secret));
    },
    unlockOnline: async (order) => {
      desk();
      const { code, ...rest } = order;
      const hash = code === undefined ? null : await hashed(sql, code);
      return change("unlock_online", { ...rest, hash }, (at, asked) => access.unlockOnline(at, asked, asked.hash));
    },

    snapshot: async () => {
      const { today } = desk();
      return {
        customer: accounts.customer(sql, MAYA),
        accounts: accounts.deposits(sql, MAYA),
        cards: cards.cards(sql, MAYA),
        loans: loans.loans(sql, MAYA, today),
        transactions: statement.search(sql, MAYA, { limit: RECENT }),
        disputes: disputes.disputes(sql, MAYA),
        messages: access.messages(sql, MAYA),
      };
    },
    reset: async () => {
      sql.atomic(() => {
        emptyTables(sql);
        seed(sql, world.now(), world.salt());
      });
    },
    audit: async () => audit(desk().sql),
  };

  function change<T, O extends Order>(name: string, order: O, work: (at: Desk, order: O) => Change<T>): Change<T> {
    const at = desk();
    return once(at, name, order, (asked) => work(at, asked));
  }
}
