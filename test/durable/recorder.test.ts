import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { Recorder } from "../../src/durable/call/recorder.ts";
import type { RecordingState } from "../../src/store/recording-upload.ts";
import { recordingKey } from "../../src/store/recordings.ts";
import { AT_ONCE, clicksOf, conversation, Ear, FROM, jittery, split, stalling, stepErrors } from "../recording/ear.ts";

const MINUTE = 60_000;

afterEach(() => vi.useRealTimers());

/** An object's storage and a bucket that can be told to refuse; `make` is a new object over the same storage. */
function inObject(name: string, work: (object: Desk) => Promise<void>): Promise<void> {
  return runInDurableObject(env.CALLS.getByName(name), (_, { storage }) => work(new Desk(name, storage)));
}

class Desk {
  readonly callId: string;
  readonly storage: DurableObjectStorage;
  refuses = false;
  /** Of all that R2 may be asked, it refuses only this. */
  refusesOnly: string | undefined;
  calls = 0;
  refused = 0;
  #later: Promise<void>[] = [];

  constructor(callId: string, storage: DurableObjectStorage) {
    this.callId = callId;
    this.storage = storage;
  }

  make(): Recorder {
    const later = (work: () => Promise<void>) => void this.#later.push(work());
    return new Recorder({ storage: this.storage, bucket: this.#bucket(), callId: this.callId, startedAt: FROM, later });
  }

  async idle(): Promise<void> {
    for (const work of this.#later.splice(0)) await work;
  }

  async stored(): Promise<{ left: Int16Array; right: Int16Array } | null> {
    const object = await env.RECORDINGS.get(recordingKey(this.callId));
    return object && split([new Uint8Array(await object.arrayBuffer())]);
  }

  pieces(): number {
    return [...this.storage.kv.list({ prefix: "recording" })].length;
  }

  #bucket(): R2Bucket {
    const watched = <T extends object>(target: T): T =>
      new Proxy(target, {
        get: (of, name) => {
          const value = Reflect.get(of, name) as unknown;
          if (typeof value !== "function") return value;
          return (...args: unknown[]) => {
            if (name === "resumeMultipartUpload") return watched(Reflect.apply(value, of, args) as object);
            this.calls++;
            if (!this.refuses && this.refusesOnly !== name) return Reflect.apply(value, of, args);
            this.refused++;
            return Promise.reject(new Error("put: internal error (10001)"));
          };
        },
      });
    return watched(env.RECORDINGS);
  }
}

/** Lets the ear be heard by the recorder, with `during` called before each arrival. */
async function listen(
  desk: Desk,
  ear: Ear,
  first: Recorder,
  network = AT_ONCE,
  during?: (at: number) => Promise<Recorder | undefined>,
): Promise<Recorder> {
  let recorder = first;
  for (const { now, send } of ear.arrivals(network)) {
    recorder = (await during?.(now - FROM)) ?? recorder;
    send(recorder, now);
    await desk.idle();
  }
  return recorder;
}

test("ten minutes on a bad network, R2 refusing for two of them, are whole and in step", { timeout: 120_000 }, () =>
  inObject("ten-minutes", async (desk) => {
    const recorder = desk.make();
    recorder.switch(true, FROM);
    const ear = conversation(21, 10 * MINUTE);
    await listen(desk, ear, recorder, jittery(22, 1_000), async (at) => {
      desk.refuses = at > 3 * MINUTE && at < 5 * MINUTE;
      return undefined;
    });
    expect(desk.refused).toBeGreaterThan(2);
    expect(await recorder.finish(FROM + 10 * MINUTE)).toBe(true);
    const file = await desk.stored();
    expect(file && Math.max(...stepErrors(ear, file))).toBeLessThanOrEqual(50);
    expect(desk.pieces()).toBe(0);
  }),
);

test("an object that is evicted after a rest loses nothing; the time between is silence", () =>
  inObject("rested", async (desk) => {
    const ear = new Ear();
    ear.talk(0, 70_000);
    ear.talk(200_000, 230_000);
    const before = desk.make();
    before.switch(true, FROM);
    let after: Recorder | undefined;
    const last = await listen(desk, ear, before, AT_ONCE, async (at) => {
      if (at < 100_000 || after) return undefined;
      await before.rest();
      after = desk.make();
      return after;
    });
    expect(last).not.toBe(before);
    expect(await last.finish(FROM + 230_000)).toBe(true);
    const file = await desk.stored();
    expect(clicksOf(file?.left ?? new Int16Array()).map(Math.round)).toEqual(ear.clicks.caller);
  }));

test("an object that is put away when nothing has been heard for a while has stored all of it by itself", () =>
  inObject("quiet", async (desk) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ear = new Ear();
    ear.talk(0, 9_000);
    ear.hear("a", 4_000, 4_000);
    const recorder = await listen(desk, ear, switchedOn(desk));
    vi.advanceTimersByTime(4_000);
    expect(vi.getTimerCount()).toBe(1);
    expect(desk.pieces()).toBe(1);
    vi.advanceTimersByTime(4_000);
    await desk.idle();
    // Nothing keeps the object from sleeping any more.
    expect(vi.getTimerCount()).toBe(0);
    expect(recorder.on).toBe(true);
    vi.useRealTimers();
    expect(await desk.make().finish(FROM + 60_000)).toBe(true);
    const file = (await desk.stored()) ?? split([]);
    expect(clicksOf(file.left).map(Math.round)).toEqual(ear.clicks.caller);
    expect(clicksOf(file.right).map(Math.round)).toEqual(ear.clicks.luna);
  }));

test("a line that stalls in the middle of a sentence of Luna's leaves both voices in step", { timeout: 120_000 }, () =>
  inObject("stalls", async (desk) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const ear = conversation(23, 4 * MINUTE);
    let last = 0;
    const recorder = await listen(desk, ear, switchedOn(desk), stalling(3), async (at) => {
      vi.advanceTimersByTime(at - last);
      last = at;
      await desk.idle();
      return undefined;
    });
    vi.useRealTimers();
    expect(await recorder.finish(FROM + 5 * MINUTE)).toBe(true);
    const file = await desk.stored();
    expect(file && Math.max(...stepErrors(ear, file))).toBeLessThanOrEqual(50);
  }),
);

test("an object that is put away because the caller is gone in the middle of a sentence of Luna's has stored all of it", () =>
  inObject("gone", async (desk) => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    const recorder = switchedOn(desk);
    for (let at = 40; at <= 6_400; at += 40) {
      if (at === 4_000) recorder.luna("a", new Uint8Array(48 * 9_000).fill(7), FROM + at);
      if (at === 4_000) recorder.playback("a", "started", 0, FROM + at);
      recorder.caller(new Uint8Array(1_920).fill(1), FROM + at);
      if (at === 6_200) recorder.playback("a", "progress", 2_200, FROM + at);
    }
    await desk.idle();
    // What is known after eight seconds is stored then; the rest once nobody will tell more of it.
    for (const known of [6_200, 6_400]) {
      expect(vi.getTimerCount()).toBe(1);
      vi.advanceTimersByTime(8_000);
      await desk.idle();
      const pieces = [...desk.storage.kv.list<Uint8Array>({ prefix: "recording:piece:" })];
      expect(pieces.reduce((sum, [, { length }]) => sum + length, 0)).toBe(known * 96);
    }
    expect(vi.getTimerCount()).toBe(0);
  }));

test("an object that is evicted in the middle of a sentence loses some seconds and keeps the time", () =>
  inObject("crashed", async (desk) => {
    const ear = new Ear();
    ear.talk(0, 180_000, 1_000);
    const before = desk.make();
    before.switch(true, FROM);
    let after: Recorder | undefined;
    const last = await listen(desk, ear, before, AT_ONCE, async (at) => {
      if (at < 90_000 || after) return undefined;
      after = desk.make();
      return after;
    });
    expect(await last.finish(FROM + 180_000)).toBe(true);
    const clicks = clicksOf((await desk.stored())?.left ?? new Int16Array()).map(Math.round);
    const lost = ear.clicks.caller.filter((click) => !clicks.includes(click));
    expect(ear.clicks.caller).toEqual(expect.arrayContaining(clicks));
    expect(lost.length).toBeGreaterThan(0);
    expect(lost.length).toBeLessThan(15);
    expect(lost.every((click) => click > 75_000 && click < 91_000)).toBe(true);
  }));

test("an end that R2 refuses is finished by a later object, with growing waits until then", () =>
  inObject("late-end", async (desk) => {
    const ear = new Ear();
    ear.talk(0, 5_000);
    const recorder = await listen(desk, ear, switchedOn(desk));
    desk.refuses = true;
    expect(await recorder.finish(FROM + 5_000)).toBe(false);
    expect(recorder.again).toBe(FROM + 6_000);
    const calls = desk.calls;
    expect(await recorder.finish(FROM + 5_500)).toBe(false);
    expect(desk.calls).toBe(calls);
    expect(await recorder.finish(FROM + 6_000)).toBe(false);
    expect(recorder.again).toBe(FROM + 8_000);
    desk.refuses = false;
    const later = desk.make();
    expect(later.on).toBe(false);
    later.caller(new Uint8Array(1_920), FROM + 9_000);
    expect(await later.finish(FROM + 9_000)).toBe(true);
    expect((await desk.stored())?.left.length).toBe(5_000 * 24);
    // Once more does no harm.
    expect(await desk.make().finish(FROM + 10_000)).toBe(true);
  }));

test("a file that was completed just before a crash counts as complete", () =>
  inObject("completed-twice", async (desk) => {
    const recorder = await listen(desk, aFewWords(), switchedOn(desk));
    await recorder.rest();
    const { kv } = desk.storage;
    desk.refuses = true;
    expect(await recorder.finish(FROM + 5_000)).toBe(false);
    desk.refuses = false;
    const before = kv.get("recording");
    expect(await desk.make().finish(FROM + 7_000)).toBe(true);
    expect(before).toMatchObject({ ending: true });
    const upload = await env.RECORDINGS.createMultipartUpload(recordingKey("completed-twice"));
    await upload.abort();
    kv.put("recording", { ...(before as object), upload_id: upload.uploadId });
    expect(await desk.make().finish(FROM + 8_000)).toBe(true);
    expect(desk.pieces()).toBe(0);
  }));

test("switched on in the middle, the file begins there and Luna's sentence is in its place", () =>
  inObject("switched-on", async (desk) => {
    const ear = new Ear();
    ear.talk(0, 60_000);
    ear.hear("a", 38_000, 6_000);
    const recorder = desk.make();
    let on = false;
    await listen(desk, ear, recorder, AT_ONCE, async (at) => {
      if (at < 40_000 || on) return undefined;
      on = true;
      expect(recorder.on).toBe(false);
      recorder.switch(true, FROM + at);
      expect(recorder.on).toBe(true);
      return undefined;
    });
    expect(await recorder.finish(FROM + 60_000)).toBe(true);
    const file = (await desk.stored()) ?? split([]);
    const begins = 60_000 - file.left.length / 24;
    expect(begins).toBeGreaterThan(30_000);
    const heard = (clicks: number[]) => clicks.filter((click) => click >= 40_000);
    expect(clicksOf(file.left).map((click) => Math.round(click + begins))).toEqual(heard(ear.clicks.caller));
    expect(clicksOf(file.right).map((click) => Math.round(click + begins))).toEqual(heard(ear.clicks.luna));
  }));

test("a call that was never recorded leaves nothing anywhere", () =>
  inObject("never", async (desk) => {
    const recorder = await listen(desk, aFewWords(), desk.make());
    await recorder.pump(FROM + 30_000);
    await recorder.rest();
    expect(desk.pieces()).toBe(0);
    expect(await recorder.finish(FROM + 30_000)).toBe(true);
    expect(desk.calls).toBe(0);
    expect(await desk.stored()).toBeNull();
  }));

test("an hour asleep takes no space while it waits", () =>
  inObject("asleep", async (desk) => {
    const recorder = await listen(desk, aFewWords(), switchedOn(desk));
    await recorder.rest();
    desk.refuses = true;
    recorder.caller(new Uint8Array(1_920), FROM + 60 * MINUTE);
    await recorder.pump(FROM + 60 * MINUTE + 20_000);
    const bytes = [...desk.storage.kv.list<Uint8Array>({ prefix: "recording:piece:" })].map(
      ([, piece]) => piece.length,
    );
    expect(bytes.length).toBeGreaterThan(600);
    expect(bytes.reduce((sum, length) => sum + length, 0)).toBeLessThan(2_000_000);
  }));

test("a recording that is thrown away leaves nothing, also when R2 has parts of it and refuses at first", () =>
  inObject("thrown-away", async (desk) => {
    const ear = new Ear();
    ear.talk(0, 80_000);
    const recorder = await listen(desk, ear, switchedOn(desk));
    expect(desk.storage.kv.get("recording")).toMatchObject({ etags: [expect.any(String)] });
    desk.refuses = true;
    await expect(recorder.discard()).rejects.toThrow("10001");
    expect(desk.pieces()).toBeGreaterThan(0);
    desk.refuses = false;
    await desk.make().discard();
    expect(desk.pieces()).toBe(0);
    expect(await desk.stored()).toBeNull();
    expect(await desk.make().finish(FROM + 80_000)).toBe(true);
  }));

test("a recording whose upload cannot be taken back is tried again while R2 keeps the upload: it might still be completed", () =>
  inObject("not-taken-back", async (desk) => {
    const ear = new Ear();
    ear.talk(0, 80_000);
    const recorder = await listen(desk, ear, switchedOn(desk));
    desk.refusesOnly = "complete";
    expect(await recorder.finish(FROM + 80_000)).toBe(false);
    const state = desk.storage.kv.get<RecordingState>("recording");
    desk.refusesOnly = "abort";
    await expect(desk.make().discard(FROM + 100_000)).rejects.toThrow("10001");
    const upload = env.RECORDINGS.resumeMultipartUpload(recordingKey("not-taken-back"), state?.upload_id ?? "");
    // What hung until now.
    await upload.complete((state?.etags ?? []).map((etag, i) => ({ partNumber: i + 1, etag })));
    expect(await desk.stored()).not.toBeNull();
    desk.refusesOnly = undefined;
    await desk.make().discard(FROM + 110_000);
    expect(desk.pieces()).toBe(0);
    expect(await desk.stored()).toBeNull();
  }));

test("a recording whose upload R2 has forgotten is thrown away all the same", () =>
  inObject("forgotten", async (desk) => {
    const ear = new Ear();
    ear.talk(0, 80_000);
    await listen(desk, ear, switchedOn(desk));
    desk.refusesOnly = "abort";
    await desk.make().discard(FROM + 8 * 24 * 60 * MINUTE);
    expect(desk.pieces()).toBe(0);
  }));

function switchedOn(desk: Desk): Recorder {
  const recorder = desk.make();
  recorder.switch(true, FROM);
  return recorder;
}

function aFewWords(): Ear {
  const ear = new Ear();
  ear.talk(0, 5_000);
  return ear;
}
