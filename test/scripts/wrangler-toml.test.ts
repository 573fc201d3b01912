/** What deploys: staging is production under other names, and nothing of an account is written down. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { unstable_readConfig } from "wrangler";

const FILE = join(import.meta.dirname, "../../wrangler.toml");
/** What is read here of a configuration as wrangler understands it. */
interface Config {
  name: string;
  durable_objects: { bindings: { name: string; class_name: string }[]; code_update_strategy?: object };
  d1_databases: { binding: string; database_name?: string; migrations_dir?: string }[];
  r2_buckets: { binding: string; bucket_name?: string }[];
  ratelimits: { name: string; namespace_id: string; simple: { limit: number; period: number } }[];
  vars: object;
  exports: Record<string, object>;
  assets?: { run_worker_first?: string[] };
  triggers: { crons: string[] };
  observability?: object;
}

const read = (env: string) => unstable_readConfig({ config: FILE, env }, { hideWarnings: true }) as unknown as Config;
const production = read("");
const staging = read("staging");

describe("staging and production", () => {
  test("have the same bindings, of the same kinds", () => {
    const named = (config: Config) => ({
      objects: config.durable_objects.bindings.map((one) => `${one.name} ${one.class_name}`).sort(),
      databases: config.d1_databases.map((one) => `${one.binding} ${one.migrations_dir}`),
      buckets: config.r2_buckets.map((one) => one.binding),
      brakes: config.ratelimits.map((one) => `${one.name} ${one.simple.limit} in ${one.simple.period} s`).sort(),
      vars: Object.keys(config.vars).sort(),
      classes: Object.keys(config.exports).sort(),
      assets: config.assets?.run_worker_first,
      crons: config.triggers.crons,
    });
    expect(named(staging)).toEqual(named(production));
    expect(named(production).objects.length).toBeGreaterThanOrEqual(2);
  });

  test("share no name, database, bucket or counter", () => {
    const own = (config: Config) => [
      config.name,
      ...config.d1_databases.map((one) => one.database_name),
      ...config.r2_buckets.map((one) => one.bucket_name),
      ...config.ratelimits.map((one) => one.namespace_id),
    ];
    const all = [...own(production), ...own(staging)];
    expect(all).not.toContain(undefined);
    expect(new Set(all).size).toBe(all.length);
  });

  test("every object class is exported with a database of its own, and none is bound twice", () => {
    const bound = production.durable_objects.bindings.map((one) => one.class_name);
    expect(new Set(bound).size).toBe(bound.length);
    for (const name of bound)
      expect(production.exports[name]).toMatchObject({ type: "durable-object", storage: "sqlite" });
  });

  test("a deploy waits for calls that are on, as long as the longest of them", () => {
    expect(production.durable_objects.code_update_strategy).toEqual({ mode: "deferred", max_delay: 3_600 });
  });

  test("log their own lines and no addresses of requests: the token of a link is part of them", () => {
    for (const { observability } of [production, staging]) {
      const logs = { enabled: true, invocation_logs: false };
      expect(observability).toEqual({ enabled: true, redact_query_string: true, logs });
    }
  });

  test("no id of anybody's account stands in the file", () => {
    const toml = readFileSync(FILE, "utf8");
    expect(toml).not.toMatch(/database_id|account_id|zone_id|[0-9a-f]{32}/);
  });

  test("every secret that the Deploy button describes can be set, and the example names it", () => {
    const example = readFileSync(join(FILE, "../.dev.vars.example"), "utf8");
    const { cloudflare } = JSON.parse(readFileSync(join(FILE, "../package.json"), "utf8")) as {
      cloudflare: { bindings: Record<string, { description: string }> };
    };
    const bound = [...production.d1_databases, ...production.r2_buckets].map((one) => one.binding);
    for (const name of Object.keys(cloudflare.bindings)) {
      if (!bound.includes(name)) expect(example).toMatch(new RegExp(`^(# )?${name}=`, "m"));
    }
    // The button asks for every line that is no comment, and insists.
    expect(example.match(/^[A-Z_]+=.*$/gm)).toEqual(["ADMIN_PASSWORD="]);
  });
});
