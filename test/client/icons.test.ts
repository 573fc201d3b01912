import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { SCENARIOS } from "../../src/scenarios/index.ts";
import { OTHERS } from "../../src/scenarios/personas/index.ts";

const read = (file: string) => readFileSync(new URL(`../../${file}`, import.meta.url), "utf8");
const drawn = [...read("public/icons.svg").matchAll(/<symbol id="([a-z-]+)"/g)].map((match) => match[1] as string);
/** The views may only name icons of this type. */
const named = [...read("src/client/views/icon-names.ts").matchAll(/^ {2}\| "([a-z-]+)"/gm)].map(
  (match) => match[1] as string,
);

it("the sprite holds every icon that a view or a scenario names, and no other", () => {
  expect(named.length).toBeGreaterThan(30);
  expect([...drawn].sort()).toEqual([...named, ...[...SCENARIOS, ...OTHERS].map((scenario) => scenario.icon)].sort());
});

it("no icon is drawn twice", () => {
  expect(new Set(drawn).size).toBe(drawn.length);
});
