import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { allRules, changes, type Rule, WHOM } from "../../src/routes/who-may.ts";
import { app } from "../../src/worker.ts";
import { isIn, KINDS, mayIn, People } from "../support/workerd/people.ts";
import { AccessTeam } from "../support/workerd/staff.ts";

const nameOf = ({ method, path }: { method: string; path: string }) => `${method} ${path}`;

let people: People;
beforeAll(async () => {
  people = await People.gather(await AccessTeam.open("t-walk"));
});
afterAll(() => vi.restoreAllMocks());

test("every route says who may use it, and nothing is listed that is not there", () => {
  const routed = app.routes.filter(({ method }) => method !== "ALL").map(nameOf);
  const listed = allRules().map(nameOf);
  expect(listed.toSorted()).toEqual([...new Set(routed)].toSorted());
  expect(new Set(listed).size).toBe(listed.length);
  expect(Object.keys(WHOM)).toEqual(expect.arrayContaining(allRules().map(({ whom }) => whom)));
});

describe("the door lets in exactly whom the list says", () => {
  for (const rule of allRules()) {
    test(`${nameOf(rule)}: ${rule.whom}`, async () => {
      const seen: Record<string, string> = {};
      const said: Record<string, string> = {};
      for (const kind of KINDS) {
        const response = await people.use(rule, kind);
        const text = response.webSocket ? "socket" : `${response.status}`;
        seen[kind] = (await isIn(rule, response)) ? "in" : "out";
        said[kind] = text;
      }
      const wanted = Object.fromEntries(KINDS.map((kind) => [kind, mayIn(rule, kind) ? "in" : "out"]));
      expect(seen, JSON.stringify(said)).toEqual(wanted);
    });
  }
});

/** What a browser sends along when a page of another site makes it ask. */
const FOREIGN: Record<string, string>[] = [
  { origin: "https://evil.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors" },
  { origin: "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document" },
  { origin: "https://evil.example" },
  { "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors", "sec-fetch-dest": "image" },
];
/** A key is no cookie: no browser sends it by itself. */
const byItself = ({ whom }: Rule) => whom !== "key";
const holderOf = (rule: Rule) => KINDS.findLast((kind) => kind !== "program" && mayIn(rule, kind)) ?? "host";

describe("another site cannot use somebody's browser", () => {
  for (const rule of allRules().filter((one) => byItself(one) && changes(one))) {
    test(`${nameOf(rule)} changes nothing for it`, async () => {
      for (const headers of FOREIGN) {
        const response = await people.use(rule, holderOf(rule), headers);
        expect(response.status, JSON.stringify(headers)).toBe(403);
      }
    });
  }
  for (const rule of allRules().filter((one) => byItself(one) && /\/(socket|watch)$/.test(one.path))) {
    test(`${nameOf(rule)} does not connect it`, async () => {
      const origin = { origin: "https://evil.example" };
      const response = await people.use(rule, holderOf(rule), origin);
      expect(response.webSocket ? await isIn(rule, response) : response.status === 403 ? false : response.status).toBe(
        false,
      );
    });
  }
  for (const rule of allRules().filter(
    ({ whom, path }) => ["operator", "host"].includes(whom) && /^\/api/.test(path),
  )) {
    test(`${nameOf(rule)} tells it nothing`, async () => {
      for (const headers of FOREIGN.filter((one) => one["sec-fetch-mode"] !== "navigate")) {
        expect((await people.use(rule, "host", headers)).status, JSON.stringify(headers)).toBe(403);
      }
    });
  }
});

test("every answer says that it is not to be framed, run, or taken for something else", async () => {
  for (const rule of allRules().filter(({ path }) => !/\/(socket|watch)$|^\/v1\/realtime$/.test(path))) {
    const { headers } = await people.use(rule, "stranger");
    expect(headers.get("x-content-type-options"), nameOf(rule)).toBe("nosniff");
    expect(headers.get("content-security-policy"), nameOf(rule)).toMatch(/default-src 'none'.*frame-ancestors 'none'/);
    expect(headers.get("referrer-policy"), nameOf(rule)).toBe("no-referrer");
  }
});
