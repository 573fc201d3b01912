import { z } from "zod";
import { findPayee } from "../accounts/places.ts";
import { lastFour, words } from "../arguments.ts";
import { day } from "../say.ts";
import { done, tool, verified } from "../tool.ts";

export const verifyRecipient = tool({
  name: "verify_recipient",
  description:
    "Check whether the recipient of a wire is one of the caller's saved payees, and whether the given details agree with what is on file.",
  schema: z.strictObject({
    name: words(80).describe("The recipient's full name"),
    account_last_4: lastFour.optional(),
    bank: words(80).optional(),
    country: words(40).optional(),
  }),
  gate: "identity",
  effect: "read",
  working: "Checking the recipient",
  async run({ name, account_last_4, bank, country }, call) {
    const payees = await call.bank.payees(verified(call).customer_id);
    const payee = findPayee(name, payees);
    if (!payee) {
      return done(
        "That recipient isn't among your saved payees yet, so a wire specialist will check the details with you.",
        "The recipient is not a saved payee.",
        { known: false },
      );
    }
    const differs = [
      account_last_4 !== undefined && account_last_4 !== payee.last_4 ? "account" : undefined,
      bank !== undefined && !sameWords(bank, payee.bank) ? "bank" : undefined,
      country !== undefined && country.length === 2 && country.toUpperCase() !== payee.country ? "country" : undefined,
    ].filter((part) => part !== undefined);
    const data = {
      known: true,
      recipient: payee.name,
      bank: payee.bank,
      country: payee.country,
      last_4: payee.last_4,
      differs,
    };
    if (differs.length > 0) {
      return done(
        `${payee.name} is one of your saved payees, but the ${differs.join(" and ")} you gave is not what I have on file. A wire specialist will check that with you.`,
        `${payee.name} is on file with another ${differs.join(" and ")}.`,
        data,
      );
    }
    const paid = payee.last_paid ? ` You last paid them on ${day(payee.last_paid, call.today)}.` : "";
    return done(
      `${payee.name} is one of your saved payees, with an account at ${payee.bank} ending in ${payee.last_4}.${paid}`,
      `${payee.name} is a saved payee.`,
      data,
    );
  },
});

function sameWords(a: string, b: string): boolean {
  const [left, right] = [a, b].map((text) =>
    text
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, " ")
      .trim(),
  );
  return left !== undefined && right !== undefined && left !== "" && (left.includes(right) || right.includes(left));
}
