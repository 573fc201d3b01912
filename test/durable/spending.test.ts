import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { PageEvent } from "../../src/legs/wire.ts";
import { addSpending, spentToday } from "../../src/store/spending.ts";
import { type Fault, once } from "../support/faults.ts";
import { Browser, type Caller } from "../support/workerd/caller.ts";
import { GOOD_KEY, provide } from "../support/workerd/provider.ts";

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(env, { OPENAI_API_KEY: "", CALL_CAP_USD: "", DAY_CAP_USD: "" });
});

const STALLED: Fault = { do: "stall", ms: null };

/** The host pays for this call. */
async function hostsCall(caps: { CALL_CAP_USD?: string; DAY_CAP_USD?: string }): Promise<[Browser, Caller]> {
  Object.assign(env, { OPENAI_API_KEY: GOOD_KEY, ...caps });
  const browser = new Browser();
  return [browser, await browser.call({ scenario: "block-card" })];
}

async function greeted(caller: Caller): Promise<void> {
  await caller.until(() => caller.told.some((event) => event.type === "response.output_audio_transcript.done"));
}

/** All that Luna has said is at the ear. */
function heard(caller: Caller): void {
  const { content_index } = caller.last("response.output_audio_transcript.done") ?? {};
  if (content_index === undefined) throw new Error("nothing was said");
  for (const item_id of caller.told.flatMap((e) => (e.type === "luna.audio" ? [e.item_id] : []))) {
    caller.send({ type: "luna.playback", item_id, content_index, state: "done", heard_ms: 60_000 });
  }
}

describe("the host's money", () => {
  test("is counted from every response, told on the page, and added to the day when the call has ended", async () => {
    provide();
    const [browser, caller] = await hostsCall({});
    await greeted(caller);
    await caller.until(() => (caller.last("luna.cost")?.usd ?? 0) > 0);
    const usd = caller.last("luna.cost")?.usd ?? 0;
    const before = await spentToday(env.DB, Date.now());
    caller.send({ type: "luna.end" });
    await caller.until(() => caller.ended !== undefined);
    expect(caller.ended?.cost_usd).toBeCloseTo(usd, 9);
    await expect.poll(() => spentToday(env.DB, Date.now())).toBeCloseTo(before + usd, 9);
    const record = await (await browser.fetch(`/api/calls/${caller.opened.call_id}`)).json<{ figures: object }>();
    expect(record.figures).toMatchObject({ cost_usd: usd });
  });

  test("is counted too where the caller hangs up in the middle of an answer, whose bill never comes", async () => {
    let pieces = 0;
    provide({
      faults: () => once((event) => event.type === "response.output_audio.delta" && ++pieces > 5, STALLED),
    });
    const [, caller] = await hostsCall({});
    await caller.until(() => caller.audio.length >= 5);
    const before = await spentToday(env.DB, Date.now());
    caller.send({ type: "luna.end" });
    await caller.until(() => caller.ended !== undefined);
    // Five words of 60 ms: six tokens.
    await expect.poll(() => spentToday(env.DB, Date.now())).toBeCloseTo(before + 6 * 64e-6, 9);
    expect(caller.ended?.cost_usd).toBeNull();
  });

  test("is counted too where the line breaks off in the middle of an answer, and somebody else goes on", async () => {
    let pieces = 0;
    const lost: Fault = { do: "close", code: 3000, reason: "invalid_request_error.invalid_api_key" };
    provide({ faults: () => once((event) => event.type === "response.output_audio.delta" && ++pieces > 5, lost) });
    const [, caller] = await hostsCall({});
    await caller.until(() => caller.last("luna.engine")?.model === "luna-scripted");
    expect(caller.last("luna.cost")).toMatchObject({ usd: 0, turn_usd: null });
    const before = await spentToday(env.DB, Date.now());
    caller.send({ type: "luna.end" });
    await caller.until(() => caller.ended !== undefined);
    await expect.poll(() => spentToday(env.DB, Date.now())).toBeCloseTo(before + 6 * 64e-6, 9);
    expect(caller.ended?.cost_usd).toBeNull();
  });

  test("that a call has cost stays in the day's sum when the call is deleted, also while it is on and D1 has not heard of it", async () => {
    provide();
    const [browser, caller] = await hostsCall({});
    await caller.until(() => (caller.last("luna.cost")?.usd ?? 0) > 0);
    const usd = caller.last("luna.cost")?.usd ?? 0;
    const before = await spentToday(env.DB, Date.now());
    const { call_id } = caller.opened;
    expect((await browser.fetch(`/api/calls/${call_id}`, { method: "DELETE" })).status).toBe(204);
    expect(await spentToday(env.DB, Date.now())).toBeCloseTo(before + usd, 9);
    expect(await env.DB.prepare("SELECT 1 FROM spent_by_call WHERE call_id = ?").bind(call_id).first()).toBeNull();
  });

  test("is warned of once at 80 %, and the call goes on", async () => {
    const lines = provide();
    const [, caller] = await hostsCall({ CALL_CAP_USD: "1" });
    await greeted(caller);
    heard(caller);
    await caller.until(() => (caller.last("luna.cost")?.usd ?? 0) > 0);
    // 13,000 tokens of sound at 64 dollars a million.
    const usage = { total_tokens: 13_000, output_tokens: 13_000, output_token_details: { audio_tokens: 13_000 } };
    const stub = env.CALLS.getByName(caller.opened.call_id);
    for (const id of ["resp_dear", "resp_cheap"]) {
      const response = { id, object: "realtime.response", status: "completed", output: [] };
      const of = id === "resp_dear" ? { ...response, usage } : response;
      await runInDurableObject(stub, () =>
        lines[0]?.emit({ type: "response.done", event_id: `e_${id}`, response: of }),
      );
    }
    const told = (type: PageEvent["type"]) => caller.told.filter((event) => event.type === type);
    const warned = () => told("luna.notice").filter((event) => "code" in event && event.code === "nearly_spent");
    await caller.until(() => (caller.last("luna.cost")?.usd ?? 0) > 0.8);
    expect(warned()).toHaveLength(1);
    const known = told("luna.cost").length;
    caller.say("What can you do?");
    await caller.until(() => told("luna.cost").length > known);
    expect(warned()).toHaveLength(1);
    expect(caller.ended).toBeUndefined();
  });

  test("of the day that others have spent meanwhile ends a call that is on, politely", async () => {
    provide();
    const before = await spentToday(env.DB, Date.now());
    const [, caller] = await hostsCall({ DAY_CAP_USD: String(before + 1) });
    await greeted(caller);
    heard(caller);
    const stub = env.CALLS.getByName(caller.opened.call_id);
    await addSpending(env.DB, "01ARZ3NDEKTSV4RRFFQ69G5FAX", 1, Date.now());
    caller.say("What can you do?");
    await expect.poll(() => runInDurableObject(stub, (_, { storage }) => storage.kv.get("unsaved"))).toBe(true);
    await runDurableObjectAlarm(stub);
    caller.say("And what else?");
    await caller.until(() => caller.told.some((event) => event.type === "luna.notice" && event.code === "spent"));
    heard(caller);
    await caller.until(() => caller.ended !== undefined);
    expect(caller.ended).toMatchObject({ reason: "spent" });
  });

  test("is used up at 100 %: the call ends politely, after what was being said", async () => {
    provide();
    const [, caller] = await hostsCall({ CALL_CAP_USD: "0.01" });
    await greeted(caller);
    caller.say("What can you do?");
    await caller.until(() => caller.told.some((event) => event.type === "luna.notice" && event.code === "spent"));
    heard(caller);
    await caller.until(() => caller.ended !== undefined);
    expect(caller.ended).toMatchObject({ reason: "spent" });
  });

  test("is added to the day once a minute while a call is on, and near the day's cap as soon as the call looks up", async () => {
    provide();
    await addSpending(env.DB, "01ARZ3NDEKTSV4RRFFQ69G5FAW", 5, Date.now());
    const before = await spentToday(env.DB, Date.now());
    const sums: number[] = [];
    const added = async (cap: number) => {
      const [, caller] = await hostsCall({ DAY_CAP_USD: String(cap) });
      const costs = () => caller.told.filter((event) => event.type === "luna.cost").length;
      for (const question of ["What can you do?", "And what else?"]) {
        const known = costs();
        caller.say(question);
        await caller.until(() => costs() > known);
        const stub = env.CALLS.getByName(caller.opened.call_id);
        heard(caller);
        await expect.poll(() => runInDurableObject(stub, (_, { storage }) => storage.kv.get("unsaved"))).toBe(true);
        await runDurableObjectAlarm(stub);
        sums.push(await spentToday(env.DB, Date.now()));
      }
      return (sums.at(-1) ?? 0) - (sums.at(-2) ?? 0);
    };
    expect(await added(before * 2)).toBe(0);
    expect(await added(before * 1.2)).toBeGreaterThan(0);
  });

  test("of a day that is spent pays for no call: the built-in Luna answers, and says why", async () => {
    const lines = provide();
    await addSpending(env.DB, "01ARZ3NDEKTSV4RRFFQ69G5FAV", 5, Date.now());
    const [, caller] = await hostsCall({ DAY_CAP_USD: "4" });
    expect(await caller.answer()).toMatch(/Luna/);
    expect(caller.opened.mode).toBe("scripted");
    expect(caller.told.find((event) => event.type === "luna.notice")).toMatchObject({ code: "day_spent" });
    expect(lines).toEqual([]);
  });

  test("is not asked for when the visitor pays: no cap holds a call with a key of its own", async () => {
    provide();
    Object.assign(env, { CALL_CAP_USD: "0.01" });
    const caller = await new Browser().call({ scenario: "block-card", key: GOOD_KEY });
    await greeted(caller);
    await caller.until(() => caller.last("luna.cost") !== undefined);
    expect(caller.last("luna.cost")).toMatchObject({ cap_usd: null });
  });
});
