import { z } from "zod";
import { invalidArguments, isoDay } from "../arguments.ts";
import { day, dollars, list, loanName } from "../say.ts";
import { done, refused, tool, verified } from "../tool.ts";

/** A figure further ahead would promise more than rates and payments allow. */
const AHEAD_DAYS = 90;

export const calculatePayoff = tool({
  name: "calculate_payoff",
  description:
    "Work out what it takes to pay a loan off completely on a day, interest to that day included. Today when no day is given.",
  schema: z.strictObject({
    loan_type: z.enum(["auto", "personal", "mortgage"]).optional(),
    payoff_date: isoDay.optional().describe("YYYY-MM-DD, from today to 90 days ahead"),
  }),
  gate: "identity",
  effect: "read",
  working: "Calculating your payoff",
  async run({ loan_type, payoff_date }, call) {
    const { customer_id } = verified(call);
    const loans = await call.bank.loans(customer_id);
    const fitting = loans.filter((loan) => loan_type === undefined || loan.type === loan_type);
    const [loan] = fitting;
    if (!loan) return refused("not_found", "I don't see such a loan under your name.");
    if (fitting.length > 1) {
      const names = fitting.map((one) => `the ${loanName(one.type)}`);
      return {
        ...invalidArguments(["loan_type: one of several"]),
        say: `Which loan would you like to pay off: ${list(names, "or")}?`,
      };
    }
    const date = payoff_date ?? call.today;
    const days = (Date.parse(date) - Date.parse(call.today)) / 86_400_000;
    if (days < 0)
      return refused("invalid_arguments", "That day has already passed. For which day would you like the figure?", {
        problems: ["payoff_date: in the past"],
      });
    if (days > AHEAD_DAYS)
      return refused(
        "not_allowed",
        `I can give you a payoff figure for up to ${AHEAD_DAYS} days ahead. Would an earlier day do?`,
      );
    const figure = await call.bank.payoff(customer_id, loan.id, date);
    if (!figure) return refused("not_found", "I don't have a payoff figure for that loan and day.");
    const when = date === call.today ? "today" : `on ${day(date, call.today)}`;
    return done(
      `Paying off your ${loanName(loan.type)} ${when} takes ${dollars(figure.total_cents)}: ${dollars(figure.principal_cents)} of principal and ${dollars(figure.interest_cents)} of interest. There is no fee for paying early.`,
      `A payoff of ${dollars(figure.total_cents)} for the ${loanName(loan.type)} was worked out.`,
      {
        loan_type: loan.type,
        last_4: loan.last_4,
        date,
        total: dollars(figure.total_cents),
        principal: dollars(figure.principal_cents),
        interest: dollars(figure.interest_cents),
        interest_per_day: dollars(figure.per_day_cents),
      },
    );
  },
});
