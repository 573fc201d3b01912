import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { type Endpoint, Endpointer, trim } from "../../../src/client/voice/endpointing.ts";

const FRAME_MS = 32;
const ms = (samples: number) => samples / 16;

function listener() {
  const endpointer = new Endpointer();
  let frame = 0;
  const heard: (Endpoint & { at_ms: number })[] = [];
  const hear = (probability: number, lasting: number) => {
    for (const end = frame + Math.round(lasting / FRAME_MS); frame < end; frame++) {
      const endpoint = endpointer.push(probability, frame * 512);
      if (endpoint) heard.push({ ...endpoint, at_ms: (frame + 1) * FRAME_MS });
    }
  };
  return { endpointer, hear, heard, types: () => heard.map((h) => h.type) };
}

describe("the start of speech", () => {
  it("is heard after two clear frames, 64 ms, and dated back to the first of them", () => {
    const { hear, heard } = listener();
    hear(0.01, 640);
    hear(0.9, 320);
    expect(heard).toEqual([{ type: "started", from: 640 * 16, overLuna: false, at_ms: 640 + 64 }]);
  });

  it("is heard after three frames when it comes softly", () => {
    const { hear, heard } = listener();
    hear(0.01, 640);
    hear(0.36, 32);
    hear(0.55, 320);
    expect(heard).toEqual([{ type: "started", from: 640 * 16, overLuna: false, at_ms: 640 + 96 }]);
  });

  it("is not a click, however sharp, nor a murmur", () => {
    const { hear, heard } = listener();
    for (let i = 0; i < 20; i++) {
      hear(1, 32);
      hear(0.1, 64);
    }
    hear(0.4, 3_200);
    expect(heard).toEqual([]);
  });

  it("needs to be surer while Luna speaks, and a moment longer for her echo", () => {
    const { endpointer, hear, heard } = listener();
    endpointer.speaking(true);
    hear(0.55, 960);
    expect(heard).toEqual([]);
    endpointer.speaking(false);
    hear(0.55, 256);
    expect(heard).toEqual([]);
    hear(0.55, 256);
    expect(heard.map((h) => h.type)).toEqual(["started"]);
  });

  it("asks for more over Luna after each echo, and for nothing more when she is silent", () => {
    const { endpointer, hear, heard } = listener();
    for (let i = 0; i < 5; i++) endpointer.distrust();
    endpointer.speaking(true);
    hear(0.85, 960);
    expect(heard).toEqual([]);
    hear(0.98, 96);
    expect(heard.map((h) => h.type)).toEqual(["started"]);
    endpointer.speaking(false);
    hear(0.01, 1_600);
    hear(0.85, 64);
    expect(heard.at(-1)?.type).toBe("started");
  });

  it("over Luna is heard within 150 ms when it is clear, and marked as such", () => {
    const { endpointer, hear, heard } = listener();
    endpointer.speaking(true);
    hear(0.1, 320);
    hear(0.95, 320);
    expect(heard).toEqual([{ type: "started", from: 320 * 16, overLuna: true, at_ms: 320 + 64 }]);
  });

  it("over Luna is looked for half a frame later too, once", () => {
    const { endpointer, hear, heard } = listener();
    expect(endpointer.wantsGlances).toBe(false);
    endpointer.speaking(true);
    hear(0.1, 320);
    expect(endpointer.wantsGlances).toBe(true);
    expect(endpointer.glance(0.9, 9 * 512 + 256)).toBeUndefined();
    expect(endpointer.glance(0.9, 10 * 512 + 256)).toEqual({ type: "started", from: 9 * 512 + 256, overLuna: true });
    expect(endpointer.wantsGlances).toBe(false);
    hear(0.9, 320);
    expect(heard).toEqual([]);
  });
});

describe("the end of speech", () => {
  it("comes after 700 ms of silence, with a first guess at the pause, and is dated to the last sound", () => {
    const { hear, heard } = listener();
    hear(0.9, 960);
    hear(0.05, 960);
    expect(heard.map((h) => [h.type, h.at_ms])).toEqual([
      ["started", 64],
      ["paused", 960 + 320],
      ["stopped", 960 + 704],
    ]);
    expect(heard[2]).toMatchObject({ from: 0, to: 960 * 16 });
  });

  it("is not a pause for thought", () => {
    const { hear, types } = listener();
    hear(0.9, 960);
    hear(0.05, 480);
    hear(0.9, 960);
    hear(0.05, 960);
    expect(types()).toEqual(["started", "paused", "resumed", "paused", "stopped"]);
  });

  it("is not a doubtful frame: between the two thresholds speech goes on", () => {
    const { hear, types } = listener();
    hear(0.9, 320);
    hear(0.4, 3_200);
    expect(types()).toEqual(["started"]);
  });

  it("comes by force after 28 seconds, and what follows is heard as the next piece", () => {
    const { hear, heard } = listener();
    hear(0.9, 30_000);
    expect(heard.map((h) => h.type)).toEqual(["started", "stopped", "started"]);
    expect(heard[1]?.at_ms).toBeLessThanOrEqual(28_100);
  });

  it("never comes for speech that was forgotten", () => {
    const { endpointer, hear, heard } = listener();
    hear(0.9, 960);
    endpointer.reset();
    hear(0.05, 3_200);
    expect(heard.map((h) => h.type)).toEqual(["started"]);
  });
});

it("starts and stops alternate, pauses lie between, and spans are in order, whatever is heard", () => {
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.integer({ min: 1, max: 60 })), {
        maxLength: 60,
      }),
      (pieces) => {
        const { hear, heard } = listener();
        for (const [probability, frames] of pieces) hear(probability, frames * FRAME_MS);
        let open = false;
        let paused = false;
        let end = 0;
        for (const one of heard) {
          if (one.type === "started") {
            expect(open).toBe(false);
            expect(one.from).toBeGreaterThanOrEqual(end);
            open = true;
            paused = false;
          } else expect(open).toBe(true);
          if (one.type === "paused") {
            expect(paused).toBe(false);
            paused = true;
          }
          if (one.type === "resumed") {
            expect(paused).toBe(true);
            paused = false;
          }
          if (one.type === "stopped") {
            expect(one.to).toBeGreaterThan(one.from);
            expect(ms(one.to)).toBeLessThanOrEqual(one.at_ms);
            end = one.to;
            open = false;
          }
        }
      },
    ),
  );
});

describe("what is given to recognition", () => {
  it("has at most 100 ms before the speech and 500 ms after it", () => {
    const { from, to } = trim({ from: 16_000, to: 32_000 });
    expect(ms(16_000 - from)).toBeLessThanOrEqual(100);
    expect(ms(to - 32_000)).toBeLessThanOrEqual(500);
  });

  it("is cut elsewhere on the second try, within the 300 ms of pre-roll", () => {
    const first = trim({ from: 16_000, to: 32_000 });
    const second = trim({ from: 16_000, to: 32_000 }, true);
    expect(second.from).not.toBe(first.from);
    expect(second.to).not.toBe(first.to);
    expect(ms(16_000 - second.from)).toBeLessThanOrEqual(300);
  });

  it("never reaches back before the beginning", () => {
    expect(trim({ from: 0, to: 1_000 }, true).from).toBe(0);
  });
});
