import { runDurableObjectAlarm, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import { hashOf } from "../../src/access/secret.ts";
import { portionOf } from "../../src/call/allowance.ts";
import { boardOf } from "../../src/durable/switchboard/names.ts";
import { Switchboard } from "../../src/durable/switchboard.ts";
import type { GuestCallOpened, LinkDoor, LinkShown } from "../../src/legs/links.ts";
import { Browser, Caller } from "../support/workerd/caller.ts";
import { knock, makeLink, shown, tokenOf, visit } from "../support/workerd/links.ts";
import { GOOD_KEY, provide } from "../support/workerd/provider.ts";

afterEach(() => {
  vi.restoreAllMocks();
  Object.assign(env, { OPENAI_API_KEY: "" });
});

async function board(link: LinkShown) {
  return boardOf(env, await hashOf(tokenOf(link.url)));
}

async function door(link: LinkShown): Promise<LinkDoor> {
  return (await new Browser().fetch(`/api/guest/${tokenOf(link.url)}`)).json<LinkDoor>();
}

async function codeOf(response: Response): Promise<string> {
  return (await response.json<{ code: string }>()).code;
}

describe("the money of a link", () => {
  /** Of the answers in `bill`: sound that the default model has made. */
  const TOKEN_USD = 64e-6;

  /** A guest's call whose every answer is heard at once. */
  async function talk(link: LinkShown): Promise<Caller> {
    const { caller } = await visit(link);
    await caller.until(() => caller.told.some((event) => event.type === "response.output_audio_transcript.done"));
    heard(caller);
    return caller;
  }

  function heard(caller: Caller): void {
    for (const event of caller.told) {
      if (event.type !== "response.output_audio_transcript.done") continue;
      const { item_id, content_index } = event;
      caller.send({ type: "luna.playback", item_id, content_index, state: "done", heard_ms: 60_000 });
    }
  }

  function resumeOf(caller: Caller): string {
    return caller.last("luna.resume")?.token ?? "";
  }

  /** The provider's bill for one more answer. */
  function bill(caller: Caller, emit: (event: Record<string, unknown>) => void, tokens: number): Promise<void> {
    const usage = {
      total_tokens: tokens,
      input_tokens: 0,
      output_tokens: tokens,
      output_token_details: { audio_tokens: tokens, text_tokens: 0 },
    };
    const id = `resp_${crypto.randomUUID()}`;
    return runInDurableObject(env.CALLS.getByName(caller.opened.call_id), () =>
      emit({
        type: "response.done",
        event_id: `e_${id}`,
        response: { id, object: "realtime.response", status: "completed", output: [], usage },
      }),
    );
  }

  test("a stranger's call goes to the AI on the host's key, because the link says so", async () => {
    const lines = provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const link = await makeLink({ cap_usd: 5 });
    expect((await door(link)).mode).toBe("ai");
    const caller = await talk(link);
    expect(caller.opened.mode).toBe("ai");
    expect(lines[0]?.key).toBe(GOOD_KEY);
    const scripted = await makeLink({ mode: "scripted" });
    expect((await door(scripted)).mode).toBe("scripted");
    expect((await visit(scripted)).caller.opened.mode).toBe("scripted");
    expect(lines).toHaveLength(1);
  });

  test("a cap of ten cents: warned at 80 %, over within the turn that passes it, and nobody comes in after", async () => {
    const lines = provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const link = await makeLink({ cap_usd: 0.1 });
    const caller = await talk(link);
    const emit = (event: Record<string, unknown>) => lines[0]?.emit(event);
    const spent = async () => (await shown(link)).spent_usd;
    for (let before = await spent(); before < 0.08; before = await spent()) {
      await bill(caller, emit, 200);
      await expect.poll(spent, { interval: 20 }).toBeGreaterThan(before);
      expect(await spent()).toBeLessThan(0.1);
    }
    const nearly = () => caller.told.find((event) => event.type === "luna.notice" && event.code === "nearly_spent");
    await caller.until(() => nearly() !== undefined);
    expect(caller.ended).toBeUndefined();
    await bill(caller, emit, 5_000);
    await caller.until(() => caller.ended !== undefined);
    expect(caller.ended).toMatchObject({ reason: "spent" });
    await expect.poll(async () => (await shown(link)).state).toBe("spent");
    expect(await spent()).toBeLessThan(0.1 + 5_000 * TOKEN_USD);
    expect(await codeOf(await knock(link))).toBe("link_closed");
  });

  test("is told to the host alone: the guest hears of it in words, on the socket and in the record", async () => {
    const lines = provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const link = await makeLink({ cap_usd: 0.1 });
    const { browser, caller } = await visit(link);
    await caller.until(() => caller.told.some((event) => event.type === "response.output_audio_transcript.done"));
    heard(caller);
    const warned = () => caller.told.some((event) => event.type === "luna.notice" && event.code === "nearly_spent");
    while (!warned()) {
      const before = (await shown(link)).spent_usd;
      await bill(caller, (event) => lines[0]?.emit(event), 200);
      await expect.poll(async () => (await shown(link)).spent_usd, { interval: 20 }).toBeGreaterThan(before);
      expect(caller.ended).toBeUndefined();
    }
    // Whoever comes back is told everything anew.
    const again = new Caller(caller.opened, await browser.socket(caller.opened.socket, resumeOf(caller)));
    await again.until(() => again.told.some((event) => event.type === "luna.turn"));
    again.send({ type: "luna.end" });
    await again.until(() => again.ended !== undefined);
    expect((await shown(link)).spent_usd).toBeGreaterThan(0.08);
    const told = [...caller.told, ...again.told];
    expect(told.some((event) => event.type === "response.done")).toBe(true);
    expect(told.map((event) => event.type)).not.toContain("luna.cost");
    expect(again.ended?.cost_usd).toBeNull();
    const words = JSON.stringify(told.filter((event) => event.type !== "luna.ended"));
    expect(words).not.toMatch(/"usage":\{|_usd|input_tokens|output_token_details/);
    const path = `/api/calls/${caller.opened.call_id}`;
    const onRecord = async () => (await browser.fetch(path)).json<{ ended_at: number | null; figures: object }>();
    await expect.poll(async () => (await onRecord()).ended_at).not.toBeNull();
    const record = await onRecord();
    expect(record.figures).toMatchObject({ cost_usd: null, tokens: null });
    expect(JSON.stringify(record)).not.toMatch(/"cost_usd":[\d"]/);
    // The same call, as its host reads it.
    const seen = await (await new Browser().fetch(`/api/history/${caller.opened.call_id}`)).text();
    expect(seen).toMatch(/"cost_usd":0\.\d/);
  });

  test("is shown to the host while the call is on, and to nobody else", async () => {
    const lines = provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const { browser, caller } = await visit(await makeLink({ cap_usd: 5 }));
    await caller.until(() => caller.told.some((event) => event.type === "response.output_audio_transcript.done"));
    heard(caller);
    await bill(caller, (event) => lines[0]?.emit(event), 4_000);
    const { call_id } = caller.opened;
    const stub = env.CALLS.getByName(call_id);
    await expect.poll(() => runInDurableObject(stub, (_, { storage }) => storage.kv.get("unsaved"))).toBe(true);
    await runDurableObjectAlarm(stub);
    const seen = async (who: Browser, path: string) => (await who.fetch(`${path}/${call_id}`)).text();
    expect(await seen(new Browser(), "/api/history")).toMatch(/"cost_usd":0\.\d/);
    expect(await seen(browser, "/api/calls")).not.toMatch(/"cost_usd":0/);
  });

  test("is free again when a guest's call is deleted, also where its link does not answer at once", async () => {
    provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const link = await makeLink({ cap_usd: 5 });
    const { browser, caller } = await visit(link);
    await caller.until(() => caller.told.some((event) => event.type === "response.output_audio_transcript.done"));
    const { report } = Switchboard.prototype;
    let refused = 0;
    vi.spyOn(Switchboard.prototype, "report").mockImplementation(function (this: Switchboard, ...told) {
      if (told[2] && refused++ === 0) throw new Error("restarted");
      return report.apply(this, told);
    });
    const { call_id } = caller.opened;
    expect((await browser.fetch(`/api/calls/${call_id}`, { method: "DELETE" })).status).toBe(204);
    expect(refused).toBeGreaterThan(1);
    expect(await (await board(link)).calls()).toEqual([]);
  });

  test("is passed by calls at the same time by no more than the turn that each of them was in", async () => {
    const lines = provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const cap_usd = 0.3;
    const tokens = 400;
    const link = await makeLink({ cap_usd });
    const callers: Caller[] = [];
    for (let n = 0; n < 5; n++) callers.push(await talk(link));
    const at = await board(link);
    const charges = () =>
      runInDurableObject(at, (_, state) => {
        const rows = state.storage.sql.exec<{ call_id: string; usd: number }>("SELECT call_id, usd FROM calls");
        return new Map(rows.toArray().map(({ call_id, usd }) => [call_id, usd]));
      });
    for (let on = callers; on.length > 0; on = on.filter((caller) => caller.ended === undefined)) {
      const before = await charges();
      await Promise.all(
        on.map((caller) => bill(caller, (event) => lines[callers.indexOf(caller)]?.emit(event), tokens)),
      );
      // Each of them has told what its turn has cost, or is over.
      const told = async () => {
        const now = await charges();
        return on.every(({ ended, opened: { call_id } }) => ended || now.get(call_id) !== before.get(call_id));
      };
      await expect.poll(told, { interval: 20 }).toBe(true);
    }
    await Promise.all(callers.map((caller) => caller.until(() => caller.ended !== undefined)));
    for (const caller of callers) expect(caller.ended).toMatchObject({ reason: "spent" });
    const { spent_usd } = await shown(link);
    expect(spent_usd).toBeGreaterThanOrEqual(cap_usd - (callers.length - 1) * portionOf(cap_usd));
    expect(spent_usd).toBeLessThanOrEqual(cap_usd + callers.length * tokens * TOKEN_USD + 1e-9);
  });

  test("is set aside in portions: what one has spent the other cannot, and who finds none left hears the built-in Luna", async () => {
    const lines = provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const link = await makeLink({ cap_usd: 0.2 });
    const one = await talk(link);
    const other = await talk(link);
    await bill(one, (event) => lines[0]?.emit(event), 2_000);
    await expect.poll(async () => (await shown(link)).spent_usd).toBeGreaterThan(0.1);
    expect(one.ended).toBeUndefined();
    await bill(other, (event) => lines[1]?.emit(event), 2_000);
    await other.until(() => other.ended !== undefined);
    expect(other.ended).toMatchObject({ reason: "spent" });

    const small = await makeLink({ cap_usd: 0.01 });
    const first = await (await knock(small)).json<GuestCallOpened>();
    expect(first.mode).toBe("ai");
    const { caller: late } = await visit(small);
    expect(late.opened.mode).toBe("scripted");
    await late.until(() => late.told.some((event) => event.type === "luna.notice" && event.code === "link_busy"));
    // Nobody comes to the first: what was set aside for it is free again.
    await runDurableObjectAlarm(env.CALLS.getByName(first.call_id));
    await expect.poll(async () => (await shown(small)).running).toBe(1);
    expect((await visit(small)).opened.mode).toBe("ai");
  });

  test("is not for a call that the link does not know: it may cost nothing, also where there is no cap", async () => {
    const stray = "01ARZ3NDEKTSV4RRFFQ69G5FZX";
    for (const cap_usd of [null, 5]) {
      const link = await makeLink({ cap_usd });
      const nothing = { may_usd: 0, share_usd: 0 };
      expect(await (await board(link)).report(stray, 0.02, false)).toEqual(nothing);
    }
  });

  test("is spent by words over HTTP only once the guest has come to the page", async () => {
    const lines = provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const link = await makeLink({ max_calls: 1 });
    const browser = new Browser();
    const opened = await (await knock(link, {}, browser)).json<GuestCallOpened>();
    expect(opened.mode).toBe("ai");
    const asked = () => lines[0]?.received.map(({ type }) => type) ?? [];
    for (const [what, body] of [
      ["say", { text: "What can you do?" }],
      ["persona", { key: "waiter" }],
    ] as const) {
      for (const door of [`/ai/calls/${opened.call_id}`, `/api/calls/${opened.call_id}`]) {
        if (what === "say" && door.startsWith("/api")) continue;
        const response = await browser.post(`${door}/${what}`, body);
        expect([response.status, await codeOf(response)], `${door}/${what}`).toEqual([403, "forbidden"]);
      }
    }
    expect((await browser.post("/ai/say", { text: "What can you do?" })).status).toBe(403);
    expect(asked()).not.toContain("response.create");
    // With the page it is the guest's to talk any way.
    const caller = new Caller(opened, await browser.socket(opened.socket, opened.token));
    await caller.until(() => caller.told.some((event) => event.type === "response.output_audio_transcript.done"));
    heard(caller);
    const said = browser.post(`/ai/calls/${opened.call_id}/say`, { text: "What can you do?" });
    await caller.until(() => caller.told.filter((e) => e.type === "response.output_audio_transcript.done").length > 1);
    heard(caller);
    expect((await said).status).toBe(200);
    caller.send({ type: "luna.end" });
    await expect.poll(async () => (await shown(link)).running).toBe(0);
    expect(await shown(link)).toMatchObject({ opened: 1, state: "used_up" });
  });

  test("makes a call of whatever has cost some: such a use is not given back", async () => {
    const link = await makeLink({ max_calls: 1 });
    const { call_id } = await (await knock(link)).json<GuestCallOpened>();
    const at = await board(link);
    await at.report(call_id, 0.02, true);
    expect(await shown(link)).toMatchObject({ opened: 1, running: 0, state: "used_up" });
  });

  test("a call that cannot ask for more ends with what was set aside for it, and not before", async () => {
    const lines = provide();
    Object.assign(env, { OPENAI_API_KEY: GOOD_KEY });
    const link = await makeLink({ cap_usd: 5 });
    const caller = await talk(link);
    const deaf = vi.spyOn(Switchboard.prototype, "report").mockImplementation(() => {
      throw new Error("away");
    });
    await bill(caller, (event) => lines[0]?.emit(event), 200);
    await expect.poll(() => deaf.mock.calls.length).toBeGreaterThan(0);
    expect(caller.ended).toBeUndefined();
    await bill(caller, (event) => lines[0]?.emit(event), 1_000);
    await caller.until(() => caller.ended !== undefined);
    expect(caller.ended).toMatchObject({ reason: "spent" });
    deaf.mockRestore();
    // The last report is made up for.
    await runDurableObjectAlarm(env.CALLS.getByName(caller.opened.call_id));
    await expect.poll(async () => (await shown(link)).spent_usd, { timeout: 8_000 }).toBeGreaterThan(0.07);
    expect((await shown(link)).state).toBe("open");
  });
});
