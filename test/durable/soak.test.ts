import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import type { PageEvent } from "../../src/legs/wire.ts";
import { seeded } from "../support/chance.ts";
import { CLOSES, Faults, misfortunes, weather } from "../support/faults.ts";
import { type Line, provide } from "../support/workerd/provider.ts";
import { all, faultsOf, keyOf, logOf, type Ride, repeats, ride } from "../support/workerd/rides.ts";

afterEach(() => vi.restoreAllMocks());

/** Calls in bad weather; with 100 or more the whole of two hundred kills. */
const SOAK = Number(env.LUNA_SOAK || 40);
const KILLS = SOAK >= 100 ? 200 : 60;
const AT_ONCE = 45;

interface Kill {
  seed: number;
  at: number;
  event: string;
  /** How far the call had come: the session was just being set up. */
  early: boolean;
}

/** Kills two or three connections of each call, each at any of its events, with any close a provider was seen to send. */
function killer(seed: number, kills: Kill[]): (n: number) => Faults | undefined {
  const chance = seeded(seed);
  return (n) => {
    if (n > 2) return undefined;
    const at = Math.floor(chance() * 100);
    const close = CLOSES[Math.floor(chance() * CLOSES.length)] ?? null;
    let done = false;
    return new Faults((event, index) => {
      if (done || index < at || kills.length >= KILLS) return null;
      done = true;
      kills.push({ seed, at: Date.now(), event: event.type, early: index < 3 });
      return close;
    });
  };
}

test(`${KILLS} kills at any event: nothing said is lost or doubled, no tool runs twice`, {
  timeout: 120_000,
}, async () => {
  const kills: Kill[] = [];
  const killers = new Map<string, (n: number) => Faults | undefined>();
  const lines = provide({ hears: true, faults: (n, key) => killers.get(key)?.(n) });
  const seeds = Array.from({ length: Math.ceil(KILLS * 0.6) }, (_, n) => n);
  for (const seed of seeds) killers.set(keyOf(seed), killer(seed, kills));
  const started = Date.now();
  const rides = await all(seeds, AT_ONCE, (seed) => ride(seed, 5_000));
  const took = Date.now() - started;
  const wrong: string[] = [];
  await all(rides, AT_ONCE, async (one) => {
    // The provider takes every call again: who gives it up has not resumed.
    const given = (await one.phone.finalRecord()).fell_back ? ["fell back"] : [];
    const said = repeats(one.phone).map((text) => `repeated: ${text}`);
    const faults = [...(await faultsOf(one, lines)), ...given, ...said];
    if (faults.length > 0) wrong.push(story(one, faults, lines));
  });
  const resumed = resumes(kills, rides).sort((a, b) => a - b);
  const first = resumes(
    kills.filter(({ early }) => !early),
    rides,
  ).sort((a, b) => a - b);
  console.log(
    `${kills.length} kills in ${rides.length} calls, ${took} ms; from kill to ready: median ${resumed[resumed.length >> 1]} ms, ` +
      `first kills of a trouble ${first[first.length >> 1]} ms, p95 ${resumed[Math.floor(resumed.length * 0.95)]} ms`,
  );
  expect(wrong.join("\n\n")).toBe("");
  expect(kills).toHaveLength(KILLS);
  expect(resumed).toHaveLength(KILLS);
  expect(resumed[resumed.length >> 1]).toBeLessThan(300);
});

function story(one: Ride, faults: string[], lines: Line[]): string {
  return `seed ${one.seed}: ${faults.join(" / ")}\n${logOf(one.seed, lines)}\n${one.phone.story()}`;
}

const isBack = (event: PageEvent) => event.type === "luna.engine" && event.ready && event.mode === "ai";

/** From each kill to the moment the page is told that the engine is ready again. */
function resumes(kills: Kill[], rides: Ride[]): number[] {
  return kills.flatMap(({ seed, at }) => {
    const phone = rides.find((one) => one.seed === seed)?.phone;
    const back = phone?.heard.find(({ at: then, event }) => then >= at && isBack(event));
    return back ? [back.at - at] : [];
  });
}

test(`${SOAK} calls in any weather: each ends with a reason, the books balance, and nothing is left`, {
  timeout: 60_000 + SOAK * 1_000,
}, async () => {
  const seeds = Array.from({ length: SOAK }, (_, n) => 1_000 + n);
  const seedOf = new Map(seeds.map((seed) => [keyOf(seed), seed]));
  const lines = provide({
    hears: true,
    faults: (n, key) =>
      n > 3
        ? undefined
        : weather({ seed: (seedOf.get(key) ?? 0) * 8 + n, probability: 0.04, kinds: misfortunes(200), most: 2 }),
  });
  const started = Date.now();
  const rides = await all(seeds, AT_ONCE, (seed) => ride(seed, 6_000));
  const took = Date.now() - started;
  const wrong: string[] = [];
  await all(rides, AT_ONCE, async (one) => {
    const faults = await faultsOf(one, lines);
    if (faults.length > 0) wrong.push(story(one, faults, lines));
  });
  const met = new Map<string, number>();
  for (const { fault } of lines.flatMap((line) => line.faults?.log ?? []))
    met.set(fault.do, (met.get(fault.do) ?? 0) + 1);
  console.log(`${SOAK} calls in ${took} ms met ${[...met].map(([what, times]) => `${what} ${times}`).join(", ")}`);
  expect(wrong.join("\n\n")).toBe("");
});
