import { z } from "zod";
import { day, dollars, list, loanName, percent } from "../say.ts";
import { done, refused, tool, verified } from "../tool.ts";

export const checkLoanBalance = tool({
  name: "check_loan_balance",
  description:
    "Tell what is still owed on a loan, the monthly payment and the next due date. Without a type: all loans.",
  schema: z.strictObject({ loan_type: z.enum(["auto", "personal", "mortgage"]).optional() }),
  gate: "identity",
  effect: "read",
  working: "Checking your loan",
  async run({ loan_type }, call) {
    const all = await call.bank.loans(verified(call).customer_id);
    const loans = all.filter((loan) => loan_type === undefined || loan.type === loan_type);
    const [first] = loans;
    if (!first) return refused("not_found", "I don't see such a loan under your name.");
    const rows = loans.map((loan) => ({
      loan_type: loan.type,
      last_4: loan.last_4,
      balance: dollars(loan.balance_cents),
      monthly_payment: dollars(loan.payment_cents),
      rate: percent(loan.rate_bp),
      next_payment: loan.next_payment,
      payments_left: loan.payments_left,
    }));
    if (loans.length > 1) {
      const parts = loans.map((loan) => `${dollars(loan.balance_cents)} on your ${loanName(loan.type)}`);
      return done(`You still owe ${list(parts)}.`, "The balances of all loans were told.", { loans: rows });
    }
    return done(
      `You still owe ${dollars(first.balance_cents)} on your ${loanName(first.type)} ending in ${first.last_4}. ` +
        `The next payment of ${dollars(first.payment_cents)} is due on ${day(first.next_payment, call.today)}.`,
      `The balance of the ${loanName(first.type)} was told.`,
      { loans: rows },
    );
  },
});
