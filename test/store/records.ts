/** Records of calls as a test needs them. */

import { figuresOf, turnsWithFigures } from "../../src/call/figures.ts";
import { newTally, type Tally } from "../../src/call/money.ts";
import { newTiming, type Timing } from "../../src/call/timing.ts";
import type { ToolRun, Turn } from "../../src/call/turn.ts";
import type { CallRecord } from "../../src/store/calls.ts";

export const VISITOR = "visitor-of-the-tests";

export function turn(item_id: string, order: number, more: Partial<Turn> = {}): Turn {
  const text = `Words of ${item_id}.`;
  return {
    item_id,
    order,
    who: order % 2 === 0 ? "caller" : "luna",
    persona: null,
    how: "speech",
    text,
    heard: text,
    state: "final",
    at: 1_000 + order,
    latency_ms: null,
    ...more,
  };
}

export function tool(call_id: string, more: Partial<ToolRun> = {}): ToolRun {
  return {
    call_id,
    name: "check_balance",
    arguments: '{"account":"4471"}',
    state: "done",
    summary: "The balance was told.",
    order: 2,
    at: 2_000,
    ms: 12,
    ...more,
  };
}

/** A call that is on, with nothing said yet. */
export function running(id: string, more: Partial<CallRecord> = {}): CallRecord {
  return {
    id,
    visitor: VISITOR,
    scenario: "block-card",
    lit: null,
    mode: "ai",
    fell_back: false,
    model: "gpt-realtime-2.1",
    verified: false,
    outcome: null,
    reason: null,
    started_at: 1_000,
    ended_at: null,
    latency: { p50: null, p95: null, turns: 0 },
    turns: [],
    tools: [],
    ...more,
  };
}

/** The record with figures, as the call object makes it. */
export function counted(call: CallRecord, tally: Tally = newTally(), timing: Timing = newTiming()): CallRecord {
  const turns = turnsWithFigures(call.turns, tally, timing);
  const figures = figuresOf(turns, tally, timing);
  const { p50, p95, turns: replies } = figures.ear;
  return { ...call, turns, figures, latency: { p50, p95, turns: replies } };
}

export function ended(call: CallRecord, more: Partial<CallRecord> = {}): CallRecord {
  return { ...call, outcome: "contained", reason: "caller_ended", ended_at: call.started_at + 60_000, ...more };
}
