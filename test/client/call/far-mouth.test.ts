import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { FarMouth } from "../../../src/client/call/far-mouth.ts";
import type { LocalEvent } from "../../../src/client/state/call-state.ts";
import type { PageEvent } from "../../../src/legs/wire.ts";

let shown: LocalEvent[];
let firsts: [id: string, at: number][];
let loudSince: number | null | undefined;
let mouth: FarMouth;

beforeEach(() => {
  vi.useFakeTimers();
  shown = [];
  firsts = [];
  loudSince = null;
  mouth = new FarMouth({
    show: (event) => shown.push(event),
    loudSince: () => loudSince,
    onFirstSound: (id, at) => firsts.push([id, at]),
    now: () => performance.now(),
  });
});
afterEach(() => {
  mouth.close();
  vi.useRealTimers();
});

const words = (item_id: string, delta: string, response_id = "r1"): PageEvent => ({
  type: "response.output_audio_transcript.delta",
  event_id: "e",
  response_id,
  item_id,
  output_index: 0,
  content_index: 0,
  delta,
});
const buffer = (what: "started" | "stopped" | "cleared", response_id = "r1"): PageEvent => ({
  type: `output_audio_buffer.${what}`,
  event_id: "e",
  response_id,
});
const heard = (id: string) => shown.findLast((event) => event.type === "local.heard" && event.item_id === id);
const SENTENCE = "Your card is blocked, and nobody can use it any more.";

describe("Luna's voice by WebRTC", () => {
  test("begins when it is heard, not when it is announced, and that moment is told once", () => {
    expect(mouth.event(words("a", SENTENCE))).toBe(true);
    expect(mouth.event(buffer("started"))).toBe(true);
    vi.advanceTimersByTime(120);
    expect(shown.some((event) => event.type === "local.sounding")).toBe(false);
    loudSince = performance.now() - 30;
    const at = loudSince;
    vi.advanceTimersByTime(300);
    expect(firsts).toEqual([["a", at]]);
    expect(shown.filter((event) => event.type === "local.sounding")).toEqual([{ type: "local.sounding", on: true }]);
  });

  test("where nobody can listen the announcement has to do", () => {
    loudSince = undefined;
    mouth.event(words("a", SENTENCE));
    const at = performance.now();
    mouth.event(buffer("started"));
    expect(firsts).toEqual([["a", at]]);
  });

  test("is shown as far as the clock says, and whole when its sound has ended", () => {
    loudSince = 0;
    mouth.event(words("a", SENTENCE));
    mouth.event(buffer("started"));
    vi.advanceTimersByTime(1_000);
    expect(heard("a")).toMatchObject({ chars: 15 });
    expect(mouth.busy).toBe(true);
    mouth.event(buffer("stopped"));
    expect(heard("a")).toEqual({ type: "local.heard", item_id: "a", chars: SENTENCE.length });
    expect(mouth.busy).toBe(false);
    expect(shown.at(-1)).toEqual({ type: "local.sounding", on: false });
  });

  test("cut off, it ends where the clock was", () => {
    loudSince = 0;
    mouth.event(words("a", SENTENCE));
    mouth.event(buffer("started"));
    vi.advanceTimersByTime(2_000);
    mouth.event(buffer("cleared"));
    expect(heard("a")).toMatchObject({ chars: 30, cut: true });
    vi.advanceTimersByTime(2_000);
    expect(heard("a")).toMatchObject({ chars: 30, cut: true });
  });

  test("a response that was never begun is cut at nothing, one of two messages goes from the first to the second", () => {
    loudSince = 0;
    mouth.event(words("x", "Never heard.", "r0"));
    mouth.event(buffer("cleared", "r0"));
    expect(heard("x")).toMatchObject({ chars: 0, cut: true });
    mouth.event(words("a", "One moment."));
    mouth.event(buffer("started"));
    mouth.event(words("b", SENTENCE));
    vi.advanceTimersByTime(2_000);
    expect(heard("a")).toMatchObject({ chars: "One moment.".length });
    expect(heard("b")).toMatchObject({ chars: expect.closeTo(19, -1) });
    expect(firsts).toHaveLength(1);
  });

  test("leaves what it does not know to others", () => {
    expect(mouth.event({ type: "luna.flush" })).toBe(false);
    expect(mouth.event({ type: "luna.line", state: "listening" })).toBe(false);
  });
});
