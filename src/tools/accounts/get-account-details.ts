import { z } from "zod";
import { lastFour } from "../arguments.ts";
import type { Account, Loan } from "../bank.ts";
import { day, dollars, list, loanName, percent } from "../say.ts";
import { done, refused, tool, verified } from "../tool.ts";

export const getAccountDetails = tool({
  name: "get_account_details",
  description:
    "Tell the terms of one of the caller's loans (balance, monthly payment, rate, what is left) or the details of a deposit " +
    "account. Use it before a talk about restructuring. Without arguments: an overview of all loans.",
  schema: z.strictObject({
    account_last_4: lastFour.optional().describe("Last four digits of the account or loan"),
    loan_type: z.enum(["auto", "personal", "mortgage"]).optional(),
  }),
  gate: "identity",
  effect: "read",
  working: "Looking up your account",
  async run({ account_last_4, loan_type }, call) {
    const { customer_id } = verified(call);
    const loans = await call.bank.loans(customer_id);
    if (account_last_4 === undefined && loan_type === undefined) return overview(loans);
    const loan = loans.find((one) =>
      account_last_4 === undefined ? one.type === loan_type : one.last_4 === account_last_4,
    );
    if (loan) return details(loan, call.today);
    const account = (await call.bank.accounts(customer_id)).find((one) => one.last_4 === account_last_4);
    if (account) return deposit(account);
    return refused("not_found", "I don't see that account under your name. Which loan or account do you mean?");
  },
});

function row(loan: Loan) {
  return {
    loan_type: loan.type,
    last_4: loan.last_4,
    balance: dollars(loan.balance_cents),
    monthly_payment: dollars(loan.payment_cents),
    rate: percent(loan.rate_bp),
    payments_left: loan.payments_left,
    next_payment: loan.next_payment,
    past_due: loan.past_due,
  };
}

function details(loan: Loan, today: string) {
  const late = loan.past_due ? " The last payment is late." : "";
  return done(
    `Your ${loanName(loan.type)} ending in ${loan.last_4} has ${dollars(loan.balance_cents)} left at ${percent(loan.rate_bp)}. ` +
      `You pay ${dollars(loan.payment_cents)} a month, ${loan.payments_left} more times, next on ${day(loan.next_payment, today)}.${late}`,
    `The terms of the ${loanName(loan.type)} were told.`,
    { loan: row(loan) },
  );
}

function overview(loans: Loan[]) {
  const parts = loans.map(
    (loan) =>
      `your ${loanName(loan.type)} with ${dollars(loan.balance_cents)} left at ${dollars(loan.payment_cents)} a month`,
  );
  return done(`I see ${list(parts)}.`, "The loans were told.", { loans: loans.map(row) });
}

function deposit(account: Account) {
  return done(
    `Your ${account.name} account ending in ${account.last_4} has ${dollars(account.balance_cents)}.`,
    `The details of ${account.kind} ending in ${account.last_4} were told.`,
    {
      account: account.kind,
      last_4: account.last_4,
      balance: dollars(account.balance_cents),
      available: dollars(account.available_cents),
    },
  );
}
