import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { CallState, LineWord } from "../../../src/client/state/call-state.ts";
import { noCall } from "../../../src/client/state/call-state.ts";
import { lineAt, lineTo, SPEAKING_LINGERS_MS } from "../../../src/client/state/line.ts";
import { reduce } from "../../../src/client/state/reduce.ts";

const showing = (shown: LineWord): CallState["line"] => ({ shown, next: null });

describe("the line's word", () => {
  it("becomes speaking at once", () => {
    expect(lineTo(showing("thinking"), "speaking", 0)).toEqual(showing("speaking"));
  });

  it("stays speaking through a breath", () => {
    const pausing = lineTo(showing("speaking"), "listening", 100);
    expect(pausing.shown).toBe("speaking");
    expect(lineAt(pausing, 100 + SPEAKING_LINGERS_MS - 1).shown).toBe("speaking");
    expect(lineTo(pausing, "speaking", 200)).toEqual(showing("speaking"));
  });

  it("leaves speaking 300 ms after the sound", () => {
    const pausing = lineTo(showing("speaking"), "listening", 100);
    expect(lineAt(pausing, 400)).toEqual(showing("listening"));
  });

  it("does not wait longer when the next word changes meanwhile", () => {
    const first = lineTo(showing("speaking"), "listening", 100);
    const second = lineTo(first, "thinking", 300);
    expect(lineAt(second, 400)).toEqual(showing("thinking"));
  });

  it("shows the caller's voice at once, even in the middle of Luna's", () => {
    expect(lineTo(showing("speaking"), "user-speaking", 5)).toEqual(showing("user-speaking"));
  });
});

describe("a sound that stops here", () => {
  const live = (shown: LineWord, next: LineWord | null = null): CallState => ({
    ...noCall(),
    line: { shown, next: next === null ? null : { state: next, due: 500 } },
  });

  it("ends speaking", () => {
    const state = reduce(live("speaking"), { type: "local.sounding", on: false }, 100);
    expect(state.line.next).toEqual({ state: "listening", due: 400 });
  });

  it("does not overrule what the call said since", () => {
    expect(reduce(live("thinking"), { type: "local.sounding", on: false }, 100).line.shown).toBe("thinking");
    expect(reduce(live("speaking", "thinking"), { type: "local.sounding", on: false }, 100).line.next?.state).toBe(
      "thinking",
    );
  });
});

it("whatever happens, the word is settled 300 ms after the last event", () => {
  const words: LineWord[] = [
    "connecting",
    "listening",
    "user-speaking",
    "thinking",
    "tool-running",
    "on-hold",
    "speaking",
  ];
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.constantFrom(...words), fc.integer({ min: 0, max: 400 })), { minLength: 1 }),
      (steps) => {
        let line = showing("connecting");
        let now = 0;
        for (const [word, wait] of steps) {
          now += wait;
          line = lineTo(lineAt(line, now), word, now);
        }
        expect(lineAt(line, now + SPEAKING_LINGERS_MS)).toEqual(showing((steps.at(-1) as [LineWord, number])[0]));
      },
    ),
  );
});
