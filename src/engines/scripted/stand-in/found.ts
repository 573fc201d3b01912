/** Values that lie in a caller's words, each given out once: numbers, quotations, dates, names of things. */
import { datesIn } from "../../../words/dates.ts";
import { type NumberSpan, numbersIn } from "../../../words/numbers.ts";
import { escaped } from "./choose.ts";
import { wordsIn } from "./words.ts";

const QUOTED = /"([^"]+)"|“([^”]+)”|(?<![\p{L}\p{N}])'([^']+)'(?![\p{L}])/gu;
const EMAIL = /[\w.+-]+@[\w-]+(?:\.[\w-]+)+/g;
const ADDRESS = /\bhttps?:\/\/\S+[\w/]/g;
/** What comes after these is the name of something, up to the next of them or the end of the thought. */
const LEADING = /\b(?:in|for|at|to|of|from|about|near|called|named|titled|saying|with|on)\s+(?:the\s+|an?\s+)?/gi;
const ENDING =
  /[,.!?;:]|\s(?:in|for|at|to|of|from|about|near|and|or|but|on|with|please|today|tomorrow|tonight|now|is|are)\b|$/i;
/** A value that was given by its name goes on further. */
const THOUGHT = /[,.!?;]|\s(?:and|but|please)\b|$/i;
/** Names begin with a capital letter, and go on so. */
const CAPITALS = /(?<=[\p{Ll},;:]\s)\p{Lu}[\p{L}'-]*(?:\s+\p{Lu}[\p{L}'-]*)*/gu;
const PRONOUNS = new Set("i you me it that this them us him her there here".split(" "));

export class Found {
  readonly words: string;
  readonly today: string;
  #used = new Set<string>();

  constructor(words: string, today: string) {
    this.words = words;
    this.today = today;
  }

  /** The number nearest to the property's name, else the first; each is given out once, and only where it `fits`. */
  number(property: string, fits: (value: number) => boolean): number | undefined {
    const free = numbersIn(this.words).filter(({ start, value }) => fits(value) && !this.#used.has(`number ${start}`));
    const label = labelOf(property).exec(this.words);
    const one = label ? nearest(free, label.index, label.index + label[0].length) : free[0];
    if (one) this.#used.add(`number ${one.start}`);
    return one?.value;
  }

  /** One of some values, as it is written or with blanks for its marks; the one named first. */
  oneOf<T extends string | number>(values: readonly T[]): T | undefined {
    const places = values
      .map((value) => ({ value, at: this.#placeOf(String(value)) }))
      .filter(({ at }) => at >= 0)
      .sort((a, b) => a.at - b.at || String(b.value).length - String(a.value).length);
    return places[0]?.value;
  }

  #placeOf(value: string): number {
    const parts = wordsIn(value).map(escaped);
    if (parts.length === 0) return -1;
    return this.words.search(new RegExp(`(?<![\\p{L}\\p{N}])${parts.join("[\\s_-]*")}(?![\\p{L}\\p{N}])`, "iu"));
  }

  /** Whether the property, in its own words, is spoken of; false where it is denied. */
  mentions(property: string): boolean | undefined {
    const match = labelOf(property).exec(this.words);
    if (!match) return undefined;
    const before = this.words.slice(Math.max(0, match.index - 16), match.index);
    return !/\b(?:no|not|without|don'?t|never|disable|off)\b[^.,;]*$/i.test(before);
  }

  date(): string | undefined {
    return this.#first(
      "date",
      datesIn(this.words, this.today).map(({ date }) => date),
    );
  }

  email(): string | undefined {
    return this.#first("email", this.words.match(EMAIL) ?? []);
  }

  address(): string | undefined {
    return this.#first("address", this.words.match(ADDRESS) ?? []);
  }

  /** Text that the words give to a property: after its name, in quotation marks, after a preposition, or a name. */
  text(property: string): string | undefined {
    return (
      this.#labelled(property) ??
      this.#first("text", this.quoted()) ??
      this.#first("text", this.#led()) ??
      this.#first("text", this.words.match(CAPITALS) ?? [])
    );
  }

  quoted(): string[] {
    return [...this.words.matchAll(QUOTED)].map((match) => match[1] ?? match[2] ?? match[3] ?? "");
  }

  /** "the city is Oslo", "city: Oslo". */
  #labelled(property: string): string | undefined {
    const match = new RegExp(`${labelOf(property).source}\\s*(?:is|=|:|to be)\\s*`, "i").exec(this.words);
    if (!match) return undefined;
    return this.#take("text", cutAt(this.words.slice(match.index + match[0].length), THOUGHT));
  }

  #led(): string[] {
    return [...this.words.matchAll(LEADING)]
      .map((match) => cutAt(this.words.slice(match.index + match[0].length)))
      .filter((text) => !PRONOUNS.has(text.toLowerCase()));
  }

  #first(kind: string, values: readonly string[]): string | undefined {
    const free = values.find((value) => value !== "" && !this.#used.has(`${kind} ${value}`));
    return free === undefined ? undefined : this.#take(kind, free);
  }

  #take(kind: string, value: string): string | undefined {
    if (value === "") return undefined;
    this.#used.add(`${kind} ${value}`);
    return value;
  }
}

function cutAt(text: string, ending = ENDING): string {
  const quoted = /^["“']([^"”']+)["”']/.exec(text)?.[1];
  return quoted ?? text.slice(0, ending.exec(text)?.index).trim();
}

/** Of the numbers on both sides of a label; what follows it is nearer by the few words that lead there. */
function nearest(numbers: readonly NumberSpan[], from: number, to: number): NumberSpan | undefined {
  const distance = ({ start, end }: NumberSpan) => (start >= to ? (start - to) / 2 : from - end);
  return [...numbers].sort((a, b) => distance(a) - distance(b))[0];
}

/** The words of a property's name, as somebody would say them. */
function labelOf(property: string): RegExp {
  return new RegExp(`\\b${wordsIn(property).map(escaped).join("[\\s_-]*")}\\b`, "i");
}
