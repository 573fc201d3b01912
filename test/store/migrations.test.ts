import { applyD1Migrations } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { readCall } from "../../src/store/calls.ts";

test("records of before keep every turn and tool run when the tables are rebuilt", async () => {
  const { DB } = env;
  // What was made last refers to what was made before it.
  const all =
    // Tables of the full text go with it.
    "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT GLOB '_cf_*' AND name NOT GLOB 'sqlite_*' AND name NOT GLOB 'search_*'";
  const { results } = await DB.prepare(`${all} ORDER BY rowid DESC`).all<{ name: string }>();
  await DB.batch(results.map(({ name }) => DB.prepare(`DROP TABLE ${name}`)));
  await applyD1Migrations(DB, env.TEST_MIGRATIONS.slice(0, 1));
  await DB.batch([
    DB.prepare(
      `INSERT INTO calls (id, visitor, scenario, mode, model, verified, outcome, reason, started_at, ended_at, latency_p50)
         VALUES ('call-1', 'visitor', 'block-card', 'ai', 'gpt-realtime-2.1', 1, 'contained', 'caller_ended', 1, 2, 600)`,
    ),
    DB.prepare(
      `INSERT INTO turns (call_id, item_id, ord, who, how, text, heard, state, at, latency_ms)
         VALUES ('call-1', 'item-1', 1, 'luna', 'speech', 'Hello.', 'Hello.', 'final', 1, 600)`,
    ),
    DB.prepare(
      `INSERT INTO tool_runs (call_id, tool_call_id, ord, name, arguments, state, summary, at, ms)
         VALUES ('call-1', 'tool-1', 1, 'block_card', '{}', 'done', 'Blocked.', 1, 5)`,
    ),
  ]);

  await applyD1Migrations(DB, env.TEST_MIGRATIONS);
  const record = await readCall(DB, "call-1", "visitor");
  expect(record).toMatchObject({
    outcome: "contained",
    latency: { p50: 600, p95: null, turns: 1 },
    figures: { cost_usd: null, tokens: null, talk_overs: null },
    turns: [{ item_id: "item-1", text: "Hello.", latency_ms: 600, server_ms: null, cost_usd: null }],
    tools: [{ call_id: "tool-1", summary: "Blocked." }],
  });

  // The references came along: a deleted call takes its rows with it, and no row stands alone.
  await DB.prepare("DELETE FROM calls").run();
  const left = await DB.prepare("SELECT (SELECT count(*) FROM turns) + (SELECT count(*) FROM tool_runs) AS n").first(
    "n",
  );
  expect(left).toBe(0);
  const orphan = DB.prepare(
    "INSERT INTO turns (call_id, item_id, ord, who, how, text, heard, state, at) VALUES ('nobody', 'i', 1, 'luna', 'typed', '', '', 'final', 1)",
  );
  await expect(orphan.run()).rejects.toThrow(/FOREIGN KEY/i);
});
