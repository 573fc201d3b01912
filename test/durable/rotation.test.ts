import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { once } from "../support/faults.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY, type Line, type Manners, provide } from "../support/workerd/provider.ts";
import { bindings } from "../support/workerd/rides.ts";
import { FRAME_BYTES } from "../support/workerd/spoken.ts";

let lines: Line[];
const manners: Manners = { hears: true, keepsSound: true };

/** 0.02 minutes stand for the 55 that a session may last. */
beforeEach(() => {
  bindings({ ROTATE_AFTER_MINUTES: "0.02", SLEEP_AFTER_SECONDS: "60" });
  delete manners.status;
  delete manners.faults;
  lines = provide(manners);
});
afterEach(() => {
  vi.restoreAllMocks();
  bindings({ ROTATE_AFTER_MINUTES: "55", SLEEP_AFTER_SECONDS: "30" });
});

/** A room in which nobody speaks, in real time: each frame has a number, and is quiet. */
function room(phone: Phone): { sent: number; stop: () => void } {
  const mic = { sent: 0, stop: () => clearInterval(timer) };
  const timer = setInterval(() => {
    const frame = new ArrayBuffer(FRAME_BYTES);
    new DataView(frame).setUint32(FRAME_BYTES - 4, ++mic.sent, true);
    phone.sound([frame]);
  }, 40);
  return mic;
}

const number = (base64: string) => new DataView(Uint8Array.fromBase64(base64).buffer).getUint32(FRAME_BYTES - 4, true);

test("a long call crosses the provider's limit three times: every frame is heard, no gap, and nobody is told", async () => {
  const phone = await Phone.call({ scenario: "transfer-funds", key: GOOD_KEY });
  await phone.turn(0);
  await phone.ask("Move two hundred fifty dollars from checking to savings. My card ends in 4829.");
  const from = phone.heard.length;
  const mic = room(phone);
  await phone.until("three rotations", () => lines.length === 4 && lines[2]?.closed !== null, 20_000);
  await scheduler.wait(200);
  mic.stop();
  await scheduler.wait(100);
  const heard = lines.flatMap((line) => line.sound.map(({ frame, at }) => ({ n: number(frame), at })));
  const once = new Set(heard.map(({ n }) => n));
  expect([...once].sort((a, b) => a - b)).toEqual(Array.from({ length: mic.sent }, (_, n) => n + 1));
  const gaps = lines
    .slice(1)
    .map((line, n) => (line.sound[0]?.at ?? Number.NaN) - (lines[n]?.sound.at(-1)?.at ?? Number.NaN));
  console.log(`gaps at three rotations, ms: ${gaps}`);
  for (const gap of gaps) expect(gap).toBeLessThanOrEqual(400);
  for (const line of lines) {
    for (let n = 1; n < line.sound.length; n++) {
      expect((line.sound[n]?.at ?? 0) - (line.sound[n - 1]?.at ?? 0)).toBeLessThanOrEqual(400);
    }
  }
  const told = phone.heard.slice(from).map(({ event }) => event);
  expect(told.flatMap((event) => (event.type === "luna.line" ? [event.state] : []))).toEqual([]);
  expect(
    told.filter((event) => event.type === "luna.notice" || event.type === "luna.flush" || event.type === "error"),
  ).toEqual([]);
  await phone.ask("Yes, please.");
  await phone.until("the transfer", () => phone.did("transfer_funds"));
  expect(phone.callers.map((turn) => turn.text)).toEqual(phone.said);
  expect(lines.slice(0, 3).map((line) => line.closed?.code)).toEqual([1000, 1000, 1000]);
});

test("a sentence that begins while the second session is being opened is answered by one of them, once", async () => {
  const phone = await Phone.call({ scenario: "block-card", key: GOOD_KEY });
  await phone.turn(0);
  await phone.until("a second session", () => lines.length === 2, 5_000);
  await phone.speak("My card ending in 4829 was stolen, please block it.");
  expect(await phone.turn()).not.toBe("");
  expect(phone.callers.map((turn) => turn.text)).toEqual(phone.said);
});

test("a second session that cannot be opened costs nothing: the first goes on", async () => {
  const phone = await Phone.call({ scenario: "block-card", key: GOOD_KEY });
  await phone.turn(0);
  manners.status = 503;
  await scheduler.wait(2_000);
  expect(phone.of("luna.notice")).toEqual([]);
  expect(await phone.ask("My card ending in 4829 was stolen, please block it.")).toMatch(/4829/);
  expect(lines).toHaveLength(1);
});

test("the provider ends the session before we do: the call goes on with another one", async () => {
  bindings({ ROTATE_AFTER_MINUTES: "55" });
  const phone = await Phone.call({ scenario: "block-card", key: GOOD_KEY });
  await phone.turn(0);
  await phone.within(() => lines[0]?.close(1001, "Your session hit the maximum duration of 60 minutes."));
  await phone.until("another session", () => lines.length === 2 && phone.line === "listening");
  expect(await phone.ask("My card ending in 4829 was stolen, please block it.")).toMatch(/4829/);
});

test("after a rotation a page that reloads in mid-sentence hears Luna go on", async () => {
  let pieces = Number.NEGATIVE_INFINITY;
  const key = `${GOOD_KEY}-reload`;
  manners.faults = (n, whose) =>
    n === 1 && whose === key
      ? once((event) => event.type === "response.output_audio.delta" && ++pieces > 20, { do: "stall", ms: 400 })
      : undefined;
  const phone = await Phone.call({ scenario: "block-card", key });
  await phone.turn(0);
  await phone.until("a rotation", () => lines.find((line) => line.key === key)?.closed?.code === 1000, 5_000);
  pieces = 0;
  phone.type("My card ending in 4829 was stolen, please block it.");
  await phone.until("Luna in mid-sentence", () => pieces > 20);
  phone.leave();
  await phone.until("the page to be gone", () => phone.closed !== undefined);
  await phone.comeBack();
  await phone.until("Luna to go on", () =>
    phone.inOrder.some((turn) => turn.state === "final" && turn.heard.includes("Shall I go ahead?")),
  );
});

test("a speed set while the second session is dialled goes on to hold: the first one stays, for now", async () => {
  // The calls of other tests may still be rotating.
  const key = `${GOOD_KEY}-speed`;
  const mine = () => lines.filter((line) => line.key === key);
  manners.faults = (n, whose) => (n === 1 && whose === key ? once(() => true, { do: "stall", ms: 300 }) : undefined);
  const phone = await Phone.call({ scenario: "block-card", key });
  await phone.turn(0);
  await phone.until("a second session to be dialled", () => mine().length === 2, 5_000);
  phone.send({ type: "luna.session", update: { speed: 1.25 } });
  await phone.until("the change", () => phone.last("luna.session")?.ok === true);
  await phone.until("one of them to be given up", () => mine().some((line) => line.closed !== null), 5_000);
  expect(mine().map((line) => line.closed?.code)).toEqual([undefined, 1000]);
});
