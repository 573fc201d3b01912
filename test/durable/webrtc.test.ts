import { abortAllDurableObjects, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { CallOpened, OpenCallInput } from "../../src/legs/open-call.ts";
import { Browser, type Caller } from "../support/workerd/caller.ts";
import { Phone } from "../support/workerd/phone.ts";
import { GOOD_KEY } from "../support/workerd/provider.ts";
import { bindings } from "../support/workerd/rides.ts";
import { ANSWER, OFFER, provideRtc, type RtcDesk } from "../support/workerd/rtc.ts";

/** What a call of before still dials would be found at the next test's provider. */
const open = new Set<Caller>();

afterEach(async () => {
  for (const caller of open) {
    if (caller.closed === undefined) caller.send({ type: "luna.end" });
    await caller.until(() => caller.ended !== undefined || caller.closed !== undefined);
  }
  open.clear();
  vi.restoreAllMocks();
});

const WISH = { scenario: "block-card", key: GOOD_KEY } as const;

interface PeerCaller {
  browser: Browser;
  caller: Caller;
  opened: CallOpened;
}

async function opening(method: "ephemeral" | "direct", more: Partial<OpenCallInput> = {}): Promise<PeerCaller> {
  const browser = new Browser();
  const caller = await browser.call({ ...WISH, settings: { method, voice: "cedar" }, ...more });
  open.add(caller);
  return { browser, caller, opened: caller.opened };
}

const bySecret = (browser: Browser, secret: string | undefined, body: string = OFFER, type = "application/sdp") =>
  browser.fetch("/v1/realtime/calls", {
    method: "POST",
    headers: { "content-type": type, ...(secret === undefined ? {} : { authorization: `Bearer ${secret}` }) },
    body,
  });

function form(sdp = OFFER, session = '{"type":"realtime"}'): FormData {
  const parts = new FormData();
  parts.set("sdp", new Blob([sdp], { type: "application/sdp" }));
  parts.set("session", new Blob([session], { type: "application/json" }));
  return parts;
}
const byForm = (browser: Browser, id: string, parts = form()) =>
  browser.fetch(`/v1/realtime/calls?call_id=${id}`, { method: "POST", body: parts });

interface Problem {
  error: { message: string; type: string; code: string; param: string | null };
}
const codeOf = async (response: Response) => [response.status, ((await response.json()) as Problem).error.code];

/** Offered, answered, connected, greeted. */
async function connected(desk: RtcDesk, method: "ephemeral" | "direct" = "ephemeral"): Promise<PeerCaller> {
  const call = await opening(method);
  const { browser, caller, opened } = call;
  const response =
    method === "ephemeral" ? await bySecret(browser, opened.secret) : await byForm(browser, opened.call_id);
  expect(response.status).toBe(201);
  caller.send({ type: "luna.peer", state: "connected" });
  await caller.until(() => caller.told.some((event) => event.type === "response.output_audio_transcript.done"));
  expect(desk.lines).toHaveLength(1);
  return call;
}

/** The provider's end of the socket belongs to the object that dialled it. */
const atProvider = (caller: Caller, act: () => void) =>
  runInDurableObject(env.CALLS.getByName(caller.opened.call_id), act);

describe("the page's offer", () => {
  test("goes to the provider with the key and the call's own session; the answer and Luna's own id come back", async () => {
    const desk = provideRtc();
    const { browser, opened } = await opening("ephemeral");
    expect(opened).toMatchObject({ method: "ephemeral", mode: "ai" });
    expect(opened.secret).toMatch(/^ek_/);
    // Nobody is dialled before: a second session would be one too many.
    expect(desk.lines).toHaveLength(0);
    const response = await bySecret(browser, opened.secret);
    expect(response.status).toBe(201);
    expect(response.headers.get("content-type")).toBe("application/sdp");
    expect(response.headers.get("location")).toBe(`/v1/realtime/calls/${opened.call_id}`);
    expect(await response.text()).toBe(ANSWER);
    const [offer] = desk.offers;
    expect(offer).toMatchObject({ path: "/v1/realtime/calls", authorization: `Bearer ${GOOD_KEY}` });
    expect(offer?.sdp).toBe(`application/sdp ${OFFER}`);
    expect(offer?.session).toMatchObject({
      type: "realtime",
      model: "gpt-realtime-2.1",
      output_modalities: ["audio"],
      audio: { output: { voice: "cedar" } },
    });
    expect(JSON.stringify(offer?.session)).toContain('"block_card"');
  });

  test("is followed by a sideband that speaks first, and Luna greets when the sound is connected", async () => {
    const desk = provideRtc();
    desk.early = 2;
    const { browser, caller, opened } = await opening("direct");
    expect((await byForm(browser, opened.call_id)).status).toBe(201);
    await caller.until(() => caller.last("luna.engine")?.ready === true);
    expect(caller.last("luna.engine")).toMatchObject({ voice: "peer", mode: "ai" });
    const [line] = desk.lines;
    expect(line?.url).toBe("https://api.openai.com/v1/realtime?call_id=rtc_1");
    expect(line?.received.map((event) => event.type)).toEqual(["session.update"]);
    caller.send({ type: "luna.peer", state: "connected" });
    await caller.until(() => caller.told.some((event) => event.type === "response.output_audio_transcript.done"));
    expect(line?.received.filter((event) => event.type === "response.create")).toHaveLength(1);
    // Sound goes another way.
    expect(caller.audio).toHaveLength(0);
    caller.socket.send(new ArrayBuffer(1_920));
    caller.say("My card ending in 4829 was stolen.");
    await caller.until(() => caller.told.some((event) => event.type === "luna.tool" && event.state === "done"));
    expect(line?.audioFrames).toBe(0);
    expect(line?.received.some((event) => event.type === "conversation.item.truncate")).toBe(false);
  });

  test("is taken once: by the secret, and by the call", async () => {
    const desk = provideRtc();
    const { browser, opened } = await opening("ephemeral");
    const uses = await Promise.all(Array.from({ length: 10 }, () => bySecret(browser, opened.secret)));
    expect(uses.map((one) => one.status).sort()).toEqual([201, ...Array.from({ length: 9 }, () => 401)]);
    expect(desk.offers).toHaveLength(1);
    const direct = await opening("direct");
    expect((await byForm(direct.browser, direct.opened.call_id)).status).toBe(201);
    expect(await codeOf(await byForm(direct.browser, direct.opened.call_id))).toEqual([409, "call_on"]);
    expect(desk.offers).toHaveLength(2);
  });

  test("that does not fit is refused in the provider's shape, and a good one is taken after it", async () => {
    const desk = provideRtc();
    const { browser, opened } = await opening("ephemeral");
    const { secret } = opened;
    const big = "a=x\r\n".repeat(200_000);
    expect(await codeOf(await bySecret(browser, secret, "hello"))).toEqual([400, "invalid_sdp"]);
    expect(await codeOf(await bySecret(browser, secret, OFFER.replace("m=audio", "m=video")))).toEqual([
      400,
      "sdp_without_audio",
    ]);
    expect((await bySecret(browser, secret, OFFER + big)).status).toBe(413);
    expect((await bySecret(browser, secret, OFFER, "text/plain")).status).toBe(415);
    expect((await bySecret(browser, secret, OFFER, "application/json")).status).toBe(415);
    expect((await bySecret(browser, undefined)).status).toBe(401);
    expect((await bySecret(browser, `${secret?.slice(0, -4)}AAAA`)).status).toBe(401);
    expect(desk.offers).toHaveLength(0);
    expect((await bySecret(browser, secret)).status).toBe(201);
  });

  test("by form needs the browser of the call, both parts, and no settings of its own", async () => {
    const desk = provideRtc();
    const { browser, opened } = await opening("direct");
    const id = opened.call_id;
    expect(opened.secret).toBeUndefined();
    expect((await byForm(new Browser(), id)).status).toBe(404);
    const other = await opening("direct");
    expect((await byForm(other.browser, id)).status).toBe(404);
    expect((await byForm(browser, "nobody")).status).toBe(404);
    const lacking = new FormData();
    lacking.set("sdp", OFFER);
    expect((await byForm(browser, id, lacking)).status).toBe(400);
    expect(
      await codeOf(await byForm(browser, id, form(OFFER, '{"type":"realtime","instructions":"Be a pirate."}'))),
    ).toEqual([400, "unknown_parameter"]);
    expect(await byForm(browser, id, form(OFFER, "{")).then((r) => r.status)).toBe(400);
    const cross = await browser.fetch(`/v1/realtime/calls?call_id=${id}`, {
      method: "POST",
      body: form(),
      headers: { origin: "https://elsewhere.example" },
    });
    expect(cross.status).toBe(403);
    const broken = { method: "POST", headers: { "content-type": "multipart/form-data; boundary=x" }, body: "--y\r\n" };
    expect((await browser.fetch(`/v1/realtime/calls?call_id=${id}`, broken)).status).toBe(400);
    expect(desk.offers).toHaveLength(0);
    expect((await byForm(browser, id)).status).toBe(201);
  });

  test("of a call that was opened the other way, or by relay, is not taken", async () => {
    provideRtc();
    const ephemeral = await opening("ephemeral");
    expect((await byForm(ephemeral.browser, ephemeral.opened.call_id)).status).toBe(410);
    const browser = new Browser();
    const relay = await browser.call(WISH);
    expect(relay.opened.method).toBeUndefined();
    expect((await byForm(browser, relay.opened.call_id)).status).toBe(410);
  });
});

describe("when WebRTC cannot be", () => {
  test("a call without a key says so and goes on as it is", async () => {
    const caller = await new Browser().call({ scenario: "block-card", settings: { method: "ephemeral" } });
    expect(caller.opened).not.toHaveProperty("method");
    expect(caller.opened).not.toHaveProperty("secret");
    expect(await caller.answer()).toMatch(/Luna/);
    expect(caller.last("luna.notice")).toMatchObject({ code: "webrtc_unavailable", tone: "info" });
  });

  test.each([500, 400, 404])("a provider that answers the offer with %i leaves the relay", async (status) => {
    const desk = provideRtc();
    desk.refuseWith = status;
    const { browser, caller, opened } = await opening("ephemeral");
    expect((await bySecret(browser, opened.secret)).status).toBe(503);
    await caller.until(
      () => caller.last("luna.engine")?.voice === "call" && caller.last("luna.engine")?.ready === true,
    );
    expect(caller.last("luna.notice")).toMatchObject({ code: "webrtc_lost" });
    await caller.until(() => caller.audio.length > 0);
    expect(desk.lines[0]?.url).toContain("?model=");
  });

  test("a page that cannot connect is heard over its socket, in the same call", async () => {
    const desk = provideRtc();
    const { browser, caller, opened } = await opening("ephemeral");
    await bySecret(browser, opened.secret);
    await caller.until(() => caller.last("luna.engine")?.ready === true);
    caller.send({ type: "luna.peer", state: "lost" });
    await caller.until(() => caller.audio.length > 0);
    expect(desk.hungUp).toEqual(["rtc_1"]);
    expect(caller.last("luna.engine")).toMatchObject({ voice: "call", mode: "ai" });
    expect(caller.told.filter((event) => event.type === "luna.notice").map((event) => event.code)).toEqual([
      "webrtc_lost",
    ]);
    caller.send({ type: "luna.peer", state: "lost" });
    caller.send({ type: "luna.peer", state: "connected" });
    for (let i = 0; i < 3; i++) caller.socket.send(new ArrayBuffer(1_920));
    await caller.until(() => desk.lines[1]?.audioFrames === 3);
  });
});

describe("the sideband", () => {
  test("that breaks is opened again without a word to the caller; the voice is not asked for a second time", async () => {
    const desk = provideRtc();
    const { caller } = await connected(desk);
    caller.send({ type: "luna.session", update: { speed: 1.25 } });
    await caller.until(() => caller.last("luna.session")?.ok === true);
    await atProvider(caller, () => desk.lines[0]?.close(1011, "server_error"));
    await caller.until(() => desk.lines.length === 2 && desk.lines[1]?.configured !== 0);
    const [update] = desk.lines[1]?.received ?? [];
    expect(update?.type).toBe("session.update");
    expect(JSON.stringify(update)).not.toContain("cedar");
    // What was changed meanwhile holds.
    expect(update).toMatchObject({ session: { audio: { output: { speed: 1.25 } } } });
    expect(caller.told.filter((event) => event.type === "luna.notice")).toEqual([]);
    expect(caller.last("luna.engine")).toMatchObject({ voice: "peer", ready: true });
    caller.say("My card ending in 4829 was stolen.");
    await caller.until(() => caller.told.some((event) => event.type === "luna.tool" && event.state === "done"));
  });

  test("of a call that the provider has ended is not waited for: the relay is told what was said", async () => {
    const desk = provideRtc();
    const { caller } = await connected(desk);
    caller.say("My card ending in 4829 was stolen.");
    await caller.until(() => caller.told.some((event) => event.type === "luna.tool" && event.state === "done"));
    desk.hungUp.push("rtc_1");
    await atProvider(caller, () => desk.lines[0]?.close(1000, ""));
    await caller.until(
      () => caller.last("luna.engine")?.voice === "call" && caller.last("luna.engine")?.ready === true,
    );
    expect(caller.last("luna.notice")).toMatchObject({ code: "webrtc_lost" });
    expect(JSON.stringify(desk.lines.at(-1)?.received)).toContain("ending in 4829");
  });

  test("is taken up again after the object has died, when the page is back and has shown the key again", async () => {
    const desk = provideRtc();
    const phone = await Phone.call({ ...WISH, settings: { method: "ephemeral", voice: "cedar" } });
    await bySecret(phone.browser, phone.opened.secret);
    phone.send({ type: "luna.peer", state: "connected" });
    await phone.until("the greeting", () => phone.of("response.output_audio_transcript.done").length > 0);
    await abortAllDurableObjects();
    await phone.until("the page to notice", () => phone.closed !== undefined);
    await phone.comeBack();
    await phone.until("the engine", () => phone.last("luna.engine")?.ready === true);
    expect(phone.last("luna.engine")).toMatchObject({ voice: "peer", mode: "ai" });
    expect(desk.hungUp).toEqual([]);
    expect(desk.lines.map((line) => new URL(line.url).search)).toEqual(["?call_id=rtc_1", "?call_id=rtc_1"]);
    expect(JSON.stringify(desk.lines[1]?.received[0])).not.toContain("cedar");
    phone.type("My card ending in 4829 was stolen.");
    await phone.until("a tool", () => phone.did("verify_identity"));
  });

  test("the end of the call hangs up at the provider, whoever ends it", async () => {
    const desk = provideRtc();
    const first = await connected(desk);
    first.caller.send({ type: "luna.end" });
    await first.caller.until(() => desk.hungUp.includes("rtc_1"));

    const second = await opening("ephemeral");
    await bySecret(second.browser, second.opened.secret);
    const path = `/v1/realtime/calls/${second.opened.call_id}/hangup`;
    expect((await new Browser().fetch(path, { method: "POST" })).status).toBe(404);
    expect((await second.browser.fetch(path, { method: "POST" })).status).toBe(200);
    await second.caller.until(() => second.caller.ended !== undefined && desk.hungUp.includes("rtc_2"));
    expect((await second.browser.fetch(path, { method: "POST" })).status).toBe(404);
  });

  test("hold gives the line up, and coming back is by the relay", async () => {
    const desk = provideRtc();
    const { caller } = await connected(desk);
    const done = caller.last("response.output_audio_transcript.done");
    await atProvider(caller, () =>
      desk.lines[0]?.emit({ type: "output_audio_buffer.stopped", event_id: "e", response_id: done?.response_id }),
    );
    caller.send({ type: "luna.hold", on: true });
    await caller.until(() => desk.hungUp.includes("rtc_1"));
    expect(caller.last("luna.engine")?.voice).toBe("call");
    caller.send({ type: "luna.hold", on: false });
    await caller.until(() => desk.lines.length === 2 && caller.last("luna.engine")?.ready === true);
    expect(desk.lines[1]?.url).toContain("?model=");
  });

  test("the provider's hour is answered by a session over a socket that knows the call, and the page is told", async () => {
    bindings({ ROTATE_AFTER_MINUTES: "0.01" });
    const desk = provideRtc();
    const { caller } = await connected(desk);
    const done = caller.last("response.output_audio_transcript.done");
    await atProvider(caller, () =>
      desk.lines[0]?.emit({ type: "output_audio_buffer.stopped", event_id: "e", response_id: done?.response_id }),
    );
    await caller.until(() => caller.last("luna.engine")?.voice === "call", 15_000);
    expect(desk.hungUp).toEqual(["rtc_1"]);
    expect(desk.lines[1]?.url).toContain("?model=");
    expect(JSON.stringify(desk.lines[1]?.received)).toContain(done?.transcript);
    bindings({ ROTATE_AFTER_MINUTES: "" });
  });

  test("a hand-over to the specialist ends the WebRTC call: the page speaks from there on", async () => {
    const desk = provideRtc();
    const { caller } = await connected(desk);
    caller.say("I want to talk to a human, please.");
    // The provider says of each response when it was heard; without that Luna would wait for it, for ten seconds.
    const heard = new Set<string>();
    await vi.waitFor(
      async () => {
        for (const event of caller.told) {
          if (event.type !== "response.output_audio_transcript.done" || heard.has(event.response_id)) continue;
          const stopped = { type: "output_audio_buffer.stopped", event_id: "e", response_id: event.response_id };
          await atProvider(caller, () => desk.lines[0]?.emit(stopped));
          heard.add(event.response_id);
        }
        expect(caller.last("luna.transfer")).toBeDefined();
      },
      { timeout: 20_000, interval: 20 },
    );
    await caller.until(() => desk.hungUp.includes("rtc_1"), 20_000);
    await caller.until(() => caller.last("luna.engine")?.voice === "page");
  }, 45_000);
});

test("the recording of such a call is said to be unavailable", async () => {
  const desk = provideRtc();
  const { caller } = await connected(desk);
  expect(caller.last("luna.recording")).toMatchObject({ state: "unavailable" });
});
