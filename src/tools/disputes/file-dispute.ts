import { z } from "zod";
import { words } from "../arguments.ts";
import type { Change, DisputeReason } from "../bank.ts";
import { explain } from "../refusals.ts";
import { day, dollars } from "../say.ts";
import { done, type Proposal, type Refused, type Result, tool, verified } from "../tool.ts";

const schema = z.strictObject({
  transaction_id: z.string().regex(/^TX-[A-Z]{4}$/, "an id from get_transaction_details"),
  reason: z.enum(["not_recognised", "duplicate", "wrong_amount", "not_received", "other"]),
  note: words(300).optional().describe("What the caller says about it"),
});

const WHY: Record<DisputeReason, string> = {
  not_recognised: "Not recognised",
  duplicate: "Charged twice",
  wrong_amount: "Wrong amount",
  not_received: "Not received",
  other: "Something else",
};

export const fileDispute = tool({
  name: "file_dispute",
  description:
    "File a dispute over one card payment, found with get_transaction_details before. Posted payments are credited for the time " +
    "of the inquiry. The first call only prepares it and answers with a question: say that question, with the shop and the " +
    "amount and that it will be disputed, and wait for the caller's answer. After a yes call again with exactly the same " +
    "arguments; only then the dispute is filed.",
  schema,
  gate: "confirmed",
  effect: "money",
  working: "Filing your dispute",

  async propose({ transaction_id, reason }, call): Promise<Proposal | Refused> {
    const found = await call.bank.disputable(verified(call).customer_id, transaction_id);
    if (!found) return whyNot({ ok: false, code: "not_found", detail: "transaction" });
    const { payment, may } = found;
    const { merchant } = payment;
    const amount_cents = Math.abs(payment.amount_cents);
    const sum = dollars(amount_cents);
    const on = day(payment.date, call.today);
    return {
      ok: true,
      // Not the note: it changes nothing of what is filed and credited, and nobody says it twice in the same words.
      fingerprint: JSON.stringify([payment.id, reason]),
      amount_cents,
      target: [merchant, merchant.split(" ")[0] ?? merchant],
      act: { words: ["dispute", "disputing", "be disputed"], leads: false },
      title: `Dispute ${sum}`,
      lines: [
        { label: "Amount", value: sum },
        { label: "Shop", value: merchant },
        { label: "Day", value: on },
        { label: "Reason", value: WHY[reason] },
      ],
      read_back: `I'll file a dispute for the ${sum} at ${merchant} on ${on} now. Shall I go ahead?`,
      left_alone: "I haven't filed anything.",
      ...(may.ok ? {} : { refusal: whyNot(may) }),
    };
  },

  async run({ transaction_id, reason, note }, call): Promise<Result> {
    const { customer_id } = verified(call);
    const filed = await call.bank.fileDispute({ customer_id, key: call.key, transaction_id, reason, note });
    if (!filed.ok) return whyNot(filed);
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

function whyNot(no: Extract<Change<unknown>, { ok: false }>): Refused {
  return explain(no, {
    transaction: "I can't find that payment on your accounts. Could you tell me the shop or the amount again?",
    disputed: "That payment is already in dispute, and we're looking into it.",
    not_a_card_payment:
      "Only card payments can be disputed, and that one isn't a card payment. A specialist can look at it with you.",
    too_old: "That payment is too old to be disputed on the phone. A specialist can look at it with you.",
  });
}
