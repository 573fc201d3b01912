import { z } from "zod";
import { explain } from "../refusals.ts";
import { done, tool, verified } from "../tool.ts";

export const unlockAccount = tool({
  name: "unlock_account",
  description:
    "Unlock the caller's online banking after a link was sent with send_reset_link. With a text message the caller has to read " +
    "out the six-digit code; with an email no code is needed.",
  schema: z.strictObject({
    code: z
      .string()
      .regex(/^\d{6}$/, "six digits")
      .optional()
      .describe("The six digits the caller read out"),
  }),
  gate: "identity",
  effect: "change",
  working: "Unlocking online banking",
  async run({ code }, call) {
    const { customer_id } = verified(call);
    const unlocked = await call.bank.unlockOnline({ customer_id, key: call.key, code });
    if (!unlocked.ok) {
      const left = unlocked.tries_left === 1 ? "one more try" : `${unlocked.tries_left} more tries`;
      return explain(unlocked, {
        unlocked: "Your online banking isn't locked, so you can sign in as usual.",
        nothing_sent: "I need to send you a reset link first. Would you like it by text or by email?",
        expired: "That code has run out. Shall I send you a new one?",
        code_missing: "Please read me the six-digit code from the text I sent you.",
        wrong_code: `That code doesn't match. You have ${left}.`,
        tries: "That code has been tried too often and no longer works. Shall I send you a new one?",
      });
    }
    return done(
      "Your online banking is unlocked. You can now choose a new password with the link I sent you.",
      "Online banking was unlocked.",
      {
        online_banking: "unlocked",
      },
    );
  },
});
