import { z } from "zod";
import { lastFour } from "../arguments.ts";
import { explain, noSuchCard } from "../refusals.ts";
import { cardName } from "../say.ts";
import { done, tool, verified } from "../tool.ts";

export const enableContactless = tool({
  name: "enable_contactless",
  description: "Turn on contactless payments (tap to pay) for an active card.",
  schema: z.strictObject({ card_last_4: lastFour.describe("Last four digits of the card") }),
  gate: "identity",
  effect: "change",
  working: "Turning on contactless payments",
  async run({ card_last_4 }, call) {
    const { customer_id } = verified(call);
    const cards = await call.bank.cards(customer_id);
    const card = cards.find((one) => one.last_4 === card_last_4);
    if (!card) return noSuchCard(cards);
    const enabled = await call.bank.enableContactless({ customer_id, key: call.key, card_id: card.id });
    const name = cardName(card);
    if (!enabled.ok) {
      return explain(enabled, {
        inactive: `Your ${name} isn't active yet. Shall I activate it first?`,
        blocked: `Your ${name} is blocked, so I can't turn on contactless payments for it.`,
        virtual: `Your ${name} is a virtual card, so there is nothing to tap with.`,
        contactless: `Contactless payments are already on for your ${name}.`,
      });
    }
    return done(
      `Contactless payments are on for your ${name} now.`,
      `Contactless payments were turned on for the ${name}.`,
      {
        card_last_4,
        contactless: true,
      },
    );
  },
});
