import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { routesPage, rowOf } from "../../scripts/routes.ts";

test("the page that lists every address is the one that the code would write; else: node scripts/routes.ts", () => {
  expect(readFileSync("docs/reference/routes.md", "utf8")).toBe(routesPage());
});

test("an address stands under whoever may use it, and is marked where it changes something", () => {
  const read = { method: "GET", path: "/api/a/:id", whom: "operator", title: "An a" };
  const gone = { method: "DELETE", path: "/api/a/:id", whom: "host", title: "No a" };
  const page = routesPage([gone, read]);
  expect([rowOf(read), rowOf(gone)]).toEqual(["| GET | `/api/a/:id` | An a |", "| DELETE * | `/api/a/:id` | No a |"]);
  const places = ["## For operator", rowOf(read), "## For host", rowOf(gone)].map((text) => page.indexOf(text));
  expect(places).toEqual(places.toSorted((a, b) => a - b));
  expect(places[0]).toBeGreaterThan(0);
  expect(page).not.toContain("## For anybody");
  expect(page).not.toMatch(/undefined|\[object/);
});
