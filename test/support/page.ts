/** Luna's page in a real browser, with taps on its microphone, sound, socket, console and network. */
import type { Browser, BrowserContext, Page, WebSocket } from "playwright-core";
import type { TestContext } from "vitest";
import type { PageEvent, PageMessageInput } from "../../src/legs/wire.ts";
import { layTaps, type SoundNote } from "./taps.ts";

/** Between two looks: each costs the page and this process a few ms. */
const LOOK_MS = 80;

export interface OpenOptions {
  /** The browser's own microphone and its own answer to "may I"; with `launchChromium({ microphone: "deny" })` that is no. */
  realMicrophone?: boolean;
  viewport?: { width: number; height: number };
  dark?: boolean;
  /** Reduced motion: leaves the processor to speech. */
  calm?: boolean;
  /** For calls in writing with no AI, where nothing sounds: a running sound system takes a tenth of a core for its silence. */
  unheard?: boolean;
  /** Console lines that a test provokes on purpose. */
  expected?: RegExp[];
  /** Set in localStorage before the page starts. */
  storage?: Record<string, string>;
  /** Set in sessionStorage before the page starts for the first time. */
  tabStorage?: Record<string, string>;
}

/** A socket message as an object, with the page's clock. */
export interface Noted<T> {
  t: number;
  message: T;
}

export class LunaPage {
  readonly page: Page;
  readonly context: BrowserContext;
  /** Console errors, uncaught errors and failed requests, in the order of their appearance. */
  readonly faults: string[] = [];
  /** Every address that was asked for. */
  readonly requests: string[] = [];
  /** Every frame that left or reached any socket, as text (binary as latin-1), for searches. */
  readonly frames: string[] = [];
  /** Bodies of all responses of the API. */
  readonly bodies: string[] = [];
  readonly #down: Noted<PageEvent>[] = [];
  readonly #up: Noted<PageMessageInput>[] = [];
  /** When frames of the microphone left, by the page's clock. */
  readonly #framesUp: number[] = [];
  #notesRead = 0;

  constructor(page: Page, context: BrowserContext, expected: RegExp[]) {
    this.page = page;
    this.context = context;
    const fault = (text: string) => {
      if (!expected.some((pattern) => pattern.test(text))) this.faults.push(text);
    };
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") {
        fault(`${message.type()}: ${message.text()} (${message.location().url})`);
      }
    });
    page.on("pageerror", (error) => fault(`uncaught: ${error.stack ?? error.message}`));
    page.on("request", (request) => this.requests.push(request.url()));
    page.on("requestfailed", (request) => {
      const why = request.failure()?.errorText ?? "";
      if (why !== "net::ERR_ABORTED") fault(`request failed: ${request.url()} ${why}`);
    });
    page.on("response", async (response) => {
      if (!new URL(response.url()).pathname.startsWith("/api/")) return;
      const body = await response.text().catch(() => "");
      this.bodies.push(`${response.url()} ${JSON.stringify(response.headers())} ${body}`);
    });
    page.on("websocket", (socket: WebSocket) => {
      this.requests.push(socket.url());
      const keep = ({ payload }: { payload: string | Buffer }) => {
        this.frames.push(typeof payload === "string" ? payload : payload.toString("latin1"));
      };
      socket.on("framesent", keep);
      socket.on("framereceived", keep);
    });
  }

  /** The page's own clock, ms. */
  now(): Promise<number> {
    return this.page.evaluate(() => performance.now());
  }

  /** Speaks into the microphone; resolves when the last sample is in, with the moment of the first. */
  say(wav: Uint8Array): Promise<number> {
    return this.page.evaluate((base64) => window.__taps.say(base64), Buffer.from(wav).toString("base64"));
  }

  /** What the call has told the page so far. */
  async down(): Promise<Noted<PageEvent>[]> {
    await this.#read();
    return this.#down;
  }

  /** What the page has told the call so far, without its audio. */
  async up(): Promise<Noted<PageMessageInput>[]> {
    await this.#read();
    return this.#up;
  }

  /** When frames of the microphone left, ms of the page's clock. */
  async framesUp(): Promise<number[]> {
    await this.#read();
    return this.#framesUp;
  }

  /** Reloads the page; what it was told before stays in `down`, its clock begins anew. */
  async reload(): Promise<void> {
    await this.#read();
    await this.page.reload({ waitUntil: "load" });
    this.#notesRead = 0;
  }

  /** The words on screen, a turn or tool a line, as a person sees them. */
  async transcript(): Promise<string[]> {
    return this.page.getByRole("log", { name: "Transcript" }).evaluate((log) =>
      [...log.querySelectorAll("li.turn, li.tool")].map((row) => {
        const said = row.querySelector(".turn-text, .tool-label")?.textContent ?? "";
        return `${row.querySelector(".turn-name")?.textContent ?? "tool"}: ${said}`;
      }),
    );
  }

  /** Events of one type, in the order of their arrival. */
  async events<T extends PageEvent["type"]>(type: T): Promise<Extract<PageEvent, { type: T }>[]> {
    return (await this.down()).map((note) => note.message).filter((event) => event.type === type) as Extract<
      PageEvent,
      { type: T }
    >[];
  }

  /** Fetches only what is new: a long call has thousands of notes. */
  async #read(): Promise<void> {
    const fresh = await this.page.evaluate((from) => window.__taps.notes.slice(from), this.#notesRead);
    this.#notesRead += fresh.length;
    for (const { t, way, text } of fresh) {
      if (text === "" && way === "up") this.#framesUp.push(t);
      // Signs of life are no messages.
      if (text === "" || text === "ping" || text === "pong") continue;
      if (way === "down") this.#down.push({ t, message: JSON.parse(text) as PageEvent });
      else this.#up.push({ t, message: JSON.parse(text) as PageMessageInput });
    }
  }

  /** Waits until `look` gives something; @throws after `withinMs` with `what` and what the page has shown of the call. */
  async until<T>(what: string, look: () => Promise<T | undefined | false | null>, withinMs = 40_000): Promise<T> {
    const end = Date.now() + withinMs;
    for (;;) {
      const seen = await look();
      if (seen !== undefined && seen !== false && seen !== null) return seen;
      if (Date.now() > end) throw new Error(`Not seen in ${withinMs} ms: ${what}\n${await this.story()}`);
      await new Promise((resolve) => setTimeout(resolve, LOOK_MS));
    }
  }

  /** The call as it went, one line an event: what a failing test shows. */
  async story(): Promise<string> {
    const lines: string[] = [];
    for (const { t, message } of await this.down().catch(() => [])) {
      if (message.type === "luna.turn") lines.push(`${t.toFixed(0)} ${message.who} [${message.state}] ${message.text}`);
      else if (message.type === "luna.tool")
        lines.push(`${t.toFixed(0)} tool ${message.name} ${message.state} ${message.summary}`);
      else if (message.type === "luna.line") lines.push(`${t.toFixed(0)} line ${message.state}`);
      else if (message.type === "luna.notice") lines.push(`${t.toFixed(0)} notice ${message.message}`);
      else if (message.type === "luna.ended") lines.push(`${t.toFixed(0)} ended ${message.reason} ${message.outcome}`);
      else if (message.type === "luna.engine")
        lines.push(`${t.toFixed(0)} engine ${message.mode} ${message.speaker} ready=${message.ready}`);
      else if (message.type === "error") lines.push(`${t.toFixed(0)} error ${JSON.stringify(message)}`);
    }
    return [...lines.slice(-60), ...this.faults].join("\n");
  }

  /** What the page has sounded: loudness over the page's clock. */
  sound(): Promise<SoundNote[]> {
    return this.page.evaluate(() => window.__taps.sound());
  }

  /** Mono PCM16 of everything sounded since `from` (page clock). */
  async recording(from = 0): Promise<{ rate: number; pcm: Int16Array }> {
    const { rate, base64 } = await this.page.evaluate((since) => window.__taps.recording(since), from);
    const bytes = Uint8Array.from(Buffer.from(base64, "base64"));
    return { rate, pcm: new Int16Array(bytes.buffer, 0, bytes.length >> 1) };
  }

  /** Closes with the test, however that ends: a page left behind takes its share of the processor. A failed test shows the call. */
  belongsTo(test: TestContext): void {
    test.onTestFinished(async ({ task }) => {
      if (task.result?.state === "fail") console.log(`${task.name}:\n${await this.story()}`);
      await this.close();
    });
  }

  async close(): Promise<void> {
    await this.context.close();
  }
}

/** A fresh visitor's page, loaded and quiet. The caller closes it. */
export async function openLuna(browser: Browser, url: string, options: OpenOptions = {}): Promise<LunaPage> {
  const context = await browser.newContext({
    viewport: options.viewport ?? { width: 1280, height: 900 },
    // Where the machine says LANG=C the browser calls its language "en-US@posix", which is none.
    locale: "en-US",
    colorScheme: options.dark ? "dark" : "light",
    reducedMotion: options.calm ? "reduce" : "no-preference",
    permissions: options.realMicrophone ? [] : ["microphone"],
  });
  return openTab(context, url, options);
}

/** One more tab of the same visitor. */
export async function openTab(context: BrowserContext, url: string, options: OpenOptions = {}): Promise<LunaPage> {
  const page = await context.newPage();
  const { storage = {}, tabStorage = {}, realMicrophone = false, unheard = false } = options;
  await page.addInitScript(layTaps, { realMicrophone, unheard });
  await page.addInitScript(
    ({ all, tab }) => {
      for (const [name, value] of all) localStorage.setItem(name, value);
      // Given once: afterwards the tab keeps its own.
      if (sessionStorage.length > 0) return;
      for (const [name, value] of tab) sessionStorage.setItem(name, value);
    },
    { all: Object.entries(storage), tab: Object.entries(tabStorage) },
  );
  const luna = new LunaPage(page, context, options.expected ?? []);
  await page.goto(url, { waitUntil: "load" });
  return luna;
}
