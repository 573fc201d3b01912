/**
 * `npm run smoke -- https://luna.example.workers.dev`: is this Luna well? Health, the page and its files, headers, a scripted call
 * held by text over the socket with tools that change the caller's sandboxed bank, its record, and what must stay shut. With
 * `HOST_TOKEN` set (or on a localhost where nobody signs in) also a link: made, opened by a guest, revoked, shut. Costs nothing: no AI answers here.
 *
 * One line for each step; bounded in time. Exit code 0: all of it is well; 1: something is not; 2: nobody is there.
 */
import { parseArgs } from "node:util";
import type { Health } from "../src/legs/http.ts";
import type { CallOpened, OpenCallInput } from "../src/legs/open-call.ts";
import type { Snapshot } from "../src/tools/bank.ts";
import { jsonOf, Line, must, Nobody, textOf, Unwell, Visitor } from "./smoke-visitor.ts";

/** For all of it together. */
const LIMIT_MS = 120_000;
const SCENARIO = "block-card";
const CARD = "4829";
/** What the caller says, one after the other, until Luna says goodbye. */
const ANSWERS: [says: RegExp, answer: string][] = [
  [/anything else|else I can/i, "No, that's everything. Goodbye."],
  [/which card|last four digits of the/i, `The credit card ending in ${CARD}`],
  [/last four digits of one of|verify|sure it'?s you/i, CARD],
  [/standard|express/i, "Standard is fine."],
  [/lost|stolen|what happened/i, "I lost it."],
  [/\?\s*$/, "Yes, please."],
];
const OPENING = "I lost my card and want to block it.";
const MOST_TURNS = 14;

async function healthy(visitor: Visitor): Promise<string> {
  const response = await visitor.fetch("/ai/healthz");
  if (response.status === 404) {
    // The small HTTP door is shut here; that settings are whole is told by the page's own configuration.
    await jsonOf(await visitor.fetch("/api/config"), 200, "/api/config");
    return "settings fit (AI_DOOR is off, so there is no health report)";
  }
  const report = await jsonOf<Partial<Health>>(response, response.status === 503 ? 503 : 200, "/ai/healthz");
  must(report.d1?.ok === true, "the database does not answer: are its migrations applied? npm run deploy applies them");
  const upstream = report.upstream;
  must(
    report.status === "ok",
    `the provider ${upstream?.reachable ? `answers ${upstream.status}` : "is not reached"}: ${JSON.stringify(report)}`,
  );
  return `Luna ${report.version}, ${report.engine?.mode} (${report.engine?.model})`;
}

/** The page comes with its script, its styles and the voice's list of files, none of them empty, none of them an error page. */
async function pageLoads(visitor: Visitor): Promise<string> {
  const html = await textOf(await visitor.fetch("/"), 200, "the page");
  const files = [...html.matchAll(/(?:src|href)="(\/build\/[\w./-]+)"/g)].map((match) => match[1] ?? "");
  must(files.length >= 2, `the page names ${files.length} built files: was it built before it was deployed?`);
  let bytes = 0;
  for (const file of [...new Set(files), "/voice/manifest.json"]) {
    const body = await textOf(await visitor.fetch(file), 200, file);
    must(body.length > 100, `${file} is all but empty`);
    bytes += body.length;
  }
  return `${files.length} built files and the voice's list, ${Math.round(bytes / 1024)} KiB`;
}

/** What keeps a page from being used against who looks at it: on files, and on what the Worker answers itself. */
async function headersHold(visitor: Visitor): Promise<string> {
  const page = (await visitor.fetch("/")).headers;
  const policy = page.get("content-security-policy") ?? "";
  must(/default-src 'none'/.test(policy), `the page's content policy begins with nothing allowed: "${policy}"`);
  must(/frame-ancestors 'none'/.test(policy), "no other site may frame the page");
  must(!/unsafe-inline|'unsafe-eval'/.test(policy), "the page runs no inline script");
  must(
    /microphone=\(self\)/.test(page.get("permissions-policy") ?? ""),
    "only the page itself may ask for the microphone",
  );
  must(page.get("x-content-type-options") === "nosniff", "types are not guessed (X-Content-Type-Options)");
  must(
    page.get("cross-origin-embedder-policy") === "require-corp",
    "the page is isolated (COEP), or its voice is slow",
  );
  const api = await visitor.fetch("/api/config");
  must(/no-store/.test(api.headers.get("cache-control") ?? ""), "what the API answers is kept by no cache");
  const lost = await visitor.fetch("/api/there-is-nothing-here");
  must(
    lost.status === 404 && /json/.test(lost.headers.get("content-type") ?? ""),
    "an unknown address is a problem in JSON",
  );
  return "content policy, permissions, isolation, no-store";
}

/** What another site makes a browser send is refused, and nobody reads a call that is not theirs. */
async function staysShut(visitor: Visitor, callId: string): Promise<string> {
  const foreign = await visitor.send(
    "POST",
    "/api/calls",
    { scenario: SCENARIO },
    { origin: "https://elsewhere.example" },
  );
  must(foreign.status === 403, `a call opened from another site is answered ${foreign.status} instead of 403`);
  const stranger = new Visitor(visitor.base);
  const peeked = await stranger.fetch(`/api/calls/${callId}`);
  must(peeked.status === 404, `somebody else's call is answered ${peeked.status} instead of 404`);
  return "another site's request, another visitor's call";
}

/** A lost card is blocked, by words, over the socket, in several turns. Gives the call's id and the step's line. */
async function callHeld(visitor: Visitor): Promise<{ id: string; told: string }> {
  const wish: OpenCallInput = { scenario: SCENARIO, mode: "scripted" };
  const response = await visitor.send("POST", "/api/calls", wish);
  must(response.status !== 429, "too many calls from here in the last minute: wait a minute and try again");
  const opened = await jsonOf<CallOpened>(response, 201, "opening a call");
  const line = new Line(visitor, opened);
  const began = performance.now();
  try {
    const greeting = await line.answer(0);
    must(greeting !== "", "Luna greets");
    const firstMs = Math.round(performance.now() - began);
    let words: string | undefined = OPENING;
    let turns = 0;
    while (words !== undefined && line.of("luna.ended").length === 0) {
      must(turns++ < MOST_TURNS, `the call goes on after ${MOST_TURNS} turns; Luna said last: ${lastWords(line)}`);
      const before = line.answers;
      line.say(words);
      const heard = await line.answer(before);
      words = ANSWERS.find(([says]) => says.test(heard))?.[1];
      must(words !== undefined || line.of("luna.ended").length > 0, `a caller knows no answer to: ${heard}`);
    }
    const ended = await line.until("end of the call", () => line.of("luna.ended")[0]);
    must(ended.outcome === "contained", `the call is contained, and not ${ended.outcome}`);
    const done = line
      .of("luna.tool")
      .filter((tool) => tool.state === "done")
      .map((tool) => tool.name);
    must(done.includes("block_card"), `block_card has run; what ran: ${done.join(", ") || "nothing"}`);
    return { id: opened.call_id, told: `${turns} turns, ${new Set(done).size} tools, greeted in ${firstMs} ms` };
  } finally {
    line.close();
  }
}

function lastWords(line: Line): string {
  return line.of("luna.turn").findLast((turn) => turn.who !== "caller")?.text ?? "nothing";
}

/** The bank says that it happened, and the record says what was said. */
async function recorded(visitor: Visitor, id: string): Promise<string> {
  const bank = await jsonOf<Snapshot>(await visitor.fetch("/api/bank"), 200, "/api/bank");
  const status = bank.cards.find((card) => card.last_4 === CARD)?.status;
  must(status === "blocked", `the card ending in ${CARD} is blocked in the bank, and not ${status}`);
  const path = `/api/calls/${id}`;
  const record = await jsonOf<{ outcome: string | null; turns: unknown[] }>(await visitor.fetch(path), 200, path);
  must(record.outcome === "contained", `the record's outcome is contained, and not ${record.outcome}`);
  must(record.turns.length >= 6, `the record has ${record.turns.length} turns`);
  return `card blocked, ${record.turns.length} turns kept`;
}

interface Made {
  id: string;
  url: string;
}
interface Door {
  state: string;
  scenario?: { id: string };
}

/** On this machine, with nothing set, whoever asks is the host. */
async function isHost(visitor: Visitor): Promise<boolean> {
  const session = await visitor.fetch("/api/session");
  return session.ok && ((await session.json()) as { role?: string }).role === "host";
}

/** A link is made, a guest finds its door open, a call is opened through it; then it is revoked, and the same door is shut. */
async function linkWorks(visitor: Visitor, token: string | undefined): Promise<string> {
  const host: Record<string, string> = token === undefined ? {} : { "luna-host-token": token };
  const wish = { label: "Smoke test", host_name: "Smoke test", scenario: SCENARIO, mode: "scripted", language: "en" };
  const limits = {
    expires_in_hours: 1,
    max_calls: 2,
    minutes: 2,
    cap_usd: null,
    record: false,
    watch: false,
    origins: [],
  };
  const link = await jsonOf<Made>(
    await visitor.send("POST", "/api/links", { ...wish, ...limits }, host),
    201,
    "making a link",
  );
  const guestToken = link.url.replace(/^.*\/c\//, "");
  const door = `/api/guest/${guestToken}`;
  const guest = new Visitor(visitor.base);
  try {
    await textOf(await guest.fetch(`/c/${guestToken}`), 200, "the guest's page");
    const open = await jsonOf<Door>(await guest.fetch(door), 200, "the guest's door");
    must(
      open.state === "open" && open.scenario?.id === SCENARIO,
      `the door is open for ${SCENARIO}: ${JSON.stringify(open)}`,
    );
    const call = await jsonOf<CallOpened>(await guest.send("POST", `${door}/calls`, {}), 201, "a guest's call");
    const line = new Line(guest, call);
    try {
      must((await line.answer(0)) !== "", "Luna greets the guest");
    } finally {
      line.close();
    }
  } finally {
    const gone = await visitor.send("DELETE", `/api/links/${link.id}`, undefined, host);
    must(gone.ok, `revoking the link is answered ${gone.status}`);
  }
  const shut = await jsonOf<Door>(await guest.fetch(door), 200, "the revoked door");
  must(shut.state === "revoked", `the revoked door says so, and not "${shut.state}"`);
  const refused = await guest.send("POST", `${door}/calls`, {});
  must(!refused.ok, `a call through the revoked link is answered ${refused.status}`);
  return "made, opened by a guest, revoked, shut";
}

/** Runs one step and prints its line. A step that fails throws its reason on. */
async function step<T extends string | { told: string }>(name: string, work: () => Promise<T>): Promise<T> {
  const at = performance.now();
  const done = await work().catch((thrown: Error) => {
    console.error(`FAILED ${name}: ${thrown.message}`);
    throw thrown;
  });
  const told = typeof done === "string" ? done : done.told;
  console.log(`ok     ${name} (${Math.round(performance.now() - at)} ms): ${told}`);
  return done;
}

async function smoke(base: string, token: string | undefined): Promise<void> {
  const visitor = new Visitor(base);
  await step("health", () => healthy(visitor));
  await step("page", () => pageLoads(visitor));
  await step("headers", () => headersHold(visitor));
  const { id } = await step("call", () => callHeld(visitor));
  await step("record", () => recorded(visitor, id));
  await step("shut doors", () => staysShut(visitor, id));
  if (token !== undefined || (await isHost(visitor))) await step("link", () => linkWorks(visitor, token));
  else console.log("-      link: not tried; with HOST_TOKEN in the environment it is");
}

if (import.meta.main) {
  const { positionals } = parseArgs({ allowPositionals: true });
  const given = positionals[0] ?? process.env.SMOKE_URL ?? "http://localhost:8787";
  const late = setTimeout(() => {
    console.error(`FAILED: not done within ${LIMIT_MS / 1000} s.`);
    process.exit(1);
  }, LIMIT_MS);
  try {
    if (!URL.canParse(given) || !/^https?:$/.test(new URL(given).protocol)) {
      throw new Nobody(`"${given}" is no address. Give one like https://luna.example.workers.dev`);
    }
    await smoke(new URL(given).origin, process.env.HOST_TOKEN || undefined);
    console.log(`${new URL(given).origin} is well.`);
  } catch (thrown) {
    if (!(thrown instanceof Unwell)) console.error((thrown as Error).message);
    process.exitCode = thrown instanceof Nobody ? 2 : 1;
  } finally {
    clearTimeout(late);
  }
}
