import { z } from "zod";
import { lastFour } from "../arguments.ts";
import type { BlockReason, Card } from "../bank.ts";
import { explain, noSuchCard } from "../refusals.ts";
import { cardName } from "../say.ts";
import { done, type Proposal, type Refused, type Result, refused, type ToolCall, tool, verified } from "../tool.ts";

const schema = z.strictObject({
  card_last_4: lastFour.describe("Last four digits of the card"),
  reason: z.enum(["lost", "stolen", "fraud", "other"]).optional(),
});

const WHY: Record<BlockReason, string> = {
  lost: "Lost",
  stolen: "Stolen",
  fraud: "Used by somebody else",
  other: "Something else",
};

export const blockCard = tool({
  name: "block_card",
  description:
    "Block one of the caller's cards for good: for a card that is lost, stolen or misused. The first call only prepares it and " +
    "answers with a question: say that question, with the card's last four digits and that it will be blocked, and wait for the " +
    "caller's answer. After a yes call again with exactly the same arguments; only then the card is blocked. A blocked card " +
    "cannot be used or activated again; offer a replacement afterwards.",
  schema,
  gate: "confirmed",
  effect: "change",
  working: "Blocking your card",

  async propose({ card_last_4, reason = "other" }, call): Promise<Proposal | Refused> {
    const found = await find(card_last_4, call);
    if (!found.ok) return found;
    const { card } = found;
    return {
      ok: true,
      fingerprint: JSON.stringify([card.id, reason]),
      amount_cents: null,
      target: [card.last_4],
      act: { words: ["block", "blocking", "be blocked"], leads: false },
      title: "Block a card for good",
      lines: [
        { label: "Card", value: cardName(card) },
        { label: "Reason", value: WHY[reason] },
      ],
      read_back: `I'll block the card ending in ${card.last_4} now, and that can't be undone. Shall I go ahead?`,
      left_alone: "I haven't blocked anything.",
      ...(card.status === "blocked" ? { refusal: alreadyBlocked(card) } : {}),
    };
  },

  async run({ card_last_4, reason = "other" }, call): Promise<Result> {
    const found = await find(card_last_4, call);
    if (!found.ok) return found;
    const { card } = found;
    const { customer_id } = verified(call);
    const blocked = await call.bank.blockCard({ customer_id, key: call.key, card_id: card.id, reason });
    if (!blocked.ok) return blocked.detail === "blocked" ? alreadyBlocked(card) : explain(blocked, {});
    const name = cardName(card);
    return done(`Your ${name} is blocked now, and nobody can use it anymore.`, `${name} was blocked.`, {
      card_last_4,
      status: blocked.value.status,
      replacement_possible: card.replaced_by === null,
    });
  },
});

async function find(last_4: string, call: ToolCall): Promise<{ ok: true; card: Card } | Refused> {
  const cards = await call.bank.cards(verified(call).customer_id);
  const card = cards.find((one) => one.last_4 === last_4);
  return card ? { ok: true, card } : noSuchCard(cards);
}

function alreadyBlocked(card: Card): Refused {
  const words = `Your ${cardName(card)} is already blocked, so nobody can use it.`;
  return refused("already_done", words, { detail: "blocked" });
}
