/**
 * `npm run demo`: calls a running Luna from the shell, by the small HTTP door. A lost card is blocked, then the waiter and the
 * finance chief take over in the same call. `USAGE` says what it takes, and what its exit codes mean.
 */
import { parseArgs } from "node:util";
import type { Health, SayAnswer, SayEvent } from "../src/legs/http.ts";
import type { Snapshot } from "../src/tools/bank.ts";

const DEFAULT_URL = "http://localhost:8787";
const CARD = "4829";
const USAGE = `npm run demo -- [--url ${DEFAULT_URL}] [--help]

Calls a running Luna (npm start) from the shell, by the small HTTP door: a lost card is blocked, then the waiter and the finance
chief take over in the same call.

  --url URL   another Luna than ${DEFAULT_URL}
  --help      this

Exit code 0: all of it was done; 1: something was not; 2: nobody is there, or an option is not known.`;

class Quit extends Error {
  readonly code: number;

  constructor(code: number, message: string) {
    super(message);
    this.code = code;
  }
}

const paint = (code: number) => (text: string) => (process.stdout.isTTY ? `\x1b[${code}m${text}\x1b[0m` : text);
const [dim, teal, gold, red] = [paint(2), paint(36), paint(33), paint(31)];

/** Somebody at a shell: keeps the cookie, and with it the call. */
class Caller {
  readonly #url: string;
  #cookie = "";

  constructor(url: string) {
    this.#url = url.replace(/\/+$/, "");
  }

  async fetch(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    if (this.#cookie !== "") headers.set("cookie", this.#cookie);
    const response = await fetch(this.#url + path, { ...init, headers }).catch(() => {
      throw new Quit(2, `Nobody answers at ${this.#url}. Start Luna with: npm start`);
    });
    this.#cookie = response.headers.get("set-cookie")?.split(";")[0] ?? this.#cookie;
    return response;
  }

  /** Asks, and prints what comes as it comes. @throws Quit with the problem's own words. */
  async ask(path: string, body: object): Promise<SayAnswer> {
    const at = performance.now();
    const response = await this.fetch(path, {
      method: "POST",
      headers: { "content-type": "application/json", accept: "text/event-stream" },
      body: JSON.stringify(body),
    });
    if (!response.ok || !response.body) throw new Quit(1, await response.text());
    let first: number | undefined;
    for await (const event of eventsOf(response.body)) {
      if (event.event === "delta") first ??= performance.now() - at;
      if (event.event === "tool" && event.data.state !== "running") tell(event.data);
      if (event.event === "error") throw new Quit(1, event.data.detail);
      if (event.event === "done") return this.#done(event.data, first, performance.now() - at);
    }
    throw new Quit(1, "The answer broke off.");
  }

  /** @param first and `whole`: from the request to the first and to the last word, ms. */
  #done(answer: SayAnswer, first: number | undefined, whole: number): SayAnswer {
    const who = answer.turns.findLast((turn) => turn.who === "specialist") ? "Specialist" : answer.persona.speaker;
    const began = first === undefined ? "" : `first word ${Math.round(first)} ms, `;
    for (const { message } of answer.notices) console.log(dim(`  (${message})`));
    console.log(
      `${gold(who.padEnd(8))} ${answer.answer}\n${dim(`         ${began}all of it ${Math.round(whole)} ms`)}`,
    );
    return answer;
  }
}

function tell({ label, state, summary, ms }: SayAnswer["tools"][number]): void {
  console.log(dim(`         ${state === "done" ? "✓" : "✗"} ${label}: ${summary} (${ms} ms)`));
}

/** Server-sent events, whole ones only. */
async function* eventsOf(body: ReadableStream<Uint8Array>): AsyncGenerator<SayEvent> {
  const utf8 = new TextDecoder();
  let rest = "";
  for await (const bytes of body) {
    const blocks = (rest + utf8.decode(bytes, { stream: true })).split("\n\n");
    rest = blocks.pop() ?? "";
    for (const block of blocks) {
      const event = /^event: (.*)$/m.exec(block)?.[1];
      const data = /^data: (.*)$/m.exec(block)?.[1];
      if (event !== undefined && data !== undefined) yield { event, data: JSON.parse(data) } as SayEvent;
    }
  }
}

async function demo(url: string): Promise<void> {
  const caller = new Caller(url);
  const health = (await (await caller.fetch("/ai/healthz")).json()) as Health;
  console.log(dim(`${url}: Luna ${health.version}, ${health.engine.model}, ${health.status}\n`));
  const say = (text: string, rest: object = {}) => {
    console.log(`${teal("You".padEnd(8))} ${text}`);
    return caller.ask("/ai/say", { text, ...rest });
  };
  const swap = async (key: string) => {
    console.log(dim(`\n         POST /ai/persona {"key":"${key}"}`));
    const { persona } = await caller.ask("/ai/persona", { key });
    expect(persona.key === key, `${key} should answer now, and ${persona.key} does`);
  };

  await say("Hello, I lost my card.", { scenario: "block-card" });
  const { verified } = await say(`It ends in ${CARD}.`);
  expect(verified, "identity should be proved by now");
  await say("Yes, please block it.");
  const bank = (await (await caller.fetch("/api/bank")).json()) as Snapshot;
  const status = bank.cards.find((card) => card.last_4 === CARD)?.status;
  expect(status === "blocked", `the card ending in ${CARD} should be blocked, and is ${status}`);

  await swap("waiter");
  await say("Which desserts are without nuts?");
  await swap("cfo");
  await say("How did we do last quarter?");

  const end = (await (await caller.fetch("/ai/end", { method: "POST" })).json()) as {
    outcome: string;
    seconds: number;
  };
  console.log(dim(`\n         The call has ended after ${end.seconds} s: ${end.outcome}.`));
  expect(end.outcome === "contained", `the call should be contained, and is ${end.outcome}`);
}

function expect(holds: boolean, what: string): void {
  if (!holds) throw new Quit(1, `Not as it should be: ${what}.`);
}

try {
  const { values } = parseArgs({
    options: { url: { type: "string", default: DEFAULT_URL }, help: { type: "boolean", short: "h", default: false } },
  });
  if (values.help) console.log(USAGE);
  else await demo(values.url);
} catch (thrown) {
  console.error(red((thrown as Error).message));
  if (String((thrown as { code?: unknown }).code).startsWith("ERR_PARSE_ARGS")) console.error(`\n${USAGE}`);
  process.exitCode = thrown instanceof Quit ? thrown.code : 2;
}
