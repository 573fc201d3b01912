/** Tax questions: which tax, and of which place. A place that is not in the table is asked for by its name, never by another's. */
import { jurisdictionsIn } from "../../../../tools/finance/check-tax-rule.ts";
import type { Step } from "../../brain.ts";
import { wordsOf } from "../../dialogue/match.ts";
import { namedIn } from "../periods/named.ts";
import { say } from "../talker.ts";

const COUNTRIES = ["US", "UK", "Canada", "EU", "Germany", "France", "Ireland", "Malta", "Rwanda"];
/** What is asked about is the first that is heard. */
const TOPICS: [RegExp, string][] = [
  [/\b(register\w*|registration|threshold)\b/, "VAT registration"],
  [/\b(vat|v a t|gst|value added(?: tax)?|sales tax)\b/, "VAT"],
  [/\b(payroll(?: tax(?:es)?)?|social security|national insurance|employer\w*)\b/, "payroll tax"],
  [/\b(depreciat\w*|write off|equipment|capital allowance|investment allowance)\b/, "depreciation"],
  [/\b((?:business |client )?meals?|entertainment|client dinners?)\b/, "business meals"],
  [/\b(carry ?forward|carry .* forward|tax loss(?:es)?)\b/, "loss carryforward"],
  [/\b(deadlines?|filing|file|due date|tax return|returns? due)\b/, "filing deadline"],
  [/\b(tips?|gratuit\w*)\b/, "tips"],
  [/\b(research)\b/, "research"],
  [/\b(cross border|distance sell\w*|other countries)\b/, "cross-border sales"],
  [
    /\b((?:corporate|corporation|company|profit|income) (?:income )?tax(?:es)?|tax rate|tax on (?:company )?profits?|corporate|corporation|taxes|tax)\b/,
    "corporate income tax",
  ],
];
const TAX = /\b(tax|taxes|taxed|taxation|vat|v a t|gst|deduct\w*|tax return|national insurance|payroll)\b/;
/** Taxes the table knows nothing of. */
const OTHER_TAXES =
  /\b((?:inheritance|property|wealth|capital gains?|dividend|withholding|estate|gift|carbon|sugar|road|import|customs|excise|tourist|church|stamp|council|land|digital)(?: (?:taxes|tax|duty|duties))|(?:customs|excise|import|stamp) (?:duty|duties)|tariffs?)\b/;

/** "Japanese", "Swedish": places that are said as an adjective. */
const DEMONYMS: Record<string, string> = {
  japanese: "Japan",
  swedish: "Sweden",
  finnish: "Finland",
  norwegian: "Norway",
  danish: "Denmark",
  spanish: "Spain",
  italian: "Italy",
  portuguese: "Portugal",
  dutch: "Netherlands",
  belgian: "Belgium",
  swiss: "Switzerland",
  austrian: "Austria",
  polish: "Poland",
  czech: "Czech Republic",
  hungarian: "Hungary",
  greek: "Greece",
  turkish: "Turkey",
  chinese: "China",
  indian: "India",
  australian: "Australia",
  mexican: "Mexico",
  brazilian: "Brazil",
  russian: "Russia",
  ukrainian: "Ukraine",
  scottish: "Scotland",
  welsh: "Wales",
  korean: "Korea",
  thai: "Thailand",
  kenyan: "Kenya",
  ugandan: "Uganda",
  nigerian: "Nigeria",
  egyptian: "Egypt",
  estonian: "Estonia",
  icelandic: "Iceland",
  romanian: "Romania",
  bulgarian: "Bulgaria",
  croatian: "Croatia",
  luxembourgish: "Luxembourg",
  singaporean: "Singapore",
  israeli: "Israel",
  californian: "California",
  texan: "Texas",
};

/** Words of a tax question that name neither a tax nor a place. */
const LITTLE = new Set(
  "a an the to with me my your our i i'm i'd we we'd you it is are was be do does did don't have has had get can could may might will would should shall want need like know tell say what what's which who when where why how how's about much many please now then okay ok and or so but not no yes hey hi hello also there here this that these those of on in at for from by into as if than over under same other another else thing things rate rates rule rules law laws percent percentage standard reduced current currently exactly again once more less most least pay paid paying owe charge charged apply applies applied work works company companies business businesses corporation small big large restaurant restaurants meal meals food drinks drink profit profits income earnings revenue sales year years month months quarter deadline due general usual normal average table law us uk eu question case long late soon early money country countries place abroad home value added up down out well um uh er actually sorry mean meant instead rather wait oh go ahead thanks thank let lets let's hear give look check find see maybe perhaps tax taxes taxed taxation vat gst next last".split(
    " ",
  ),
);

export interface TaxMemory {
  country: string | null;
  /** The tax of a question that had no country, or of the last one. */
  topic: string | null;
  asked: "country" | "topic" | "period" | "offer" | null;
}

export interface TaxWish {
  topic: string | undefined;
  /** Of the table, in the order they were said. */
  countries: string[];
  /** A place that is not. */
  elsewhere: string | undefined;
  /** What the tax is on, where the table knows only the general rule. */
  thing: string | undefined;
  /** A tax that is not in the table. */
  other: string | undefined;
  /** The words are about taxes at all. */
  taxing: boolean;
}

const CORRECTS = /\b(?:no|sorry|i mean|i meant|actually|rather|make (?:it|that)|not)\b/;

export function taxIn(text: string): TaxWish {
  const said = wordsOf(text).join(" ");
  const parts = said.split(CORRECTS);
  // "Sweden, no, Finland": the last place that is named holds.
  const placed = parts.map((part) => placesIn(part, text));
  const meant = placed.findLast(({ countries, elsewhere }) => countries.length > 0 || elsewhere !== undefined);
  const other = OTHER_TAXES.exec(said)?.[0];
  const topic = TOPICS.find(([form]) => form.test(said))?.[1];
  const { countries = [], elsewhere } = meant ?? {};
  const thing = thingIn(said, meant?.elsewhere);
  return { topic, countries, elsewhere, thing, other, taxing: TAX.test(said) || other !== undefined };
}

function placesIn(said: string, text: string): { countries: string[]; elsewhere: string | undefined } {
  // "Tell us about VAT": that is no country.
  const plain = said.replace(
    /\b(let|tell|give|for|to|from|cost|costs|with|of) us\b(?! (?:tax|vat|corporate|federal|sales))/g,
    "$1",
  );
  const countries = jurisdictionsIn(plain, COUNTRIES).filter((name, _, all) => name !== "EU" || all.length === 1);
  const places = [...countries].sort((a, b) => placeOf(plain, a) - placeOf(plain, b));
  return { countries: places, elsewhere: countries.length > 0 ? undefined : elsewhereIn(plain, text) };
}

function placeOf(said: string, country: string): number {
  const words = said.split(" ");
  const at = words.findIndex((_, index) => jurisdictionsIn(words.slice(0, index + 1).join(" "), [country]).length > 0);
  return at < 0 ? words.length : at;
}

/** A place by what stands before it ("in Japan"), by its capital letter, by an adjective, or by being a country. */
function elsewhereIn(said: string, text: string): string | undefined {
  const demonym = said.split(" ").find((word) => word in DEMONYMS);
  if (demonym) return DEMONYMS[demonym];
  const words = said.split(" ");
  for (const [index, word] of words.entries()) {
    if (!isUnknown(word)) continue;
    const name = [
      word,
      ...words.slice(index + 1, index + 3).filter((_, at, all) => all.slice(0, at + 1).every(isUnknown)),
    ];
    const whole = name.join(" ");
    const led = /^(?:in|at|from|within|inside|across)$/.test(
      words.slice(0, index).findLast((before) => before !== "the") ?? "",
    );
    if (led || REGIONS().has(whole) || REGIONS().has(word) || isCapital(word, text)) {
      return titled(REGIONS().has(word) && !led && !REGIONS().has(whole) ? word : whole);
    }
  }
  return undefined;
}

function isUnknown(word: string): boolean {
  return (
    word !== "" &&
    !LITTLE.has(word) &&
    !/^\d/.test(word) &&
    !TOPICS.some(([form]) => form.test(word)) &&
    namedIn(word).length === 0
  );
}

/** Written with a capital in the middle of a sentence. */
function isCapital(word: string, text: string): boolean {
  return new RegExp(`[a-z,] (?:the )?${titled(word)}\\b`).test(text);
}

/** What a tax is on: "VAT on books". */
function thingIn(said: string, elsewhere: string | undefined): string | undefined {
  const after = /\b(?:on|for) (?:the |a |an |our |my )?((?:[a-z]+)(?: [a-z]+)?)/g;
  for (const [, words = ""] of said.matchAll(after)) {
    const unknown = words.split(" ").filter(isUnknown).join(" ");
    if (unknown && titled(unknown) !== elsewhere && !elsewhere?.toLowerCase().includes(unknown)) {
      if (jurisdictionsIn(unknown, COUNTRIES).length === 0 && !(unknown in DEMONYMS)) return unknown;
    }
  }
  return undefined;
}

function titled(words: string): string {
  return words.replace(/(^| )([a-z])/g, (_, space: string, letter: string) => `${space}${letter.toUpperCase()}`);
}

let regions: Set<string> | undefined;

/** Every country of the world, in small letters. */
function REGIONS(): Set<string> {
  if (regions) return regions;
  const names = new Intl.DisplayNames(["en"], { type: "region", fallback: "none" });
  const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ".split("");
  regions = new Set(letters.flatMap((a) => letters.flatMap((b) => names.of(`${a}${b}`)?.toLowerCase() ?? [])));
  return regions;
}

const WHICH = "Which tax is it: on profits, VAT, payroll, or something else?";

/** The answer to a tax question, or the question back for what it leaves open. Undefined where the words are none. */
export function taxStep(wish: TaxWish, said: string, memory: TaxMemory): Step | undefined {
  const { countries, elsewhere, thing, other } = wish;
  if (!wish.taxing && countries.length === 0 && elsewhere === undefined && wish.topic === undefined) return undefined;
  if (other) {
    Object.assign(memory, { asked: "topic", country: countries[0] ?? memory.country });
    return say(`There is nothing on ${other} in my table. ${WHICH}`);
  }
  const topic = topicOf(wish.topic, said, memory);
  Object.assign(memory, { asked: null, topic });
  if (topic === null) {
    Object.assign(memory, { asked: "topic", country: countries[0] ?? elsewhere ?? memory.country });
    return say(WHICH);
  }
  if (elsewhere !== undefined) {
    // What comes next may be a country of the table, for the same tax.
    Object.assign(memory, { asked: "country", country: null });
    return look([elsewhere], topic);
  }
  const places = countries.length > 0 ? countries : memory.country === null ? [] : [memory.country];
  const [first] = places;
  if (first === undefined) {
    memory.asked = "country";
    return say("For which country?");
  }
  memory.country = places.at(-1) ?? first;
  const note = thing ? [`I have nothing on ${thing} in particular, only the general rule.`] : [];
  return { say: note, calls: look(places, topic).calls };
}

function topicOf(topic: string | undefined, said: string, memory: TaxMemory): string | null {
  // "The tax" in answer to "for which country?" is the one that was asked about.
  const general =
    topic === "corporate income tax" && !/\b(corporate|corporation|company|profits?|income|rate)\b/.test(said);
  return general && memory.topic !== null && memory.asked === "country" ? memory.topic : (topic ?? memory.topic);
}

function look(places: string[], topic: string): Step {
  return {
    say: [],
    calls: places.map((jurisdiction) => ({
      name: "check_tax_rule",
      arguments: { jurisdiction: jurisdiction.slice(0, 40), topic },
    })),
  };
}
