import { z } from "zod";
import { day } from "../say.ts";
import { done, tool, verified } from "../tool.ts";

export const checkCreditScore = tool({
  name: "check_credit_score",
  description: "Tell the caller's credit score and what moves it. Asking does not affect the score.",
  schema: z.strictObject({}),
  gate: "identity",
  effect: "read",
  working: "Checking your credit score",
  async run(_args, call) {
    const { score, band, as_of, factors } = await call.bank.credit(verified(call).customer_id);
    return done(
      `Your credit score is ${score}, which is ${band}. It was last updated on ${day(as_of, call.today)}.`,
      "The credit score was told.",
      { score, band, as_of, factors },
    );
  },
});
