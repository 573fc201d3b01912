/** `node scripts/routes.ts` writes `docs/reference/routes.md`: every address, and who may use it. A test says when that is due. */
import { writeFileSync } from "node:fs";
import path from "node:path";

/** As `who-may.ts` has it: that file and all behind it is checked with the types of the Worker, this one with those of Node. */
interface Rule {
  method: string;
  path: string;
  whom: string;
  title: string;
}
interface WhoMay {
  allRules(): Rule[];
  changes(rule: Rule): boolean;
  WHOM: Record<string, string>;
}

const WHO_MAY = path.resolve(import.meta.dirname, "../src/routes/who-may.ts");
const { allRules, changes, WHOM } = (await import(WHO_MAY)) as WhoMay;
const FILE = path.resolve(import.meta.dirname, "../docs/reference/routes.md");

const INTRODUCTION = `# Every address, and who may use it

Written by \`node scripts/routes.ts\` from what the routes say of themselves (\`src/routes/openapi/\`, and the pages in
\`src/routes/who-may.ts\`). \`test/routes/who-may.test.ts\` holds the list against the app, both ways, and asks for all of them as a
stranger, a guest, a spectator, an operator, a host and a program. How staff sign in: \`sign-in.md\`.

Files of the pages (\`/\`, \`/build/*\`, \`/voice/*\`) are served to everybody and hold no data. What is marked with * changes something
and answers to Luna's own pages and to programs only: a request that another site makes a browser send is refused. Addresses for
keys are the exception, since a browser never sends a key by itself.
`;

/** The whole page. */
export function routesPage(rules = allRules()): string {
  const kinds = Object.keys(WHOM);
  const parts = kinds.flatMap((whom) => {
    const theirs = rules.filter((rule) => rule.whom === whom);
    return theirs.length === 0 ? [] : [part(whom, theirs)];
  });
  return `${[INTRODUCTION, ...parts].join("\n")}`;
}

function part(whom: string, rules: Rule[]): string {
  const rows = rules
    .toSorted((a, b) => a.path.localeCompare(b.path, "en") || a.method.localeCompare(b.method, "en"))
    .map(rowOf);
  return `## For ${whom}: ${WHOM[whom]}\n\n| method | address | what |\n|---|---|---|\n${rows.join("\n")}\n`;
}

/** The line of one address. */
export function rowOf(rule: Rule): string {
  return `| ${rule.method}${changes(rule) ? " *" : ""} | \`${rule.path}\` | ${rule.title} |`;
}

if (import.meta.main) writeFileSync(FILE, routesPage());
