import { env } from "cloudflare:workers";
import { encodeTime } from "ulid";
import { expect, test } from "vitest";
import { deleteCallsBefore } from "../../src/store/calls.ts";
import { deleteRecordingsBefore, recordingKey } from "../../src/store/recordings.ts";

const NOW = 1_790_000_000_000;
const idAt = (time: number, n = 0) => encodeTime(time) + String(n).padStart(16, "0");

test("only recordings of calls that began earlier are deleted, to the millisecond", async () => {
  for (const at of [NOW - 1, NOW, NOW + 1]) await env.RECORDINGS.put(recordingKey(idAt(at)), "sound");
  expect(await deleteRecordingsBefore(env.RECORDINGS, NOW)).toBe(1);
  expect((await env.RECORDINGS.list()).objects.map((object) => object.key)).toEqual(
    [NOW, NOW + 1].map((at) => recordingKey(idAt(at))),
  );
  expect(await deleteRecordingsBefore(env.RECORDINGS, NOW)).toBe(0);
});

test("old calls are deleted oldest first, so many at a time", async () => {
  const insert = env.DB.prepare(
    `INSERT INTO calls (id, visitor, scenario, mode, model, verified, outcome, reason, started_at, ended_at)
     VALUES (?, 'v', 'block-card', 'scripted', 'luna-scripted', 0, 'failed', 'failed', 0, 0)`,
  );
  await env.DB.batch([0, 1, 2, 3, 4].map((n) => insert.bind(idAt(NOW + n, n))));
  const left = async () => (await env.DB.prepare("SELECT count(*) AS n FROM calls").first<number>("n")) ?? -1;
  expect(await deleteCallsBefore(env.DB, NOW + 4, 3)).toBe(3);
  expect(await left()).toBe(2);
  expect(await deleteCallsBefore(env.DB, NOW + 4, 3)).toBe(1);
  expect(await left()).toBe(1);
});

test("finding old calls reads no call that is young", async () => {
  const { results } = await env.DB.prepare("EXPLAIN QUERY PLAN SELECT id FROM calls WHERE id < ? ORDER BY id LIMIT ?")
    .bind("0", 1)
    .all<{ detail: string }>();
  const plan = results.map((row) => row.detail).join("; ");
  expect(plan).toMatch(/SEARCH calls USING COVERING INDEX/);
  expect(plan).not.toMatch(/TEMP B-TREE/);
});
