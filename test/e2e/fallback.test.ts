/**
 * A provider that goes away, at every point of a call where it hurts. When it takes the call again, the AI goes on where it
 * was; when it does not, the scripted Luna does. Either way no word is lost or told twice, and no transfer is made twice.
 * Plus the other bad days: refused keys, refused upgrades, no credit, silence.
 */
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from "vitest";
import { BrainByTools } from "../../src/engines/scripted/brains.ts";
import type { TurnStatus } from "../../src/legs/wire.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";
import type { Snapshot } from "../../src/tools/bank.ts";
import { type KeptCall, recordFor } from "../support/bank.ts";
import { type Line, Visitor } from "../support/line.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { startUpstream, type Upstream, type UpstreamSession } from "../support/upstream.ts";

/** A call mostly waits: for a provider that is gone, and for a caller who reads. Each has a key, and so a provider, of its own. */
vi.setConfig({ maxConcurrency: 6 });

let provider: Upstream;
let server: Luna;
/** Of the tests that come one after the other. */
let visitor: Visitor;

/** 200 ms of a hum for each sentence: sound enough to be interrupted in. */
const hum = () => [new Uint8Array(4_800).fill(1), new Uint8Array(4_800).fill(2)];

beforeAll(async () => {
  provider = await startUpstream({
    brain: () => new BrainByTools(),
    voice: hum,
    seed: 11,
    burstMs: 15,
    refusedKeys: refused,
  });
  server = await startLuna({ upstream: provider.url });
});
afterAll(async () => {
  await server?.stop();
  await provider?.stop();
});
beforeEach(() => {
  visitor = new Visitor(server.url);
  Object.assign(provider.options, { refuseWith: undefined, noCredit: undefined });
});

const bankOf = async (owner: Visitor) => (await (await owner.fetch("/api/bank")).json()) as Snapshot;
const balance = (books: Snapshot, kind: string) =>
  books.accounts.find((one) => one.kind === kind)?.balance_cents ?? Number.NaN;

/** Each turn as it was told last, in order. */
function turnsOf(line: Line): TurnStatus[] {
  const turns = new Map(line.of("luna.turn").map((turn) => [turn.item_id, turn]));
  return [...turns.values()].sort((a, b) => a.order - b.order);
}

function callerSays(line: Line): string[] {
  return turnsOf(line)
    .filter((turn) => turn.who === "caller")
    .map((turn) => turn.text);
}

/** The newest whole answer after the caller's last words, when nothing more is under way. */
function answered(line: Line): string | undefined {
  const turns = turnsOf(line);
  const last = turns.at(-1);
  const busy = line.of("luna.line").at(-1)?.state !== "listening" || turns.some((turn) => turn.state === "live");
  return !busy && last !== undefined && last.who !== "caller" ? last.text : undefined;
}

/** A caller who wants one transfer of forty dollars and answers whatever is asked, until the call ends. Gives what they said. */
async function wantsFortyMoved(line: Line): Promise<string[]> {
  const said: string[] = [];
  for (let turn = 0; turn < 12; turn++) {
    const seen = line.events.length;
    const answer = await line.until(
      "the caller's turn",
      () => (line.of("luna.ended").length > 0 ? "" : answered(line)),
      40_000,
    );
    await new Promise((resolve) => setTimeout(resolve, 250));
    if (line.of("luna.ended").length > 0) return said;
    if (answered(line) !== answer || line.events.length < seen) continue;
    const before = callerSays(line).length;
    const words = reply(answer, said.length > 0);
    line.say(words);
    said.push(words);
    await line.until(
      "the words as a turn",
      () => callerSays(line).length > before && answered(line) !== answer,
      40_000,
    );
  }
  throw new Error(
    `The call does not end:\n${turnsOf(line)
      .map((turn) => `${turn.who} [${turn.state}] ${turn.text}`)
      .join("\n")}`,
  );
}

function reply(answer: string, opened: boolean): string {
  if (/last four|verify/i.test(answer)) return "4829";
  if (/anything else|else I can/i.test(answer)) return "No, that's all, goodbye.";
  if (!opened || /how can I help|what can I do/i.test(answer))
    return "Please move forty dollars from checking to savings.";
  return "Yes.";
}

/** Where the provider breaks off: the moment it has sent, or got, this. */
const MOMENTS: { moment: string; now: (session: UpstreamSession) => boolean }[] = [
  { moment: "before the session is configured", now: (session) => sent(session, "session.created") },
  { moment: "as the greeting begins", now: (session) => sent(session, "response.created") },
  { moment: "in the middle of the greeting", now: (session) => sent(session, "response.output_audio.delta") },
  { moment: "as the caller's first words arrive", now: (session) => session.of("conversation.item.create").length > 0 },
  { moment: "as a tool is called", now: (session) => calls(session, "verify_identity") },
  { moment: "as the transfer is asked for", now: (session) => calls(session, "transfer_funds") },
  { moment: "as the read-back begins", now: (session) => outputs(session).length >= 2 },
  { moment: "as the confirmed transfer is called", now: (session) => count(session, "transfer_funds") >= 2 },
  {
    moment: "as the transfer's result comes back",
    now: (session) => outputs(session).some((output) => /"ok":\s*true/.test(output) && /40/.test(output)),
  },
];

function sent(session: UpstreamSession, type: ServerEvent["type"]): boolean {
  return session.sent.some((event) => event.type === type);
}
function count(session: UpstreamSession, tool: string): number {
  return session.sent.filter(
    (event) =>
      event.type === "response.output_item.done" && event.item.type === "function_call" && event.item.name === tool,
  ).length;
}
function calls(session: UpstreamSession, tool: string): boolean {
  return count(session, tool) > 0;
}
function outputs(session: UpstreamSession): string[] {
  return session
    .of("conversation.item.create")
    .flatMap(({ item }) => (item.type === "function_call_output" ? [item.output] : []));
}

/** Looks every millisecond, so that the cut falls where it is meant to. `then`: what the provider does to those who come back. */
async function killAt(key: string, now: (session: UpstreamSession) => boolean, then?: "refuses"): Promise<void> {
  const until = Date.now() + 40_000;
  while (Date.now() < until) {
    const session = provider.sessionsOf(key)[0];
    if (session && now(session)) {
      if (then === "refuses") refused.add(key);
      return session.kill();
    }
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  throw new Error("The moment never came.");
}

interface Broken {
  line: Line;
  /** In the order of the record. */
  turns: { item_id: string; who: string; text: string; heard: string }[];
  record: KeptCall;
  /** Sessions at the provider after the one that broke off. */
  later: UpstreamSession[];
}

const refused = new Set<string>();
let callers = 0;

/** One call with a transfer in it, and what must be true of it however it went on: all but who answered in the end. */
async function breaksOff(now: (session: UpstreamSession) => boolean, then?: "refuses"): Promise<Broken> {
  const caller = new Visitor(server.url);
  const key = `${provider.key}-of-caller-${++callers}`;
  const before = await bankOf(caller);
  const killed = killAt(key, now, then);
  const opened = await caller.open({ scenario: "transfer-funds", key });
  expect(opened.mode).toBe("ai");
  const line = caller.connect(opened).readAlong();
  const [said] = await Promise.all([wantsFortyMoved(line), killed]);
  await line.closed;

  const after = await bankOf(caller);
  expect(balance(after, "savings") - balance(before, "savings")).toBe(4_000);
  expect(balance(before, "checking") - balance(after, "checking")).toBe(4_000);
  const moved = line.of("luna.tool").filter((tool) => tool.name === "transfer_funds" && tool.state === "done");
  expect(new Set(moved.map((tool) => tool.call_id)).size).toBe(1);
  expect(line.of("luna.ended")).toMatchObject([{ outcome: "contained" }]);

  expect(callerSays(line)).toEqual(said);
  const record = await recordFor(caller, opened.call_id);
  const turns = turnsOf(line);
  expect(record.turns.map(({ item_id, who, text }) => ({ item_id, who, text }))).toEqual(
    turns.map(({ item_id, who, text }) => ({ item_id, who, text })),
  );
  expect(saidTwice(turns)).toEqual([]);
  const later = provider.sessionsOf(key).slice(1);
  for (const session of later) expect(wordsTold(session)).toEqual([...new Set(wordsTold(session))]);
  return { line, turns, record, later };
}

/** Ids of the caller's items a session was told, each told once or it is here twice. */
function wordsTold(session: UpstreamSession): string[] {
  return session
    .of("conversation.item.create")
    .flatMap(({ item }) => (item.type === "message" && item.role === "user" && item.id ? [item.id] : []));
}

/** Sentences the caller has heard to their end, and then again although they had said nothing between. */
function saidTwice(turns: Broken["turns"]): string[] {
  const twice: string[] = [];
  let heard: string[] = [];
  for (const turn of turns) {
    const sentences = turn.heard.match(/[^.!?]+[.!?]+/g)?.map((sentence) => sentence.trim()) ?? [];
    if (turn.who === "caller") heard = [];
    else twice.push(...sentences.filter((sentence) => heard.includes(sentence)));
    heard.push(...sentences);
  }
  return twice;
}

describe.concurrent("the provider breaks off and takes the call again", () => {
  test.each(MOMENTS)(
    "$moment: the AI goes on, forty dollars move once, no word is lost or doubled",
    async ({ now }) => {
      const { line, record, later } = await breaksOff(now);
      expect(later).toHaveLength(1);
      expect(line.of("luna.notice").map(({ code, tone }) => ({ code, tone }))).toEqual([
        { code: "reconnecting", tone: "info" },
      ]);
      expect(line.of("luna.engine").map((engine) => engine.mode)).not.toContain("scripted");
      expect(record).toMatchObject({ mode: "ai", fell_back: false, reason: "luna_ended" });
    },
  );
});

describe.concurrent("the provider breaks off and does not come back", () => {
  test.each(MOMENTS)("$moment: the scripted Luna goes on, forty dollars move once", async ({ now }) => {
    const { line, record, later } = await breaksOff(now, "refuses");
    expect(later).toEqual([]);
    const notices = line.of("luna.notice").filter((notice) => notice.tone !== "info");
    expect(notices).toHaveLength(1);
    expect(notices[0]?.message).toMatch(/\w.*\./);
    expect(line.of("luna.line").map((event) => event.state)).toContain("reconnecting");
    expect(line.of("luna.engine").at(-1)).toMatchObject({ mode: "scripted", voice: "page" });
    expect(record).toMatchObject({ mode: "ai", fell_back: true });
  });
});

/** One sentence is told, and the call is answered all the same. */
async function fallsBack(line: Line, tells: RegExp): Promise<void> {
  await line.until(
    "the scripted engine",
    () => line.of("luna.engine").some((engine) => engine.mode === "scripted" && engine.ready),
    30_000,
  );
  const notices = line.of("luna.notice").map((notice) => notice.message);
  expect(notices.join(" ")).toMatch(tells);
  line.say("What can you do?");
  await line.until("an answer", () => answered(line), 40_000);
  line.close();
}

test.concurrent("nobody there at all", async () => {
  const alone = await startLuna();
  try {
    const caller = new Visitor(alone.url);
    const opened = await caller.open({ scenario: "block-card", key: "sk-anything-goes-here" });
    await fallsBack(caller.connect(opened).readAlong(), /reach/i);
  } finally {
    await alone.stop();
  }
});

test.concurrent("a call on hold is put away by the runtime, its caller connected and pinging, and goes on in an object built anew", async () => {
  const caller = new Visitor(server.url);
  const key = `${provider.key}-put-away`;
  const line = caller.connect(await caller.open({ scenario: "block-card", key })).readAlong();
  await line.until("the greeting", () => answered(line));
  line.send({ type: "luna.hold", on: true });
  await line.until("the provider's line closed", () => provider.sessionsOf(key)[0]?.closed !== -1);
  const pings = setInterval(() => line.send("ping"), 5_000);
  // The runtime waits ten seconds, and ten more after the alarm that saves the call.
  await new Promise((resolve) => setTimeout(resolve, 35_000));
  clearInterval(pings);
  expect(line.socket.readyState).toBe(line.socket.OPEN);
  expect(line.of("luna.key_wanted")).toEqual([]);
  line.send({ type: "luna.hold", on: false });
  // It was in the memory of an object that is no more.
  await line.until("the key to be asked for", () => line.of("luna.key_wanted")[0]);
  line.send({ type: "luna.key", key });
  await line.until("another session", () => provider.sessionsOf(key)[1]);
  line.close();
});

describe("a bad day of the provider", () => {
  test("a key it does not know", async () => {
    await fallsBack(
      visitor.connect(await visitor.open({ scenario: "block-card", key: "sk-not-the-right-one" })).readAlong(),
      /key/i,
    );
  });

  test.each([429, 503])("an upgrade refused with %i", async (status) => {
    provider.options.refuseWith = status;
    await fallsBack(
      visitor.connect(await visitor.open({ scenario: "block-card", key: provider.key })).readAlong(),
      /\w/,
    );
  });

  test("an account without credit", async () => {
    provider.options.noCredit = true;
    await fallsBack(
      visitor.connect(await visitor.open({ scenario: "block-card", key: provider.key })).readAlong(),
      /credit|quota/i,
    );
  });

  const HOUR_OVER = "Your session hit the maximum duration of 60 minutes.";

  test("an hour's session that is over: another one goes on with it", async () => {
    const line = visitor.connect(await visitor.open({ scenario: "block-card", key: provider.key })).readAlong();
    await line.until("the greeting", () => answered(line));
    const sessions = provider.sessions.length;
    provider.sessions.at(-1)?.kill(1001, HOUR_OVER);
    const next = await line.until("another session", () => provider.sessions[sessions]);
    await line.until("the line again", () => line.of("luna.engine").at(-1)?.ready && provider.sessions[sessions]);
    const before = line.of("luna.turn").length;
    line.say("What can you do?");
    await line.until("an answer", () => line.of("luna.turn").length > before + 1 && answered(line), 40_000);
    expect(
      line
        .of("luna.notice")
        .map((notice) => notice.message)
        .join(" "),
    ).toMatch(/60 minutes/);
    expect(line.of("luna.engine").map((engine) => engine.mode)).not.toContain("scripted");
    expect(turnsOf(line).filter((turn) => turn.who === "caller")).toHaveLength(1);
    expect(next.of("response.create").length).toBeGreaterThan(0);
    line.close();
  });

  test("an hour's session that is over, and no other", async () => {
    const line = visitor.connect(await visitor.open({ scenario: "block-card", key: provider.key })).readAlong();
    await line.until("the greeting", () => answered(line));
    provider.options.refuseWith = 503;
    provider.sessions.at(-1)?.kill(1001, HOUR_OVER);
    await fallsBack(line, /60 minutes/);
  });

  test("the next call with the right key is an AI call again", async () => {
    const opened = await visitor.open({ scenario: "block-card", key: provider.key });
    const line = visitor.connect(opened).readAlong();
    await line.until("the AI", () => line.of("luna.engine").some((engine) => engine.mode === "ai" && engine.ready));
    line.close();
  });
});
