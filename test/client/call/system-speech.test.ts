import { beforeEach, expect, it } from "vitest";
import type { PlaybackReport } from "../../../src/client/audio/line.ts";
import type { BrowserSpeech } from "../../../src/client/call/system-speech.ts";
import { SystemSpeech } from "../../../src/client/call/system-speech.ts";

let said: { id: string; text: string; end: number; last: boolean }[];
let reports: PlaybackReport[];
let now: number;
let paces: number[];
let browser: BrowserSpeech;
let voice: SystemSpeech;

beforeEach(() => {
  said = [];
  reports = [];
  paces = [];
  now = 1_000;
  browser = {
    onSpeech: () => undefined,
    onWords: () => undefined,
    onUnclear: () => undefined,
    onSpoken: () => undefined,
    onTrouble: () => undefined,
    listen: () => undefined,
    deafen: () => undefined,
    say: (id, text, end, last = false) => void said.push({ id, text, end, last }),
    stop: () => undefined,
    heardChars: () => 7,
    setSpeed: (speed) => void paces.push(speed),
    close: () => undefined,
  };
  voice = new SystemSpeech(browser, () => now);
  voice.onPlayback = (report) => reports.push(report);
});

it("speaks sentence by sentence and marks the last one, so that the end of the item is known", () => {
  for (const word of ["Thank ", "you, Maya. ", "Your card is blocked. ", "Anything else?"]) voice.say("a", 0, word);
  voice.sayDone("a");
  expect(said.map((one) => one.text.trim())).toEqual(["Thank you, Maya.", "Your card is blocked.", "Anything else?"]);
  expect(said.map((one) => one.last)).toEqual([false, false, true]);
  expect(said.at(-1)?.end).toBe(53);
});

it("reads the last four digits one by one", () => {
  voice.say("a", 0, "The card ending in 4829 is blocked.");
  voice.sayDone("a");
  expect(said[0]?.text).toBe("The card ending in 4 8 2 9 is blocked.");
});

it("reports start and end with the time in between", () => {
  voice.say("a", 2, "Hello.");
  voice.sayDone("a");
  browser.onSpoken("a", "started", 0);
  now += 640;
  browser.onSpoken("a", "done", 6);
  expect(reports).toEqual([
    { item_id: "a", content_index: 2, state: "started", heard_ms: 0 },
    { item_id: "a", content_index: 2, state: "done", heard_ms: 640 },
  ]);
});

it("tells where it was stopped, once, and says no more of it", () => {
  voice.say("a", 0, "One. Two. ");
  browser.onSpoken("a", "started", 0);
  now += 100;
  voice.stop();
  voice.stop();
  browser.onSpoken("a", "done", 9);
  const before = said.length;
  voice.say("a", 0, "Three. Four. ");
  voice.sayDone("a");
  expect(reports.map((report) => report.state)).toEqual(["started", "flushed"]);
  expect(said).toHaveLength(before);
});

it("speaks at the pace the person chose", () => {
  voice.setSpeed(1.25);
  expect(paces).toEqual([1.25]);
});
