import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { newCall } from "../../../src/call/machine.ts";
import { type CalledTool, TOOL_LOST_MS } from "../../../src/call/tool-calls.ts";
import type { Turn } from "../../../src/call/turn.ts";
import type { Progress } from "../../../src/durable/call/record.ts";
import { answerCard, type DeskContext, openCard, ToolDesk } from "../../../src/durable/call/tool-desk.ts";
import { newPolicy, type PolicyState } from "../../../src/tools/policy.ts";

const PENDING: NonNullable<PolicyState["pending"]> = {
  token: "yes-1",
  tool: "transfer_funds",
  fingerprint: "250 to savings",
  title: "Transfer",
  lines: [],
  read_back: "Shall I move $250 to savings?",
  order: 1,
  asked_at: Date.now(),
  by_card: false,
};

/** Money waits for the caller's yes, and a tool has gone to the bank meanwhile; it comes back when it is let go. */
function atTheBank() {
  const state = newCall({ silence_ms: null, rest_ms: null, rotate_at: null, greeting: true, text: true });
  const said: Turn = {
    item_id: "w1",
    order: 1,
    who: "caller",
    how: "typed",
    text: "Move 250 to savings. My card ends in 4829.",
    heard: "",
    state: "final",
    at: 0,
    latency_ms: null,
  };
  state.transcript.turns.push({ ...said, unclear_at: null });
  state.transcript.order.push({ id: "w1", after: null, awaits: null, settled: true });
  const progress = { state, policy: { ...newPolicy(), pending: PENDING }, lit: null } as unknown as Progress;
  const { promise, resolve } = Promise.withResolvers<object | null>();
  let asked = false;
  const bank = {
    caller: () => Promise.resolve({ id: "customer" }),
    identify: () => {
      asked = true;
      return promise;
    },
  };
  const allowed = ["verify_identity", "enable_contactless"];
  const context = { bank, callId: "01", allowed, progress, written: true, tell: () => undefined };
  const call = {
    call_id: "c1",
    name: "verify_identity",
    arguments: '{"last_4_digits":"4829"}',
    item_id: "i",
    response_id: "r",
  };
  const desk = new ToolDesk();
  const run = (one: Partial<typeof call>, about: { written?: boolean; bank?: object } = {}) =>
    desk.run({ ...call, ...one }, { ...context, ...about } as unknown as DeskContext);
  const finished = run({});
  const back = (who: object | null = null) => {
    resolve(who);
    return finished;
  };
  return { progress, back, run, asked: () => asked };
}

test("a no on the card while another tool runs stays a no", async () => {
  const { progress, back, asked } = atTheBank();
  await expect.poll(asked).toBe(true);
  expect(answerCard(progress, "yes-1", false)).toBeDefined();
  await back();
  expect(progress.policy.pending).toBeNull();
  expect(openCard(progress)).toBeNull();
});

test("so does a yes, and what the tool has learned counts as well", async () => {
  const { progress, back, asked } = atTheBank();
  await expect.poll(asked).toBe(true);
  expect(answerCard(progress, "yes-1", true)).toBeDefined();
  await back();
  expect(progress.policy).toMatchObject({ attempts: 1, pending: { token: "yes-1", by_card: true } });
});

describe("A tool that hangs", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());
  const bank = { caller: () => Promise.resolve({ id: "customer" }), identify: () => Promise.resolve(null) };

  test("holds up the next ones until it is given up, and teaches nothing when it comes back after all", async () => {
    const { progress, back, run } = atTheBank();
    let served = false;
    const next = run({ call_id: "c2" }, { bank }).then(() => (served = true));
    await vi.advanceTimersByTimeAsync(TOOL_LOST_MS - 1);
    expect(served).toBe(false);
    await vi.advanceTimersByTimeAsync(1);
    await next;
    expect(progress.policy).toMatchObject({ attempts: 1, identity: null });
    await back({ customer_id: "customer", name: "Maya" });
    expect(progress.policy).toMatchObject({ attempts: 1, identity: null });
  });

  test("and with it the next one, which the caller was told of as lost: it is not begun any more", async () => {
    const { progress, run } = atTheBank();
    const identify = vi.fn();
    const next = run({ call_id: "c2" }, { bank: { ...bank, identify } });
    progress.state.tools.calls.push({ call_id: "c2", output: "lost" } as CalledTool);
    await vi.advanceTimersByTimeAsync(TOOL_LOST_MS);
    expect((await next).run).toMatchObject({ state: "failed", summary: expect.stringContaining("not begun") });
    expect(identify).not.toHaveBeenCalled();
  });
});

test("what would change something is not done while storage takes nothing: whoever comes next would not know", async () => {
  const { progress, back, run } = atTheBank();
  await back();
  progress.policy = { ...newPolicy(), identity: { customer_id: "customer", name: "Maya" } };
  const cards = vi.fn(() => Promise.resolve([]));
  const tool = { name: "enable_contactless", arguments: '{"card_last_4":"4829"}' };
  const refused = await run({ ...tool, call_id: "c2" }, { written: false, bank: { cards } });
  expect(refused.run).toMatchObject({ state: "failed", summary: expect.stringContaining("write this down") });
  expect(cards).not.toHaveBeenCalled();
  await run({ ...tool, call_id: "c3" }, { bank: { cards } });
  expect(cards).toHaveBeenCalled();
});
