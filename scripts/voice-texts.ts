/** What Luna may have to say where no synthesiser runs: the sentences and words that are spoken at build time. */
import { readdir, readFile } from "node:fs/promises";
import path from "node:path";
import { phraseKey } from "../src/engines/scripted/voice/phrase-book.ts";
import { sentences } from "../src/words/sentences.ts";
import { speakable } from "../src/words/speakable.ts";

const ROOT = path.join(import.meta.dirname, "..");
/** Where sentences stand that are said. Scenarios hold other texts too; `spokenIn` tells them apart. */
const DIALOGUES = "src/scenarios";
const ENGINE = "src/engines/scripted";
const TOOLS = "src/tools";
/** In the engine's room, those that say something. */
const SPEAKERS = /(?:specialist|stand-in|without-words)[\w-]*\.ts$|\/(?:dialogue|stand-in)\//;
const PERSONAS = "src/engines/scripted/personas";
/** Fields of scenario data that are said as they stand, those that are heard most often first. */
const FIELDS =
  "opening ask doing ok topic offer label greeting name department speaker place again say undone fallback hint";
/** Fields and functions whose texts a model or a developer reads, and nobody hears. */
const UNHEARD = /\b(?:description|describe|message|error|tagline|title|Error)\s*[:(]\s*$/;
/** A value that is put into a text. */
const GAP = "{}";
/** Lines for whoever plays the caller. */
const NOTES = /\bnotes: \{[\s\S]*?\n {2}\}/g;
const COMMENT = /\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/g;

const NUMBERS =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen " +
  "nineteen twenty thirty forty fifty sixty seventy eighty ninety hundred thousand million billion point minus percent " +
  "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth " +
  "sixteenth seventeenth eighteenth nineteenth twentieth thirtieth oh half quarter";
const CALENDAR =
  "January February March April May June July August September October November December Monday Tuesday Wednesday Thursday " +
  "Friday Saturday Sunday today tomorrow yesterday";
const MONEY = "dollar dollars cent cents euro euros pound pounds";
/** For names of things, and for whatever else people make a voice say: the commonest words there are. */
const COMMON =
  "Maya Luna Aurora Bank checking savings account accounts card cards credit debit virtual platinum loan loans mortgage auto " +
  "personal wire transfer payee the of and a to in is you that it he was for on are as with his they I at be this have from or " +
  "had by hot but some what there we can out other were all your when up use word how said an each she which do their time if " +
  "will way about many then them would write like so these her long make thing see him has look more day could go come did my " +
  "sound no most number who over know water than call people may down side been now find any new work part take get place made " +
  "live where after back little only round man year came show every good me give our under name very through just form much " +
  "great think say help low line before turn cause same mean right old too hello hi hey thanks thank please yes okay sorry " +
  "weather city sunny cloudy rain temperature degrees answer question test tool words text message order home world morning " +
  "evening night week month hour hours minute minutes second seconds not don't can't it's I'm I'll that's what's isn't " +
  "goodbye bye ready done open close start stop left next last again here why because food drink table menu price";

/** Shorter ones are put together from their words. */
const LEAST_WORDS = 3;

export interface Texts {
  /** Most needed first. */
  whole: string[];
  words: string[];
}

/** Everything that decides what is spoken, for telling whether anything has changed. */
export async function sourcesOfTexts(): Promise<string> {
  const files = (await Promise.all([ENGINE, DIALOGUES, TOOLS, PERSONAS].map(filesIn))).flat().sort();
  const contents = await Promise.all(files.map((file) => readFile(file, "utf8")));
  return contents.join("\n") + NUMBERS + COMMON;
}

/** Sentences without gaps, the parts of those with gaps, and the words of all of them. */
export async function textsToSpeak(): Promise<Texts> {
  const words = new Set<string>();
  const rooms: string[][] = [];
  for (const said of await Promise.all([engineTexts(), scenarioTexts(), read(TOOLS, inCode), read(PERSONAS, inCode)])) {
    const whole = new Map<string, string>();
    for (const part of said.flatMap(partsOf)) {
      const key = phraseKey(part);
      for (const word of key.split(" ")) if (word) words.add(word);
      if (key.split(" ").length >= LEAST_WORDS) whole.set(key, whole.get(key) ?? part);
    }
    rooms.push([...whole.values()]);
  }
  const always = phraseKey(`${NUMBERS} ${CALENDAR} ${MONEY} ${COMMON}`).split(" ");
  const letters = [..."abcdefghijklmnopqrstuvwxyz"];
  const [engine = [], scenarios = [], ...others] = rooms;
  return {
    whole: [...inTurn([engine, scenarios]), ...others.flat()],
    words: [...new Set([...letters, ...always, ...words])],
  };
}

/** A gap is where a value goes: what stands around it is said apart. */
function partsOf(text: string): string[] {
  return text
    .split(/\{\w*\}/)
    .flatMap((part) => sentences(speakable(part)))
    .map((sentence) => sentence.text.replace(/^[^A-Za-z]+/, "").trim());
}

/** Short ones are said in many places, and cost little. */
async function engineTexts(): Promise<string[]> {
  return (await read(ENGINE, inCode)).sort((a, b) => a.length - b.length);
}

async function scenarioTexts(): Promise<string[]> {
  const texts = await read(DIALOGUES, inScenario);
  return texts.sort((a, b) => a.rank - b.rank || a.text.length - b.text.length).map(({ text }) => text);
}

/** One of each room after the other. */
function inTurn(rooms: string[][]): string[] {
  const longest = Math.max(...rooms.map((room) => room.length));
  const all = Array.from({ length: longest }, (_, at) => rooms.flatMap((room) => room.slice(at, at + 1)));
  return all.flat();
}

async function read<T>(room: string, texts: (source: string) => T[]): Promise<T[]> {
  const files = (await filesIn(room)).sort();
  const found = await Promise.all(files.map(async (file) => texts(await readFile(file, "utf8"))));
  return found.flat();
}

async function filesIn(room: string): Promise<string[]> {
  const entries = await readdir(path.join(ROOT, room), { withFileTypes: true, recursive: true });
  return entries
    .filter((entry) => entry.name.endsWith(".ts"))
    .map((entry) => path.join(entry.parentPath, entry.name))
    .filter((file) => room !== ENGINE || SPEAKERS.test(file));
}

/** Texts of scenario data that are said, with the place of their field in the order of need. */
function inScenario(source: string): { text: string; rank: number }[] {
  const order = FIELDS.split(" ");
  return literalsIn(source.replace(COMMENT, "").replace(NOTES, ""))
    .map(({ text, before }) => ({ text, rank: order.indexOf(/\b(\w+)\s*:\s*$/.exec(before)?.[1] ?? "") }))
    .filter(({ rank }) => rank >= 0);
}

/** Texts in code that look like sentences, or like the greater part of one. */
function inCode(source: string): string[] {
  return literalsIn(source.replace(COMMENT, ""))
    .filter(({ text, before }) => !UNHEARD.test(before) && text.trim().includes(" ") && isProse(text))
    .map(({ text }) => text.trim());
}

/** Not a list of key words, a pattern or a path. */
function isProse(text: string): boolean {
  return /[a-z]/.test(text) && !/[_<>=\\/\n|~@]/.test(text) && /[A-Z.,!?{]/.test(text);
}

interface Literal {
  /** With a mark where a value goes. */
  text: string;
  /** The code before it. */
  before: string;
}

/** The texts in a source, those within templates too; texts that are joined by a plus are one. */
function literalsIn(source: string): Literal[] {
  const found: Literal[] = [];
  let last: { literal: Literal; end: number } | undefined;
  walkCode(source, 0, (text, from, end) => {
    if (last && /^\s*\+\s*$/.test(source.slice(last.end, from))) {
      last.literal.text += text;
      last.end = end;
      return;
    }
    const literal = { text, before: source.slice(Math.max(0, from - 40), from) };
    found.push(literal);
    last = { literal, end };
  });
  return found;
}

type Keep = (text: string, from: number, end: number) => void;

/** Walks code up to the brace that closes it, or to the end; answers with where it stopped. */
function walkCode(source: string, start: number, keep: Keep): number {
  let depth = 0;
  for (let at = start; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === "{") depth += 1;
    if (char === "}" && depth-- === 0) return at;
    if (char === '"' || char === "'" || char === "`") at = walkText(source, at, keep);
  }
  return source.length;
}

/** Reads one text; answers with its closing mark. A line's end closes what is no text at all: a regular expression, mostly. */
function walkText(source: string, from: number, keep: Keep): number {
  const mark = source.charAt(from);
  let text = "";
  for (let at = from + 1; at < source.length; at++) {
    const char = source.charAt(at);
    if (char === "\n" && mark !== "`") return at;
    if (char === mark) {
      keep(text, from, at + 1);
      return at;
    }
    if (char === "\\") text += source.charAt(++at);
    else if (mark === "`" && char === "$" && source.charAt(at + 1) === "{") {
      at = walkCode(source, at + 2, keep);
      text += GAP;
    } else text += char;
  }
  return source.length;
}
