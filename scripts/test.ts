/**
 * `npm test`: types, lint, dead code and a dry run of both deploys (which builds the page) side by side; then the vitest projects.
 * `workerd` and `browser` fill the processor by themselves. `voice` takes the time that speaking takes, and less than half of two
 * cores, so `pure`, which only calculates, runs beside it and steps back for it. Ends with `N passed, N failed`, summed from the
 * runner's own reports.
 *
 * A step that fails, a runner that crashes or finds no test, and a file that does not load count as a failure each.
 * `node scripts/test.ts pure browser` runs only those projects, without the checks.
 */
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { setPriority, tmpdir } from "node:os";
import { delimiter, join } from "node:path";

const ROOT = join(import.meta.dirname, "..");
const PROJECTS = ["pure", "workerd", "browser", "voice"];
/** How far `pure` steps back beside `voice`, as in nice(1): what a caller hears is measured there. */
const STEP_BACK = 10;
/** No step takes this long on two cores; one that does hangs. */
const STEP_LIMIT_MS = 20 * 60_000;

interface Count {
  passed: number;
  failed: number;
  skipped: number;
}

/** The part of vitest's JSON report that is counted here. */
interface Report {
  numPassedTests: number;
  numFailedTests: number;
  numPendingTests: number;
  numTodoTests: number;
  numTotalTests: number;
  success: boolean;
  testResults: { name: string; status: string; assertionResults: unknown[] }[];
}

const env = {
  ...process.env,
  PATH: [join(ROOT, "node_modules/.bin"), process.env.PATH ?? ""].join(delimiter),
  CI: "1",
  WRANGLER_SEND_METRICS: "false",
  DO_NOT_TRACK: "1",
};

interface RunOptions {
  /** Takes what it prints, where others run beside it; without it all is printed as it comes. */
  keep?: (text: string) => void;
  /** How much it lets others go first, as in nice(1). */
  nice?: number;
  /** The page is built already. */
  built?: boolean;
}

/** Runs one command to its end in a process group of its own; resolves with its exit code, 124 when it hung. */
function run(command: string, args: string[], { keep, nice = 0, built = false }: RunOptions = {}): Promise<number> {
  return new Promise((resolve) => {
    const out = keep ? "pipe" : "inherit";
    const child = spawn(command, args, {
      cwd: ROOT,
      env: built ? { ...env, LUNA_BUILT: "1" } : env,
      stdio: ["ignore", out, out],
      detached: true,
    });
    if (nice > 0 && child.pid !== undefined) setPriority(child.pid, nice);
    if (keep) for (const stream of [child.stdout, child.stderr]) stream?.setEncoding("utf8").on("data", keep);
    let hung = false;
    const stop = (signal: NodeJS.Signals) => {
      try {
        if (child.pid !== undefined) process.kill(-child.pid, signal);
      } catch {
        // The group has ended by itself.
      }
    };
    const limit = setTimeout(() => {
      hung = true;
      stop("SIGTERM");
      setTimeout(() => stop("SIGKILL"), 5_000).unref();
    }, STEP_LIMIT_MS);
    const interrupted = () => stop("SIGTERM");
    process.once("SIGINT", interrupted);
    process.once("SIGTERM", interrupted);
    const ended = (code: number) => {
      clearTimeout(limit);
      process.off("SIGINT", interrupted);
      process.off("SIGTERM", interrupted);
      resolve(hung ? 124 : code);
    };
    child.once("error", () => ended(127));
    child.once(keep ? "close" : "exit", (code: number | null) => ended(code ?? 1));
  });
}

/** One step that is no test: 0 or 1 failures. What it prints is shown in one piece. */
async function step(name: string, script: string): Promise<Count> {
  const started = Date.now();
  let printed = "";
  const keep = (text: string) => {
    printed += text;
  };
  const code = await run("npm", ["run", "--silent", script], { keep });
  console.log(
    `${printed}\n${code === 0 ? "ok    " : "FAILED"} ${name} (${seconds(started)} s${code === 0 ? "" : `, exit ${code}`})\n`,
  );
  return { passed: 0, failed: code === 0 ? 0 : 1, skipped: 0 };
}

/** One vitest project, counted from its JSON report. `beside`: another runs at the same time and goes first. */
async function project(name: string, folder: string, beside = false): Promise<Count> {
  const started = Date.now();
  const file = join(folder, `${name}.json`);
  const report = ["--reporter=default", "--reporter=json", `--outputFile.json=${file}`];
  let printed = "";
  const keep = (text: string) => {
    printed += text;
  };
  const code = await run(
    "vitest",
    ["run", `--project=${name}`, ...report, ...(beside ? ["--maxWorkers=1"] : [])],
    beside ? { keep, nice: STEP_BACK, built: true } : { built: true },
  );
  const count = counted(file, code);
  console.log(
    `${printed}\n${count.failed === 0 ? "ok    " : "FAILED"} ${name}: ${count.passed} passed, ${count.failed} failed` +
      `${count.skipped > 0 ? `, ${count.skipped} skipped` : ""} (${seconds(started)} s)\n`,
  );
  return count;
}

function counted(file: string, code: number): Count {
  let report: Report;
  try {
    report = JSON.parse(readFileSync(file, "utf8")) as Report;
  } catch {
    console.log("The runner left no report: it crashed.");
    return { passed: 0, failed: 1, skipped: 0 };
  }
  const unloaded = report.testResults.filter((one) => one.status === "failed" && one.assertionResults.length === 0);
  for (const one of unloaded) console.log(`Did not load: ${one.name}`);
  let failed = report.numFailedTests + unloaded.length;
  if (report.numTotalTests === 0) {
    console.log("No test was found.");
    failed += 1;
  }
  // Errors outside any test (an unhandled rejection, a set-up that broke) show in the exit code alone.
  if (code !== 0 && failed === 0) failed = 1;
  return { passed: report.numPassedTests, failed, skipped: report.numPendingTests + report.numTodoTests };
}

function seconds(since: number): string {
  return ((Date.now() - since) / 1000).toFixed(1);
}

const chosen = process.argv.slice(2);
const unknown = chosen.filter((name) => !PROJECTS.includes(name));
if (unknown.length > 0) {
  console.error(`Unknown project: ${unknown.join(", ")}. There are ${PROJECTS.join(", ")}.`);
  process.exit(2);
}

const started = Date.now();
const folder = mkdtempSync(join(tmpdir(), "luna-test-"));
const counts: Count[] = [];
if (chosen.length > 0) {
  counts.push(await step("build", "build"));
  for (const name of chosen) counts.push(await project(name, folder));
} else {
  const build = step("build, and a dry run of both deploys", "check:deploy");
  const checks = [step("types", "check:types"), step("lint", "check:lint"), step("dead code", "check:dead")];
  counts.push(...(await Promise.all([build, ...checks])));
  for (const name of ["workerd", "browser"]) counts.push(await project(name, folder));
  counts.push(...(await Promise.all([project("voice", folder), project("pure", folder, true)])));
}
rmSync(folder, { recursive: true, force: true });

const sum = (pick: (count: Count) => number) => counts.reduce((all, count) => all + pick(count), 0);
const skipped = sum((count) => count.skipped);
if (skipped > 0) console.log(`${skipped} skipped`);
console.log(`took ${seconds(started)} s`);
const failed = sum((count) => count.failed);
const passed = sum((count) => count.passed);
console.log(`${passed} passed, ${failed} failed`);
process.exit(failed === 0 && passed > 0 ? 0 : 1);
