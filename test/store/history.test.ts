import { env } from "cloudflare:workers";
import { beforeAll, beforeEach, describe, expect, test } from "vitest";
import type { Sort } from "../../src/legs/host.ts";
import { saveCall } from "../../src/store/calls.ts";
import { findCalls, type Question, readAnyCall, statementOf } from "../../src/store/history.ts";
import { readToday } from "../../src/store/today.ts";
import { ended, running, tool, turn, VISITOR } from "./records.ts";

const NOW = Date.UTC(2026, 10, 21, 12);
const DAY = 86_400_000;

/** A call id in the order of `n`. */
const idOf = (n: number) => `01${String(n).padStart(24, "0")}`;
const ask = (question: Partial<Question> = {}) => findCalls(env.DB, { sort: "newest", limit: 50, ...question });
const idsOf = async (question: Partial<Question> = {}) => (await ask(question)).calls.map(({ id }) => id);

/** An ended call in which the caller said this. */
async function call(n: number, says: string, more: Parameters<typeof ended>[1] = {}) {
  const turns = [turn(`hello-${n}`, 1, { text: "Good day." }), turn(`says-${n}`, 2, { text: says })];
  await saveCall(env.DB, ended(running(idOf(n), { started_at: NOW + n, turns, ...more }), more));
}

async function link(id: string, label: string) {
  await env.DB.prepare(
    "INSERT INTO links (id, hash, label, host_name, scenario, created_at) VALUES (?1, ?2, ?3, 'Nora', 'block-card', 0)",
  )
    .bind(id, id.padStart(64, "0"), label)
    .run();
}

describe("a handful of calls", () => {
  beforeEach(async () => {
    await env.DB.batch(["calls", "links"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
  });

  test("come newest first, with what a list shows of each", async () => {
    await link("lnk-1", "<b>Friends</b>");
    const tools = [tool("t-1")];
    await saveCall(env.DB, ended(running(idOf(1), { started_at: NOW, turns: [turn("a", 1), turn("b", 2)], tools })));
    await env.DB.prepare("UPDATE calls SET link_id = 'lnk-1'").run();
    await saveCall(env.DB, running(idOf(2), { started_at: NOW + 5, mode: "scripted" }));
    const { calls, next } = await ask();
    expect(next).toBeNull();
    expect(calls).toEqual([
      expect.objectContaining({ id: idOf(2), outcome: null, ended_at: null, turns: 0, link: null, found: null }),
      {
        id: idOf(1),
        scenario: "block-card",
        mode: "ai",
        fell_back: false,
        model: "gpt-realtime-2.1",
        outcome: "contained",
        reason: "caller_ended",
        started_at: NOW,
        ended_at: NOW + 60_000,
        turns: 2,
        tools: 1,
        cost_usd: null,
        latency: { p50: null, p95: null },
        link: { id: "lnk-1", label: "<b>Friends</b>" },
        found: null,
      },
    ]);
    expect(JSON.stringify(calls)).not.toContain(VISITOR);
  });

  test("are found by what was said, with the place, in whatever order the words are asked for", async () => {
    await call(1, "My card ending in 4829 was stolen at the railway station.");
    await call(2, "What is my mortgage rate, please?");
    const found = await ask({ q: "stol 4829 station".split(" ").toReversed().join(" ") });
    expect(found.calls.map(({ id }) => id)).toEqual([idOf(1)]);
    expect(found.calls[0]?.found?.filter(({ hit }) => hit).map(({ text }) => text)).toEqual([
      "4829",
      "stolen",
      "station",
    ]);
    expect(await idsOf({ q: "mortgage" })).toEqual([idOf(2)]);
    expect(await idsOf({ q: "MORTG" })).toEqual([idOf(2)]);
    expect(await idsOf({ q: "mortg rate" })).toEqual([]);
  });

  test("are found by quoted words only where these follow each other", async () => {
    await call(1, "Stop the card, I lost it.");
    await call(2, "I lost the card.");
    expect(await idsOf({ q: '"lost the card"' })).toEqual([idOf(2)]);
    expect(await idsOf({ q: "card lost" })).toEqual([idOf(2), idOf(1)]);
  });

  test("are found without accents and across tool results", async () => {
    await call(1, "Überweisung an José.", { tools: [tool("t", { summary: "Replacement card ordered." })] });
    expect(await idsOf({ q: "jose uberweisung" })).toEqual([idOf(1)]);
    expect(await idsOf({ q: "replacement" })).toEqual([idOf(1)]);
  });

  test.each([
    '"',
    '""',
    "AND",
    "NOT card",
    "words : card",
    "-card",
    "card*",
    "(card",
    "{tags} : ocontained",
    "card NEAR(x)",
    "'; DROP TABLE calls; --",
    "^card",
    "a".repeat(200),
    "\u0002card\u0003",
    "\u0000card",
    "<script>card</script>",
  ])("the question %j is words and nothing else", async (q) => {
    await call(1, "Nothing to see.");
    const answer = await ask({ q }).catch((thrown: { kind?: string }) => thrown.kind);
    if (answer !== "invalid_request") expect(answer).toEqual({ calls: [], next: null });
  });

  test("words without a letter are refused, and what is on is not in the full text", async () => {
    await expect(ask({ q: "!? –" })).rejects.toMatchObject({ kind: "invalid_request", param: "q" });
    await saveCall(env.DB, running(idOf(1), { turns: [turn("a", 1, { text: "Hello." })] }));
    expect(await idsOf({ q: "hello" })).toEqual([]);
    expect(await idsOf({ q: "hello", outcome: "running" })).toEqual([]);
    expect(await idsOf({ outcome: "running" })).toEqual([idOf(1)]);
  });

  test("are narrowed by everything they were, alone and with words", async () => {
    await link('l/1 "x"', "Label");
    await call(1, "One thing.", { scenario: "dispute", outcome: "escalated" });
    await call(2, "One thing.", { mode: "scripted" });
    await call(3, "One thing.", { fell_back: true, started_at: NOW + 2 * DAY });
    await env.DB.prepare("UPDATE calls SET link_id = 'l/1 \"x\"' WHERE id = ?").bind(idOf(2)).run();
    await call(2, "One thing.", { mode: "scripted" });
    const cases: [Partial<Question>, number[]][] = [
      [{ scenario: "dispute" }, [1]],
      [{ outcome: "escalated" }, [1]],
      [{ outcome: "contained", mode: "ai" }, [3]],
      [{ mode: "ai" }, [3, 1]],
      [{ mode: "scripted" }, [2]],
      [{ mode: "fell_back" }, [3]],
      [{ link: 'l/1 "x"' }, [2]],
      [{ link: "l" }, []],
      [{ from: NOW + DAY }, [3]],
      [{ to: NOW + DAY }, [2, 1]],
      [{ from: NOW + 2, to: NOW + 3 }, [2]],
      [{ scenario: "dispute", outcome: "contained" }, []],
    ];
    for (const [question, expected] of cases) {
      expect([question, await idsOf(question)]).toEqual([question, expected.map(idOf)]);
      expect([question, await idsOf({ q: "thing", ...question })]).toEqual([question, expected.map(idOf)]);
    }
  });

  test("sort by length, cost and speed, what is not known last; words only by time", async () => {
    const figures = (p95: number | null, cost_usd: number | null, seconds: number) => ({
      latency: { p50: p95, p95, turns: 1 },
      ended_at: NOW + 1_000 * seconds,
      started_at: NOW,
      figures: {
        cost_usd,
        tokens: null,
        talk_overs: null,
        ear: { turns: 1, mean: p95, p50: p95, p95 },
        server: { turns: 0, mean: null, p50: null, p95: null },
      },
    });
    await call(1, "Words.", figures(900, null, 20));
    await call(2, "Words.", figures(null, 0.2, 10));
    await call(3, "Words.", figures(100, 0.1, 30));
    const sorted = (sort: Sort) => idsOf({ sort });
    expect(await sorted("slowest")).toEqual([1, 3, 2].map(idOf));
    expect(await sorted("dearest")).toEqual([2, 3, 1].map(idOf));
    expect(await sorted("longest")).toEqual([3, 1, 2].map(idOf));
    expect(await sorted("oldest")).toEqual([1, 2, 3].map(idOf));
    await expect(ask({ q: "words", sort: "longest" })).rejects.toMatchObject({ param: "sort" });
    expect(await idsOf({ q: "words", sort: "oldest" })).toEqual([1, 2, 3].map(idOf));
  });

  test.each<[Partial<Question>]>([
    [{}],
    [{ sort: "oldest" }],
    [{ sort: "longest" }],
    [{ sort: "dearest" }],
    [{ scenario: "block-card", mode: "ai" }],
    [{ q: "thing" }],
    [{ q: "thing", sort: "oldest" }],
  ])("page by page no call is left out or comes twice, also where many are alike: %j", async (question) => {
    for (let n = 1; n <= 11; n++) await call(n, "The same thing.", { started_at: NOW + (n >> 2) });
    const seen: string[] = [];
    let cursor: string | undefined;
    for (let page = 0; page < 8; page++) {
      const { calls, next } = await ask({ ...question, limit: 3, cursor });
      seen.push(...calls.map(({ id }) => id));
      if (next === null) break;
      cursor = next;
      // A call that comes in between changes nothing of the pages behind.
      if (question.sort === undefined && page === 0) await call(99, "The same thing.", { started_at: NOW + DAY });
    }
    expect(new Set(seen).size).toBe(seen.length);
    expect(seen.toSorted()).toEqual(Array.from({ length: 11 }, (_, n) => idOf(n + 1)));
  });

  test("a page mark of another question, or of nobody, is refused", async () => {
    for (let n = 1; n <= 3; n++) await call(n, "Words.");
    const { next } = await ask({ limit: 1 });
    for (const cursor of [next ?? "", "e30", "x", "W10", "bnVsbA", "👻"]) {
      await expect(ask({ sort: "oldest", cursor })).rejects.toMatchObject({ kind: "invalid_request", param: "cursor" });
    }
  });

  test("saving a record again changes nothing, and what is said later is found", async () => {
    await call(1, "First words.");
    const { results } = await env.DB.prepare("SELECT * FROM searched").all();
    await call(1, "First words.");
    expect((await env.DB.prepare("SELECT * FROM searched").all()).results).toEqual(results);
    const turns = [turn("hello-1", 1), turn("late", 3, { text: "A belated remark." })];
    await saveCall(env.DB, ended(running(idOf(1), { started_at: NOW + 1, turns }), {}));
    expect(await idsOf({ q: "belated first" })).toEqual([idOf(1)]);
  });

  test("a deleted call takes its words out of the index, to the last syllable", async () => {
    await call(1, "A word like xylophone.");
    await call(2, "Something else.");
    const vocabulary = async () => {
      await env.DB.prepare("DROP TABLE IF EXISTS vocabulary").run();
      await env.DB.prepare("CREATE VIRTUAL TABLE vocabulary USING fts5vocab(search, row)").run();
      const { results } = await env.DB.prepare("SELECT term FROM vocabulary").all<{ term: string }>();
      await env.DB.prepare("DROP TABLE vocabulary").run();
      return results.map(({ term }) => term);
    };
    expect(await vocabulary()).toContain("xylophone");
    await env.DB.prepare("DELETE FROM calls WHERE id = ?").bind(idOf(1)).run();
    expect(await vocabulary()).not.toContain("xylophone");
    expect(await vocabulary()).toContain("something");
    expect(await idsOf({ q: "xylophone" })).toEqual([]);
    expect(await env.DB.prepare("SELECT count(*) AS n FROM searched").first("n")).toBe(1);
  });

  test("a whole call is read with its link, whoever made it; one that never was is null", async () => {
    await call(1, "Words.");
    expect(await readAnyCall(env.DB, idOf(1))).toMatchObject({ record: { id: idOf(1), visitor: VISITOR }, link: null });
    expect(await readAnyCall(env.DB, idOf(2))).toBeNull();
  });
});

describe("a hundred thousand calls", () => {
  const MANY = 100_000;
  /** Of database time, ms. */
  const LIMIT_MS = 50;
  const SCENARIOS = ["block-card", "dispute", "loan-balance", "mortgage-rate", "transfer-funds", "freeform"];

  beforeAll(async () => {
    await env.DB.batch(["calls", "links"].map((table) => env.DB.prepare(`DELETE FROM ${table}`)));
    for (let n = 0; n < 20; n++) await link(`link-${n}`, `Link ${n}`);
    const numbers = (sql: string) =>
      env.DB.prepare(`WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${MANY}) ${sql}`);
    // Ninety days; seven of ten contained, one of a thousand failed; a rare word in every ten-thousandth call.
    await numbers(`
      INSERT INTO calls (id, visitor, scenario, mode, fell_back, model, verified, outcome, reason, started_at, ended_at,
        latency_p50, latency_p95, cost_usd, link_id)
      SELECT printf('01%024d', i), 'visitor-' || (i % 5000), json_extract('${JSON.stringify(SCENARIOS)}', '$[' || (i * 7 % ${SCENARIOS.length}) || ']'),
        iif(i % 5 < 2, 'ai', 'scripted'), i % 50 = 0, 'model', i % 2,
        CASE WHEN i % 1000 = 0 THEN 'failed' WHEN i % 10 < 7 THEN 'contained' WHEN i % 10 < 9 THEN 'escalated' ELSE 'abandoned' END,
        'caller_ended', ${NOW} - (${MANY} - i) * ${(90 * DAY) / MANY}, ${NOW} - (${MANY} - i) * ${(90 * DAY) / MANY} + 20000 + i * 7919 % 300000,
        iif(i % 3 = 0, NULL, 300 + i % 400), iif(i % 3 = 0, NULL, 500 + i % 900),
        iif(i % 5 < 2, (i * 31 % 1000) / 2000.0, NULL), iif(i % 4 = 0, 'link-' || (i % 20), NULL) FROM n`).run();
    await env.DB.prepare(`
      INSERT INTO turns (call_id, item_id, ord, who, how, text, heard, state, at, latency_ms, server_ms)
      SELECT id, 'item-' || k, k, iif(k % 2, 'luna', 'caller'), 'speech',
        CASE k WHEN 1 THEN 'Good day, this is Luna of Aurora Bank. How can I help you?'
          WHEN 2 THEN 'I would like to ask about my card, number ' || substr(id, -4)
          ELSE 'Of course. ' || iif(substr(id, -4) = '0000', 'The zeppelin is paid.', 'The card is safe.') END,
        '', 'final', started_at + k * 1000, iif(k = 3, latency_p50, NULL), iif(k = 3, latency_p50 - 100, NULL)
      FROM calls, (SELECT 1 AS k UNION SELECT 2 UNION SELECT 3)`).run();
    await env.DB.prepare(`
      INSERT INTO searched (place, call_id, words, tags)
      SELECT started_at * 1000, id, (SELECT group_concat(text, char(10)) FROM turns WHERE call_id = calls.id),
        's' || hex(scenario) || ' o' || outcome || ' m' || mode || iif(fell_back = 1, ' mfell', '') || ' l' || coalesce(hex(link_id), '0')
      FROM calls`).run();
  }, 180_000);

  const week = { from: NOW - 40 * DAY, to: NOW - 33 * DAY };
  const QUESTIONS: [string, Partial<Question>][] = [
    ["the newest", {}],
    ["the oldest", { sort: "oldest" }],
    ["a scenario", { scenario: "dispute" }],
    ["an outcome that is everywhere", { outcome: "contained" }],
    ["an outcome that is rare", { outcome: "failed" }],
    ["what is on", { outcome: "running" }],
    ["a mode", { mode: "scripted" }],
    ["what fell back", { mode: "fell_back" }],
    ["a link", { link: "link-8" }],
    ["a link that nobody has", { link: "nobody" }],
    ["a week", week],
    ["a day long ago", { from: NOW - 80 * DAY, to: NOW - 79 * DAY, sort: "oldest" }],
    ["everything at once", { scenario: "dispute", outcome: "escalated", mode: "ai", link: "link-8", ...week }],
    ["what never goes together", { outcome: "failed", mode: "ai", scenario: "nobody" }],
    ["a rare outcome that fell back", { outcome: "failed", mode: "fell_back" }],
    ["common traits that never meet", { outcome: "abandoned", link: "link-8" }],
    ["the longest", { sort: "longest" }],
    ["the dearest", { sort: "dearest" }],
    ["the slowest", { sort: "slowest" }],
    ["the dearest that failed", { sort: "dearest", outcome: "failed" }],
    ["the dearest of an outcome that is everywhere", { sort: "dearest", outcome: "contained" }],
    ["the longest in what never goes together", { sort: "longest", outcome: "contained", scenario: "nobody" }],
    ["the longest of a link", { sort: "longest", link: "link-12" }],
    ["the slowest that are not there", { sort: "slowest", scenario: "nobody" }],
    ["the longest of a day", { sort: "longest", from: NOW - 80 * DAY, to: NOW - 79 * DAY }],
    ["a word of every call", { q: "card" }],
    ["a word of every call, oldest first", { q: "card", sort: "oldest" }],
    ["the beginning of a word of every call", { q: "lun" }],
    ["a word of ten calls", { q: "zeppelin" }],
    ["a word of none", { q: "xylophone" }],
    ["a number", { q: "4711" }],
    ["five words", { q: "good day luna aurora bank" }],
    ["a phrase", { q: '"luna of aurora bank"' }],
    ["a word of every call in rare ones", { q: "card", outcome: "failed" }],
    ["a rare word in every call's outcome", { q: "zeppelin", outcome: "contained" }],
    [
      "a word and everything at once",
      { q: "card", scenario: "dispute", outcome: "escalated", mode: "ai", link: "link-8" },
    ],
    ["words and traits that never meet", { q: "zeppelin", outcome: "abandoned" }],
    ["a word in a week", { q: "card", ...week }],
    ["a word in a week, oldest first", { q: "card", sort: "oldest", ...week }],
  ];

  /** The least of several, up to one in time: what else runs on this machine takes time, but gives none. */
  async function databaseTime(sql: string, values: (string | number)[]): Promise<number> {
    let least = Number.POSITIVE_INFINITY;
    for (let run = 0; run < 12 && least >= LIMIT_MS; run++) {
      const { meta } = await env.DB.prepare(sql)
        .bind(...values)
        .all();
      least = Math.min(least, meta.duration);
    }
    return least;
  }

  async function planOf(sql: string, values: (string | number)[]): Promise<string[]> {
    const { results } = await env.DB.prepare(`EXPLAIN QUERY PLAN ${sql}`)
      .bind(...values)
      .all<{ detail: string }>();
    return results.map(({ detail }) => detail);
  }

  test("are there", async () => {
    const count = (table: string) => env.DB.prepare(`SELECT count(*) AS n FROM ${table}`).first<number>("n");
    expect([await count("calls"), await count("turns"), await count("searched")]).toEqual([MANY, 3 * MANY, MANY]);
  });

  test.each(QUESTIONS)(
    "answer for %s in time, by an index: first page, and the page behind it",
    async (name, asked) => {
      const question: Question = { sort: "newest", limit: 50, ...asked };
      const { next } = await findCalls(env.DB, question);
      for (const page of next === null ? [question] : [question, { ...question, cursor: next }]) {
        const { sql, values } = statementOf(page);
        const plan = await planOf(sql, values);
        expect(plan.filter((step) => /^SCAN (calls|turns|tool_runs|searched|links)\b/.test(step))).toEqual([]);
        expect(
          plan.some((step) =>
            /^SEARCH calls USING (COVERING )?INDEX|^SCAN search VIRTUAL TABLE INDEX \d+:\S*M/.test(step),
          ),
        ).toBe(true);
        const ms = await databaseTime(sql, values);
        console.log(
          `${ms.toFixed(1).padStart(6)} ms  ${name}${page.cursor ? ", second page" : ""}: ${plan.join(" · ")}`,
        );
        expect(ms).toBeLessThan(LIMIT_MS);
      }
    },
  );

  test("stay as quick on the thousandth page", async () => {
    const { calls } = await ask({ limit: 1, sort: "oldest" });
    const { next } = await ask({ limit: 1, from: NOW - 50 * DAY, to: NOW - 49 * DAY });
    expect(calls).toHaveLength(1);
    const { sql, values } = statementOf({ sort: "newest", limit: 50, cursor: next ?? "" });
    expect(await databaseTime(sql, values)).toBeLessThan(LIMIT_MS);
  });

  test("leave the host's first page quick", async () => {
    const started = performance.now();
    const today = await readToday(env.DB, NOW, 14, 1_800_000);
    expect(today.series.days).toHaveLength(14);
    expect(today.calls).toBeGreaterThan(500);
    console.log(`today: ${(performance.now() - started).toFixed(0)} ms`);
  });
});
