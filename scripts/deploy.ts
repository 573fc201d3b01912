/**
 * `npm run deploy`: puts Luna on a Cloudflare account, an empty one or one where she already is. Production is the top of
 * `wrangler.toml`; `npm run deploy:staging` is `--env staging`. Further arguments go to `wrangler deploy` (`--secrets-file`).
 *
 *   1. who deploys: `CLOUDFLARE_API_TOKEN`, or `npx wrangler login` before it
 *   2. whether the account has R2; without it Luna goes up without recordings, and this says so
 *   3. the database is migrated before new code meets it; one that is not there yet is made by the first deploy, and migrated then
 *   4. the Worker with its objects, its files and its database
 *   5. which secrets are set, and what those would give that are not
 *
 * It asks nothing and writes nothing into the repository, so running it again is harmless. `--dry-run` (`npm run check:deploy`)
 * bundles every environment and needs no account and no network. Exit code 0: done; 1: not, and the last lines say why.
 */
import { spawn } from "node:child_process";
import { appendFile, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { parseArgs } from "node:util";
import packageJson from "../package.json" with { type: "json" };

const ROOT = join(import.meta.dirname, "..");
/** Every environment of `wrangler.toml`; the empty name is production. */
const ENVIRONMENTS = ["", "staging"];
/** Described in package.json for the Deploy button too, and no secrets. */
const RESOURCES = new Set(["DB", "RECORDINGS"]);
/** The answer of the R2 API in an account where R2 was never switched on. */
const NO_R2 = /\b10042\b|enable R2/i;
/** What wrangler says of a database that no deploy has made yet. */
const NO_DATABASE = /Couldn't find an? (auto-provisioned )?D1 DB/i;
/** Stands beside `wrangler.toml` while a deploy without R2 runs: paths in it are read from where it lies. */
const WITHOUT_R2 = "wrangler.without-r2.toml";
/** No step takes this long; one that does hangs. */
const STEP_LIMIT_MS = 10 * 60_000;

interface Ran {
  code: number;
  /** All it printed, both streams. */
  output: string;
}

class Quit extends Error {}

/** Runs wrangler without prompts and without a word to anybody but Cloudflare's API. */
function wrangler(args: string[], options: { show?: boolean; env?: Record<string, string> } = {}): Promise<Ran> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, [join(ROOT, "node_modules/wrangler/bin/wrangler.js"), ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      timeout: STEP_LIMIT_MS,
      env: {
        ...process.env,
        PATH: [join(ROOT, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter),
        CI: "1",
        WRANGLER_SEND_METRICS: "false",
        WRANGLER_HIDE_BANNER: "true",
        NO_UPDATE_NOTIFIER: "1",
        ...options.env,
      },
    });
    let output = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding("utf8").on("data", (text: string) => {
        output += text;
        if (options.show) process.stdout.write(text);
      });
    }
    child.once("error", (error) => resolve({ code: 127, output: error.message }));
    child.once("close", (code) => resolve({ code: code ?? 124, output }));
  });
}

/** @throws Quit when nobody is logged in, or when there are several accounts and nobody has said which. */
async function whoDeploys(): Promise<void> {
  const { CLOUDFLARE_API_TOKEN: token, CLOUDFLARE_ACCOUNT_ID: account } = process.env;
  // A token for one account need not be allowed to read who it belongs to.
  if (token && account) return say(`account ${account}, by CLOUDFLARE_API_TOKEN`);
  const { code, output } = await wrangler(["whoami", "--json"]);
  const accounts = code === 0 ? accountsIn(output) : [];
  if (code !== 0) {
    throw new Quit("Nobody is logged in to Cloudflare. Set CLOUDFLARE_API_TOKEN, or run: npx wrangler login");
  }
  if (account || accounts.length <= 1) return say(`account ${account ?? accounts[0]?.name ?? "of the token"}`);
  const names = accounts.map(({ id, name }) => `  ${id}  ${name}`).join("\n");
  throw new Quit(`There are several accounts. Set CLOUDFLARE_ACCOUNT_ID to one of these:\n${names}`);
}

/** Warnings may stand before the JSON. */
export function accountsIn(output: string): { id: string; name: string }[] {
  try {
    const told = JSON.parse(output.slice(output.indexOf("{"))) as { accounts?: { id: string; name: string }[] };
    return told.accounts ?? [];
  } catch {
    return [];
  }
}

/** Only a clear "R2 is not switched on" is a no: a token that may not look must not take the recordings away. */
async function hasR2(): Promise<boolean> {
  const { code, output } = await wrangler(["r2", "bucket", "list"]);
  return code === 0 || !NO_R2.test(output);
}

/**
 * The configuration without its R2 buckets, in every environment. A block ends where the next table begins.
 * @param toml of `wrangler.toml`
 */
export function withoutR2(toml: string): string {
  let inside = false;
  const kept = toml.split("\n").filter((line) => {
    if (/^\s*\[/.test(line)) inside = /^\s*\[\[(env\.[\w-]+\.)?r2_buckets\]\]/.test(line);
    return !inside;
  });
  return kept.join("\n");
}

/** False: the first deploy has not made the database yet. @throws Quit when a migration fails. */
async function migrate(env: string): Promise<boolean> {
  const { code, output } = await wrangler(["d1", "migrations", "apply", "DB", "--remote", `--env=${env}`]);
  if (code === 0) {
    say(/no migrations to apply/i.test(output) ? "database: up to date" : "database: migrated");
    return true;
  }
  if (NO_DATABASE.test(output)) return false;
  throw new Quit(`The database could not be migrated, and nothing was deployed:\n${tail(output)}`);
}

/** Deploys one environment; gives its addresses. @throws Quit */
async function upload(env: string, config: string, rest: string[]): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), "luna-deploy-"));
  const report = join(folder, "report.ndjson");
  try {
    const { code } = await wrangler(["deploy", `--config=${config}`, `--env=${env}`, ...rest], {
      show: true,
      env: { WRANGLER_OUTPUT_FILE_PATH: report },
    });
    if (code !== 0) throw new Quit(`wrangler deploy ended with ${code}; its lines above say why.`);
    return targetsIn(await readFile(report, "utf8").catch(() => ""));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Addresses in wrangler's own report, one JSON object a line; schedules are targets too, and no addresses. */
export function targetsIn(report: string): string[] {
  const lines = report.split("\n").filter((line) => line !== "");
  const told = lines.map((line) => JSON.parse(line) as { type: string; targets?: string[] });
  const targets = told.findLast((line) => line.type === "deploy")?.targets ?? [];
  return targets
    .map((target) => target.split(" ")[0] ?? "")
    .filter((target) => /^(https?:\/\/)?[\w.-]+\.[a-z]+/i.test(target))
    .map((target) => (/^https?:/.test(target) ? target : `https://${target}`));
}

/** Says which secrets are set, and of those that are not what they would give. */
async function tellSecrets(env: string): Promise<void> {
  const { code, output } = await wrangler(["secret", "list", "--format=json", `--env=${env}`]);
  if (code !== 0) return say("secrets: could not be listed (the token may not read them)");
  const set = new Set(
    (JSON.parse(output.slice(output.indexOf("["))) as { name: string }[]).map((secret) => secret.name),
  );
  say(`secrets set: ${[...set].sort().join(", ") || "none"}`);
  for (const [name, { description }] of Object.entries(packageJson.cloudflare.bindings)) {
    if (!set.has(name) && !RESOURCES.has(name)) say(`  not set: ${name}. ${description}`);
  }
  const flag = env === "" ? ' --env ""' : ` --env ${env}`;
  say(`  to set one: npx wrangler secret put NAME${flag}`);
}

async function deploy(env: string, rest: string[]): Promise<void> {
  say(`Luna ${packageJson.version}, ${env || "production"}`);
  await whoDeploys();
  const recordings = await hasR2();
  if (!recordings) {
    say(
      "R2 is not switched on in this account, so no call will be recorded; everything else works. To have recordings:",
    );
    say("  dash.cloudflare.com, Storage & databases, R2, switch it on (10 GB are free), and deploy again.");
    await writeFile(join(ROOT, WITHOUT_R2), withoutR2(await readFile(join(ROOT, "wrangler.toml"), "utf8")));
  }
  try {
    const migrated = await migrate(env);
    if (!migrated) say("database: there is none yet; the deploy makes it");
    const targets = await upload(env, recordings ? "wrangler.toml" : WITHOUT_R2, rest);
    if (!migrated && !(await migrate(env))) throw new Quit("The deploy made no database: the token needs D1, Edit.");
    await tellSecrets(env);
    await tellAddress(targets);
  } finally {
    await rm(join(ROOT, WITHOUT_R2), { force: true });
  }
}

async function tellAddress(targets: string[]): Promise<void> {
  const url = targets[0];
  if (url === undefined) return say("Deployed. It has no public address yet: see docs/hosting.md, Your own domain.");
  say(`Deployed: ${targets.join(", ")}\nNext: npm run smoke -- ${url}`);
  // A workflow hands the address to its next step.
  if (process.env.GITHUB_OUTPUT) await appendFile(process.env.GITHUB_OUTPUT, `url=${url}\n`);
}

/** Bundles every environment as a deploy would, the page once. @throws Quit */
async function dryRun(): Promise<void> {
  for (const [n, env] of ENVIRONMENTS.entries()) {
    const built: Record<string, string> = n > 0 ? { LUNA_BUILT: "1" } : {};
    const { code, output } = await wrangler(["deploy", "--dry-run", `--env=${env}`], { env: built });
    const warned = /\[WARNING\]/.test(output);
    if (code !== 0 || warned) throw new Quit(`${env || "production"} would not deploy cleanly:\n${tail(output)}`);
    const size = /Total Upload: .*/.exec(output)?.[0] ?? "";
    say(`${env || "production"} would deploy. ${size}`);
  }
}

function tail(output: string): string {
  return output.trim().split("\n").slice(-25).join("\n");
}

function say(line: string): void {
  console.log(line);
}

/** The environment's name in `wrangler.toml`, and what is left for wrangler. @throws Quit */
export function asked(args: string[]): { env: string; dry: boolean; rest: string[] } {
  const { values, tokens } = parseArgs({
    args,
    options: { env: { type: "string", default: "" }, "dry-run": { type: "boolean", default: false } },
    strict: false,
    tokens: true,
  });
  const rest = tokens.flatMap((token) => {
    if (token.kind === "positional") return [token.value];
    if (token.kind !== "option" || token.name === "env" || token.name === "dry-run") return [];
    return [token.value === undefined ? token.rawName : `${token.rawName}=${token.value}`];
  });
  const env = values.env === "production" ? "" : String(values.env);
  if (!ENVIRONMENTS.includes(env))
    throw new Quit(`There is no environment "${env}": there is production, and staging.`);
  return { env, dry: values["dry-run"] === true, rest };
}

if (import.meta.main) {
  try {
    const { env, dry, rest } = asked(process.argv.slice(2));
    await (dry ? dryRun() : deploy(env, rest));
  } catch (thrown) {
    if (!(thrown instanceof Quit)) throw thrown;
    console.error(thrown.message);
    process.exitCode = 1;
  }
}
