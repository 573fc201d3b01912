import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { expect, test } from "vitest";
import { Wakes } from "../../src/durable/call/wakes.ts";

test("of many wishes at once the earliest is the alarm", async () => {
  const now = Date.now();
  const alarm = await runInDurableObject(env.CALLS.getByName("01ARZ3NDEKTSV4RRFFQ69G5FAV"), async (_, state) => {
    const wakes = new Wakes(state, () => undefined);
    for (const seconds of [900, 60, 1_800, 90]) wakes.alarmBy(now + seconds * 1_000);
    await expect.poll(() => state.storage.getAlarm()).toBe(now + 60_000);
    await new Promise((resolve) => setTimeout(resolve, 50));
    return state.storage.getAlarm();
  });
  expect(alarm).toBe(now + 60_000);
});

test("an alarm that storage refused once can be set the next time", async () => {
  let alarm: number | null = null;
  let refuses = true;
  const storage = {
    getAlarm: async () => {
      if (refuses) throw new Error("Internal error in Durable Object storage caused object to be reset.");
      return alarm;
    },
    setAlarm: async (time: number) => {
      alarm = time;
    },
  };
  const later: Promise<unknown>[] = [];
  const ctx = { storage, waitUntil: (work: Promise<unknown>) => later.push(work) } as object as DurableObjectState;
  const wakes = new Wakes(ctx, () => undefined);
  wakes.alarmBy(60_000);
  await Promise.all(later);
  expect(alarm).toBeNull();
  refuses = false;
  wakes.alarmBy(90_000);
  await Promise.all(later);
  expect(alarm).toBe(90_000);
});
