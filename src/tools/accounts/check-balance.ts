import { z } from "zod";
import { words } from "../arguments.ts";
import type { Account, Card } from "../bank.ts";
import { cardName, dollars, list } from "../say.ts";
import { done, refused, tool, verified } from "../tool.ts";
import { findAccount } from "./places.ts";

export const checkBalance = tool({
  name: "check_balance",
  description:
    "Tell the balance of the caller's checking or savings account, or what is owed on a credit card. Without an account: both deposit accounts.",
  schema: z.strictObject({
    account: words(40).optional().describe("checking, savings, or the last four digits of an account or credit card"),
  }),
  gate: "identity",
  effect: "read",
  working: "Checking your balance",
  async run({ account }, call) {
    const { customer_id } = verified(call);
    const accounts = await call.bank.accounts(customer_id);
    if (account === undefined) return all(accounts);
    const found = findAccount(account, accounts);
    if (found) return one(found);
    const cards = await call.bank.cards(customer_id);
    const card = cards.find((it) => it.kind === "credit" && (it.last_4 === account || /credit|card/i.test(account)));
    if (card) return credit(card);
    const ends = accounts.map((it) => `${it.kind} ending in ${it.last_4}`);
    return refused(
      "not_found",
      `I don't see that account under your name. You have ${list(ends)}. Which one do you mean?`,
    );
  },
});

function one(account: Account) {
  const { balance_cents: balance, available_cents: available } = account;
  const pending = available < balance ? `, and ${dollars(available)} of it is available` : "";
  return done(
    `Your ${account.kind} account has ${dollars(balance)}${pending}.`,
    `The balance of ${account.kind} ending in ${account.last_4} was told.`,
    { accounts: [row(account)] },
  );
}

function all(accounts: Account[]) {
  const parts = accounts.map((account) => `${dollars(account.balance_cents)} in ${account.kind}`);
  return done(`You have ${list(parts)}.`, "The balances were told.", { accounts: accounts.map(row) });
}

function row(account: Account) {
  return {
    account: account.kind,
    last_4: account.last_4,
    balance: dollars(account.balance_cents),
    available: dollars(account.available_cents),
  };
}

function credit(card: Card) {
  const owed = card.owed_cents ?? 0;
  const free = (card.limit_cents ?? 0) - owed;
  return done(
    `You owe ${dollars(owed)} on your ${cardName(card)}, and ${dollars(free)} of your limit is free.`,
    `The balance of the ${cardName(card)} was told.`,
    {
      card_last_4: card.last_4,
      owed: dollars(owed),
      available_credit: dollars(free),
      limit: dollars(card.limit_cents ?? 0),
    },
  );
}
