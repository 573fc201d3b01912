/**
 * Full text over calls that have ended, in D1 (FTS5): one document a call, of what was said and what tools did. What a call was
 * (scenario, outcome, mode, link) stands in it as words of its own, so that a question for both is one look.
 */
import { LunaError } from "../errors.ts";
import type { Outcome } from "../legs/wire.ts";

/** What a call is looked for by; all that is given has to fit. */
export interface Traits {
  scenario?: string;
  outcome?: Outcome;
  /** `fell_back`: began with AI and ended scripted; those count as `ai` too. */
  mode?: "ai" | "scripted" | "fell_back";
  /** Id of the share link it came by. */
  link?: string;
}

/** Around what was found in an excerpt; control characters, so that no word can be mistaken for them. */
export const MARK = { from: "\u0002", to: "\u0003" } as const;

/** More words than this nobody remembers; more characters are no question. */
const MOST_WORDS = 12;

/** Letters of a call that are searched, of its turns and of its tools each: in UTF-8 both together stay within the 2 MB of a text. */
const MOST_LETTERS = 240_000;

/** The beginning of a call, as far as it is searched: `column` of its rows in order, one a line. */
function beginning(column: string, table: string): string {
  return `
    (SELECT group_concat(said, char(10)) FROM (
      SELECT ${column} AS said, sum(length(${column}) + 1) OVER (ORDER BY ord ROWS UNBOUNDED PRECEDING) AS so_far
      FROM ${table} WHERE call_id = ?1 ORDER BY ord) WHERE so_far <= ${MOST_LETTERS})`;
}

/**
 * Writes what is searched of a call (`?1` is its id), once it has ended. Writing the same again changes nothing. The words are
 * those of the rows as they stand in D1, so whatever is masked there is masked here.
 */
export const SEARCHABLE = `
  INSERT INTO searched (place, call_id, words, tags)
  SELECT
    coalesce(
      (SELECT place FROM searched WHERE call_id = calls.id),
      (SELECT max(place) + 1 FROM searched WHERE place >= started_at * 1000 AND place < (started_at + 1) * 1000),
      started_at * 1000),
    id,
    coalesce(${beginning("text", "turns")}, '') || char(10) || coalesce(${beginning("summary", "tool_runs")}, ''),
    's' || hex(scenario) || ' o' || outcome || ' m' || mode || iif(fell_back = 1, ' mfell', '')
      || ' l' || coalesce(hex(link_id), '0')
  FROM calls WHERE id = ?1 AND ended_at IS NOT NULL
  ON CONFLICT DO UPDATE SET words = excluded.words, tags = excluded.tags
    WHERE (searched.words, searched.tags) IS NOT (excluded.words, excluded.tags)`;

/**
 * The question as FTS5 reads it. Words of `text` have to be there in any order, the last one may go on; words in double quotes
 * have to follow each other. Nothing in `text` is an operator.
 * @throws LunaError `invalid_request` where there is no letter and no digit in it.
 */
export function matchOf(text: string, traits: Traits): string {
  const words = phrasesIn(text);
  if (words.length === 0) throw new LunaError("invalid_request", "Search for a word or a number.", "q");
  const asked = words
    .slice(0, MOST_WORDS)
    .map(({ phrase, open }) => `"${phrase}"${open ? "*" : ""}`)
    .join(" AND ");
  const tags = tagsOf(traits);
  const said = `{words} : (${asked})`;
  return tags.length === 0 ? said : `${said} AND {tags} : (${tags.map((tag) => `"${tag}"`).join(" AND ")})`;
}

/** Single words and quoted phrases, bare of everything but letters, digits and spaces. */
function phrasesIn(text: string): { phrase: string; open: boolean }[] {
  const pieces = [...text.matchAll(/"([^"]*)"?|[^\s"]+/g)];
  return pieces.flatMap(([whole, quoted], index) => {
    const phrase = (quoted ?? whole).replace(/[^\p{L}\p{M}\p{N}]+/gu, " ").trim();
    // Somebody may still be writing the last word.
    const open = quoted === undefined && index === pieces.length - 1;
    return phrase === "" ? [] : [{ phrase, open }];
  });
}

function tagsOf({ scenario, outcome, mode, link }: Traits): string[] {
  return [
    ...(scenario === undefined ? [] : [`s${hex(scenario)}`]),
    ...(outcome === undefined ? [] : [`o${outcome}`]),
    ...(mode === undefined ? [] : [mode === "fell_back" ? "mfell" : `m${mode}`]),
    ...(link === undefined ? [] : [`l${hex(link)}`]),
  ];
}

/** As SQLite's `hex()`: letters and digits only, whatever the text is. */
function hex(text: string): string {
  return new TextEncoder().encode(text).toHex().toUpperCase();
}
