import { z } from "zod";
import { matchPhrase, normalise } from "../../words/similar.ts";
import { words } from "../arguments.ts";
import { list } from "../say.ts";
import { done, refused, tool } from "../tool.ts";
import type { TaxRule } from "./books.ts";

/** What else a jurisdiction is called, in words as they are heard. */
const NAMES: Record<string, RegExp> = {
  US: /\b(us|u s|usa|united states|america|american|federal|states)\b/,
  UK: /\b(uk|u k|united kingdom|britain|british|england|great britain)\b/,
  Canada: /\b(canada|canadian)\b/,
  EU: /\b(eu|e u|european union|europe|european)\b/,
  Germany: /\b(germany|german)\b/,
  France: /\b(france|french)\b/,
  Ireland: /\b(ireland|irish)\b/,
  Malta: /\b(malta|maltese)\b/,
  Rwanda: /\b(rwanda|rwandan)\b/,
};
/** What else a topic is called. */
const TOPICS: Record<string, string[]> = {
  "corporate income tax": ["corporate tax", "corporation tax", "company tax", "profit tax", "income tax rate"],
  VAT: ["value added tax", "vat rate", "gst", "goods and services tax", "sales tax"],
  "sales tax": ["vat", "value added tax", "gst"],
  "VAT registration": ["register for vat", "vat threshold", "registration threshold"],
  "payroll tax": ["social security", "national insurance", "employer contribution", "medicare"],
  depreciation: ["equipment", "bonus depreciation", "capital allowance", "investment allowance", "write off equipment"],
  "business meals": ["meals", "entertainment", "client dinner"],
  "loss carryforward": ["losses", "net operating loss", "carry forward loss"],
  "filing deadline": ["deadline", "when file return", "due date"],
  tips: ["tip", "gratuity"],
  research: ["research and development", "r and d"],
  "cross-border sales": ["distance selling", "one stop shop", "sell other countries"],
  "small business VAT": ["small business scheme", "vat exemption"],
};

export const checkTaxRule = tool({
  name: "check_tax_rule",
  description:
    "A tax rule by jurisdiction and topic from a table, with its source and the day it was looked up. Say both. Never tell a rate or a rule that it has not told you, and never call it advice.",
  schema: z.strictObject({
    jurisdiction: words(40).describe("US, UK, Canada, EU, Germany, France, Ireland, Malta or Rwanda"),
    topic: words(60).describe(
      "corporate income tax, VAT, VAT registration, payroll tax, depreciation, business meals, loss carryforward, filing deadline, tips and others",
    ),
  }),
  gate: "open",
  effect: "read",
  working: "Looking the rule up",
  async run({ jurisdiction, topic }, { books }) {
    const rules = await books.taxRules();
    const known = [...new Set(rules.map((rule) => rule.jurisdiction))];
    const where = jurisdictionIn(jurisdiction, known);
    if (where === undefined) {
      const say = `There is nothing on ${jurisdiction} in my table. I have rules for ${list(known)}. Which of them do you mean?`;
      return refused("not_found", say, { jurisdictions: known });
    }
    const here = rules.filter((rule) => rule.jurisdiction === where);
    const rule = ruleAbout(topic, here);
    const topics = here.map((one) => one.topic);
    if (!rule) {
      const say = `There is nothing on ${topic} for ${placeName(where)} in my table. For ${placeName(where)} I have rules on ${list(topics)}. Which one?`;
      return refused("not_found", say, { topics });
    }
    const { source, as_of, rate_percent } = rule;
    return done(
      `In ${placeName(where)}: ${rule.rule} That's from ${source}, as of ${asOf(as_of)}, and no advice.`,
      `${rule.topic}, ${where}.`,
      {
        jurisdiction: where,
        topic: rule.topic,
        rule: rule.rule,
        rate_percent,
        source,
        as_of,
        notice: "Demo data, no advice.",
      },
    );
  },
});

/** As it is said in a sentence: "the UK". */
export function placeName(jurisdiction: string): string {
  return ["US", "UK", "EU"].includes(jurisdiction) ? `the ${jurisdiction}` : jurisdiction;
}

/** The jurisdictions that are named in these words, in the order of `known`; a member state in place of the union. */
export function jurisdictionsIn(said: string, known: readonly string[]): string[] {
  const plain = normalise(said);
  return known.filter((name) => NAMES[name]?.test(plain) ?? plain.includes(name.toLowerCase()));
}

/** The jurisdiction that is named in these words; undefined where none of the table is. */
export function jurisdictionIn(said: string, known: readonly string[]): string | undefined {
  // A member state comes before the union it is part of.
  const found = jurisdictionsIn(said, known);
  return found.find((name) => name !== "EU") ?? found[0];
}

/** The rule these words are about, by its topic or by what else that is called. */
function ruleAbout(said: string, rules: TaxRule[]): TaxRule | undefined {
  const exact = rules.find((rule) => normalise(rule.topic) === normalise(said));
  if (exact) return exact;
  const phrases = rules.flatMap((rule) =>
    [rule.topic, ...(TOPICS[rule.topic] ?? [])].map((phrase) => ({ phrase, rule })),
  );
  const found = matchPhrase(
    said,
    phrases.map(({ phrase }) => phrase),
    { least: 0.8 },
  );
  return phrases.find(({ phrase }) => phrase === found?.phrase)?.rule;
}

const MONTH_YEAR = new Intl.DateTimeFormat("en-US", { month: "long", year: "numeric", timeZone: "UTC" });

function asOf(day: string): string {
  return MONTH_YEAR.format(Date.parse(day));
}
