import { expect, test } from "vitest";
import { newCall } from "../../../src/call/machine.ts";
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
  const { promise, resolve } = Promise.withResolvers<null>();
  let asked = false;
  const bank = {
    caller: () => Promise.resolve({ id: "customer" }),
    identify: () => {
      asked = true;
      return promise;
    },
  };
  const context = { bank, callId: "01", allowed: ["verify_identity"], progress, tell: () => undefined };
  const call = {
    call_id: "c1",
    name: "verify_identity",
    arguments: '{"last_4_digits":"4829"}',
    item_id: "i",
    response_id: "r",
  };
  const finished = new ToolDesk().run(call, context as unknown as DeskContext);
  const back = () => {
    resolve(null);
    return finished;
  };
  return { progress, back, asked: () => asked };
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
