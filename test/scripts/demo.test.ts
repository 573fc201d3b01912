import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const DEMO = join(import.meta.dirname, "../../scripts/demo.ts");

function demo(...args: string[]) {
  return spawnSync(process.execPath, [DEMO, ...args], { encoding: "utf8" });
}

test.each([["--help"], ["-h"]])("the demo says with %s what it takes, and calls nobody", (option) => {
  const { status, stdout, stderr } = demo(option);
  expect(stdout).toMatch(/--url URL[\s\S]*Exit code 0/);
  expect(stderr).toBe("");
  expect(status).toBe(0);
});

test.each([["--port=9"], ["block-card"]])(
  "the demo says so, and what it takes, where %s is nothing it knows",
  (option) => {
    const { status, stdout, stderr } = demo(option);
    expect(stderr).toMatch(/^Un(known|expected)[\s\S]*--url URL/);
    expect(stdout).toBe("");
    expect(status).toBe(2);
  },
);
