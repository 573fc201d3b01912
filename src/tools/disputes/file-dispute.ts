import { z } from "zod";
import { words } from "../arguments.ts";
import { explain } from "../refusals.ts";
import { day, dollars } from "../say.ts";
import { done, tool, verified } from "../tool.ts";

export const fileDispute = tool({
  name: "file_dispute",
  description:
    "File a dispute over one card payment, found with get_transaction_details before. Posted payments are credited for the time " +
    "of the inquiry. Make sure with the caller which payment it is and why.",
  schema: z.strictObject({
    transaction_id: z.string().regex(/^TX-[A-Z]{4}$/, "an id from get_transaction_details"),
    reason: z.enum(["not_recognised", "duplicate", "wrong_amount", "not_received", "other"]),
    note: words(300).optional().describe("What the caller says about it"),
  }),
  gate: "identity",
  effect: "change",
  working: "Filing your dispute",
  async run({ transaction_id, reason, note }, call) {
    const { customer_id } = verified(call);
    const filed = await call.bank.fileDispute({ customer_id, key: call.key, transaction_id, reason, note });
    if (!filed.ok) {
      return explain(filed, {
        transaction: "I can't find that payment on your accounts. Could you tell me the shop or the amount again?",
        disputed: "That payment is already in dispute, and we're looking into it.",
        not_a_card_payment:
          "Only card payments can be disputed, and that one isn't a card payment. A specialist can look at it with you.",
        too_old: "That payment is too old to be disputed on the phone. A specialist can look at it with you.",
      });
    }
    const { merchant, amount_cents, credited_cents, answer_by, reference } = filed.value;
    const credit =
      credited_cents > 0
        ? `I've credited the ${dollars(credited_cents)} to you for now`
        : "The payment is still pending, so there is no credit yet";
    return done(
      `Your dispute over ${dollars(amount_cents)} at ${merchant} is filed. ${credit}, and you'll hear from us by ${day(answer_by, call.today)}.`,
      `A dispute over ${dollars(amount_cents)} at ${merchant} was filed.`,
      { reference, merchant, amount: dollars(amount_cents), reason, answer_by, credit: dollars(credited_cents) },
    );
  },
});
