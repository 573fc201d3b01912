import { afterEach, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { BrainByTools } from "../../src/engines/scripted/brains.ts";
import { CLOSES, type Fault, Faults, FaultyWire, misfortunes, once, weather } from "./faults.ts";
import { startUpstream } from "./upstream.ts";

/** What arrives at the other end. */
function sink() {
  const got: string[] = [];
  const wire = {
    got,
    send: (text: string) => void got.push(text),
    close: (code: number, reason: string) => void got.push(`close ${code} ${reason}`),
    closeBare: () => void got.push("close"),
    drop: () => void got.push("drop"),
  };
  return wire;
}

const event = (n: number) => ({ type: "response.created", n });
const text = (n: number) => JSON.stringify(event(n));
const at = (n: number, fault: Fault) => once((_, index) => index === n, fault);

function sent(fault: Fault | null): string[] {
  const end = sink();
  const wire = new FaultyWire(end, fault ? at(1, fault) : undefined);
  for (let n = 0; n < 3; n++) wire.send(event(n));
  return end.got;
}

afterEach(() => vi.useRealTimers());

describe("a wire with faults", () => {
  test.each<[string, Fault | null, string[]]>([
    ["passes everything on when nothing goes wrong", null, [text(0), text(1), text(2)]],
    ["says an event twice", { do: "repeat" }, [text(0), text(1), text(1), text(2)]],
    ["cuts an event in its middle", { do: "garble" }, [text(0), text(1).slice(0, text(1).length >> 1), text(2)]],
    ["babbles", { do: "babble", times: 2 }, [text(0), text(1), text(1), text(1), text(2)]],
    ["falls silent for good", { do: "stall", ms: null }, [text(0)]],
    ["closes, and says nothing any more", { do: "close", code: 1011, reason: "x" }, [text(0), "close 1011 x"]],
    ["closes without a code", { do: "close", code: 1005 }, [text(0), "close"]],
    ["breaks off", { do: "close", code: 1006 }, [text(0), "drop"]],
  ])("%s", (_, fault, expected) => {
    expect(sent(fault)).toEqual(expected);
  });

  test("makes an event huge, and it stays an event", () => {
    const huge = sent({ do: "bloat", bytes: 100_000 })[1] ?? "";
    expect(huge.length).toBeGreaterThan(100_000);
    expect(JSON.parse(huge)).toMatchObject(event(1));
  });

  test("delays an event and all behind it, in order", () => {
    vi.useFakeTimers();
    const got = sent({ do: "delay", ms: 50 });
    expect(got).toEqual([text(0)]);
    vi.advanceTimersByTime(50);
    expect(got).toEqual([text(0), text(1), text(2)]);
  });

  test("sends nothing that was delayed after it has been closed", () => {
    vi.useFakeTimers();
    const end = sink();
    const wire = new FaultyWire(end, at(0, { do: "delay", ms: 50 }));
    wire.send(event(0));
    wire.close(1000);
    vi.advanceTimersByTime(100);
    expect(end.got).toEqual(["close 1000 "]);
  });
});

describe("weather", () => {
  const log = (seed: number, most?: number) => {
    const faults = weather({ seed, probability: 0.2, kinds: misfortunes(10), ...(most === undefined ? {} : { most }) });
    for (let n = 0; n < 500; n++) faults.next(event(n));
    return faults.log.map(({ index, fault }) => [index, fault]);
  };

  test("is the same for the same seed, and another for another one", () => {
    expect(log(1)).toEqual(log(1));
    expect(log(1)).not.toEqual(log(2));
  });

  test("is as bad as it was asked to be, and of every kind", () => {
    expect(log(3).length).toBeGreaterThan(60);
    expect(log(3).length).toBeLessThan(140);
    expect(new Set(log(3).map(([, fault]) => JSON.stringify(fault))).size).toBe(CLOSES.length + 6);
    expect(log(3, 2)).toHaveLength(2);
  });
});

test("stands around a real socket, too", async () => {
  const faults = new Faults((passing, index) => {
    if (passing.type === "session.created") return { do: "repeat" };
    return index === 1 ? { do: "close", code: 1012, reason: "service restart" } : null;
  });
  const upstream = await startUpstream({
    brain: () => new BrainByTools(),
    faults: (n) => (n === 0 ? faults : undefined),
  });
  const socket = new WebSocket(`${upstream.url}/realtime?model=m`, {
    headers: { authorization: `Bearer ${upstream.key}` },
  });
  const got: string[] = [];
  socket.on("message", (data: Buffer) => {
    got.push((JSON.parse(data.toString()) as { type: string }).type);
    socket.send(JSON.stringify({ type: "session.update", session: { type: "realtime" } }));
  });
  const code = await new Promise((resolve) => socket.on("close", resolve));
  await upstream.stop();
  expect(code).toBe(1012);
  expect(got).toEqual(["session.created", "session.created"]);
  expect(faults.log.map((one) => one.event)).toEqual(["session.created", "session.updated"]);
});
