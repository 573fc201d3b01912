import { z } from "zod";
import { day } from "../say.ts";
import { done, refused, tool, type Value } from "../tool.ts";
import type { FxRate, Section } from "./books.ts";
import { comparedWith, PERIOD, type Period, periodName, readPeriod } from "./period.ts";
import { change, type Statement, share, statementOf, whole } from "./statement.ts";

const DAY_MS = 86_400_000;
const SECTION_NAMES: Record<Section, string> = {
  revenue: "Revenue",
  cost_of_sales: "Cost of sales",
  operating: "Operating costs",
  finance: "Interest",
  tax: "Income tax",
};

const FORMS = "2026-09, 2026-Q3, 2026, or 2026-01 to 2026-04";
const COMPARED = new RegExp(`^(?:previous|year_ago|${PERIOD.source.slice(1, -1)})$`, "i");

/** A period as far as it has come. */
interface Stretch {
  period: Period;
  from: string;
  to: string;
  open: boolean;
}

export const fetchFinancials = tool({
  name: "fetch_financials",
  description:
    "The company's profit and loss for a month, a quarter, a year or months in a row, by groups of accounts, from its journal; with a comparison and in another currency if asked for. Never say a figure that it has not told you.",
  schema: z.strictObject({
    period: z.string().trim().toUpperCase().regex(PERIOD, FORMS).describe(FORMS),
    compare: z
      .string()
      .trim()
      .regex(COMPARED, `previous, year_ago, or a period: ${FORMS}`)
      .optional()
      .describe("previous (the period before), year_ago (the same one a year ago), or another period"),
    currency: z
      .string()
      .trim()
      .toUpperCase()
      .regex(/^[A-Z]{3}$/, "a currency such as EUR")
      .optional(),
  }),
  gate: "open",
  effect: "read",
  working: "Reading the books",
  async run(args, { books, today }) {
    const period = readPeriod(args.period);
    if (!period) return refused("invalid_arguments", "Which month, quarter or year do you mean?");
    const missing = await outside(period, today, () => books.firstDay());
    if (missing) return refused("not_found", missing);
    const now = stretch(period, today);
    const fx = await rateFor(args.currency, now.to, (currency, on) => books.rate(currency, on));
    if (fx === undefined)
      return refused("not_found", `I have no rate for ${args.currency}. I can do it in US dollars.`);
    const statement = statementOf(await books.totals(now.from, now.to));
    const than = args.compare === undefined ? undefined : otherOf(period, args.compare);
    const before = than ? alike(now, than, today) : null;
    const other = before && statementOf(await books.totals(before.from, before.to));
    const compared = before && other && other.accounts.length > 0 ? { before, other } : null;
    const say = [sentence(now, statement, fx), ...(compared ? [against(now, statement, compared)] : unknown(before))];
    return done(say.join(" "), `Profit and loss of ${periodName(period)}.`, {
      ...told(now, statement, fx),
      ...(compared ? { compared_with: told(compared.before, compared.other, fx) } : {}),
      ...(fx ? { rate: `1 US dollar = ${fx.per_usd_millionths / 1e6} ${fx.currency}, demo rate of ${fx.day}` } : {}),
    });
  },
});

/** Why there is nothing to tell of a period; undefined where there is. */
async function outside(
  period: Period,
  today: string,
  firstDay: () => Promise<string | null>,
): Promise<string | undefined> {
  if (period.from > today)
    return `${capital(periodName(period))} has not begun yet. Which other period would you like?`;
  const first = await firstDay();
  if (first === null) return "There is nothing in the books yet.";
  if (period.to < first) return `The books begin on ${day(first, today)}. Which other period would you like?`;
  return undefined;
}

function stretch(period: Period, today: string): Stretch {
  const open = period.to > today;
  return { period, from: period.from, to: open ? today : period.to, open };
}

/** What it is compared with. */
function otherOf(period: Period, compare: string): Period | undefined {
  return compare === "previous" || compare === "year_ago" ? comparedWith(period, compare) : readPeriod(compare);
}

/** As much of another period as there is of this one. */
function alike(now: Stretch, period: Period, today: string): Stretch {
  if (!now.open) return stretch(period, today);
  const last = Date.parse(period.from) + (Date.parse(now.to) - Date.parse(now.from));
  const to = new Date(Math.min(last, Date.parse(period.to))).toISOString().slice(0, 10);
  return { period, from: period.from, to, open: Date.parse(to) + DAY_MS <= Date.parse(period.to) };
}

/** Null for dollars; undefined for a currency that nobody has a rate of. */
async function rateFor(
  currency: string | undefined,
  on: string,
  rate: (currency: string, on: string) => Promise<FxRate | null>,
): Promise<FxRate | null | undefined> {
  if (currency === undefined || currency === "USD") return null;
  return (await rate(currency, on)) ?? undefined;
}

function sentence({ period, open }: Stretch, statement: Statement, fx: FxRate | null): string {
  const { sections, net } = statement;
  const profit = net < 0 ? `a net loss of ${whole(-net, fx)}` : `net profit ${whole(net, fx)}`;
  const margin = net > 0 ? share(net, sections.revenue) : null;
  const name = `${periodName(period)}${open ? " so far" : ""}`;
  return `In ${name}, revenue was ${whole(sections.revenue, fx)} and ${profit}${margin ? `, a margin of ${margin}` : ""}.`;
}

function against(now: Stretch, statement: Statement, { before, other }: { before: Stretch; other: Statement }): string {
  const revenue = change(statement.sections.revenue, other.sections.revenue);
  const profit = change(statement.net, other.net) ?? (statement.net > other.net ? "better" : "worse");
  const name = periodName(before.period);
  const than = now.open ? `the same stretch of ${name}` : `${name}${before.open ? " so far" : ""}`;
  return `Against ${than}, revenue is ${revenue ?? "not to be compared"} and profit ${profit}.`;
}

function unknown(before: Stretch | null): string[] {
  return before ? [`There is nothing in the books to compare with for ${periodName(before.period)}.`] : [];
}

function told({ period, from, to, open }: Stretch, statement: Statement, fx: FxRate | null): { [key: string]: Value } {
  const { sections, accounts, gross, operating, before_tax, net } = statement;
  const money = (cents: number) => whole(cents, fx);
  return {
    period: period.key,
    from,
    to,
    complete: !open,
    currency: fx?.currency ?? "USD",
    groups: (Object.keys(sections) as Section[]).map((section) => ({
      group: SECTION_NAMES[section],
      total: money(sections[section]),
      accounts: accounts
        .filter((account) => account.section === section)
        .map((account) => ({ name: account.name, amount: money(account.cents) })),
    })),
    gross_profit: money(gross),
    operating_profit: money(operating),
    profit_before_tax: money(before_tax),
    net_profit: money(net),
    margin: share(net, sections.revenue),
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
