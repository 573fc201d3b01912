import { z } from "zod";
import { amount, words } from "../arguments.ts";
import { explain } from "../refusals.ts";
import { cents, dollars } from "../say.ts";
import { refused, tool, verified } from "../tool.ts";

export const initiateWire = tool({
  name: "initiate_wire",
  description:
    "Prepare a wire as a draft. No money moves: a wire specialist reviews and sends it, so the answer is always needs_specialist " +
    "and the caller has to be transferred to department wires.",
  schema: z.strictObject({
    recipient: words(80),
    amount: amount.describe("In the currency of the wire, e.g. 2500"),
    currency: z
      .string()
      .regex(/^[A-Za-z]{3}$/, "three letters")
      .optional()
      .describe("ISO code; USD when not given"),
    purpose: words(200).optional(),
  }),
  gate: "identity",
  effect: "change",
  working: "Preparing your wire",
  async run({ recipient, amount, currency = "USD", purpose }, call) {
    const { customer_id } = verified(call);
    const order = {
      customer_id,
      key: call.key,
      recipient,
      amount_cents: cents(amount),
      currency: currency.toUpperCase(),
      purpose,
    };
    const drafted = await call.bank.draftWire(order);
    if (!drafted.ok) return explain(drafted, {});
    const draft = drafted.value;
    const sum =
      draft.currency === "USD"
        ? dollars(draft.amount_cents)
        : `${draft.currency} ${dollars(draft.amount_cents).slice(1)}`;
    const name = draft.payee?.name ?? draft.recipient;
    return {
      ...refused(
        "needs_specialist",
        `I've prepared a wire of ${sum} to ${name}. A wire specialist has to review and send it, so I'll connect you with one.`,
        {
          draft: {
            reference: draft.reference,
            recipient: name,
            amount: sum,
            purpose: draft.purpose,
            known_payee: draft.payee !== null,
          },
          department: "wires",
        },
      ),
      did: `A wire of ${sum} to ${name} was prepared; a specialist has to send it.`,
    };
  },
});
