import { z } from "zod";
import { amount, isoDay, lastFour, words } from "../arguments.ts";
import type { BankApi, Transaction, TransactionSearch } from "../bank.ts";
import { cents, day, dollars, list } from "../say.ts";
import { done, refused, tool, verified } from "../tool.ts";

/** How far off an amount may be that a caller remembers. */
const NEARLY = 0.1;
const MOST = 5;

export const getTransactionDetails = tool({
  name: "get_transaction_details",
  description:
    "Find payments of the caller by merchant, amount, day or card; all are optional. Gives up to five, newest first, with the " +
    "transaction_id that file_dispute needs. Let the caller choose when there are several.",
  schema: z.strictObject({
    merchant: words(80).optional(),
    amount: amount.optional().describe("Dollars, e.g. 249.99"),
    date: isoDay.optional().describe("YYYY-MM-DD"),
    card_last_4: lastFour.optional(),
  }),
  gate: "identity",
  effect: "read",
  working: "Looking for the payment",
  async run({ merchant, amount, date, card_last_4 }, call) {
    const { customer_id } = verified(call);
    const wanted = { merchant, date, card_last_4, amount_cents: amount === undefined ? undefined : cents(amount) };
    const found = await nearest(call.bank, customer_id, wanted);
    const [first] = found;
    if (!first) {
      return refused(
        "not_found",
        "I can't find a payment like that. Could you tell me the shop, the amount, or the day?",
      );
    }
    const transactions = found.map(row);
    if (found.length === 1) {
      return done(
        `I found it: ${inWords(first, call.today)}, paid with your ${first.paid_with} ending in ${first.last_4}.`,
        "One payment was found.",
        { transactions },
      );
    }
    const parts = found.map((one) => inWords(one, call.today));
    return done(
      `I found ${found.length} payments: ${list(parts)}. Which one do you mean?`,
      `${found.length} payments were found.`,
      { transactions },
    );
  },
});

/** Exact first; then without the day, which people misremember; then with an amount that is nearly right. */
async function nearest(bank: BankApi, customer_id: string, wanted: TransactionSearch): Promise<Transaction[]> {
  const exact = await bank.transactions(customer_id, { ...wanted, limit: MOST });
  if (exact.length > 0) return exact;
  const { amount_cents, merchant } = wanted;
  if (wanted.date !== undefined && (merchant !== undefined || amount_cents !== undefined)) {
    const anyDay = await bank.transactions(customer_id, { ...wanted, date: undefined, limit: MOST });
    if (anyDay.length > 0) return anyDay;
  }
  if (amount_cents === undefined) return [];
  const wide = await bank.transactions(customer_id, { ...wanted, date: undefined, amount_cents: undefined, limit: 50 });
  return wide.filter((one) => Math.abs(-one.amount_cents - amount_cents) <= amount_cents * NEARLY).slice(0, MOST);
}

function inWords(one: Transaction, today: string): string {
  const pending = one.status === "pending" ? ", still pending" : "";
  return `${dollars(Math.abs(one.amount_cents))} at ${one.merchant} on ${day(one.date, today)}${pending}`;
}

function row(one: Transaction) {
  return {
    transaction_id: one.id,
    date: one.date,
    merchant: one.merchant,
    amount: dollars(Math.abs(one.amount_cents)),
    direction: one.amount_cents < 0 ? "out" : "in",
    status: one.status,
    paid_with: one.paid_with,
    last_4: one.last_4,
    city: one.city,
    disputed: one.disputed,
  };
}
