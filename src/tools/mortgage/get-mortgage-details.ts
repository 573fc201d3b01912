import { z } from "zod";
import { dollars, percent } from "../say.ts";
import { done, refused, tool, verified } from "../tool.ts";

export const getMortgageDetails = tool({
  name: "get_mortgage_details",
  description:
    "Tell the terms of the caller's mortgage: balance, rate, payment, years left, and how much of the home is paid for.",
  schema: z.strictObject({}),
  gate: "identity",
  effect: "read",
  working: "Looking up your mortgage",
  async run(_args, call) {
    const loans = await call.bank.loans(verified(call).customer_id);
    const mortgage = loans.find((loan) => loan.type === "mortgage");
    if (!mortgage?.home) return refused("not_found", "I don't see a mortgage under your name.");
    const { balance_cents, rate_bp, payment_cents, payments_left, home } = mortgage;
    const equity = home.value_cents - balance_cents;
    return done(
      `Your mortgage ending in ${mortgage.last_4} has ${dollars(balance_cents)} left at a fixed ${percent(rate_bp)}. You pay ${dollars(payment_cents)} a month.`,
      "The terms of the mortgage were told.",
      {
        last_4: mortgage.last_4,
        home: home.address,
        balance: dollars(balance_cents),
        rate: percent(rate_bp),
        rate_kind: "30-year fixed",
        monthly_payment: dollars(payment_cents),
        payments_left,
        next_payment: mortgage.next_payment,
        home_value: dollars(home.value_cents),
        equity: dollars(equity),
        loan_to_value: `${Math.round((balance_cents / home.value_cents) * 100)}%`,
      },
    );
  },
});
