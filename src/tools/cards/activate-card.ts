import { z } from "zod";
import { lastFour } from "../arguments.ts";
import { explain, noSuchCard } from "../refusals.ts";
import { cardName } from "../say.ts";
import { done, tool, verified } from "../tool.ts";

export const activateCard = tool({
  name: "activate_card",
  description: "Activate a new card that the caller has received. Blocked cards can never be activated.",
  schema: z.strictObject({ card_last_4: lastFour.describe("Last four digits of the new card") }),
  gate: "identity",
  effect: "change",
  working: "Activating your card",
  async run({ card_last_4 }, call) {
    const { customer_id } = verified(call);
    const cards = await call.bank.cards(customer_id);
    const card = cards.find((one) => one.last_4 === card_last_4);
    if (!card) return noSuchCard(cards);
    const active = await call.bank.activateCard({ customer_id, key: call.key, card_id: card.id });
    const name = cardName(card);
    if (!active.ok) {
      return explain(active, {
        blocked: `Your ${name} has been blocked, and a blocked card can't be activated again. I can order you a new one instead.`,
        active: `Your ${name} is already active and ready to use.`,
      });
    }
    return done(`Your ${name} is active now and ready to use.`, `${name} was activated.`, {
      card_last_4,
      status: active.value.status,
      contactless: active.value.contactless,
    });
  },
});
