import { describe, expect, it } from "vitest";
import { WatchLine, waitAfter } from "../../../src/client/guest/watch-line.ts";

class Socket extends EventTarget {
  closed = false;
  close(): void {
    this.closed = true;
    this.dispatchEvent(new Event("close"));
  }
  open(): void {
    this.dispatchEvent(new Event("open"));
  }
  tell(data: unknown): void {
    this.dispatchEvent(new MessageEvent("message", { data }));
  }
}

function setUp() {
  const sockets: Socket[] = [];
  const heard: string[] = [];
  const there: boolean[] = [];
  const waits: { ms: number; again: () => void; off: boolean }[] = [];
  const line = new WatchLine({
    dial: () => {
      const socket = new Socket();
      sockets.push(socket);
      return socket as unknown as WebSocket;
    },
    hear: (event) => heard.push(event.type),
    there: (on) => there.push(on),
    later: (again, ms) => {
      const wait = { ms, again, off: false };
      waits.push(wait);
      return () => {
        wait.off = true;
      };
    },
  });
  const last = () => sockets.at(-1) as Socket;
  const pass = () => {
    const wait = waits.at(-1);
    if (wait && !wait.off) wait.again();
  };
  return { line, sockets, heard, there, waits, last, pass };
}

describe("a watching line", () => {
  it("hears events, and nothing else", () => {
    const { last, heard } = setUp();
    last().open();
    for (const data of ['{"type":"luna.watch"}', "pong", "[]", "null", '"text"', '{"type":7}', new ArrayBuffer(2)]) {
      last().tell(data);
    }
    expect(heard).toEqual(["luna.watch"]);
  });

  it("comes back by itself, waiting longer each time", () => {
    const { last, pass, waits, sockets, there } = setUp();
    for (let failure = 0; failure < 4; failure++) {
      last().open();
      last().close();
      pass();
    }
    expect(sockets).toHaveLength(5);
    expect(waits.map(({ ms }) => ms)).toEqual([500, 1_000, 2_000, 4_000]);
    expect(there.at(-1)).toBe(false);
  });

  it("waits briefly again once it has heard something", () => {
    const { last, pass, waits } = setUp();
    last().close();
    pass();
    last().close();
    pass();
    last().tell('{"type":"luna.watch"}');
    last().close();
    expect(waits.map(({ ms }) => ms)).toEqual([500, 1_000, 500]);
  });

  it("hurries when the network is back, and does not dial twice for it", () => {
    const { line, last, waits, pass, sockets } = setUp();
    last().close();
    line.hurry();
    expect(sockets).toHaveLength(2);
    expect(waits[0]?.off).toBe(true);
    pass();
    line.hurry();
    expect(sockets).toHaveLength(2);
  });

  it("stays away when it was closed here", () => {
    const { line, last, waits, sockets, heard } = setUp();
    line.close();
    expect(last().closed).toBe(true);
    last().tell('{"type":"luna.watch"}');
    line.hurry();
    expect([sockets.length, waits.length, heard.length]).toEqual([1, 0, 0]);
  });

  it("never waits longer than a quarter of a minute", () => {
    expect([0, 3, 20, 1_000].map(waitAfter)).toEqual([500, 4_000, 15_000, 15_000]);
  });
});
