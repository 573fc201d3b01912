import { evictDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import type { Health, SayAnswer, SayEvent } from "../../src/legs/http.ts";
import type { CallOpened } from "../../src/legs/open-call.ts";

import type { CallRecord } from "../../src/store/calls.ts";
import { Browser, Caller } from "../support/workerd/caller.ts";
import { GOOD_KEY, provide } from "../support/workerd/provider.ts";

afterEach(() => vi.restoreAllMocks());

/** Each caller from an address of its own: words are limited per address. */
let addresses = 0;

/** Somebody with a shell and a cookie jar. */
class Shell {
  readonly browser = new Browser();
  readonly address = `2001:db8:d:${(++addresses).toString(16)}::1`;

  post(path: string, body: unknown = {}, headers: Record<string, string> = {}): Promise<Response> {
    return this.browser.post(path, body, { "cf-connecting-ip": this.address, ...headers });
  }

  async say(text: string, rest: object = {}, path = "/ai/say"): Promise<SayAnswer> {
    const response = await this.post(path, { text, ...rest });
    expect(response.status, await response.clone().text()).toBe(200);
    return response.json<SayAnswer>();
  }

  async stream(text: string, rest: object = {}): Promise<SayEvent[]> {
    const response = await this.post("/ai/say", { text, ...rest }, { accept: "text/event-stream" });
    expect(response.headers.get("content-type")).toContain("text/event-stream");
    return eventsIn(await response.text());
  }

  async record(id: string): Promise<CallRecord> {
    return (await this.browser.fetch(`/api/calls/${id}`)).json<CallRecord>();
  }
}

function eventsIn(stream: string): SayEvent[] {
  return stream.split("\n\n").flatMap((block) => {
    const lines = block.split("\n");
    const event = lines.find((line) => line.startsWith("event: "))?.slice(7);
    const data = lines.find((line) => line.startsWith("data: "))?.slice(6);
    return event && data ? [{ event, data: JSON.parse(data) } as SayEvent] : [];
  });
}

interface Problem {
  status: number;
  code: string;
  detail: string;
  param?: string;
}

async function problemOf(response: Response): Promise<Problem> {
  expect(response.headers.get("content-type")).toContain("application/problem+json");
  return response.json<Problem>();
}

test("the first words open a call without a page, and the whole errand is done by HTTP", async () => {
  const shell = new Shell();
  const first = await shell.say("I lost my card, please block it.", { scenario: "block-card" });
  expect(first).toMatchObject({ scenario: "block-card", mode: "scripted", verified: false, ended: null });
  expect(first.answer).toMatch(/last four/i);
  expect(first.turns[0]).toMatchObject({ who: "caller", text: "I lost my card, please block it." });
  const second = await shell.say("4829");
  expect(second.call_id).toBe(first.call_id);
  expect(second.verified).toBe(true);
  expect(second.tools).toContainEqual(expect.objectContaining({ name: "verify_identity", state: "done" }));
  const third = await shell.say("Yes, block it.");
  const tools = [...second.tools, ...third.tools];
  expect(tools).toContainEqual(expect.objectContaining({ name: "block_card", state: "done" }));
  const record = await shell.record(first.call_id);
  expect(record.turns.filter((turn) => turn.who === "caller")).toHaveLength(3);
  // Read is heard: nothing of what was answered is taken for unheard or cut.
  for (const turn of record.turns) expect(turn).toMatchObject({ state: "final", heard: turn.text });
});

test("an answer is there as soon as it is written: nobody waits for a voice", async () => {
  const answer = await new Shell().say("What can you do for me?");
  expect(answer.scenario).toBe("freeform");
  expect(answer.answer.length).toBeGreaterThan(20);
  expect(answer.ms).toBeLessThan(5_000);
});

test("the answer comes in pieces to whom asks for events, with the tools, and once more whole", async () => {
  const shell = new Shell();
  await shell.say("I lost my card", { scenario: "block-card" });
  const events = await shell.stream("4829");
  const done = events.at(-1);
  if (done?.event !== "done") throw new Error(`ends with ${done?.event}`);
  const pieces = events.flatMap((one) => (one.event === "delta" ? [one.data.text] : []));
  expect(pieces.length).toBeGreaterThan(1);
  expect(pieces.join("").replaceAll(/\s+/g, "")).toBe(done.data.answer.replaceAll(/\s+/g, ""));
  const states = events.flatMap((one) =>
    one.event === "tool" && one.data.name === "verify_identity" ? [one.data.state] : [],
  );
  expect(states).toEqual(["running", "done"]);
});

test("a call goes on after its object was put away", async () => {
  const shell = new Shell();
  const { call_id } = await shell.say("I lost my card", { scenario: "block-card" });
  await evictDurableObject(env.CALLS.getByName(call_id));
  const next = await shell.say("4829");
  expect(next.call_id).toBe(call_id);
  expect(next.verified).toBe(true);
});

test("of two that speak at once one is answered, and the other is told to wait", async () => {
  const shell = new Shell();
  const { call_id } = await shell.say("Hello");
  const both = await Promise.all([
    shell.post(`/ai/calls/${call_id}/say`, { text: "I want to talk to a human, please." }),
    shell.post(`/ai/calls/${call_id}/say`, { text: "I want to talk to a human, please." }),
  ]);
  expect(both.map((one) => one.status).sort()).toEqual([200, 409]);
  const refused = both.find((one) => one.status === 409);
  expect(await problemOf(refused as Response)).toMatchObject({ code: "busy", detail: expect.stringContaining("Wait") });
  const record = await shell.record(call_id);
  expect(record.turns.filter((turn) => turn.who === "caller")).toHaveLength(2);
});

test("ten first words at once open one call", async () => {
  const shell = new Shell();
  await shell.browser.fetch("/api/bank");
  const all = await Promise.all(Array.from({ length: 10 }, () => shell.post("/ai/say", { text: "Hello there" })));
  expect(all.filter((one) => one.status === 200)).toHaveLength(1);
  for (const one of all) if (one.status !== 200) expect(await problemOf(one)).toMatchObject({ code: "busy" });
});

test("words go to the call that the page has opened, and the page sees the turns as they come", async () => {
  const shell = new Shell();
  const caller = await shell.browser.call({ scenario: "block-card" });
  await caller.answer();
  const answer = await shell.say("I lost my card");
  expect(answer.call_id).toBe(caller.opened.call_id);
  const shown = () => caller.told.filter((event) => event.type === "luna.turn").map(({ text }) => text);
  await caller.until(() => shown().includes("I lost my card") && shown().includes(answer.answer));
});

test("a page that speaks slowly holds nobody up, and what it has not spoken is not taken for heard", async () => {
  const shell = new Shell();
  const opened = await (await shell.post("/api/calls", { scenario: "block-card" })).json<CallOpened>();
  const socket = await shell.browser.socket(opened.socket, opened.token);
  const told: string[] = [];
  socket.addEventListener("message", ({ data }) => void told.push(String(data)));
  socket.accept();
  await vi.waitFor(() => expect(told.join()).toContain("response.done"));
  const answer = await shell.say("I lost my card", {}, `/ai/calls/${opened.call_id}/say`);
  expect(answer.answer).toMatch(/last four/i);
  expect(answer.turns.at(-1)).toMatchObject({ state: "live", heard: "" });
  socket.close();
});

test("with a key the provider answers in text, and its session asks for no sound", async () => {
  const lines = provide();
  const shell = new Shell();
  const answer = await shell.say("I lost my card", { scenario: "block-card", key: GOOD_KEY });
  expect(answer).toMatchObject({ mode: "ai", ended: null });
  expect(answer.answer).toMatch(/last four/i);
  const update = lines[0]?.received.find((event) => event.type === "session.update");
  expect(update).toMatchObject({ session: { output_modalities: ["text"] } });
  expect((await shell.say("4829")).verified).toBe(true);
  expect(lines).toHaveLength(1);
});

test("a key that is not good is said beside the answer of the built-in Luna", async () => {
  provide();
  const answer = await new Shell().say("Hello", { key: "sk-wrong-0000000000" });
  expect(answer.mode).toBe("scripted");
  expect(answer.notices).toContainEqual(expect.objectContaining({ code: "invalid_api_key" }));
  expect(JSON.stringify(answer)).not.toContain("sk-wrong");
});

test("a human is asked for, and answers in the same request", async () => {
  const shell = new Shell();
  await shell.say("Hello");
  const answer = await shell.say("I want to talk to a human, please.");
  const later = answer.turns.some((turn) => turn.who === "specialist") ? answer : await shell.say("yes please");
  expect(later.turns.some((turn) => turn.who === "specialist")).toBe(true);
});

test("hanging up ends the call, once, and the next words open another one", async () => {
  const shell = new Shell();
  const { call_id } = await shell.say("Hello");
  const end = await shell.post("/ai/end");
  expect(await end.json()).toMatchObject({ call_id, reason: "caller_ended", outcome: "abandoned" });
  await vi.waitFor(async () => {
    const again = await problemOf(await shell.post(`/ai/calls/${call_id}/say`, { text: "Still there?" }));
    expect(again).toMatchObject({ status: 410, code: "call_ended" });
  });
  expect((await problemOf(await shell.post(`/ai/calls/${call_id}/end`))).status).toBe(410);
  expect((await shell.say("Hello")).call_id).not.toBe(call_id);
});

test("a call that ends with the answer says so", async () => {
  const shell = new Shell();
  await shell.say("Hello");
  let last = await shell.say("No, that's all, goodbye.");
  if (!last.ended) last = await shell.say("Goodbye.");
  expect(last.ended).toMatchObject({ reason: "luna_ended" });
  expect(last.answer).not.toBe("");
});

test("nobody gets into somebody else's call", async () => {
  const owner = new Shell();
  const { call_id } = await owner.say("Hello");
  const stranger = new Shell();
  for (const thief of [stranger, new Shell()]) {
    const say = await thief.post(`/ai/calls/${call_id}/say`, { text: "What is my balance?" });
    expect(await problemOf(say)).toMatchObject({ status: 404, code: "not_found" });
    expect((await thief.post(`/ai/calls/${call_id}/end`)).status).toBe(404);
    await stranger.browser.fetch("/api/bank");
  }
  expect((await owner.say("Hello again")).call_id).toBe(call_id);
});

test.each([
  [{}, "text"],
  [{ text: "" }, "text"],
  [{ text: "   " }, "text"],
  [{ text: "x".repeat(2_001) }, "text"],
  [{ text: "Hello", shout: true }, "body"],
  [{ text: "Hello", scenario: "Rob Bank" }, "scenario"],
  [{ text: "Hello", key: "with spaces in it" }, "key"],
])("words that do not fit name the field: %#", async (body, param) => {
  expect(await problemOf(await new Shell().post("/ai/say", body))).toMatchObject({ status: 400, param });
});

test("an unknown scenario opens nothing", async () => {
  const shell = new Shell();
  const refused = await problemOf(await shell.post("/ai/say", { text: "Hello", scenario: "rob-bank" }));
  expect(refused).toMatchObject({ status: 404, param: "scenario" });
  expect((await problemOf(await shell.post("/ai/end"))).status).toBe(404);
  const { call_id } = await shell.say("Hello");
  const again = await problemOf(await shell.post("/ai/say", { text: "Hello", scenario: "rob-bank" }));
  expect(again).toMatchObject({ status: 404, param: "scenario" });
  // One that is there, and is not what the call is about, changes nothing.
  expect(await shell.say("Still there?", { scenario: "dispute" })).toMatchObject({ call_id, scenario: "freeform" });
});

test("another site cannot speak in a visitor's name", async () => {
  const headers: Record<string, string>[] = [{ origin: "https://evil.example" }, { "sec-fetch-site": "cross-site" }];
  for (const foreign of headers) {
    expect((await new Shell().post("/ai/say", { text: "Hello" }, foreign)).status).toBe(403);
  }
});

test("who says too much is told when to go on", async () => {
  const shell = new Shell();
  const most = (): Promise<Response[]> => Promise.all(Array.from({ length: 65 }, () => shell.post("/ai/end")));
  // Twice, because a minute may end in between.
  const answers = [...(await most()), ...(await most())];
  const answer = answers.find(({ status }) => status === 429) as Response;
  expect(answer.headers.get("retry-after")).toBe("60");
  expect((await problemOf(answer)).code).toBe("too_many");
});

test("where the host has shut the door, every address of it says so", async () => {
  const bindings = env as { AI_DOOR?: string };
  bindings.AI_DOOR = "off";
  try {
    const shell = new Shell();
    const answers = [await shell.post("/ai/say", { text: "Hello" }), await shell.post("/ai/end")];
    answers.push(await shell.browser.fetch("/ai/healthz"));
    for (const answer of answers) {
      expect(await problemOf(answer)).toMatchObject({ status: 404, detail: expect.stringContaining("AI_DOOR") });
    }
  } finally {
    delete bindings.AI_DOOR;
  }
});

test("without a key Luna is well when its database is, and nobody outside is asked", async () => {
  const outside = vi.spyOn(globalThis, "fetch");
  const response = await new Browser().fetch("/ai/healthz");
  expect(response.status).toBe(200);
  const report = await response.json<Health>();
  expect(report).toMatchObject({ status: "ok", engine: { mode: "scripted", model: "luna-scripted" }, upstream: null });
  expect(report.d1.ok).toBe(true);
  expect(report.version).toMatch(/^\d+\.\d+\.\d+$/);
  expect(outside).not.toHaveBeenCalled();
});

test.each([
  ["sk-health-good-1", 200, "ok", 200],
  ["sk-health-refused-2", 401, "degraded", 503],
  ["sk-health-listless-3", 404, "ok", 200],
  ["sk-health-broken-4", 503, "degraded", 503],
  ["sk-health-away-5", null, "degraded", 503],
])("with the key %s the provider is asked once in half a minute (%s)", async (key, status, verdict, http) => {
  const asked: Request[] = [];
  vi.spyOn(globalThis, "fetch").mockImplementation(async (input, init) => {
    asked.push(new Request(input, init));
    if (status === null) throw new TypeError("unreachable");
    return new Response("{}", { status });
  });
  const bindings = env as { OPENAI_API_KEY?: string };
  bindings.OPENAI_API_KEY = key;
  try {
    for (let i = 0; i < 3; i++) {
      const response = await new Browser().fetch("/ai/healthz");
      expect(response.status).toBe(http);
      const text = await response.text();
      expect(text).not.toContain(key);
      expect(JSON.parse(text)).toMatchObject({
        status: verdict,
        engine: { mode: "ai", model: "gpt-realtime-2.1" },
        upstream: { reachable: status !== null, status },
      });
    }
    expect(asked.map((request) => request.url)).toEqual(["https://api.openai.com/v1/models"]);
    expect(asked[0]?.headers.get("authorization")).toBe(`Bearer ${key}`);
  } finally {
    delete bindings.OPENAI_API_KEY;
  }
});

test("a call that was opened and never spoken to by its page can be spoken to all the same", async () => {
  const shell = new Shell();
  const opened = await (await shell.post("/api/calls", { scenario: "block-card" })).json<CallOpened>();
  const answer = await shell.say("I lost my card", {}, `/ai/calls/${opened.call_id}/say`);
  expect(answer.answer).toMatch(/last four/i);
  const page = new Caller(opened, await shell.browser.socket(opened.socket, opened.token));
  await page.until(() => page.told.some((event) => event.type === "luna.turn" && event.who === "caller"));
});

test("somebody else answers: their first words come with the request, and the next ones are theirs", async () => {
  const shell = new Shell();
  const { call_id } = await shell.say("Hello");
  const swap = async (key: string, path = "/ai/persona") => {
    const response = await shell.post(path, { key });
    expect(response.status, await response.clone().text()).toBe(200);
    return response.json<SayAnswer>();
  };
  const waiter = await swap("waiter");
  expect(waiter).toMatchObject({ call_id, persona: { key: "waiter" } });
  expect(waiter.answer).not.toBe("");
  const dishes = await shell.say("What desserts do you have?");
  expect(dishes.persona.key).toBe("waiter");
  expect(dishes.tools.map((tool) => tool.name)).toContain("lookup_menu");
  const cfo = await swap("cfo", `/ai/calls/${call_id}/persona`);
  expect(cfo.persona.key).toBe("cfo");
  const figures = await shell.say("Show me the P&L for the last quarter.");
  expect(figures.tools.map((tool) => tool.name)).toContain("fetch_financials");
  expect((await swap("luna")).persona.key).toBe("luna");
});

test("nobody of that name, and nothing but a name, is refused without a call being opened", async () => {
  const shell = new Shell();
  expect(await problemOf(await shell.post("/ai/persona", { key: "pirate" }))).toMatchObject({
    status: 404,
    param: "key",
  });
  expect((await problemOf(await shell.post("/ai/persona", { key: "" }))).status).toBe(400);
  expect((await shell.post("/ai/end")).status).toBe(404);
  const { call_id } = await shell.say("Hello");
  const unknown = await shell.post(`/ai/calls/${call_id}/persona`, { key: "pirate" });
  expect(await problemOf(unknown)).toMatchObject({ status: 404, param: "key" });
  expect((await shell.say("Still there?")).call_id).toBe(call_id);
});

test("who asks for the waiter first gets the waiter", async () => {
  const shell = new Shell();
  const opened = await (await shell.post("/ai/persona", { key: "waiter" })).json<SayAnswer>();
  expect(opened).toMatchObject({ scenario: "waiter", persona: { key: "waiter" } });
  expect(opened.answer).toMatch(/Felix/);
  const again = await (await shell.post("/ai/persona", { key: "waiter" })).json<SayAnswer>();
  expect(again).toMatchObject({ call_id: opened.call_id, answer: "", turns: [] });
  const dishes = await shell.say("Which starters are there?");
  expect(dishes).toMatchObject({ call_id: opened.call_id, persona: { key: "waiter" } });
});
