import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { StereoTape } from "../../src/recording/stereo-tape.ts";
import { AT_ONCE, clicksOf, conversation, Ear, FROM, holesOf, jittery, split, stalling, stepErrors } from "./ear.ts";

const MINUTE = 60_000;

describe("ten minutes on tape", () => {
  it.each([
    ["on a quiet network", AT_ONCE, 3],
    ["on a network with jitter", jittery(1, 0), 40],
    ["on a network that stalls for up to 1.5 s", jittery(2, 1_500), 45],
    ["with a microphone clock 100 ppm fast", jittery(3, 400, 100), 45],
    ["with a microphone clock 100 ppm slow", jittery(4, 400, -100), 45],
    ["on a network that stalls longer than the tape waits", jittery(5, 6_000), 50],
  ])("keep both voices in step %s", { timeout: 30_000 }, (_, network, bound) => {
    const ear = conversation(7, 10 * MINUTE);
    const tape = ear.play(network);
    expect(Math.max(...stepErrors(ear, tape))).toBeLessThanOrEqual(bound);
  });

  it.each([
    ["on a quiet network", AT_ONCE, 3],
    ["on a network with jitter", jittery(1, 0), 40],
    ["on a network that stalls for up to 1.5 s", jittery(2, 1_500), 45],
    ["with a microphone clock 100 ppm slow", jittery(4, 400, -100), 45],
  ])("keep both voices in step where Luna pauses for seconds, %s", { timeout: 30_000 }, (_, network, bound) => {
    const ear = conversation(7, 10 * MINUTE, true);
    expect(Math.max(...stepErrors(ear, ear.play(network)))).toBeLessThanOrEqual(bound);
  });

  it("keep both voices in step where the line stalls and the tape is taken away meanwhile", { timeout: 30_000 }, () => {
    const ear = conversation(7, 10 * MINUTE);
    expect(Math.max(...stepErrors(ear, ear.play(stalling(5), 5_000, 4_000)))).toBeLessThanOrEqual(50);
  });

  it("have no hole in Luna's voice, however the reports arrive", () => {
    const ear = new Ear();
    ear.talk(0, 10 * MINUTE);
    ear.hear("a", 2_000, 4 * MINUTE);
    ear.hear("b", 5 * MINUTE, 4 * MINUTE);
    const { right } = ear.play(jittery(9, 1_500));
    expect(holesOf(right).map((hole) => Math.round(hole / 1_000))).toEqual([58]);
  });

  it("have no hole in the caller's voice, however the frames arrive", () => {
    const ear = conversation(8, 10 * MINUTE);
    const { left } = ear.play(jittery(9, 1_500));
    expect(holesOf(left)).toEqual([]);
  });

  it("stay true to the clock", () => {
    const ear = conversation(10, 10 * MINUTE);
    const clicks = clicksOf(ear.play(jittery(11, 800)).left);
    const off = ear.clicks.caller.map((really, i) => Math.abs((clicks[i] as number) - really));
    expect(Math.max(...off)).toBeLessThan(120);
  });
});

describe("Luna's voice", () => {
  it("that was given and never heard is not on the tape", () => {
    const ear = new Ear();
    ear.talk(0, 20_000);
    ear.hear("a", 2_000, 6_000, { cut: 1_500 });
    const { right } = ear.play(AT_ONCE);
    const sounding = right.reduce((n, sample) => n + Number(sample !== 0), 0);
    expect(sounding).toBe(1_500 * 24);
  });

  it("that is heard in spite of a muted microphone is where it was heard", () => {
    const ear = new Ear();
    ear.talk(0, 4_000);
    ear.hear("a", 6_000, 3_000);
    ear.talk(20_000, 24_000);
    const { left, right } = ear.play(AT_ONCE);
    expect(clicksOf(right).map(Math.round)).toEqual([6_000, 6_900, 7_800, 8_700]);
    expect(clicksOf(left).map(Math.round)).toEqual(ear.clicks.caller);
    expect(holesOf(left).map(Math.round)).toEqual([16_000]);
  });

  it("stops at the last report when the ear is gone", () => {
    const tape = new StereoTape(FROM);
    tape.luna("a", new Uint8Array(new Int16Array(24 * 5_000).fill(7).buffer));
    tape.playback("a", "started", 0, FROM + 1_000);
    tape.playback("a", "progress", 800, FROM + 1_800);
    // While it may go on, nothing beyond the report is given away.
    expect(tape.ready(FROM + 9_000)).toBe(1_800 * 96);
    const out = new Uint8Array(20_000 * 96);
    const { right } = split([out.slice(0, tape.take(FROM + 20_000, out))]);
    expect(right.length).toBe(17_000 * 24);
    expect(right.filter((sample) => sample !== 0)).toHaveLength(800 * 24);
  });

  it.each([9, 11, 11.9])(
    "that stops for %s s in mid-sentence, as long as an engine may, goes on on the tape as well",
    (stall) => {
      const ear = new Ear();
      ear.talk(0, 40_000);
      ear.hear("a", 2_000, 6_000, { pauses: [{ after: 2_000, ms: 1_000 * stall }] });
      const { right } = ear.play(jittery(4, 0), 400);
      expect(right.filter((sample) => sample !== 0)).toHaveLength(6_000 * 24);
    },
  );

  it("that began right before the line stalled stays there, also where the tape is taken away while the line catches up", () => {
    const tape = new StereoTape(FROM);
    const frame = (now: number) => tape.caller(new Uint8Array(1_920).fill(1), FROM + now);
    const out = new Uint8Array(60_000 * 96);
    let taken = 0;
    tape.luna("a", new Uint8Array(new Int16Array(24 * 3_000).fill(7).buffer));
    for (let at = 40; at <= 35_120; at += 40) {
      frame(at);
      if (at === 35_000) tape.playback("a", "started", 0, FROM + at);
    }
    for (let at = 35_160; at <= 42_000; at += 40) {
      frame(42_000);
      if (at % 200 === 0 && at < 38_000) tape.playback("a", "progress", at - 35_000, FROM + 42_000);
      if (at === 35_240) taken = tape.take(FROM + 42_000, out);
    }
    expect(taken).toBe(35_000 * 96);
    tape.playback("a", "done", 3_000, FROM + 42_000);
    tape.close();
    taken += tape.takeRest(out.subarray(taken));
    const { right } = split([out.slice(0, taken)]);
    expect(right.findIndex((sample) => sample !== 0)).toBe(35_000 * 24);
    expect(holesOf(right)).toEqual([]);
  });

  it("is taken no further than was told of it, unless nobody will tell more", () => {
    const tape = new StereoTape(FROM);
    const out = new Uint8Array(10_000 * 96);
    tape.luna("a", new Uint8Array(new Int16Array(24 * 5_000).fill(7).buffer));
    for (let at = 40; at <= 2_400; at += 40) {
      tape.caller(new Uint8Array(1_920).fill(1), FROM + at);
      if (at === 1_000) tape.playback("a", "started", 0, FROM + at);
      if (at === 2_200) tape.playback("a", "progress", 1_200, FROM + at);
    }
    expect(tape.takeTold(out)).toBe(2_200 * 96);
    expect(tape.left).toBe(200 * 24);
    expect(tape.takeTold(out)).toBe(0);
    expect(tape.takeRest(out)).toBe(200 * 96);
    expect(tape.left).toBe(0);
  });

  it("that a stalled report put too late is moved to where later reports say it began", () => {
    const tape = new StereoTape(FROM);
    tape.luna("a", new Uint8Array(new Int16Array(24 * 1_000).fill(7).buffer));
    tape.playback("a", "started", 0, FROM + 1_500); // 500 ms late
    tape.playback("a", "progress", 600, FROM + 1_600);
    tape.playback("a", "done", 1_000, FROM + 2_000);
    const out = new Uint8Array(4_000 * 96);
    const { right } = split([out.slice(0, tape.take(FROM + 6_000, out))]);
    expect(right.findIndex((sample) => sample !== 0)).toBe(1_000 * 24);
  });

  it("goes on where it was heard after a pause, wherever that was, on whatever network, also where it is cut soon after", () => {
    fc.assert(
      fc.property(fc.integer(), fc.constantFrom(0, 1_500), (seed, stall) => {
        const ear = conversation(seed, 60_000, true);
        expect(Math.max(...stepErrors(ear, ear.play(jittery(seed + 1, stall))))).toBeLessThanOrEqual(50);
      }),
      { numRuns: 12 },
    );
  });

  it("goes on after a pause that the page does not know of right behind its last report", () => {
    const ear = new Ear();
    ear.talk(0, 12_000);
    const pauses = [{ after: 1_650, ms: 1_500 }];
    ear.hear("a", 2_000, 6_000, { pauses, suspended: true });
    const { right } = ear.play(AT_ONCE);
    expect(holesOf(right).map(Math.round)).toEqual([1_500]);
    expect(clicksOf(right).slice(2).map(Math.round)).toEqual(ear.clicks.luna.slice(2));
  });

  it("may pause for ever: what was heard before that is kept, and no more of it waits in memory", () => {
    const tape = new StereoTape(FROM);
    tape.luna("a", new Uint8Array(new Int16Array(24 * 5_000).fill(7).buffer));
    tape.playback("a", "started", 0, FROM + 1_000);
    for (let at = 0; at <= 60_000; at += 500) tape.playback("a", "progress", 800, FROM + 1_800 + at);
    const out = new Uint8Array(80_000 * 96);
    const { right } = split([out.slice(0, tape.take(FROM + 80_000, out))]);
    expect(right.length).toBe(77_000 * 24);
    expect(right.filter((sample) => sample !== 0)).toHaveLength(800 * 24);
  });

  it("without end is kept to a bound: what is left out is counted, and what follows keeps its place", () => {
    const tape = new StereoTape(FROM);
    const second = (value: number) => new Uint8Array(new Int16Array(24_000).fill(value).buffer);
    for (let i = 0; i < 300; i++) tape.luna("a", second(7));
    expect(tape.lostMs).toBeGreaterThan(30_000);
    tape.playback("a", "started", 0, FROM);
    const room = new Uint8Array(100_000 * 96);
    let loudFrom = 0;
    for (let ms = 200; ms <= 301_000; ms += 200) {
      tape.playback("a", "progress", ms, FROM + ms);
      if (ms === 100_000) tape.take(FROM + ms, room);
      if (ms === 100_000) tape.luna("a", second(9));
    }
    for (let n = tape.take(FROM + 310_000, room); n > 0; n = tape.take(FROM + 310_000, room)) {
      const at = split([room.slice(0, n)]).right.indexOf(9);
      if (at >= 0) loudFrom = tape.taken - n / 4 + at;
    }
    expect(loudFrom).toBe(300_000 * 24);
  });
});

describe("a tape", () => {
  it("that nobody takes away loses the oldest and says how much", () => {
    const tape = new StereoTape(FROM);
    for (let at = 40; at <= 10 * MINUTE; at += 40) tape.caller(new Uint8Array(1_920).fill(1), FROM + at);
    expect(tape.lostMs).toBeGreaterThan(2 * MINUTE);
    expect(tape.lostMs).toBeLessThan(4 * MINUTE);
  });

  it("is silent while the recording is off, and keeps its time", () => {
    const tape = new StereoTape(FROM);
    for (let at = 40; at <= 10_000; at += 40) {
      if (at === 4_000) tape.keep(false, FROM + at);
      if (at === 6_000) tape.keep(true, FROM + at);
      tape.caller(new Uint8Array(1_920).fill(1), FROM + at);
    }
    tape.close();
    const out = new Uint8Array(10_000 * 96);
    const { left } = split([out.slice(0, tape.takeRest(out))]);
    expect(left.length).toBe(10_000 * 24);
    expect(holesOf(left).map(Math.round)).toEqual([2_000]);
  });

  it.each([
    ["that is ahead of the clock", 9_000, 1.1],
    ["behind a line that stalls for a moment", 1_500, 3],
  ])(
    "%s keeps all that was said while the recording was on, and nothing of what was said while it was off",
    (_, ms, speed) => {
      fc.assert(
        fc.property(fc.integer({ min: 0, max: 40 }), fc.integer({ min: 1, max: 40 }), (off, length) => {
          const tape = new StereoTape(FROM);
          const said = [0, 0, 0];
          let arrived = 0;
          for (let n = 1; n <= 1_200; n++) {
            arrived = Math.max(n * 40, arrived + 40 / speed, n >= 100 ? 4_000 + ms : 0);
            // Wishes come in order with the frames.
            if (n === 90 + 10 * off) tape.keep(false, FROM + arrived);
            if (n === 90 + 10 * (off + length)) tape.keep(true, FROM + arrived);
            const when = n < 90 + 10 * off ? 0 : n < 90 + 10 * (off + length) ? 1 : 2;
            said[when] = (said[when] ?? 0) + 960;
            tape.caller(new Uint8Array(new Int16Array(960).fill(when + 1).buffer), FROM + arrived);
          }
          const out = new Uint8Array(70_000 * 96);
          const { left } = split([out.slice(0, tape.takeRest(out))]);
          const kept = [0, 0, 0, 0];
          for (const value of left) kept[value] = (kept[value] ?? 0) + 1;
          expect(kept.slice(1)).toEqual([said[0], 0, said[2]]);
        }),
        { numRuns: 8 },
      );
    },
  );

  it("goes on after a break with silence for the break", () => {
    const tape = new StereoTape(FROM, 5_000 * 24);
    tape.caller(new Uint8Array(1_920).fill(1), FROM + 9_000);
    tape.close();
    const out = new Uint8Array(10_000 * 96);
    expect(tape.takeRest(out)).toBe(4_000 * 96);
    expect(tape.taken).toBe(9_000 * 24);
  });

  it("survives a clock that jumps, and never gives more than a WAV file can count", () => {
    const tape = new StereoTape(FROM);
    for (const jump of [0, -3_600_000, 86_400_000 * 3, 20, -5]) {
      for (let i = 0; i < 50; i++) tape.caller(new Uint8Array(1_920).fill(1), FROM + jump + i * 40);
    }
    tape.skip(FROM + 86_400_000 * 3);
    expect(tape.taken * 4).toBeLessThan(2 ** 32 - 44);
  });

  it("is the same in whatever pieces it is taken", () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer({ min: 200, max: 9_000 }), (seed, every) => {
        const once = conversation(seed, 40_000).play(jittery(seed, 300), 5_000);
        const often = conversation(seed, 40_000).play(jittery(seed, 300), every);
        expect(Buffer.compare(Buffer.from(once.left.buffer), Buffer.from(often.left.buffer))).toBe(0);
        expect(Buffer.compare(Buffer.from(once.right.buffer), Buffer.from(often.right.buffer))).toBe(0);
      }),
      { numRuns: 12 },
    );
  });
});
