import { z } from "zod";
import type { Rate, RateProduct } from "../bank.ts";
import { list, percent } from "../say.ts";
import { done, refused, tool } from "../tool.ts";

const NAMES: Record<RateProduct, string> = {
  "30_year_fixed": "30-year fixed",
  "15_year_fixed": "15-year fixed",
  "5_1_arm": "five-one adjustable",
};

export const checkRates = tool({
  name: "check_rates",
  description:
    "Tell today's mortgage rates; the same for everybody, no verification needed. What the caller would get is for a mortgage specialist to say.",
  schema: z.strictObject({
    product: z.enum(["30_year_fixed", "15_year_fixed", "5_1_arm"]).optional(),
    purpose: z.enum(["refinance", "purchase"]).optional(),
  }),
  gate: "open",
  effect: "read",
  working: "Checking today's rates",
  async run({ product, purpose = "refinance" }, { bank }) {
    const sheet = await bank.rates();
    const rates = sheet.filter(
      (rate) => rate.purpose === purpose && (product === undefined || rate.product === product),
    );
    const [first] = rates;
    if (!first) return refused("not_found", "I don't have a rate for that today.");
    const parts = rates.map((rate) => `${percent(rate.rate_bp)} for a ${NAMES[rate.product]}`);
    const what = purpose === "refinance" ? "refinancing" : "a purchase";
    const apr = rates.length === 1 ? `, an APR of ${percent(first.apr_bp)}` : "";
    return done(
      `Today's rate${rates.length > 1 ? "s" : ""} for ${what}: ${list(parts)}${apr}.`,
      "Today's rates were told.",
      {
        purpose,
        rates: rates.map(row),
      },
    );
  },
});

function row(rate: Rate) {
  return { product: rate.product, rate: percent(rate.rate_bp), apr: percent(rate.apr_bp), as_of: rate.as_of };
}
