import { z } from "zod";
import { lastFour } from "../arguments.ts";
import { explain, noSuchCard } from "../refusals.ts";
import { cardName } from "../say.ts";
import { done, tool, verified } from "../tool.ts";

export const blockCard = tool({
  name: "block_card",
  description:
    "Block one of the caller's cards for good, at once: for a card that is lost, stolen or misused. A blocked card cannot be " +
    "used or activated again; offer a replacement afterwards.",
  schema: z.strictObject({
    card_last_4: lastFour.describe("Last four digits of the card"),
    reason: z.enum(["lost", "stolen", "fraud", "other"]).optional(),
  }),
  gate: "identity",
  effect: "change",
  working: "Blocking your card",
  async run({ card_last_4, reason = "other" }, call) {
    const { customer_id } = verified(call);
    const cards = await call.bank.cards(customer_id);
    const card = cards.find((one) => one.last_4 === card_last_4);
    if (!card) return noSuchCard(cards);
    const blocked = await call.bank.blockCard({ customer_id, key: call.key, card_id: card.id, reason });
    const name = cardName(card);
    if (!blocked.ok) {
      return explain(blocked, { blocked: `Your ${name} is already blocked, so nobody can use it.` });
    }
    return done(`Your ${name} is blocked now, and nobody can use it anymore.`, `${name} was blocked.`, {
      card_last_4,
      status: blocked.value.status,
      replacement_possible: card.replaced_by === null,
    });
  },
});
