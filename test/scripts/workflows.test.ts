/** What GitHub runs: nothing that can change by itself, no secret where strangers' code runs, and staging before production. */
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";

const FOLDER = join(import.meta.dirname, "../../.github/workflows");
const read = (name: string) => readFileSync(join(FOLDER, name), "utf8");
const { scripts } = JSON.parse(readFileSync(join(FOLDER, "../../package.json"), "utf8")) as {
  scripts: Record<string, string>;
};

describe("the workflows", () => {
  test.each(readdirSync(FOLDER))("%s takes every action at one commit, and says of which version", (name) => {
    const used = [...read(name).matchAll(/uses: (.*)/g)].map((match) => match[1] ?? "");
    expect(used.length).toBeGreaterThan(0);
    for (const one of used) expect(one).toMatch(/^(\.\/|[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d)/);
  });

  test.each(readdirSync(FOLDER))(
    "%s may read the repository and nothing else, and runs only scripts there are",
    (name) => {
      const text = read(name);
      expect(text).toMatch(/^permissions:\n {2}contents: read$/m);
      expect(text).not.toMatch(/: write|pull_request_target/);
      for (const [, script = ""] of text.matchAll(/npm run (?:--silent )?([\w:]+)/g))
        expect(Object.keys(scripts)).toContain(script);
    },
  );

  test("tests need no secret, so that pull requests from forks are tested, too", () => {
    expect(read("test.yml")).not.toMatch(/secrets\./);
    expect(read("test.yml")).toMatch(/^ {2}pull_request:$/m);
  });

  test("production waits for staging, staging for the tests, and each is called after its deploy", () => {
    const jobs = read("deploy.yml").split(/^ {2}(?=\w+:$)/m);
    const job = (name: string) => jobs.find((one) => one.startsWith(`${name}:`)) ?? "";
    expect(job("staging")).toMatch(/needs: \[test, account\]/);
    expect(job("production")).toMatch(/needs: \[staging\]/);
    expect(job("staging").indexOf("npm run deploy")).toBeLessThan(job("staging").indexOf("smoke"));
    expect(job("production")).toMatch(/steps: \*deploy-and-call/);
  });

  test("what is asked of an address is never put together from somebody's words", () => {
    const lines = read("deploy.yml")
      .split("\n")
      .filter((line) => line.includes("npm run"));
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line).not.toContain("${{");
  });
});
