/** Lines of the profit and loss account, currencies, and what the books do not tell. */

/** By what people call them; the name is that of the account, the group or the total. */
export const LINES: [RegExp, string][] = [
  [/\b(wages?|salar\w*|staff|payroll costs?|personnel)\b/, "Wages"],
  [/\brent\b/, "Rent"],
  [/\b(utilities|power|electricity)\b/, "Utilities"],
  [/\b(marketing|advertising|ads)\b/, "Marketing"],
  [/\binsurance\b/, "Insurance"],
  [/\brepairs?\b/, "Repairs"],
  [/\bsoftware\b/, "Software and office"],
  [/\binterest\b/, "Interest"],
  [/\bcatering\b/, "Catering"],
  [/\b(food sales)\b/, "Food sales"],
  [/\b(drink sales|sales of drinks)\b/, "Drink sales"],
  [/\b(food costs?|costs? of (?:the )?food|(?:spen[dt]|spending|pa(?:y|id)) (?:on|for) food)\b/, "Cost of food"],
  [
    /\b(drinks? costs?|costs? of (?:the )?drinks?|(?:spen[dt]|spending|pa(?:y|id)) (?:on|for) drinks?)\b/,
    "Cost of drinks",
  ],
  [/\b(gross profit|gross margin)\b/, "Gross profit"],
  [/\b(operating profit|operating income)\b/, "Operating profit"],
  [/\b(profit before tax(?:es)?|pre ?tax profit|profits? before taxes)\b/, "Profit before tax"],
  [/\b(operating costs?|overheads?)\b/, "Operating costs"],
];

const TOTALS: Record<string, string> = {
  "Gross profit": "gross_profit",
  "Operating profit": "operating_profit",
  "Profit before tax": "profit_before_tax",
};

/** What is asked of the figures and is not in them. */
const UNTOLD =
  /\b(budget(?:ed)?|targets?|planned|per (?:day|week|guest|customer|table|head|location|restaurant|employee|person|hour)|on average|average|daily|weekly|by (?:day|week|location|restaurant|dish|customer|guest|employee)|headcount|cash flow|ebitda|(?:excluding|except|apart from|not counting) (?:the )?\w+|inflation|growth rate|number of (?:guests|customers|employees))\b/;
const SPENT_ON =
  /\b(?:spend|spent|spending|pay|paid|paying|costs? (?:of|for)|expenses (?:on|for)) (?:on |for )?(?:the |our )?([a-z]+(?: [a-z]+)?)/;
const NO_LINE =
  /^(?:in|last|this|the|during|between|from|since|so|q|month|quarter|year|it|that|them|more|less|much|most|money|all|altogether|total|overall|and|over|on|for|compared|against|as|january|february|march|april|may|june|july|august|september|october|november|december|first|second|third|fourth|sales|goods)\b/;

export function linesIn(said: string): string[] {
  return LINES.flatMap(([form, line]) => (form.test(said) ? [line] : []));
}

/** What cannot be told of what was asked, one sentence each. */
export function untoldIn(said: string): string[] {
  const notes: string[] = [];
  const untold = UNTOLD.exec(said)?.[0];
  if (untold) notes.push(`The books say nothing about "${untold}", only what was earned and spent.`);
  const spent = SPENT_ON.exec(said)?.[1];
  if (spent && linesIn(said).length === 0 && !NO_LINE.test(spent)) {
    const what = spent
      .split(" ")
      .filter((word, index) => index === 0 || !NO_LINE.test(word))
      .join(" ");
    notes.push(
      `The books have no line for ${what}. There are wages, rent, utilities, marketing, insurance, repairs and software.`,
    );
  }
  return notes;
}

interface Group {
  group?: unknown;
  total?: unknown;
  accounts?: { name?: unknown; amount?: unknown }[];
}

/** The amount of a line in the answer of `fetch_financials`. */
export function amountOf(data: Record<string, unknown>, line: string): string | undefined {
  const total = data[TOTALS[line] ?? ""];
  if (typeof total === "string") return total;
  for (const { group, total: sum, accounts = [] } of Array.isArray(data.groups) ? (data.groups as Group[]) : []) {
    if (group === line && typeof sum === "string") return sum;
    const account = accounts.find(({ name }) => name === line);
    if (typeof account?.amount === "string") return account.amount;
  }
  return undefined;
}

/** Longer names come first. What the house has no rate of is asked for all the same, so that it is said. */
const CURRENCIES: [RegExp, string][] = [
  [/\b(canadian dollars?|cad)\b/, "CAD"],
  [/\b(australian dollars?|aud)\b/, "AUD"],
  [/\b(new zealand dollars?|nzd)\b/, "NZD"],
  [/\b(hong kong dollars?|hkd)\b/, "HKD"],
  [/\b(singapore dollars?|sgd)\b/, "SGD"],
  [/\b((?:us )?dollars?|usd|bucks)\b/, "USD"],
  [/\b(euros?|eur)\b/, "EUR"],
  [/\b(pounds?|sterling|gbp)\b/, "GBP"],
  [/\b(rwandan francs?|rwf)\b/, "RWF"],
  [/\b((?:swiss )?francs?|chf)\b/, "CHF"],
  [/\b(yen|jpy)\b/, "JPY"],
  [/\b(danish (?:krone|kroner|crowns))\b/, "DKK"],
  [/\b(norwegian (?:krone|kroner|crowns))\b/, "NOK"],
  [/\b((?:swedish )?(?:krona|kronor|crowns)|sek)\b/, "SEK"],
  [/\b(rupees?|inr)\b/, "INR"],
  [/\b(pesos?|mxn)\b/, "MXN"],
  [/\b(yuan|renminbi|cny)\b/, "CNY"],
  [/\b(rand|zar)\b/, "ZAR"],
  [/\b(zloty|pln)\b/, "PLN"],
  [/\b(lira|liras|try)\b(?= |$)(?!.*\btry\b)/, "TRY"],
  [/\b(rubles?|roubles?)\b/, "RUB"],
  [/\b(shekels?)\b/, "ILS"],
  [/\b(bitcoins?|btc)\b/, "BTC"],
];

/** ISO codes of the currencies that are named. */
export function currenciesIn(said: string): string[] {
  let rest = said;
  return CURRENCIES.flatMap(([form, code]) => {
    const before = rest;
    rest = rest.replace(new RegExp(form, "g"), " ");
    return rest === before ? [] : [code];
  });
}
