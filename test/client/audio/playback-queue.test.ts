import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { PlaybackQueue } from "../../../src/client/audio/playback-queue.ts";
import type { PlaybackReport } from "../../../src/client/audio/worklet-messages.ts";

const MS = 24;

/** `ms` of sound in which each sample has the same value, so that it is known again at the other end. */
const sound = (ms: number, value = 8_192) => new Int16Array(ms * MS).fill(value);

function line() {
  const reports: PlaybackReport[] = [];
  const queue = new PlaybackQueue((report) => reports.push(report));
  /** Pulls as a worklet does, in small blocks. */
  const hear = (ms: number) => {
    const out = new Float32Array(ms * MS);
    let real = 0;
    for (let at = 0; at < out.length; at += MS) real += queue.pull(out.subarray(at, at + MS));
    return { out, real: real / MS };
  };
  const told = () => reports.map((r) => `${r.item_id} ${r.state} ${r.heard_ms}`);
  return { queue, hear, told, reports };
}

describe("the playback queue", () => {
  it("waits for 80 ms of sound before it starts", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(79));
    expect(hear(20).real).toBe(0);
    expect(told()).toEqual([]);
    queue.push("a", 0, sound(1));
    expect(hear(20).real).toBe(20);
    expect(told()).toEqual(["a started 0"]);
  });

  it("starts a short part at once when it is known to be all", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(30));
    queue.finish("a", 0);
    expect(hear(50).real).toBe(30);
    expect(told()).toEqual(["a started 0", "a done 30"]);
  });

  it("reports progress each 200 ms and the whole length at the end", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(500));
    queue.finish("a", 0);
    for (let i = 0; i < 60; i++) hear(10);
    expect(told()).toEqual(["a started 0", "a progress 200", "a progress 400", "a done 500"]);
  });

  it("counts only sound, not the silence put in for late chunks", () => {
    const { queue, hear } = line();
    queue.push("a", 0, sound(100));
    expect(hear(300).real).toBe(100);
    queue.push("a", 0, sound(100));
    expect(hear(50).real).toBe(50);
    expect(queue.flush()).toEqual([{ item_id: "a", content_index: 0, heard_ms: 150 }]);
  });

  it("tells where it ran dry, and again when it goes on, so that it is known where the pause was", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(290));
    hear(900);
    expect(told()).toEqual(["a started 0", "a progress 200", "a progress 290"]);
    queue.push("a", 0, sound(300));
    queue.finish("a", 0);
    hear(1);
    expect(told().slice(3)).toEqual(["a progress 290"]);
    hear(300);
    expect(told().slice(4)).toEqual(["a progress 490", "a done 590"]);
  });

  it("tells of hiccups once they add up to a pause, and not of each", () => {
    const { queue, hear, told } = line();
    for (let n = 0; n < 20; n++) {
      queue.push("a", 0, sound(100));
      hear(104);
    }
    const pauses = told().filter((one, n, all) => one === all[n + 1]);
    // Each fifth chunk has come 20 ms late by then.
    expect(pauses).toEqual(["a progress 500", "a progress 1000", "a progress 1500"]);
    expect(told().length).toBeLessThan(20);
  });

  it("leaves out what has been told of a pause when it tells of hiccups", () => {
    const { queue, hear, told } = line();
    for (const late of [15, 30, 15]) {
      queue.push("a", 0, sound(90));
      hear(90 + late);
    }
    queue.push("a", 0, sound(20));
    queue.finish("a", 0);
    hear(30);
    const reports = ["started 0", "progress 180", "progress 180", "done 290"].map((one) => `a ${one}`);
    expect(told()).toEqual(reports);
  });

  it("has no pause to tell of before its first sound", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(0));
    hear(50);
    queue.push("a", 0, sound(100));
    hear(50);
    expect(told()).toEqual(["a started 0"]);
  });

  it("goes on at once after a hiccup, and gathers anew after a real gap", () => {
    const { queue, hear } = line();
    queue.push("a", 0, sound(100));
    hear(110); // 10 ms short
    queue.push("a", 0, sound(20));
    expect(hear(20).real).toBe(20);
    hear(30); // a gap
    queue.push("a", 0, sound(20));
    expect(hear(20).real).toBe(0);
    queue.push("a", 0, sound(60));
    expect(hear(80).real).toBe(80);
  });

  it("keeps parts apart that arrive interleaved, in the order of their first sound", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(100, 1000));
    queue.push("b", 0, sound(100, 2000));
    queue.push("a", 0, sound(100, 1000));
    queue.push("b", 0, sound(100, 2000));
    queue.finish("b", 0);
    queue.finish("a", 0);
    const { out } = hear(400);
    expect([...new Set(out)].map((v) => Math.round(v * 32_768))).toEqual([1000, 2000]);
    expect(told().filter((t) => !t.includes("progress"))).toEqual([
      "a started 0",
      "a done 200",
      "b started 0",
      "b done 200",
    ]);
  });

  it("lets the next part pass one that ran dry, and comes back to it", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(100));
    queue.push("b", 0, sound(100));
    queue.finish("b", 0);
    hear(100); // all of a
    expect(hear(390).real).toBe(0);
    expect(hear(120).real).toBe(100); // b
    queue.push("a", 0, sound(50));
    queue.finish("a", 0);
    expect(hear(60).real).toBe(50);
    expect(told().filter((t) => !t.includes("progress"))).toEqual([
      "a started 0",
      "b started 0",
      "b done 100",
      "a done 150",
    ]);
  });

  it("is silent within 6 ms of a flush, without a click, and drops what comes late", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(1_000));
    queue.push("b", 0, sound(1_000));
    hear(100);
    expect(queue.flush()).toEqual([
      { item_id: "a", content_index: 0, heard_ms: 100 },
      { item_id: "b", content_index: 0, heard_ms: 0 },
    ]);
    const { out, real } = hear(20);
    expect(real).toBe(0);
    const steps = [0.25, ...out].map((v, i, all) => Math.abs((all[i + 1] ?? 0) - v));
    expect(Math.max(...steps)).toBeLessThan(0.01);
    expect([...out.subarray(6 * MS)].every((v) => v === 0)).toBe(true);
    expect(queue.push("a", 0, sound(500))).toBe(false);
    expect(hear(500).real).toBe(0);
    expect(told()).toEqual(["a started 0", "a flushed 100", "b flushed 0"]);
  });

  it("plays the next item after a flush", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(1_000));
    hear(50);
    queue.flush();
    queue.push("c", 0, sound(100));
    expect(hear(106).real).toBe(100);
    expect(told().at(-1)).toBe("c started 0");
  });

  it("has nothing to say to a flush when nothing is queued", () => {
    expect(line().queue.flush()).toEqual([]);
  });

  it("calls an item without any sound done, in its turn", () => {
    const { queue, hear, told } = line();
    queue.push("a", 0, sound(100));
    queue.finish("b", 0);
    hear(50);
    expect(told()).toEqual(["a started 0"]);
    queue.finish("a", 0);
    hear(60);
    expect(told()).toEqual(["a started 0", "a done 100", "b done 0"]);
  });

  it("tells content parts of one item apart", () => {
    const { queue, hear, reports } = line();
    queue.push("a", 0, sound(10));
    queue.push("a", 1, sound(10));
    queue.finish("a", 0);
    queue.finish("a", 1);
    hear(30);
    expect(reports.map((r) => `${r.content_index} ${r.state}`)).toEqual(["0 started", "0 done", "1 started", "1 done"]);
  });
});

type Step =
  | { do: "push"; item: string; samples: number }
  | { do: "finish"; item: string }
  | { do: "pull"; samples: number }
  | { do: "flush" };

const item = fc.constantFrom("a", "b", "c", "d");
const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("push" as const), item, samples: fc.integer({ min: 0, max: 6_000 }) }),
  fc.record({ do: fc.constant("finish" as const), item }),
  fc.record({ do: fc.constant("pull" as const), samples: fc.integer({ min: 0, max: 4_000 }) }),
  fc.record({ do: fc.constant("flush" as const) }),
);

describe("whatever happens on the line", () => {
  it("nothing is heard that was not received, every sample once and in order, and a flush empties the queue", () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 80 }), (steps) => {
        const { queue, reports } = line();
        const received = new Map<string, number>();
        const next = new Map<string, number>();
        for (const s of steps) {
          if (s.do === "push") {
            // Each sample of an item carries its own number (1, 2, 3 …, wrapping), each item its own thousand.
            const from = received.get(s.item) ?? 0;
            const base = 1 + "abcd".indexOf(s.item) * 8_000;
            const pcm = Int16Array.from({ length: s.samples }, (_, i) => base + ((from + i) % 7_000));
            if (queue.push(s.item, 0, pcm)) received.set(s.item, from + s.samples);
          }
          if (s.do === "finish") queue.finish(s.item, 0);
          if (s.do === "pull") {
            const out = new Float32Array(s.samples);
            const real = queue.pull(out);
            const sounding = [...out].map((v) => Math.round(v * 32_768)).filter((v) => v > 0);
            expect(sounding).toHaveLength(real);
            for (const value of sounding) {
              const name = "abcd"[Math.floor((value - 1) / 8_000)] as string;
              const expected = next.get(name) ?? 0;
              expect((value - 1) % 8_000).toBe(expected % 7_000);
              next.set(name, expected + 1);
            }
          }
          if (s.do === "flush") {
            for (const heard of queue.flush()) {
              expect(heard.heard_ms * MS).toBeLessThanOrEqual(received.get(heard.item_id) ?? 0);
              expect(heard.heard_ms).toBe(Math.floor((next.get(heard.item_id) ?? 0) / MS));
            }
            expect(queue.waiting).toBe(0);
            queue.pull(new Float32Array(144)); // the fade
          }
        }
        for (const report of reports) {
          expect(Number.isInteger(report.heard_ms)).toBe(true);
          expect(report.heard_ms * MS).toBeLessThanOrEqual(received.get(report.item_id) ?? 0);
        }
        for (const name of "abcd") {
          const own = reports.filter((r) => r.item_id === name);
          const ends = own.filter((r) => r.state === "done" || r.state === "flushed");
          expect(ends.length).toBeLessThanOrEqual(1);
          if (ends.length === 1) expect(own.at(-1)).toBe(ends[0]);
          expect(own.filter((r) => r.state === "started").length).toBeLessThanOrEqual(1);
          const heard = own.map((r) => r.heard_ms);
          expect(heard).toEqual([...heard].sort((a, b) => a - b));
        }
      }),
      { numRuns: 300 },
    );
  });

  it("in the end every finished item has been played to its last sample", () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ item, samples: fc.integer({ min: 1, max: 5_000 }), pull: fc.integer({ min: 0, max: 3_000 }) }),
          { maxLength: 40 },
        ),
        (chunks) => {
          const { queue, reports } = line();
          const received = new Map<string, number>();
          for (const chunk of chunks) {
            queue.push(chunk.item, 0, new Int16Array(chunk.samples).fill(1));
            received.set(chunk.item, (received.get(chunk.item) ?? 0) + chunk.samples);
            queue.pull(new Float32Array(chunk.pull));
          }
          for (const name of received.keys()) queue.finish(name, 0);
          for (let i = 0; i < 100; i++) queue.pull(new Float32Array(4_800));
          for (const [name, samples] of received)
            expect(reports.filter((r) => r.item_id === name).at(-1)).toEqual({
              item_id: name,
              content_index: 0,
              state: "done",
              heard_ms: Math.floor(samples / MS),
            });
        },
      ),
      { numRuns: 200 },
    );
  });
});
