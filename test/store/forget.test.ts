import { env } from "cloudflare:workers";
import { ulid } from "ulid";
import { expect, test } from "vitest";
import type { Bindings } from "../../src/env.ts";
import { saveCall } from "../../src/store/calls.ts";
import { forgetCalls } from "../../src/store/forget.ts";
import { recordingKey } from "../../src/store/recordings.ts";
import { addSpending } from "../../src/store/spending.ts";
import { ended, running } from "./records.ts";

/** Calls that have ended and left a row, what they cost and their sound. */
async function calls(count: number): Promise<string[]> {
  const ids = Array.from({ length: count }, () => ulid());
  for (const id of ids) {
    await saveCall(env.DB, ended(running(id)));
    await addSpending(env.DB, id, 0.5, Date.now());
    await env.RECORDINGS.put(recordingKey(id), "sound");
  }
  return ids;
}

/** One call cannot be deleted now. */
function refusing(refuses: string): Bindings {
  const erase = async (id: string) => (id === refuses ? "later" : "deleted");
  return { ...env, CALLS: { getByName: (id: string) => ({ erase: () => erase(id) }) } as unknown as typeof env.CALLS };
}

async function left(ids: string[]): Promise<{ rows: string[]; spent: string[]; sound: string[] }> {
  const all = (sql: string) => env.DB.prepare(sql).bind(JSON.stringify(ids)).all<{ id: string }>();
  const rows = await all("SELECT id FROM calls WHERE id IN (SELECT value FROM json_each(?)) ORDER BY id");
  const spent = await all("SELECT call_id AS id FROM spent_by_call WHERE call_id IN (SELECT value FROM json_each(?))");
  const sound = await Promise.all(ids.map(async (id) => ((await env.RECORDINGS.head(recordingKey(id))) ? [id] : [])));
  return { rows: rows.results.map(({ id }) => id), spent: spent.results.map(({ id }) => id), sound: sound.flat() };
}

test("where one call cannot be deleted now, the others that were asked are gone with all that was kept of them", async () => {
  const ids = await calls(3);
  const stays = [ids[1] ?? ""];
  await expect(forgetCalls(refusing(stays[0] ?? ""), ids)).rejects.toThrow(/Not everything/);
  expect(await left(ids)).toEqual({ rows: stays, spent: stays, sound: stays });
  expect(await forgetCalls(refusing("none"), ids)).toBe(3);
  expect(await left(ids)).toEqual({ rows: [], spent: [], sound: [] });
});

test("calls behind one that cannot be deleted now are left as they were", async () => {
  const ids = await calls(22);
  await expect(forgetCalls(refusing(ids[5] ?? ""), ids)).rejects.toThrow(/Not everything/);
  const stay = [ids[5] ?? "", ...ids.slice(20)];
  expect((await left(ids)).sound).toEqual(stay);
  expect((await left(ids)).rows.toSorted()).toEqual(stay.toSorted());
});
