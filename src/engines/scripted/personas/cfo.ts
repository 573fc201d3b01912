/** Conrad without a model: profit and loss by the period that is named, compared and converted; tax rules by country and topic. */
import { comparedWith, type Period, periodName, readPeriod } from "../../../tools/finance/period.ts";
import { yesOrNo } from "../../../words/yesno.ts";
import type { Call, Step } from "../brain.ts";
import { wordsOf } from "../dialogue/match.ts";
import type { ToolResult } from "../dialogue/results.ts";
import { amountOf, currenciesIn, LINES, linesIn, untoldIn } from "./cfo/lines.ts";
import { type TaxMemory, taxIn, taxStep } from "./cfo/tax.ts";
import { type Times, timesIn } from "./periods.ts";
import { type Part, say } from "./talker.ts";

const FIGURES =
  /\b(revenues?|sales|turnover|profits?|profitable|p and l|p l|profit and loss|margins?|figures|numbers|results?|doing|costs?|expenses|spend|spent|losses|earn\w*|net|gross|business|company|books|how was|how were|how is|how did|compare)\b/;
const AGAINST =
  /\b(?:against|versus|vs|(?:in )?compar(?:ed?|ison)(?: it| that| this)? (?:to|with)|than|year over year|year on year|quarter over quarter|month over month)\b/;
/** "Compare March with February." */
const COMPARE = /\bcompar(?:e|ing|ison)(?: between| of)? (.+?) (?:with|to|against|and|versus|vs) (.+)$/;
const COMPARES_IT = /\bcompare (?:it|that|this|them) (?:with|to|against) (.+)$/;
const PLANS = /\b(?:budget(?:ed)?|plan|planned|targets?|expected|expectations)\b/;
const CORRECTS =
  /^(?:(?:no|nope|sorry|oh|wait|um|well|and) )*(?:no|sorry|i mean|i meant|actually|rather|make (?:it|that)|not)\b/;
/** Words of a sentence that only names a place. */
const SHORT = 4;
const FOLLOWS = /^(?:(?:and|what about|how about|but|then|also)(?: |$))+/;
const MENDED = /\b(?:no|sorry|i mean|i meant|actually|rather|make that|make it)\b/;

interface Last {
  period: Period;
  /** Argument of `fetch_financials`. */
  compare: string | undefined;
  lines: string[];
}

interface Memory extends TaxMemory {
  last: Last | null;
  /** Null: US dollars. */
  currency: string | null;
  /** What was said to be possible instead: "shall I tell you the whole of February?" */
  offer: Period | null;
  /** The lines of the statement that are wanted. */
  lines: string[];
}

export function cfoPart(greeting: string): Part {
  const memory: Memory = {
    last: null,
    currency: null,
    country: null,
    topic: null,
    asked: null,
    offer: null,
    lines: [],
  };
  return {
    greeting,
    here: "Conrad here.",
    again: "Conrad here again. Which figures would you like?",
    offer: "I can tell you revenue, costs and profit for any month, quarter or year, and look up tax rules.",
    choices: 'You can say "how was the last quarter", "this year against last year", or "VAT in Malta".',
    goodbye: "Always a pleasure. Goodbye!",
    asides: [
      {
        phrases: ["forecast|predict|next quarter|month|year", "will we make"],
        say: "I only tell what is in the books. I don't forecast.",
      },
      {
        phrases: ["should i invest", "advice|advise"],
        say: "I tell figures and rules. Advice is for an accountant who knows you.",
      },
      {
        phrases: ["cash|bank balance position", "balance sheet"],
        say: "I have the profit and loss here, not the balance sheet.",
      },
    ],
    concerns: (words) => {
      const said = wordsOf(words).join(" ");
      return FIGURES.test(said) || taxIn(words).taxing || LINES.some(([form]) => form.test(said));
    },
    reply: (words, today) => reply(words, today, memory),
    told: (call, result) => told(call, result, memory),
  };
}

function reply(text: string, today: string, memory: Memory): Step | undefined {
  const said = wordsOf(text).join(" ");
  if (/\b(forecast|predict)\b/.test(said)) return undefined;
  const offered = takesOffer(text, memory);
  if (offered) return offered;
  const wish = taxIn(text);
  const { topic, countries, elsewhere, other } = wish;
  // "Tax" in a question for a period is a line of the statement; "after tax" is what every profit is.
  const timed = timesIn(said, { today }) !== undefined;
  const placed = countries.length > 0 || elsewhere !== undefined;
  const taxing = wish.taxing && (other !== undefined || !timed || placed);
  const answering = memory.asked === "country" || memory.asked === "topic";
  // "And Ireland?" goes on with the tax that was spoken of; a place in a longer sentence is only a place.
  const named = countries.length > 0 || (elsewhere !== undefined && said.split(" ").length <= SHORT);
  const goesOn = memory.topic !== null && named && !timed && !FIGURES.test(said);
  if (taxing || goesOn || (answering && !timed && (placed || topic !== undefined))) {
    const step = taxStep(wish, said, memory);
    if (step) return step;
  }
  return figures(said, today, memory);
}

/** Yes to "shall I tell you the whole of February?" */
function takesOffer(text: string, memory: Memory): Step | undefined {
  const { offer } = memory;
  memory.offer = null;
  const yes = offer && yesOrNo(text);
  if (!offer || yes === undefined || yes === null) return undefined;
  memory.asked = yes === "yes" ? null : "period";
  return yes === "yes" ? fetch([offer], undefined, memory) : say("Which period would you like, then?");
}

/** What is asked of the figures, and of which time. */
function figures(sentence: string, today: string, memory: Memory): Step | undefined {
  const { last } = memory;
  const [said, other] = sides(sentence);
  const compares = other !== undefined;
  const lines = linesIn(sentence);
  const currencies = currenciesIn(sentence);
  const times = mended(said, today, memory);
  if (times && "say" in times) return impossible(times, lines, memory);
  const follows = FOLLOWS.test(sentence) || CORRECTS.test(sentence);
  const about =
    FIGURES.test(sentence) || lines.length > 0 || memory.asked === "period" || compares || currencies.length > 0;
  if (times === undefined && !about) return undefined;
  const periods =
    times?.periods ?? (last && (compares || currencies.length > 0 || lines.length > 0) ? [last.period] : []);
  const notes = untoldIn(sentence);
  if (lines.length > 0 || memory.asked !== "period") memory.lines = lines;
  // "No, I meant September" is about the same line, and compared with the same.
  const goesOn = follows && last !== null;
  if (goesOn && lines.length === 0 && !FIGURES.test(sentence)) memory.lines = last.lines;
  if (periods.length === 0) {
    memory.asked = "period";
    return say(...notes, "For which period: last month, the last quarter, or this year?");
  }
  memory.asked = null;
  const than = compares ? comparison(other, periods.at(-1), today, memory) : undefined;
  if (than && typeof than !== "string") return impossible(than, lines, memory);
  const keeps = goesOn && !compares && CORRECTS.test(sentence) && isRelative(last.compare);
  const money = currencyFor(currencies, times !== undefined && !follows, memory);
  const step = fetch(periods, than ?? (keeps ? last.compare : undefined), memory, currencies.slice(1));
  return { say: [...notes, ...money, ...step.say], calls: step.calls };
}

/** What is asked for, and what it is to be compared with. */
function sides(said: string): [string, string | undefined] {
  const [, it] = COMPARES_IT.exec(said) ?? [];
  if (it !== undefined) return ["", it];
  const [, one, two] = COMPARE.exec(said) ?? [];
  if (one !== undefined && two !== undefined) return [one, two];
  const match = AGAINST.exec(said);
  // There is no plan in the books to compare with.
  if (!match || PLANS.test(said)) return [said, undefined];
  return [said.slice(0, match.index), said.slice(match.index)];
}

/** The times of a sentence: after a correction in it, and with what is left unsaid taken from what was spoken of. */
function mended(said: string, today: string, { last }: Memory): Times | undefined {
  const known = last?.period ?? null;
  const corrects = CORRECTS.test(said);
  const year = corrects || FOLLOWS.test(said) ? known?.year : undefined;
  const around = { today, known };
  const parts = said.split(MENDED);
  const whole = timesIn(said, { ...around, year });
  if (whole && "say" in whole) return whole;
  const first = timesIn(parts[0] ?? "", around);
  const context = first && "periods" in first ? first.periods.at(-1) : known;
  const meant = parts.slice(1).findLast((part) => timesIn(part, around) !== undefined);
  if (meant === undefined) return corrects || year !== undefined ? inPlaceOf(whole, known) : whole;
  const times = timesIn(meant, { today, known: context ?? null, year: context?.year });
  return inPlaceOf(times, context ?? null);
}

/** Only another year was said: the same month or quarter of that year. */
function inPlaceOf(times: Times | undefined, known: Period | null): Times | undefined {
  if (!times || "say" in times || known === null || !times.bareYear || known.kind === "year") return times;
  const periods = times.periods.flatMap(({ year, kind }) => (kind === "year" ? [moved(known, year)] : []));
  return periods.length === times.periods.length ? { ...times, periods } : times;
}

function moved(period: Period, year: number): Period {
  let found = period;
  while (found.year > year) found = comparedWith(found, "year_ago");
  if (found.year === year) return found;
  const shift = year - found.year;
  const key = found.key.replace(/20\d\d/g, (own) => String(Number(own) + shift));
  return readPeriod(key) ?? found;
}

/** The argument `compare`; or why there is nothing to compare with. */
function comparison(
  said: string,
  period: Period | undefined,
  today: string,
  { last }: Memory,
): string | { say: string; offer?: Period } {
  const yearly = /\byear (?:over|on) year\b/.test(said);
  if (!period || yearly) return "year_ago";
  if (/\b(?:last year|(?:a|one) year (?:ago|earlier)|year (?:before|earlier)|previous year|prior year)\b/.test(said)) {
    const times = timesIn(said, { today, known: period, year: period.year });
    const own = times && "periods" in times && times.periods[0];
    // "March the year before" names the month once more.
    return own && own.kind !== "year" ? asArgument(own, period) : "year_ago";
  }
  if (
    /\b(?:last|previous|prior|past|preceding) (?:month|quarter|one|period)\b|\bbefore\b|\b(?:quarter|month) over\b/.test(
      said,
    )
  ) {
    return "previous";
  }
  const times = timesIn(said, { today, known: period, year: period.year });
  if (times && "say" in times) return times;
  const [other] = inPlaceOfYear(times, period);
  if (!other) return last && isRelative(last.compare) && last.compare !== undefined ? last.compare : "previous";
  return asArgument(other, period);
}

/** "Q2 2025 against 2024" is about the same quarter. */
function inPlaceOfYear(times: Times | undefined, period: Period): Period[] {
  const placed = inPlaceOf(times, period);
  return placed && "periods" in placed ? placed.periods : [];
}

function asArgument(other: Period, period: Period): string {
  if (other.key === comparedWith(period, "year_ago").key) return "year_ago";
  return other.key === comparedWith(period, "previous").key ? "previous" : other.key;
}

function isRelative(compare: string | undefined): boolean {
  return compare === "previous" || compare === "year_ago";
}

function impossible(why: { say: string; offer?: Period }, lines: string[], memory: Memory): Step {
  Object.assign(memory, { asked: "period", offer: why.offer ?? null });
  if (lines.length > 0) memory.lines = lines;
  return say(why.say);
}

/** A question of its own is told in dollars again, and that is said. */
function currencyFor([named]: string[], fresh: boolean, memory: Memory): string[] {
  const before = memory.currency;
  if (named) memory.currency = named === "USD" ? null : named;
  else if (fresh) memory.currency = null;
  return before !== null && memory.currency === null && !named ? ["In US dollars again."] : [];
}

function fetch(periods: Period[], compare: string | undefined, memory: Memory, also: string[] = []): Step {
  const lines = memory.lines;
  const period = periods.at(-1);
  if (period) memory.last = { period, compare, lines };
  const calls = [memory.currency, ...also].flatMap((currency) =>
    periods.map(({ key }) => ({
      name: "fetch_financials",
      arguments: {
        period: key,
        ...(compare ? { compare } : {}),
        ...(currency === null || currency === "USD" ? {} : { currency }),
      },
    })),
  );
  return { say: [], calls };
}

function told(call: Call, result: ToolResult, { lines }: Memory): Step {
  if (!result.ok || call.name !== "fetch_financials" || lines.length === 0) return say(result.say);
  const period = readPeriod(String(result.data.period));
  const sentences = lines.map((line) => lineTold(line, result.data, period));
  return say(...sentences.map((sentence) => sentence ?? result.say));
}

/** One line of the statement, beside what it is compared with. */
function lineTold(line: string, data: Record<string, unknown>, period: Period | undefined): string | undefined {
  const amount = amountOf(data, line);
  if (amount === undefined || !period) return undefined;
  const other = data.compared_with;
  const before = typeof other === "object" && other !== null ? (other as Record<string, unknown>) : undefined;
  const than = before && amountOf(before, line);
  const then = before && readPeriod(String(before.period));
  const so = data.complete === false ? " so far" : "";
  return `${line} in ${periodName(period)}${so}: ${amount}${than && then ? `, against ${than} in ${periodName(then)}` : ""}.`;
}
