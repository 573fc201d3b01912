import { z } from "zod";
import { explain } from "../refusals.ts";
import { done, tool, verified } from "../tool.ts";

export const sendResetLink = tool({
  name: "send_reset_link",
  description:
    "Send the caller a link for a new password: by text message with a six-digit code that unlock_account needs, or by email. " +
    "It only goes to the phone number or address on file.",
  schema: z.strictObject({ channel: z.enum(["email", "sms"]) }),
  gate: "identity",
  effect: "change",
  working: "Sending your reset link",
  async run({ channel }, call) {
    const { customer_id } = verified(call);
    const sent = await call.bank.sendCode({ customer_id, key: call.key, channel });
    if (!sent.ok) {
      return explain(sent, {
        codes: "I've already sent you several links in the last hour. Please wait a little before I send another one.",
      });
    }
    const { to, minutes } = sent.value;
    const say =
      channel === "sms"
        ? `I've sent a text with a reset link and a six-digit code to your phone ${to}. Please read me the code, so that I can unlock your account.`
        : `I've sent a reset link to your email on file. It works for ${minutes} minutes.`;
    return done(say, `A reset link was sent by ${channel === "sms" ? "text" : "email"}.`, {
      channel,
      sent_to: to,
      valid_minutes: minutes,
    });
  },
});
