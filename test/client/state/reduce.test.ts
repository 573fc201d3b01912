import { describe, expect, it } from "vitest";
import type { CallEvent, CallState, Row, TurnRow } from "../../../src/client/state/call-state.ts";
import { noCall } from "../../../src/client/state/call-state.ts";
import { reduce } from "../../../src/client/state/reduce.ts";
import type { EngineStatus, ToolStatus, TransferStatus, TurnStatus } from "../../../src/legs/wire.ts";

const NOW = 1_000_000;

function once(...events: CallEvent[]): CallState {
  return events.reduce((state, event, index) => reduce(state, event, NOW + index), noCall());
}

const engine = (change: Partial<EngineStatus> = {}): EngineStatus => ({
  type: "luna.engine",
  mode: "scripted",
  voice: "page",
  speaker: "luna",
  model: "luna-scripted",
  ready: true,
  ...change,
});
const turn = (change: Partial<TurnStatus>): TurnStatus => ({
  type: "luna.turn",
  item_id: "a",
  order: 1,
  who: "luna",
  how: "speech",
  text: "",
  heard: "",
  state: "live",
  ...change,
});
const words = (item_id: string, delta: string): CallEvent => ({
  type: "response.output_text.delta",
  event_id: "e",
  response_id: "r",
  item_id,
  output_index: 0,
  content_index: 0,
  delta,
});
const tool = (change: Partial<ToolStatus> = {}): ToolStatus => ({
  type: "luna.tool",
  call_id: "c1",
  name: "block_card",
  label: "Blocking your card",
  state: "running",
  summary: "",
  arguments: {},
  ms: 0,
  order: 1,
  ...change,
});
const transfer = (state: TransferStatus["state"]): TransferStatus => ({
  type: "luna.transfer",
  state,
  department: "Lending",
  specialist: "Noor Haddad",
  summary: { caller: "Maya Lindqvist", verified: true, asked: "A plan.", done: [], open: [] },
});
const turns = (state: CallState) => state.rows.filter((row): row is TurnRow => row.kind === "turn");
const names = (rows: Row[]) => rows.map((row) => row.id);

describe("the words of a turn", () => {
  it("grow word by word as Luna's deltas come", () => {
    const state = once(turn({}), words("a", "Hello "), words("a", "Maya."));
    expect(turns(state)[0]).toMatchObject({ text: "Hello Maya.", state: "live", who: "luna", heard: 0 });
  });

  it("belong to their own item when two messages come at once", () => {
    const state = once(words("a", "One "), words("b", "Two "), words("a", "moment."));
    expect(turns(state).map((row) => row.text)).toEqual(["One moment.", "Two "]);
  });

  it("are the specialist's once the specialist speaks", () => {
    expect(turns(once(engine({ speaker: "specialist" }), words("a", "Hi")))[0]?.who).toBe("specialist");
  });

  it("are replaced by what the call tells of the turn", () => {
    const state = once(words("a", "Hallo"), turn({ text: "Hello.", heard: "Hello.", state: "final" }));
    expect(turns(state)[0]).toMatchObject({ text: "Hello.", heard: 6, state: "final" });
  });

  it("take no late deltas once the turn is over", () => {
    const state = once(turn({ text: "Hello.", state: "final" }), words("a", " And more."));
    expect(turns(state)[0]?.text).toBe("Hello.");
  });

  it("do not shrink when the call opens a turn whose first words are here already", () => {
    expect(turns(once(words("a", "Hello "), turn({ text: "" })))[0]?.text).toBe("Hello ");
  });

  it("of the caller stand there at once when typed, and once only when the call repeats them", () => {
    const typed: CallEvent = { type: "local.said", item_id: "me", text: "hi", how: "typed" };
    const told = turn({
      item_id: "me",
      who: "caller",
      how: "typed",
      text: "hi",
      heard: "hi",
      state: "final",
      order: 4,
    });
    const state = once(typed, told);
    expect(turns(state)).toHaveLength(1);
    expect(turns(state)[0]).toMatchObject({ text: "hi", heard: 2, order: 4, state: "final" });
  });

  it("of the caller come live from the provider's transcription", () => {
    const delta: CallEvent = {
      type: "conversation.item.input_audio_transcription.delta",
      event_id: "e",
      item_id: "me",
      delta: "block my",
    };
    expect(turns(once(delta))[0]).toMatchObject({ who: "caller", text: "block my", heard: 8, state: "live" });
  });
});

describe("the order of the transcript", () => {
  it("is the call's, not that of arrival", () => {
    const state = once(
      turn({ item_id: "late", order: 3 }),
      turn({ item_id: "early", order: 1, who: "caller" }),
      turn({ item_id: "middle", order: 2 }),
    );
    expect(names(state.rows)).toEqual(["early", "middle", "late"]);
  });

  it("puts a turn that has no place yet at the end", () => {
    const state = once(words("new", "Hi"), turn({ item_id: "old", order: 7, text: "x", state: "final" }));
    expect(names(state.rows)).toEqual(["old", "new"]);
  });

  it("moves a turn when the call tells it another place", () => {
    const state = once(
      turn({ item_id: "a", order: 1 }),
      turn({ item_id: "b", order: 2 }),
      turn({ item_id: "a", order: 3 }),
    );
    expect(names(state.rows)).toEqual(["b", "a"]);
  });

  it("stands a tool after the turns that were known when it started", () => {
    const state = once(
      turn({ item_id: "a", order: 1 }),
      turn({ item_id: "b", order: 2 }),
      turn({ item_id: "c", order: 3 }),
      tool({ order: 2 }),
    );
    expect(names(state.rows)).toEqual(["a", "b", "c1", "c"]);
  });

  it("keeps a tool in its row when it is done", () => {
    const state = once(turn({ item_id: "a", order: 1 }), tool(), tool({ state: "done", summary: "Blocked.", ms: 30 }));
    expect(names(state.rows)).toEqual(["a", "c1"]);
    expect(state.rows[1]).toMatchObject({ tool: { state: "done", summary: "Blocked." } });
  });

  it("keeps the hand-over where it began while later turns come", () => {
    const state = once(
      turn({ item_id: "a", order: 1 }),
      transfer("starting"),
      turn({ item_id: "b", order: 2 }),
      transfer("connected"),
    );
    expect(names(state.rows)).toEqual(["a", "transfer", "b"]);
    expect(state.transfer?.state).toBe("connected");
  });
});

describe("what the ear got", () => {
  const spoken = [turn({ text: "" }), words("a", "Your card is blocked.")] as const;

  it("grows as the sound is played, and never shrinks", () => {
    const state = once(
      ...spoken,
      { type: "local.heard", item_id: "a", chars: 9 },
      { type: "local.heard", item_id: "a", chars: 4 },
    );
    expect(turns(state)[0]?.heard).toBe(9);
  });

  it("is never more than was said", () => {
    expect(turns(once(...spoken, { type: "local.heard", item_id: "a", chars: 900 }))[0]?.heard).toBe(21);
  });

  it("ends where the caller interrupted, even if less than hoped", () => {
    const state = once(
      ...spoken,
      { type: "local.heard", item_id: "a", chars: 12 },
      { type: "local.heard", item_id: "a", chars: 9, cut: true },
      words("a", " Anything else?"),
      { type: "local.heard", item_id: "a", chars: 21 },
    );
    expect(turns(state)[0]).toMatchObject({ state: "interrupted", heard: 9, text: "Your card is blocked." });
  });

  it("is what the call says of an interrupted turn", () => {
    const state = once(...spoken, turn({ text: "Your card is blocked.", heard: "Your card", state: "interrupted" }));
    expect(turns(state)[0]).toMatchObject({ state: "interrupted", heard: 9 });
  });

  it("stays interrupted when the call tells a live turn late", () => {
    const state = once(
      ...spoken,
      { type: "local.heard", item_id: "a", chars: 4, cut: true },
      turn({ text: "Your card is" }),
    );
    expect(turns(state)[0]?.state).toBe("interrupted");
  });
});

describe("the caller's voice", () => {
  it("shows before there are words, and goes when they come", () => {
    const speaking = once({ type: "local.hearing", state: "speaking" });
    expect(speaking.hearing).toBe("speaking");
    expect(speaking.line.shown).toBe("user-speaking");
    const said = reduce(speaking, { type: "local.said", item_id: "x", text: "yes", how: "speech" }, NOW);
    expect(said.hearing).toBeNull();
  });

  it("is heard by the provider too", () => {
    const state = once({ type: "input_audio_buffer.speech_started", event_id: "e", item_id: "i", audio_start_ms: 0 });
    expect(state).toMatchObject({ hearing: "speaking", line: { shown: "user-speaking" } });
    const stopped = reduce(
      state,
      { type: "input_audio_buffer.speech_stopped", event_id: "e", item_id: "i", audio_end_ms: 9 },
      NOW,
    );
    expect(stopped.hearing).toBe("recognising");
  });

  it("that could not be understood leaves an unclear turn", () => {
    const state = once({ type: "local.hearing", state: "recognising" }, turn({ who: "caller", state: "unclear" }));
    expect(state.hearing).toBeNull();
    expect(turns(state)[0]?.state).toBe("unclear");
  });
});

describe("a call", () => {
  it("is live, and its clock runs, from the moment it is answered", () => {
    const opening = once({ type: "local.opening", scenario: "block-card", title: "Block a card", microphone: true });
    expect(opening).toMatchObject({ phase: "asking-mic", startedAt: null });
    const answered: CallEvent = {
      type: "luna.call",
      call_id: "c",
      scenario: "block-card",
      title: "Block a card",
      verified: false,
      lit: null,
      started_at: 1,
    };
    const live = reduce(reduce(opening, { type: "local.connecting" }, NOW), answered, NOW + 500);
    expect(live).toMatchObject({ phase: "live", startedAt: NOW + 500 });
    const lit = reduce(live, { ...answered, verified: true, lit: "dispute" }, NOW + 900);
    expect(lit).toMatchObject({ verified: true, lit: "dispute", startedAt: NOW + 500 });
  });

  it("starts clean after another one", () => {
    const state = once(turn({ text: "x" }), { type: "local.opening", scenario: "s", title: "S", microphone: false });
    expect(state).toMatchObject({ rows: [], phase: "connecting", scenario: "s" });
  });

  it("remembers that an AI answered, even when the scripted engine took over", () => {
    const state = once(engine({ mode: "ai", voice: "call" }), engine());
    expect(state).toMatchObject({ usedAi: true, engine: { mode: "scripted" } });
  });

  it("leaves nothing live and no question open when it ends", () => {
    const state = once(
      turn({ text: "So" }),
      { type: "luna.confirm", pending: { token: "t", title: "Transfer", lines: [] } },
      {
        type: "luna.ended",
        reason: "caller_ended",
        outcome: "contained",
        seconds: 9,
        latency: { p50: null, p95: null, turns: 0 },
        cost_usd: null,
      },
    );
    expect(state).toMatchObject({ phase: "ended", confirm: null });
    expect(turns(state)[0]?.state).toBe("final");
  });

  it("that ended well does not fail when its socket closes after it", () => {
    const ended = once({
      type: "luna.ended",
      reason: "luna_ended",
      outcome: "contained",
      seconds: 9,
      latency: { p50: 1, p95: 2, turns: 3 },
      cost_usd: null,
    });
    expect(reduce(ended, { type: "local.failed", message: "lost" }, NOW)).toBe(ended);
  });
});

describe("a notice", () => {
  const say = (message: string): CallEvent => ({ type: "luna.notice", code: "x", tone: "warning", message });

  it("of a call that was on goes with it, unless it is a problem: that stays until it is read", () => {
    const problem: CallEvent = { type: "luna.notice", code: "y", tone: "problem", message: "No sound." };
    const latency = { p50: null, p95: null, turns: 0 };
    const how = { reason: "spent", outcome: "contained", seconds: 9, latency, cost_usd: null } as const;
    const ended = once(say("Most of it is used up."), problem, { type: "luna.ended", ...how });
    expect(ended.notices.map((notice) => notice.message)).toEqual(["No sound."]);
  });

  it("is shown once, however often it is told", () => {
    expect(once(say("No credit."), say("No credit.")).notices).toHaveLength(1);
  });

  it("goes when it is dismissed, and only that one", () => {
    const state = once(say("One."), say("Two."));
    const first = state.notices[0]?.id ?? -1;
    const rest = reduce(state, { type: "local.dismiss", id: first }, NOW).notices;
    expect(rest.map((notice) => notice.message)).toEqual(["Two."]);
  });

  it("is made of an error, but not of one that means nothing to a person", () => {
    const error = (code: string): CallEvent => ({
      type: "error",
      event_id: "e",
      error: { type: "invalid_request_error", code, message: "Said plainly." },
    });
    expect(once(error("response_cancel_not_active")).notices).toEqual([]);
    expect(once(error("insufficient_quota")).notices[0]).toMatchObject({ tone: "problem", message: "Said plainly." });
  });
});

it("the state given is never changed, and an event that means nothing gives the very same state", () => {
  const state = Object.freeze(once(turn({ text: "Hi" })));
  const rows = state.rows;
  reduce(state, words("a", " there"), NOW);
  expect(state.rows).toBe(rows);
  expect(reduce(state, { type: "luna.flush" }, NOW)).toBe(state);
  expect(reduce(state, { type: "local.latency", item_id: "nobody", ms: 4, to: "sound" }, NOW)).toBe(state);
});
