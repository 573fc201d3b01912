/** `npm run deploy` with the real wrangler, against an imitation of Cloudflare's API: an empty account, the same again, no R2. */
import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accountsIn, asked, targetsIn, withoutR2 } from "../../scripts/deploy.ts";
import { CloudflareApi } from "../support/cloudflare-api.ts";

const ROOT = join(import.meta.dirname, "../..");
const WITHIN_MS = 120_000;

/** `node scripts/deploy.ts` with these arguments: how it ended, and what it printed. The page is built already, or need not be. */
function deploy(api: CloudflareApi, args: string[] = []): Promise<{ code: number | null; printed: string }> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [join(ROOT, "scripts/deploy.ts"), ...args], {
      cwd: ROOT,
      stdio: ["ignore", "pipe", "pipe"],
      env: { ...process.env, ...api.env, LUNA_BUILT: "1", NO_COLOR: "1" },
    });
    let printed = "";
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk: Buffer) => {
        printed += chunk.toString();
      });
    }
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, printed }));
  });
}

const api = new CloudflareApi();
beforeAll(() => api.start());
afterAll(() => api.stop());

const bindingsOf = (worker: string) =>
  (api.workers.get(worker)?.uploads.at(-1)?.bindings ?? []).map((one) => `${one.type} ${one.name}`);
const tablesOf = (database: string) =>
  api.databases
    .get(database)
    ?.prepare("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name")
    .all()
    .map((row) => row.name);

describe("a deploy", () => {
  test(
    "to an empty account makes the database and the bucket, migrates, and says what is missing",
    async () => {
      const { code, printed } = await deploy(api);
      expect(code, printed).toBe(0);
      expect([...api.databases.keys()]).toEqual(["luna-db"]);
      expect([...api.buckets]).toEqual(["luna-recordings"]);
      expect(tablesOf("luna-db")).toEqual(expect.arrayContaining(["calls", "turns", "d1_migrations"]));
      expect(bindingsOf("luna")).toEqual(
        expect.arrayContaining([
          "durable_object_namespace CALLS",
          "durable_object_namespace BANKS",
          "d1 DB",
          "assets ASSETS",
        ]),
      );
      expect(api.workers.get("luna")?.uploads[0]).toMatchObject({
        exports: { Call: { type: "durable-object" }, Bank: { type: "durable-object" } },
        code_update_strategy: { mode: "deferred", max_delay: 3_600 },
      });
      expect(printed).toMatch(/not set: ADMIN_PASSWORD\. You sign in/);
      expect(printed).toMatch(/Next: npm run smoke -- https:\/\/luna\.aurora\.workers\.dev/);
      expect(api.unknown).toEqual([]);
    },
    WITHIN_MS,
  );

  test(
    "of what is there already migrates first, makes nothing twice, and leaves no file behind",
    async () => {
      const before = await readFile(join(ROOT, "wrangler.toml"), "utf8");
      api.workers.get("luna")?.secrets.push("ADMIN_PASSWORD");
      api.asked.length = 0;
      const { code, printed } = await deploy(api);
      expect(code, printed).toBe(0);
      expect([api.databases.size, api.buckets.size, api.workers.size]).toEqual([1, 1, 1]);
      const queried = api.asked.findIndex((one) => one.endsWith("/query"));
      const uploaded = api.asked.findIndex((one) => /^(PUT|POST) \/workers\/scripts\/luna(\/versions)?$/.test(one));
      expect(queried).toBeGreaterThanOrEqual(0);
      expect(queried).toBeLessThan(uploaded);
      expect(printed).toMatch(/database: up to date/);
      expect(printed).toMatch(/secrets set: ADMIN_PASSWORD/);
      expect(printed).not.toMatch(/not set: ADMIN_PASSWORD/);
      expect(await readFile(join(ROOT, "wrangler.toml"), "utf8")).toBe(before);
    },
    WITHIN_MS,
  );

  test(
    "of staging, in an account without R2, goes up beside production without recordings, and says so",
    async () => {
      api.r2 = false;
      const { code, printed } = await deploy(api, ["--env", "staging"]);
      expect(code, printed).toBe(0);
      expect(printed).toMatch(/R2 is not switched on/);
      expect([...api.databases.keys()]).toEqual(["luna-db", "luna-staging-db"]);
      expect(tablesOf("luna-staging-db")).toEqual(tablesOf("luna-db"));
      expect(bindingsOf("luna-staging")).toContain("d1 DB");
      expect(bindingsOf("luna-staging").filter((one) => one.startsWith("r2"))).toEqual([]);
      expect(printed).toMatch(/smoke -- https:\/\/luna-staging\.aurora\.workers\.dev/);
      expect(existsSync(join(ROOT, "wrangler.without-r2.toml"))).toBe(false);
    },
    WITHIN_MS,
  );

  test(
    "whose migration fails deploys nothing",
    async () => {
      api.r2 = true;
      api.databases.get("luna-db")?.exec("DELETE FROM d1_migrations");
      const uploads = api.workers.get("luna")?.uploads.length;
      const { code, printed } = await deploy(api);
      expect(code).toBe(1);
      expect(printed).toMatch(/could not be migrated, and nothing was deployed/);
      expect(api.workers.get("luna")?.uploads.length).toBe(uploads);
    },
    WITHIN_MS,
  );
});

describe("what a deploy reads", () => {
  test("of its arguments: the environment is its own, the rest is wrangler's, in order", () => {
    expect(asked([])).toEqual({ env: "", dry: false, rest: [] });
    expect(asked(["--env", "production"]).env).toBe("");
    expect(asked(["--env=staging", "--secrets-file", "secrets.env", "--strict"])).toEqual({
      env: "staging",
      dry: false,
      rest: ["--secrets-file", "secrets.env", "--strict"],
    });
    expect(() => asked(["--env", "stagging"])).toThrow(/no environment "stagging"/);
  });

  test("of wrangler's report: addresses, and no schedules", () => {
    const report = [
      { type: "wrangler-session" },
      {
        type: "deploy",
        targets: ["https://luna.aurora.workers.dev", "luna.example.com (custom domain)", "schedule: 17 3 * * *"],
      },
    ];
    const lines = report.map((line) => JSON.stringify(line)).join("\n");
    expect(targetsIn(lines)).toEqual(["https://luna.aurora.workers.dev", "https://luna.example.com"]);
    expect(targetsIn("")).toEqual([]);
  });

  test("of who is logged in, with warnings before it, or nothing at all", () => {
    expect(accountsIn('warning\n{"loggedIn":true,"accounts":[{"id":"1","name":"Aurora"}]}')).toEqual([
      { id: "1", name: "Aurora" },
    ]);
    expect(accountsIn("You are not logged in")).toEqual([]);
  });

  test("of the configuration: without R2 only the buckets are gone", async () => {
    const toml = await readFile(join(ROOT, "wrangler.toml"), "utf8");
    const poor = withoutR2(toml);
    expect(poor).not.toMatch(/r2_buckets|bucket_name/);
    const tables = (text: string) => text.match(/^\[.*$/gm)?.filter((line) => !line.includes("r2_buckets"));
    expect(tables(poor)).toEqual(tables(toml));
  });
});
