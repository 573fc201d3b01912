/** Who answers changes in a running call, at the real object: one socket to the provider, tools and prompt right each time. */
import { abortAllDurableObjects, evictDurableObject, runInDurableObject } from "cloudflare:test";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { instructionsFor, scenarioAs, scenarioById } from "../../src/scenarios/index.ts";
import { Browser } from "../support/workerd/caller.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY, type Line, provide } from "../support/workerd/provider.ts";
import { bindings } from "../support/workerd/rides.ts";

let lines: Line[];

beforeEach(() => {
  lines = provide({ hears: true });
});
afterEach(() => {
  vi.restoreAllMocks();
  bindings({ PERSONA_VOICE: "stay", SLEEP_AFTER_SECONDS: "30" });
});

const SPEAKERS: Record<string, RegExp> = { luna: /Luna/, waiter: /Felix/, cfo: /Conrad/ };
/** Said to Luna, to the waiter and to the finance chief, each asks for the one that follows. */
const WORDS: Record<string, string> = {
  luna: "Back to the bank, please.",
  waiter: "Let me talk to the waiter, please.",
  cfo: "Put me through to the finance chief, please.",
};

/** The session as the provider last had it: by all updates merged. */
function sessionOf(line: Line | undefined): { instructions: string; tools: string[]; voices: string[] } {
  let [instructions, tools]: [string, string[]] = ["", []];
  const voices: string[] = [];
  for (const event of line?.received ?? []) {
    if (event.type !== "session.update" || event.session.type !== "realtime") continue;
    instructions = event.session.instructions ?? instructions;
    tools = event.session.tools?.map((tool) => (tool.type === "function" ? tool.name : "")) ?? tools;
    const voice = event.session.audio?.output?.voice;
    if (typeof voice === "string") voices.push(voice);
  }
  return { instructions, tools, voices };
}

async function answers(phone: Phone, key: string): Promise<void> {
  await phone.until(`${key} to answer`, () => phone.last("luna.persona")?.key === key);
  const named = () => phone.inOrder.findLast((turn) => turn.who === "luna" && turn.state === "final");
  await phone.until(`${key} to introduce themselves`, () => SPEAKERS[key]?.test(named()?.text ?? "") === true);
  await phone.until("the caller's turn", () => phone.line === "listening");
}

async function byApi(phone: Phone, key: string, browser = phone.browser): Promise<Response> {
  return browser.post(`/api/calls/${phone.id}/persona`, { key });
}

test("ten swaps in one call, by the page, by API and by the model: one socket throughout, tools and prompt right each time", {
  timeout: 60_000,
}, async () => {
  const phone = await Phone.call({ scenario: "freeform", key: GOOD_KEY });
  await phone.turn(0);
  const way = ["page", "api", "model"];
  const route = ["waiter", "cfo", "luna", "cfo", "waiter", "luna", "waiter", "luna", "cfo", "waiter"];
  for (const [n, key] of route.entries()) {
    const by = way[n % 3] as string;
    if (by === "page") phone.send({ type: "luna.persona", key });
    else if (by === "api") expect((await byApi(phone, key)).status).toBe(200);
    else phone.type(WORDS[key] as string);
    await answers(phone, key);
    const scenario = scenarioAs(key, scenarioById("freeform") as NonNullable<ReturnType<typeof scenarioById>>);
    const session = sessionOf(lines[0]);
    expect([...session.tools].sort(), `tools of ${key}`).toEqual([...scenario.tools].sort());
    expect(session.instructions, `prompt of ${key}`).toBe(instructionsFor(scenario));
    expect(phone.last("luna.persona")).toMatchObject({
      by: by === "page" ? "caller" : by,
      voice: key === "luna" ? "own" : "stayed",
    });
  }
  expect(lines).toHaveLength(1);
  expect(lines[0]?.closed).toBeNull();
  // The voice was named once, before anybody had been heard.
  expect(sessionOf(lines[0]).voices).toEqual(["marin"]);
  // One update for each, and the first.
  const updates = lines[0]?.received.filter((event) => event.type === "session.update" && "tools" in event.session);
  expect(updates).toHaveLength(1 + route.length);
  expect(phone.of("error")).toEqual([]);
});

test("each uses their own tools on the tables in D1, and remembers what was said to them", async () => {
  const phone = await Phone.call({ scenario: "freeform", key: GOOD_KEY });
  await phone.turn(0);
  phone.send({ type: "luna.persona", key: "waiter" });
  await answers(phone, "waiter");
  expect(await phone.ask("What should I drink with the sea bass?")).toMatch(/Albarino/);
  expect(phone.inOrder.at(-1)).toMatchObject({ who: "luna", speaker: "Felix" });
  await byApi(phone, "cfo");
  await answers(phone, "cfo");
  expect(await phone.ask("What's the VAT rate in Malta?")).toMatch(/18 percent/);
  expect(await phone.ask("How was the second quarter of 2026?")).toMatch(
    /In the second quarter of 2026, revenue was \$/,
  );
  phone.type("Back to the bank, please.");
  await answers(phone, "luna");
  expect(await phone.ask("What's my balance?")).toMatch(/last four digits/);
  for (const name of ["recommend_pairing", "check_tax_rule", "fetch_financials"])
    expect(phone.did(name), name).toBe(true);
});

test("a tool of somebody else is refused, however the model comes by its name", async () => {
  const phone = await Phone.call({ scenario: "waiter", key: GOOD_KEY });
  await answers(phone, "waiter");
  await phone.within(() => {
    const item = {
      id: "item_x",
      type: "function_call",
      status: "completed",
      call_id: "call_x",
      name: "check_balance",
      arguments: "{}",
    };
    const at = { response_id: "resp_x", output_index: 0, item };
    lines[0]?.emit({
      type: "response.created",
      event_id: "e1",
      response: { id: "resp_x", status: "in_progress", output: [] },
    });
    lines[0]?.emit({ type: "response.output_item.done", event_id: "e2", ...at });
    lines[0]?.emit({
      type: "response.done",
      event_id: "e3",
      response: { id: "resp_x", status: "completed", output: [item] },
    });
  });
  await phone.until("the refusal", () => phone.did("check_balance", "refused"));
});

test("a call can be opened with the waiter, who is put through to the bank that can do everything", async () => {
  const phone = await Phone.call({ scenario: "waiter" });
  expect(await phone.turn(0)).toMatch(/Felix at Fig and Ember/);
  expect(phone.last("luna.persona")).toMatchObject({ key: "waiter", speaker: "Felix", voice: "own" });
  expect(await phone.ask("Something vegan under twenty dollars, please.")).toMatch(/\$/);
  await phone.ask("Back to the bank, please.");
  await answers(phone, "luna");
  expect(await phone.ask("Block my card ending in 4829, it was stolen")).toMatch(/Shall I go ahead/);
  phone.send({ type: "luna.persona", key: "waiter" });
  await answers(phone, "waiter");
  phone.send({ type: "luna.persona", key: "luna" });
  // She takes up what was left.
  await answers(phone, "luna");
  expect(phone.answer()).toMatch(/Shall I go ahead/);
});

test("asked for while the call sleeps: nobody is dialled for it, and whoever wakes it is answered by them, in their own voice", async () => {
  bindings({ SLEEP_AFTER_SECONDS: "1" });
  const phone = await Phone.call({ scenario: "freeform", key: GOOD_KEY });
  phone.key = GOOD_KEY;
  await phone.turn(0);
  await phone.until("sleep", () => phone.line === "asleep");
  await evictDurableObject(phone.stub);
  expect((await byApi(phone, "waiter")).status).toBe(200);
  await scheduler.wait(200);
  expect(lines).toHaveLength(1);
  expect(await phone.ask("What should I drink with the ribeye?")).toMatch(/Malbec/);
  expect(lines).toHaveLength(2);
  expect(sessionOf(lines[1])).toMatchObject({
    voices: ["verse"],
    tools: expect.arrayContaining(["recommend_pairing"]),
  });
  expect(phone.last("luna.persona")).toMatchObject({ key: "waiter", by: "api", voice: "own" });
});

test("who answers survives the object: after a crash the next engine is configured as who holds now", async () => {
  const phone = await Phone.call({ scenario: "freeform", key: GOOD_KEY });
  await phone.turn(0);
  phone.key = GOOD_KEY;
  phone.send({ type: "luna.persona", key: "cfo" });
  await answers(phone, "cfo");
  await abortAllDurableObjects();
  await phone.until("the page to notice", () => phone.closed !== undefined);
  await phone.comeBack();
  await phone.until("another engine", () => lines.length === 2 && phone.last("luna.engine")?.ready === true);
  expect(sessionOf(lines[1]).tools).toContain("fetch_financials");
  expect(sessionOf(lines[1]).voices).toEqual(["cedar"]);
  expect(phone.last("luna.persona")).toMatchObject({ key: "cfo", voice: "own" });
  expect(await phone.ask("How was August 2026?")).toMatch(/In August 2026/);
});

test("a page that comes back is told of each turn what it was told the first time, who spoke it among it", async () => {
  const phone = await Phone.call({ scenario: "freeform", key: GOOD_KEY });
  await phone.turn(0);
  phone.send({ type: "luna.persona", key: "waiter" });
  await answers(phone, "waiter");
  await phone.ask("What do you have without milk?");
  const told = phone.inOrder;
  expect(told.map((turn) => turn.persona)).toEqual(expect.arrayContaining(["luna", "waiter"]));
  phone.leave();
  await phone.until("the page to be gone", () => phone.closed !== undefined);
  await phone.comeBack();
  expect(phone.inOrder).toEqual(told);
});

test("where the host wants each to have their own voice, another session brings it in the next pause", async () => {
  bindings({ PERSONA_VOICE: "rotate" });
  const phone = await Phone.call({ scenario: "freeform", key: GOOD_KEY });
  await phone.turn(0);
  phone.send({ type: "luna.persona", key: "waiter" });
  await answers(phone, "waiter");
  expect(lines).toHaveLength(2);
  expect(sessionOf(lines[1]).voices).toEqual(["verse"]);
  expect(phone.last("luna.persona")).toMatchObject({ key: "waiter", voice: "own" });
  expect(phone.of("luna.notice")).toEqual([]);
  // Put through by the model, whose words are heard to their end first.
  phone.type("Put me through to the finance chief, please.");
  await answers(phone, "cfo");
  expect(sessionOf(lines[2]).voices).toEqual(["cedar"]);
});

test("nobody is called like that, nobody else's call, no call at all, and a call with a specialist", async () => {
  const phone = await Phone.call({ scenario: "freeform" });
  await phone.turn(0);
  phone.send({ type: "luna.persona", key: "pirate" });
  await phone.until("the error", () => phone.of("error").some(({ error }) => error.code === "persona_unknown"));
  const unknown = await byApi(phone, "pirate");
  expect(unknown.status).toBe(404);
  expect(await unknown.json()).toMatchObject({
    code: "not_found",
    param: "key",
    detail: expect.stringContaining("luna, waiter, cfo"),
  });
  expect((await byApi(phone, "No Such Key")).status).toBe(400);
  expect((await byApi(phone, "cfo", new Browser())).status).toBe(404);
  const other = await Phone.call({ scenario: "freeform" });
  expect((await byApi(phone, "cfo", other.browser)).status).toBe(404);
  const foreign = await phone.browser.post(
    `/api/calls/${phone.id}/persona`,
    { key: "cfo" },
    { origin: "https://elsewhere.example" },
  );
  expect(foreign.status).toBe(403);
  expect((await phone.browser.post("/api/calls/01ARZ3NDEKTSV4RRFFQ69G5FAV/persona", { key: "cfo" })).status).toBe(404);
  phone.type("A human, please.");
  await phone.until("the specialist", () => phone.last("luna.engine")?.speaker === "specialist", 8_000);
  const refused = await byApi(phone, "waiter");
  expect(refused.status).toBe(403);
  expect(await refused.json()).toMatchObject({ detail: expect.stringMatching(/specialist has this call/) });
  const state = await runInDurableObject(phone.stub, (_, storage) =>
    storage.storage.kv.get<{ state: { persona: { key: string } } }>("progress"),
  );
  expect(state?.state.persona.key).toBe("luna");
});
