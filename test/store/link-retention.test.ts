import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import { trailOf } from "../../src/store/audit.ts";
import { saveCall } from "../../src/store/calls.ts";
import { noteOpening, saveLink } from "../../src/store/links.ts";
import { recordingKey } from "../../src/store/recordings.ts";
import { forgetOldCalls } from "../../src/store/retention.ts";
import { ended, running } from "./records.ts";

const DAY = 24 * 3_600_000;

async function linked(id: string, letter: string, created_at: number): Promise<{ id: string }> {
  const named = { id, hash: letter.repeat(64), watch_hash: null, label: "L", host_name: "Ada", scenario: "block-card" };
  const times = { created_at, expires_at: null, revoked_at: null };
  await saveLink(env.DB, { ...named, ...times, opened: 0, running: 0, spent_usd: 0, version: 1 });
  return { id };
}

test("a call of a link that keeps its calls for two days is gone after three, with its sound; others stay", async () => {
  const now = Date.now();
  const link = await linked("01M7Z00000000000000000LINK", "a", now);
  const ids: string[] = [];
  for (const [n, days] of [2, 30].entries()) {
    const record = ended(running(ulid(now - 3 * DAY), { started_at: now - 3 * DAY }));
    ids.push(record.id);
    const kept_until = record.started_at + days * DAY;
    const postcard = { hash: String(n).repeat(64), call_id: record.id, host_name: "Ada", kept_until };
    await saveCall(env.DB, record, { link_id: link.id, postcard });
    await env.RECORDINGS.put(recordingKey(record.id), new Uint8Array(8));
  }
  const opening = { result: "opened" as const, call_id: null, who: "0".repeat(16) };
  await noteOpening(env.DB, link.id, { ...opening, at: now - 31 * DAY });
  await noteOpening(env.DB, link.id, { ...opening, at: now - 3 * DAY });
  await forgetOldCalls(env, now);
  const left = await env.DB.prepare("SELECT id FROM calls WHERE link_id = ?").bind(link.id).all<{ id: string }>();
  expect(left.results.map(({ id }) => id)).toEqual([ids[1]]);
  const cards = await env.DB.prepare("SELECT call_id FROM postcards").all<{ call_id: string }>();
  expect(cards.results.map(({ call_id }) => call_id)).toEqual([ids[1]]);
  expect(await env.RECORDINGS.head(recordingKey(ids[0] ?? ""))).toBeNull();
  expect(await env.RECORDINGS.head(recordingKey(ids[1] ?? ""))).not.toBeNull();
  expect(await env.DB.prepare("SELECT count(*) AS n FROM link_openings").first("n")).toBe(1);
});

test("where one call cannot be deleted at night, what else was deleted is in the trail, and old openings are gone", async () => {
  const now = Date.now();
  const old = ended(running(ulid(now - 31 * DAY), { started_at: now - 31 * DAY }));
  await saveCall(env.DB, old);
  const stays = ended(running(ulid(now - 3 * DAY), { started_at: now - 3 * DAY }));
  const postcard = { hash: "9".repeat(64), call_id: stays.id, host_name: "Ada", kept_until: now - DAY };
  const link = await linked("01M7Z00000000000000000LNK3", "c", now);
  await saveCall(env.DB, stays, { link_id: link.id, postcard });
  const opening = { result: "opened" as const, call_id: null, who: "0".repeat(16), at: now - 31 * DAY };
  await noteOpening(env.DB, link.id, opening);
  const CALLS = { getByName: () => ({ erase: async () => "later" }) } as unknown as typeof env.CALLS;
  await expect(forgetOldCalls({ ...env, CALLS }, now)).rejects.toThrow(/Not everything/);
  expect((await trailOf(env).read(null, 1))[0]).toMatchObject({ did: "retention", subject: "1 calls, 0 recordings" });
  const openings = env.DB.prepare("SELECT count(*) AS n FROM link_openings WHERE at < ?").bind(now - 30 * DAY);
  expect(await openings.first("n")).toBe(0);
});

test("an older copy of a link that comes late changes nothing", async () => {
  const row = {
    ...{ id: "01M7Z00000000000000000LNK2", hash: "b".repeat(64), watch_hash: null, label: "new", host_name: "Ada" },
    ...{
      scenario: "block-card",
      created_at: 1,
      expires_at: null,
      revoked_at: null,
      opened: 2,
      running: 1,
      spent_usd: 1,
    },
  };
  await saveLink(env.DB, { ...row, version: 5 });
  await saveLink(env.DB, { ...row, version: 4, label: "old", opened: 1 });
  expect(await env.DB.prepare("SELECT label, opened FROM links WHERE id = ?").bind(row.id).first()).toEqual({
    label: "new",
    opened: 2,
  });
});
