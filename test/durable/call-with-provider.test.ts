import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { Browser, type Caller } from "../support/workerd/caller.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY, type Manners, provide } from "../support/workerd/provider.ts";
import { quiet, spoken } from "../support/workerd/spoken.ts";

afterEach(() => vi.restoreAllMocks());

const AUDIO_FRAME = new ArrayBuffer(1_920);

async function greeted(caller: Caller): Promise<void> {
  await caller.until(() => caller.told.some((e) => e.type === "response.output_audio_transcript.done"));
}

/** The provider's end of the socket belongs to the object that dialled it: it can be used from within that object only. */
function atProvider(caller: Caller, act: () => void): Promise<void> {
  return runInDurableObject(env.CALLS.getByName(caller.opened.call_id), act);
}

/** The page has played everything it got of this item. */
async function played(caller: Caller): Promise<string> {
  await greeted(caller);
  const done = caller.last("response.output_audio_transcript.done");
  if (!done) throw new Error("nothing was said");
  const ms = caller.audio.reduce((sum, frame) => sum + (frame.byteLength - 4) / 48, 0);
  const { item_id, content_index } = done;
  caller.send({ type: "luna.playback", item_id, content_index, state: "done", heard_ms: Math.floor(ms) });
  return item_id;
}

test("with a key the call talks to the provider: key in the header, no beta, settings first, greeting in sound", async () => {
  const lines = provide();
  const caller = await new Browser().call({ scenario: "block-card", key: GOOD_KEY, settings: { voice: "cedar" } });
  await greeted(caller);
  const line = lines[0];
  expect(lines).toHaveLength(1);
  expect(line?.url).toBe("https://api.openai.com/v1/realtime?model=gpt-realtime-2.1");
  expect(line?.headers.get("authorization")).toBe(`Bearer ${GOOD_KEY}`);
  expect([...(line?.headers.keys() ?? [])].join()).not.toContain("beta");
  expect(line?.received[0]).toMatchObject({
    type: "session.update",
    session: { audio: { output: { voice: "cedar" } } },
  });
  expect(line?.received.filter((event) => event.type === "response.create")).toHaveLength(1);
  expect(caller.last("luna.engine")).toMatchObject({
    mode: "ai",
    voice: "call",
    model: "gpt-realtime-2.1",
    ready: true,
  });
  expect(caller.audio.length).toBeGreaterThan(0);
  expect(caller.told.find((e) => e.type === "luna.audio")).toMatchObject({ n: 1, content_index: 0 });
  expect(new DataView(caller.audio[0] as ArrayBuffer).getUint32(0, true)).toBe(1);
});

test("the page is never sent the session: its instructions are the house's own", async () => {
  provide();
  const caller = await new Browser().call({ scenario: "block-card", key: GOOD_KEY });
  await greeted(caller);
  expect(caller.told.map((event) => event.type).filter((type) => type.startsWith("session."))).toEqual([]);
});

test("the caller's voice reaches the provider, also what was said before it was ready", async () => {
  const lines = provide();
  const caller = await new Browser().call({ scenario: "block-card", key: GOOD_KEY });
  for (let i = 0; i < 5; i++) caller.socket.send(AUDIO_FRAME);
  await greeted(caller);
  for (let i = 0; i < 5; i++) caller.socket.send(AUDIO_FRAME);
  await caller.until(() => lines[0]?.audioFrames === 10);
});

test("a caller who mutes 200 ms after the last word is answered all the same, and the words are in the record", async () => {
  provide({ hears: true });
  const phone = await Phone.call({ scenario: "block-card", key: GOOD_KEY });
  await phone.turn(0);
  phone.said.push("My card ending in 4829 was stolen, please block it.");
  phone.sound([...spoken(phone.said[0] ?? ""), ...quiet(5)]);
  phone.send({ type: "luna.mute", microphone: true });
  expect(await phone.turn()).toMatch(/4829/);
  expect((await phone.record()).turns.map((turn) => turn.text)).toContain(phone.said[0]);
});

test("a refused key is said in one sentence, and the scripted Luna takes the call", async () => {
  provide();
  const caller = await new Browser().call({ scenario: "block-card", key: "sk-wrong-0000000000" });
  await caller.until(() => caller.last("luna.engine")?.mode === "scripted");
  expect(caller.last("luna.notice")).toMatchObject({ code: "invalid_api_key", tone: "warning" });
  expect(JSON.stringify(caller.told)).not.toContain("sk-wrong");
  expect(await caller.answer()).toMatch(/Luna/);
});

test.each([
  [{ status: 429 }, "rate_limit_exceeded"],
  [{ status: 503 }, "server_error"],
  [{ tamper: true }, "not_configured"],
] as const)("a provider that answers with %j does not cost the caller the call", async (manners, code) => {
  provide(manners);
  const caller = await new Browser().call({ scenario: "block-card", key: GOOD_KEY });
  expect(await caller.answer()).toMatch(/Luna/);
  expect(caller.last("luna.notice")).toMatchObject({ code });
});

test("the provider dies in mid-call and does not come back: identity, record and what was done live on, and nothing is done twice", async () => {
  const manners: Manners = {};
  const lines = provide(manners);
  const browser = new Browser();
  const caller = await browser.call({ scenario: "block-card", key: GOOD_KEY });
  await played(caller);
  caller.say("My card ending in 4829 was stolen.");
  await caller.until(() =>
    caller.told.some((e) => e.type === "luna.tool" && e.name === "verify_identity" && e.state === "done"),
  );
  await caller.until(() => caller.told.filter((e) => e.type === "response.output_audio_transcript.done").length >= 3);
  await played(caller);
  manners.status = 503;
  await atProvider(caller, () => lines[0]?.close(1011, "server_error"));
  await caller.until(
    () => caller.last("luna.engine")?.mode === "scripted" && caller.last("luna.engine")?.ready === true,
  );
  expect(caller.last("luna.notice")?.message).toMatch(/takes over/);
  expect(caller.last("luna.call")).toMatchObject({ verified: true });
  await caller.ask("Yes, block it.");
  await caller.until(() =>
    caller.told.some((e) => e.type === "luna.tool" && e.name === "block_card" && e.state === "done"),
  );
  caller.send({ type: "luna.end" });
  await caller.until(() => caller.closed !== undefined);
  const path = `/api/calls/${caller.opened.call_id}`;
  await expect
    .poll(async () => (await (await browser.fetch(path)).json<{ reason: string }>()).reason)
    .toBe("caller_ended");
  const record = await (await browser.fetch(path)).json<{
    mode: string;
    fell_back: boolean;
    tools: { name: string; state: string }[];
  }>();
  expect(record).toMatchObject({ mode: "ai", fell_back: true, verified: true });
  expect(record.tools.filter((run) => run.name === "verify_identity" && run.state === "done")).toHaveLength(1);
  expect(record.tools.filter((run) => run.name === "block_card" && run.state === "done")).toHaveLength(1);
});

test("an account without credit shows only in a failed response, and still the call goes on", async () => {
  const lines = provide();
  const caller = await new Browser().call({ scenario: "block-card", key: GOOD_KEY });
  await greeted(caller);
  const error = { type: "insufficient_quota", code: "insufficient_quota", message: "no credit" };
  await atProvider(caller, () =>
    lines[0]?.emit({
      type: "response.done",
      event_id: "event_x",
      response: {
        id: "resp_x",
        object: "realtime.response",
        status: "failed",
        status_details: { type: "failed", error },
        output: [],
      },
    }),
  );
  await caller.until(() => caller.last("luna.engine")?.mode === "scripted");
  expect(caller.last("luna.notice")).toMatchObject({ code: "insufficient_quota" });
});

test.each([
  ["insufficient_quota", "scripted"],
  ["session_expired", "ai"],
] as const)("a provider that says %s and does not hang up is left for the next, which is %s", async (code, mode) => {
  const lines = provide();
  const caller = await new Browser().call({ scenario: "block-card", key: GOOD_KEY });
  await played(caller);
  const error = { type: "invalid_request_error", code, message: "no", param: null, event_id: null };
  await atProvider(caller, () => lines[0]?.emit({ type: "error", event_id: "event_x", error }));
  const ready = () => caller.told.filter((event) => event.type === "luna.engine" && event.ready);
  await caller.until(() => ready().length === 2);
  expect(ready()[1]).toMatchObject({ mode });
});

test("the key is in the provider's header and nowhere else", async () => {
  provide();
  const browser = new Browser();
  const caller = await browser.call({ scenario: "block-card", key: GOOD_KEY });
  await played(caller);
  const stub = env.CALLS.getByName(caller.opened.call_id);
  const kept = await runInDurableObject(stub, (_, state) => JSON.stringify([...state.storage.kv.list()]));
  expect(kept).toContain("block-card");
  expect(kept).not.toContain(GOOD_KEY);
  expect(JSON.stringify(caller.told)).not.toContain(GOOD_KEY);
  expect(JSON.stringify(caller.opened)).not.toContain(GOOD_KEY);
});

test("a provider whose socket stays open but who says nothing is left after twelve seconds", async () => {
  const lines = provide();
  const caller = await new Browser().call({ scenario: "block-card", key: GOOD_KEY });
  await played(caller);
  await atProvider(caller, () => lines[0]?.stall());
  caller.say("Hello? Is anybody there?");
  await caller.until(() => lines.length === 2, 15_000);
  // The socket to the provider and the one to the page are two: the word of it may come a moment later.
  await caller.until(() => caller.last("luna.notice")?.code === "reconnecting");
  expect(caller.last("luna.notice")?.message).toMatch(/stopped answering/);
  await caller.until(() => lines[1]?.received.some((event) => event.type === "response.create") === true);
});
