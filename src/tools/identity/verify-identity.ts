import { z } from "zod";
import { lastFour } from "../arguments.ts";
import { done, refused, tool } from "../tool.ts";

export const verifyIdentity = tool({
  name: "verify_identity",
  description:
    "Verify the caller by the last four digits of one of their own cards or accounts, exactly as the caller said them. " +
    "Call it once before anything about the caller's money is told or changed. Never guess digits.",
  schema: z.strictObject({ last_4_digits: lastFour.describe("Last four digits the caller said, e.g. 0412") }),
  gate: "attempt",
  effect: "read",
  working: "Verifying who is calling",
  async run({ last_4_digits }, { bank, identity, attempts_left }) {
    const customer = await bank.caller();
    const what = await bank.identify(customer.id, last_4_digits);
    if (what) {
      const known = { customer_id: customer.id, name: customer.name };
      const say = identity ? "You're already verified." : `Thank you, ${customer.first_name}. You're verified.`;
      return {
        ...done(say, `${customer.name} was verified by the ${what}.`, {
          caller: customer.name,
          tier: customer.tier,
          matched: what,
        }),
        learned: { kind: "identified", identity: known },
      };
    }
    // Who has been verified stays so: other digits are then a question about something that is not there.
    if (identity) return refused("not_found", `I don't see anything ending in ${last_4_digits} under your name.`);
    return wrong(attempts_left - 1);
  },
});

function wrong(left: number) {
  const learned = { kind: "wrong_identity" } as const;
  if (left <= 0) {
    const say =
      "I'm sorry, that doesn't match either, so for your security I've stopped trying on this call. I can connect you with a specialist who can help.";
    return {
      ...refused("locked", say, { attempts_left: 0 }),
      did: "Three wrong answers: the call is locked.",
      learned,
    };
  }
  const say = `I'm sorry, that doesn't match what I have. Could you try the last four digits again, or those of another card or account? You have ${
    left === 1 ? "one more try" : `${left} more tries`
  }.`;
  return { ...refused("identity_required", say, { attempts_left: left }), did: "The digits did not match.", learned };
}
