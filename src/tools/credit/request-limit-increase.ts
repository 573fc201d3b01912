import { z } from "zod";
import { amount, lastFour, words } from "../arguments.ts";
import { explain, noSuchCard } from "../refusals.ts";
import { cardName, cents, dollars } from "../say.ts";
import { done, tool, verified } from "../tool.ts";

export const requestLimitIncrease = tool({
  name: "request_limit_increase",
  description:
    "File the caller's request for a higher limit on a credit card. It changes no limit: a card specialist decides, so transfer " +
    "the caller to one afterwards.",
  schema: z.strictObject({
    card_last_4: lastFour.describe("Last four digits of the credit card"),
    requested_limit: amount.describe("The new limit in dollars, e.g. 18000"),
    annual_income: amount.optional().describe("Yearly income in dollars"),
    reason: words(200).optional(),
  }),
  gate: "identity",
  effect: "change",
  working: "Filing your limit request",
  async run({ card_last_4, requested_limit, annual_income, reason }, call) {
    const { customer_id } = verified(call);
    const cards = await call.bank.cards(customer_id);
    const card = cards.find((one) => one.last_4 === card_last_4);
    if (!card) return noSuchCard(cards);
    const filed = await call.bank.requestLimit({
      customer_id,
      key: call.key,
      card_id: card.id,
      requested_cents: cents(requested_limit),
      income_cents: annual_income === undefined ? undefined : cents(annual_income),
      reason,
    });
    const name = cardName(card);
    if (!filed.ok) {
      return explain(filed, {
        no_limit: `Your ${name} has no credit limit of its own. Which credit card do you mean?`,
        inactive: `Your ${name} isn't active yet, so its limit can't be raised.`,
        blocked: `Your ${name} is blocked, so its limit can't be raised.`,
        not_higher: `Your limit is already ${dollars(filed.limit_cents ?? 0)}. What higher limit would you like?`,
        requested: `A request for your ${name} is already with our card specialists. I can connect you with one now.`,
      });
    }
    const { current_cents, requested_cents, reference } = filed.value;
    return done(
      `I've filed your request to raise the limit of your ${name} from ${dollars(current_cents)} to ${dollars(requested_cents)}. A card specialist decides on it, so I'll connect you with one.`,
      `A limit of ${dollars(requested_cents)} was requested for the ${name}.`,
      {
        reference,
        card_last_4,
        current_limit: dollars(current_cents),
        requested_limit: dollars(requested_cents),
        decided_by: "specialist",
        department: "cards",
      },
    );
  },
});
