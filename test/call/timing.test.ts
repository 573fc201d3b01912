import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { CallState, Input } from "../../src/call/state.ts";
import {
  audioCame,
  isPlausible,
  keepsTargets,
  newTiming,
  serverMs,
  spreadOf,
  TARGETS,
  type Timing,
  watchTiming,
} from "../../src/call/timing.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { delta, page, server } from "./events.ts";

/** An onlooker with a clock, and Luna silent or sounding. */
class Onlooker {
  timing: Timing = newTiming();
  now = 1_000;
  text = false;
  sounding = false;

  after(ms: number): this {
    this.now += ms;
    return this;
  }

  sees(...inputs: (ServerEvent | Input)[]): this {
    for (const one of inputs) {
      const input: Input = "from" in one ? one : { from: "engine", event: one };
      watchTiming(this.timing, this.#state(), input, this.now);
    }
    // It lives in storage between any two inputs.
    this.timing = JSON.parse(JSON.stringify(this.timing));
    return this;
  }

  hears(response_id: string, item_id: string): this {
    audioCame(this.timing, delta(response_id, item_id), this.now);
    return this;
  }

  #state() {
    const sounds = this.sounding ? [{ state: "playing" }] : [{ state: "done" }, { state: "waiting" }];
    return { engine: { text: this.text }, playback: { sounds } } as unknown as CallState;
  }
}

const fromPage = (message: Extract<Input, { from: "page" }>["message"]): Input => ({ from: "page", message });

describe("a spoken turn", () => {
  test("lasts from the end of speech to the first audio byte; later bytes change nothing", () => {
    const call = new Onlooker().sees(server.speechStarted("item_1")).after(2_000).sees(server.speechStopped("item_1"));
    call.after(3).sees(server.committed("item_1")).after(120).sees(server.created("resp_1"));
    call.after(177).hears("resp_1", "item_2").after(500).hears("resp_1", "item_2").hears("resp_1", "item_3");
    expect(call.timing.turns).toEqual({ item_2: 300 });
    expect(serverMs(call.timing, "item_2")).toBe(300);
    expect(serverMs(call.timing, "item_3")).toBeNull();
  });

  test("words on their way do not count where sound is to come", () => {
    const call = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1"));
    call.after(100).sees(server.transcript("resp_1", "item_2", "Hello"), server.text("resp_1", "item_2", "Hello"));
    expect(call.after(100).hears("resp_1", "item_2").timing.turns).toEqual({ item_2: 200 });
  });

  test("the greeting answers nobody, the turn after it counts", () => {
    const call = new Onlooker().sees(server.created("resp_1")).after(900).hears("resp_1", "item_1");
    expect(call.timing.turns).toEqual({});
    call.sees(server.speechStarted("item_2"), server.speechStopped("item_2"), server.created("resp_2"));
    expect(call.after(250).hears("resp_2", "item_3").timing.turns).toEqual({ item_3: 250 });
  });

  test("what the page says of it counts as far as it can be: not shorter than the server's view, not longer than anybody waits", () => {
    const call = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1"));
    call.after(700).hears("resp_1", "item_2");
    const said = [0, 599, 600, 700, 1_900, 60_000, 60_001, 3_600_000];
    const counts = said.filter((ms) => isPlausible(call.timing, "item_2", ms, true));
    expect(counts).toEqual([600, 700, 1_900, 60_000]);
    // A turn that nobody timed here, the greeting for one, is a guest's to name no figure for.
    expect([true, false].map((timed) => isPlausible(call.timing, "item_9", 900, timed))).toEqual([false, true]);
    expect(isPlausible(call.timing, "item_9", 60_001, false)).toBe(false);
  });

  test("no figure is taken of a turn during which the page was away, however Luna answered it", () => {
    // Typed offline: the words come with the page.
    const typed = new Onlooker().sees({ from: "leg_gone" }).after(10_000).sees({ from: "leg_back" });
    typed
      .after(20)
      .sees(fromPage(page.typed("Hello")), server.created("resp_1"))
      .after(80)
      .hears("resp_1", "item_2");
    expect(serverMs(typed.timing, "item_2")).toBe(80);
    expect(isPlausible(typed.timing, "item_2", 8_000, true)).toBe(false);
    // Answered into a socket that was dead already: it is heard when the page is back.
    const dead = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1")).after(300);
    dead.hears("resp_1", "item_2").after(9_000).sees({ from: "leg_gone" }, { from: "leg_back" });
    expect(isPlausible(dead.timing, "item_2", 9_700, false)).toBe(false);
    // The next one counts again.
    dead
      .after(2_000)
      .sees(server.speechStopped("item_3"), server.created("resp_3"))
      .after(300)
      .hears("resp_3", "item_4");
    expect(isPlausible(dead.timing, "item_4", 900, true)).toBe(true);
  });

  test("sound of a response that was cut off is no answer", () => {
    const call = new Onlooker().sees(server.created("resp_1"), server.speechStarted("item_1"));
    call.sees(server.speechStopped("item_1")).after(10).hears("resp_1", "item_0");
    call.sees(server.created("resp_2")).hears("resp_1", "item_0");
    expect(call.after(90).hears("resp_2", "item_2").timing.turns).toEqual({ item_2: 100 });
  });

  test("who goes on speaking has not finished", () => {
    const call = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1")).after(400);
    call
      .sees(server.speechStarted("item_2"))
      .hears("resp_1", "item_9")
      .after(1_000)
      .sees(server.speechStopped("item_2"));
    expect(call.sees(server.created("resp_2")).after(50).hears("resp_2", "item_3").timing.turns).toEqual({
      item_3: 50,
    });
  });

  test("the time of a tool is part of the wait, unless something is said before it", () => {
    const silent = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1"), server.done("resp_1"));
    silent.after(2_000).sees(server.created("resp_2")).after(100).hears("resp_2", "item_3");
    expect(silent.timing.turns).toEqual({ item_3: 2_100 });
    const polite = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1")).after(300);
    polite.hears("resp_1", "item_2").after(2_000).sees(server.created("resp_2")).hears("resp_2", "item_3");
    expect(polite.timing.turns).toEqual({ item_2: 300 });
  });

  test("an end of speech told twice is one end, even after the answer has begun", () => {
    const call = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1"));
    call
      .after(200)
      .hears("resp_1", "item_2")
      .after(50)
      .sees(server.speechStopped("item_1"), server.committed("item_1"));
    call.sees(server.created("resp_2")).after(4_000).hears("resp_2", "item_3");
    expect(call.timing.turns).toEqual({ item_2: 200 });
  });

  test("a turn committed where no ear is switched on is timed from there", () => {
    const call = new Onlooker().sees(server.committed("item_1"), server.created("resp_1")).after(80);
    expect(call.hears("resp_1", "item_2").timing.turns).toEqual({ item_2: 80 });
  });

  test("an engine that is lost is part of the wait; a caller who is lost does not wait", () => {
    const call = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1"), { from: "engine_gone" });
    call.after(800).sees(server.created("resp_9")).after(200).hears("resp_9", "item_2");
    expect(call.timing.turns).toEqual({ item_2: 1_000 });
    const left = new Onlooker().sees(server.speechStopped("item_1"), { from: "leg_gone" }, server.created("resp_1"));
    expect(left.after(30_000).hears("resp_1", "item_2").timing.turns).toEqual({});
  });

  test("a clock that is set back makes no turn shorter than nothing", () => {
    const call = new Onlooker().sees(server.speechStopped("item_1"), server.created("resp_1")).after(-500);
    expect(call.hears("resp_1", "item_2").timing.turns).toEqual({ item_2: 0 });
  });
});

describe("a turn of a text engine", () => {
  const keyless = () => {
    const call = new Onlooker();
    call.text = true;
    return call;
  };

  test("lasts from the end of the speech, through recognition, to the first text", () => {
    const call = keyless()
      .sees(fromPage(page.speech("started")))
      .after(900)
      .sees(fromPage(page.speech("stopped")));
    call.after(180).sees(fromPage(page.spoken("Block my card", "item_1")), server.created("resp_1"));
    call.after(20).sees(server.text("resp_1", "item_2", ""), server.text("resp_1", "item_2", "I can"));
    expect(call.timing.turns).toEqual({ item_2: 200 });
  });

  test("typed words count from Enter", () => {
    const call = keyless()
      .sees(fromPage(page.speech("stopped")))
      .after(5_000)
      .sees(fromPage(page.typed("Hello")));
    call
      .sees(server.created("resp_1"))
      .after(15)
      .sees(server.text("resp_1", "item_2", "Hi"));
    expect(call.timing.turns).toEqual({ item_2: 15 });
  });

  test('"Are you still there?" answers nobody, and neither does a repeated question', () => {
    const call = keyless()
      .sees(fromPage(page.speech("stopped")))
      .after(9_000);
    const created = server.created("resp_1") as Extract<ServerEvent, { type: "response.created" }>;
    call.sees({ ...created, response: { ...created.response, metadata: { luna: "silence" } } });
    call.sees(server.text("resp_1", "item_2", "Are you still there?"));
    call.sees(fromPage(page.speech("stopped")), fromPage({ type: "response.create" }), server.created("resp_2"));
    call.sees(server.text("resp_2", "item_3", "Which card is it?"));
    expect(call.timing.turns).toEqual({});
  });
});

describe("talking over", () => {
  const sounding = () => {
    const call = new Onlooker();
    call.sounding = true;
    return call;
  };

  test("counts speech that begins while Luna sounds, once however often it is told", () => {
    const call = sounding().sees(server.speechStarted("item_1"), server.speechStarted("item_1"));
    expect(call.timing.talk_overs).toBe(1);
    call.sees(server.speechStopped("item_1"), server.speechStarted("item_2"));
    expect(call.timing.talk_overs).toBe(2);
    expect(sounding().sees(fromPage(page.speech("started"))).timing.talk_overs).toBe(1);
  });

  test("speech into silence, and typing, talk over nobody", () => {
    expect(new Onlooker().sees(server.speechStarted("item_1")).timing.talk_overs).toBe(0);
    expect(sounding().sees(fromPage(page.typed("stop"))).timing.talk_overs).toBe(0);
  });

  test("a speech whose end was lost with its engine does not hide the next one", () => {
    const call = sounding().sees(server.speechStarted("item_1"), { from: "engine_gone" });
    expect(call.sees(fromPage(page.speech("started"))).timing.talk_overs).toBe(2);
  });
});

describe("the spread of a series", () => {
  test("nothing has no middle", () => {
    expect(spreadOf([])).toEqual({ turns: 0, mean: null, p50: null, p95: null });
    expect(keepsTargets(spreadOf([]))).toEqual({ mean: null, p95: null });
  });

  test("with few turns the 95th percentile is the slowest", () => {
    expect(spreadOf([300, 100, 900])).toEqual({ turns: 3, mean: 433, p50: 300, p95: 900 });
  });

  test("percentiles are figures of the series, with the right share at or below them", () => {
    fc.assert(
      fc.property(fc.array(fc.nat(10_000), { minLength: 1 }), (figures) => {
        const { p50, p95, mean } = spreadOf(figures);
        for (const [figure, share] of [
          [p50, 50],
          [p95, 95],
        ] as const) {
          if (figure === null) throw new Error("no figure");
          const below = (test: (ms: number) => boolean) => figures.filter(test).length * 100;
          expect(figures).toContain(figure);
          expect(below((ms) => ms <= figure)).toBeGreaterThanOrEqual(share * figures.length);
          expect(below((ms) => ms < figure)).toBeLessThan(share * figures.length);
        }
        expect(mean).toBeGreaterThanOrEqual(Math.min(...figures));
        expect(mean).toBeLessThanOrEqual(Math.max(...figures));
      }),
    );
  });

  test("the targets are limits that must stay unreached", () => {
    expect(keepsTargets({ mean: TARGETS.mean_ms - 1, p95: TARGETS.p95_ms - 1 })).toEqual({ mean: true, p95: true });
    expect(keepsTargets({ mean: TARGETS.mean_ms, p95: TARGETS.p95_ms })).toEqual({ mean: false, p95: false });
  });
});
