import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { FirstToken, Link, LinkListener } from "../../../src/client/call/reconnect.ts";
import { LastingWire, PING_MS, PONG_MS, TRY_MS } from "../../../src/client/call/reconnect.ts";
import type { Lost } from "../../../src/client/call/socket.ts";
import type { PageEvent, PageMessageInput } from "../../../src/legs/wire.ts";

/** A socket of the network this test is. */
class FakeLink implements Link {
  sent: string[] = [];
  frames = 0;
  open = false;
  closed = false;
  readonly token: string;
  readonly at: number;
  readonly listener: LinkListener;
  constructor(token: string, at: number, listener: LinkListener) {
    this.token = token;
    this.at = at;
    this.listener = listener;
  }
  send(text: string): boolean {
    if (this.open) this.sent.push(text);
    return this.open;
  }
  hear(): void {
    this.frames += 1;
  }
  close(): void {
    this.closed = true;
    this.open = false;
  }
  opens(): void {
    this.open = true;
    this.listener.onOpen();
  }
  tells(...events: PageEvent[]): void {
    for (const event of events) this.listener.onEvent(event);
  }
  dies(code = 1006, reason = ""): void {
    this.open = false;
    this.listener.onGone(code, reason);
  }
}

let links: FakeLink[];
let told: string[];
let lost: Lost[];
let tokens: string[];
let world: (what: "online" | "offline" | "visible") => void;
let watched: number;
let wire: LastingWire;

function start(first: FirstToken = { token: "first" }): void {
  links = [];
  told = [];
  lost = [];
  tokens = [];
  watched = 1;
  wire = new LastingWire(
    {
      dial: (token, listener) => {
        const link = new FakeLink(token, Date.now(), listener);
        links.push(link);
        return link;
      },
      keep: (token) => tokens.push(token),
      now: () => Date.now(),
      watch: (on) => {
        world = on;
        return () => {
          watched -= 1;
        };
      },
    },
    first,
    {
      onOpen: () => told.push("open"),
      onEvent: (event) => told.push(event.type),
      onAudio: () => told.push("audio"),
      onAway: () => told.push("away"),
      onBack: () => told.push("back"),
      onReplayed: () => told.push("replayed"),
      onGone: (why) => lost.push(why),
    },
  );
}

const link = () => links.at(-1) as FakeLink;
const resume = (token: string): PageEvent => ({ type: "luna.resume", token, grace_ms: 60_000 });
const status: PageEvent = {
  type: "luna.call",
  call_id: "c",
  scenario: "freeform",
  title: "t",
  verified: false,
  lit: null,
  started_at: 0,
};
const line: PageEvent = { type: "luna.line", state: "listening" };
/** How the call ends what it tells anew. */
const lastOf = (token: string | null = null): PageEvent[] => [
  { type: "luna.recording", state: "off" },
  { type: "luna.confirm", pending: token === null ? null : { token, title: "t", lines: [] } },
  line,
];
const say = (id: string): PageMessageInput => ({
  type: "conversation.item.create",
  item: { id, type: "message", role: "user", content: [{ type: "input_text", text: id }] },
});
const shown = (id: string): PageEvent => ({
  type: "luna.turn",
  item_id: id,
  order: 1,
  who: "caller",
  how: "typed",
  text: id,
  heard: id,
  state: "final",
});
const saidOn = (one: FakeLink) =>
  one.sent
    .filter((text) => text !== "ping")
    .map((text) => JSON.parse(text) as PageMessageInput)
    .map((message) => (message.type === "conversation.item.create" ? (message.item.id ?? "") : message.type));

function live(): void {
  link().opens();
  link().tells(resume("t1"), status, line);
}

beforeEach(() => {
  vi.useFakeTimers();
  start();
});
afterEach(() => {
  wire.close();
  vi.useRealTimers();
});

describe("a socket that is lost", () => {
  it("is opened again at once with the newest token, and the person sees it", () => {
    live();
    link().tells(resume("t2"));
    link().dies();
    expect(links.map((one) => one.token)).toEqual(["first", "t2"]);
    expect(told.at(-1)).toBe("away");
    expect(tokens).toEqual(["t1", "t2"]);
  });

  it("is tried at once, then after half a second, one, two, four and always four, until the call would not wait", () => {
    live();
    const from = Date.now();
    link().dies();
    while (lost.length === 0) {
      link().dies();
      vi.advanceTimersByTime(100);
    }
    const at = links.slice(1).map((one) => one.at - from);
    expect(at.slice(0, 7)).toEqual([0, 500, 1_500, 3_500, 7_500, 11_500, 15_500]);
    expect(at.at(-1)).toBeGreaterThan(55_000);
    expect(at.at(-1)).toBeLessThanOrEqual(64_000);
    expect(lost[0]?.message).toMatch(/too long/);
    vi.advanceTimersByTime(120_000);
    expect(links).toHaveLength(at.length + 1);
  });

  it("gives up a try that hangs", () => {
    live();
    link().dies();
    vi.advanceTimersByTime(TRY_MS + 500);
    expect(links).toHaveLength(3);
    expect(links[1]?.closed).toBe(true);
  });

  it("counts its waits from the beginning the next time", () => {
    live();
    link().dies();
    link().dies();
    vi.advanceTimersByTime(500);
    live();
    link().dies();
    expect(links).toHaveLength(4);
  });

  it("comes back at once when the network does", () => {
    live();
    link().dies();
    for (let i = 0; i < 5; i++) {
      link().dies();
      vi.advanceTimersByTime(4_000);
    }
    const before = links.length;
    link().dies();
    world("online");
    expect(links).toHaveLength(before + 1);
  });

  it("does not break off a try that is under way: its token may be spent", () => {
    live();
    link().dies();
    link().opens();
    world("online");
    world("visible");
    expect(links).toHaveLength(2);
    expect(link().closed).toBe(false);
  });

  it("is let go of as soon as the network is", () => {
    live();
    world("offline");
    expect(links[0]?.closed).toBe(true);
    expect(told.at(-1)).toBe("away");
  });

  it("before the call said that it waits is the end, with the call's own reason", () => {
    link().opens();
    link().dies(4401, "The call token has expired.");
    expect(lost).toEqual([{ message: "The call token has expired." }]);
    expect(links).toHaveLength(1);
    expect(watched).toBe(0);
  });
});

describe("a socket that is dead without saying so", () => {
  it("is found out by a ping that nobody answers", () => {
    live();
    vi.advanceTimersByTime(PING_MS);
    expect(link().sent).toEqual(["ping"]);
    vi.advanceTimersByTime(PONG_MS);
    expect(told.at(-1)).toBe("away");
    expect(links).toHaveLength(2);
  });

  it("is not suspected while it pongs", () => {
    live();
    for (let i = 0; i < 20; i++) {
      vi.advanceTimersByTime(PING_MS);
      link().listener.onPong();
    }
    expect(links).toHaveLength(1);
  });

  it("or that still brings sound", () => {
    live();
    for (let i = 0; i < 200; i++) {
      vi.advanceTimersByTime(500);
      link().listener.onAudio(1, new Int16Array(8));
    }
    expect(links).toHaveLength(1);
  });

  it("is asked at once when the page is seen again, and has three seconds", () => {
    live();
    world("visible");
    expect(link().sent).toEqual(["ping"]);
    vi.advanceTimersByTime(3_000);
    expect(links).toHaveLength(2);
  });

  it("says nothing more: what an old socket brings is for nobody", () => {
    live();
    const old = link();
    world("offline");
    const before = told.length;
    old.listener.onEvent(line);
    old.listener.onAudio(1, new Int16Array(8));
    old.listener.onGone(1006, "");
    expect(told).toHaveLength(before);
  });
});

describe("coming back", () => {
  it("is proven by what the call says, not by the open socket, and ends with the state of the line", () => {
    live();
    link().dies();
    told.length = 0;
    link().opens();
    expect(told).toEqual([]);
    link().tells(resume("t2"), status, shown("a"), ...lastOf());
    expect(told).toEqual(["back", "luna.call", "luna.turn", "luna.recording", "luna.confirm", "luna.line", "replayed"]);
  });

  it("brings a yes pressed meanwhile to its question, once, also where a rebuilt call connects before it tells anew", () => {
    live();
    link().dies();
    wire.tell({ type: "luna.confirm", token: "q", yes: true });
    link().opens();
    link().tells(resume("t2"), status, { type: "luna.line", state: "connecting" });
    expect(told).not.toContain("replayed");
    link().tells(...lastOf("q"));
    expect(saidOn(link())).toEqual(["luna.confirm"]);
    link().dies();
    link().opens();
    link().tells(resume("t3"), shown("the-yes"), ...lastOf());
    expect(saidOn(link())).toEqual([]);
  });

  it("says what was said meanwhile, after the replay, and only what the replay does not show", () => {
    live();
    wire.tell(say("on-its-way"));
    wire.tell(say("lost"));
    link().dies();
    wire.tell(say("offline"));
    link().opens();
    link().tells(resume("t2"), status);
    wire.tell(say("in-the-replay"));
    expect(saidOn(link())).toEqual([]);
    link().tells(shown("on-its-way"), ...lastOf());
    wire.tell(say("after"));
    expect(saidOn(link())).toEqual(["lost", "offline", "in-the-replay", "after"]);
  });

  it("does not wait for ever for the end of the replay", () => {
    live();
    link().dies();
    wire.tell(say("offline"));
    link().opens();
    link().tells(resume("t2"));
    vi.advanceTimersByTime(1_000);
    expect(saidOn(link())).toEqual(["offline"]);
  });

  it("loses no word and doubles none, however often the socket dies", () => {
    live();
    const arrived: string[] = [];
    for (let i = 0; i < 60; i++) {
      wire.tell(say(`w${i}`));
      const one = link();
      // Every third socket dies with what was on its way; the others tell what they have.
      const deaf = i % 3 === 0;
      if (!deaf) for (const id of saidOn(one)) if (!arrived.includes(id)) arrived.push(id);
      one.dies();
      link().opens();
      link().tells(resume(`r${i}`), status, ...arrived.map(shown), ...lastOf());
    }
    const last = saidOn(link());
    expect(last.filter((id) => arrived.includes(id))).toEqual([]);
    expect([...arrived, ...last].sort()).toEqual(Array.from({ length: 60 }, (_, i) => `w${i}`).sort());
  });

  it("sends no sound before the call has taken the socket", () => {
    live();
    link().dies();
    link().opens();
    wire.hear(new ArrayBuffer(8));
    expect(link().frames).toBe(0);
    link().tells(resume("t2"));
    wire.hear(new ArrayBuffer(8));
    expect(link().frames).toBe(1);
  });

  it("after a reload begins with the token that was kept", () => {
    start({ token: "kept", grace_ms: 60_000 });
    expect(links.map((one) => one.token)).toEqual(["kept"]);
    link().opens();
    link().tells(resume("t2"), status, ...lastOf());
    expect(told).toEqual(["away", "back", "luna.call", "luna.recording", "luna.confirm", "luna.line", "replayed"]);
  });
});

describe("a call that cannot be gone back to", () => {
  it("went on in another tab: said plainly, and not fought over", () => {
    live();
    link().dies(4409);
    expect(lost).toEqual([{ message: expect.stringMatching(/another tab/), elsewhere: true }]);
    vi.advanceTimersByTime(60_000);
    expect(links).toHaveLength(1);
  });

  it.each([4401, 4403, 4404, 4410])("has ended (%i): no further try, and no notice of the refusal besides", (code) => {
    live();
    link().dies();
    told.length = 0;
    link().opens();
    link().tells({
      type: "error",
      event_id: "e",
      error: { type: "invalid_request_error", code: "call_ended", message: "m", param: null, event_id: null },
    });
    link().dies(code, "m");
    expect(told).toEqual([]);
    expect(lost).toEqual([{ message: expect.stringMatching(/ended/) }]);
    expect(watched).toBe(0);
  });

  it.each([1000, 1001, 1006, 1011, 1012, 4429, 4500, 4503])("is tried again after %i", (code) => {
    live();
    link().dies(code);
    expect(links).toHaveLength(2);
    expect(lost).toEqual([]);
  });

  it("leaves no timer and no ear behind", () => {
    live();
    wire.close();
    expect(vi.getTimerCount()).toBe(0);
    expect(watched).toBe(0);
  });
});
