import { describe, expect, it } from "vitest";
import { SoundGate } from "../../../src/client/audio/sound-gate.ts";

const SAMPLES = 960;

/** Noise of one seed at a level, dBFS RMS. */
function room(seed: number) {
  let state = seed >>> 0 || 1;
  const random = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 31 - 1;
  };
  return (db: number, samples = SAMPLES): ArrayBuffer => {
    const peak = 32_768 * 10 ** (db / 20) * Math.sqrt(3);
    return Int16Array.from({ length: SAMPLES }, (_, i) => (i < samples ? Math.round(random() * peak) : 0)).buffer;
  };
}
const spell = (gate: SoundGate, frames: ArrayBuffer[]) => frames.map((frame) => gate.hear(frame));
const many = <T>(count: number, make: (index: number) => T) => Array.from({ length: count }, (_, i) => make(i));
const opened = (answers: (ArrayBuffer[] | null)[]) => answers.filter((answer) => answer !== null).length;

describe("the gate of a sleeping call", () => {
  it.each([-75, -60, -45, -32])("stays shut in a steady room of %i dB", (db) => {
    const noise = room(7);
    expect(
      opened(
        spell(
          new SoundGate(),
          many(1_500, () => noise(db + 1.5 * Math.sin(db))),
        ),
      ),
    ).toBe(0);
  });

  it.each([
    [-75, -50],
    [-60, -42],
    [-45, -28],
    [-32, -18],
  ])("in a room of %i dB opens at the third frame of a voice of %i dB", (quiet, voice) => {
    const gate = new SoundGate();
    const noise = room(3);
    spell(
      gate,
      many(100, () => noise(quiet)),
    );
    expect(
      spell(
        gate,
        many(3, () => noise(voice)),
      ).map((answer) => answer !== null),
    ).toEqual([false, false, true]);
  });

  it("gives the half second before, oldest first, and each frame once", () => {
    const gate = new SoundGate();
    const noise = room(5);
    const quiet = many(50, () => noise(-65));
    const voice = many(3, () => noise(-30));
    spell(gate, quiet);
    const [, , kept] = spell(gate, voice);
    expect(kept).toHaveLength(13);
    expect(kept?.every((frame, i) => frame === [...quiet.slice(-10), ...voice][i])).toBe(true);
  });

  it("takes a click or a key for no voice", () => {
    const gate = new SoundGate();
    const noise = room(11);
    const clicks = many(300, (i) => noise(i % 20 < 2 && i > 40 ? -15 : -65));
    expect(opened(spell(gate, clicks))).toBe(0);
  });

  it("hears a single short word", () => {
    const gate = new SoundGate();
    const noise = room(13);
    spell(
      gate,
      many(100, () => noise(-62)),
    );
    const no = [-48, -30, -26, -33, -62].map((db) => noise(db));
    expect(opened(spell(gate, no))).toBe(1);
  });

  it("gets used to a fan within four seconds, and hears a voice over it", () => {
    const gate = new SoundGate();
    const noise = room(17);
    spell(
      gate,
      many(100, () => noise(-65)),
    );
    spell(
      gate,
      many(100, () => noise(-40)),
    );
    expect(gate.floor).toBeGreaterThan(-42);
    expect(
      opened(
        spell(
          gate,
          many(500, () => noise(-40)),
        ),
      ),
    ).toBe(0);
    expect(
      opened(
        spell(
          gate,
          many(3, () => noise(-24)),
        ),
      ),
    ).toBe(1);
  });

  it("takes speech, which breathes, for no room", () => {
    const gate = new SoundGate();
    const noise = room(19);
    for (const frame of many(500, (i) => noise(i % 40 < 33 ? -26 : -60))) gate.learn(frame);
    expect(gate.floor).toBeLessThan(-57);
  });

  it("does not open for a whisper of the electronics in dead silence", () => {
    const gate = new SoundGate();
    const noise = room(23);
    spell(
      gate,
      many(50, () => new ArrayBuffer(SAMPLES * 2)),
    );
    expect(
      opened(
        spell(
          gate,
          many(50, () => noise(-60)),
        ),
      ),
    ).toBe(0);
  });

  it("gives nothing of what was said before it was shut", () => {
    const gate = new SoundGate();
    const noise = room(29);
    const before = many(20, () => noise(-65));
    spell(gate, before);
    gate.rest();
    const kept = spell(
      gate,
      many(3, () => noise(-30)),
    ).at(-1);
    expect(kept).toHaveLength(3);
  });
});
