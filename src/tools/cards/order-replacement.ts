import { z } from "zod";
import { lastFour } from "../arguments.ts";
import { explain, noSuchCard } from "../refusals.ts";
import { cardName, day } from "../say.ts";
import { done, tool, verified } from "../tool.ts";

export const orderReplacement = tool({
  name: "order_replacement",
  description:
    "Order a new card in place of a blocked one. Free of charge; standard delivery takes five working days, express two.",
  schema: z.strictObject({
    card_last_4: lastFour.describe("Last four digits of the blocked card"),
    delivery: z.enum(["standard", "express"]).optional(),
  }),
  gate: "identity",
  effect: "change",
  working: "Ordering a replacement card",
  async run({ card_last_4, delivery = "standard" }, call) {
    const { customer_id } = verified(call);
    const cards = await call.bank.cards(customer_id);
    const card = cards.find((one) => one.last_4 === card_last_4);
    if (!card) return noSuchCard(cards);
    const ordered = await call.bank.orderReplacement({ customer_id, key: call.key, card_id: card.id, delivery });
    const name = cardName(card);
    if (!ordered.ok) {
      return explain(ordered, {
        not_blocked: `Your ${name} isn't blocked, so I can't replace it yet. Shall I block it first?`,
        replaced: `A replacement for your ${name} has already been ordered; it ends in ${card.replaced_by}.`,
      });
    }
    const { new_last_4, arrives } = ordered.value;
    const when = day(arrives, call.today);
    const say =
      card.kind === "virtual"
        ? `Your new virtual card ends in ${new_last_4} and is ready to be activated.`
        : `Your new card ending in ${new_last_4} is on its way by ${delivery} mail and should reach you by ${when}.`;
    return done(say, `A new card ending in ${new_last_4} was ordered in place of the ${name}.`, {
      card_last_4,
      new_card_last_4: new_last_4,
      delivery,
      arrives,
      fee: "$0.00",
    });
  },
});
