/** Puts the figures where they are read: between two marks of `docs/performance.md`, and beside it as a picture. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Results } from "../results.ts";
import { type About, report } from "./markdown.ts";
import { plot } from "./plot.ts";

const BEGIN = "<!-- bench: begin -->";
const PICTURE = "![Round trip p99 and processor time by number of calls](performance.svg)\n";
const END = "<!-- bench: end -->";

/** @throws when the marks are not there. */
export async function writeReport(root: string, results: Results, about: About): Promise<void> {
  const file = join(root, "docs/performance.md");
  const text = await readFile(file, "utf8");
  const [begin, end] = [text.indexOf(BEGIN), text.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`docs/performance.md has no ${BEGIN} ... ${END}`);
  const drawn = results.rounds.length > 0;
  const figures = `${BEGIN}\n\n${drawn ? `${PICTURE}\n` : ""}${report(results, about)}\n`;
  await writeFile(file, text.slice(0, begin) + figures + text.slice(end));
  if (drawn) await writeFile(join(root, "docs/performance.svg"), plot(results));
}
