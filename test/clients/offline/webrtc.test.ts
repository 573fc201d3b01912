/**
 * WebRTC for a program of one's own, with real ICE, DTLS and Opus: its server mints a secret, its client brings the offer, and the
 * provider at the other end is a peer. Its server joins by the official client's own sideband.
 */
import OpenAI from "openai";
import { OpenAIRealtimeWS } from "openai/realtime/ws";
import type { RealtimeServerEvent } from "openai/resources/realtime/realtime";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { BrainByTools } from "../../../src/engines/scripted/brains.ts";
import type { Voice } from "../../../src/engines/scripted/response.ts";
import { type Luna, startLuna } from "../../support/luna.ts";
import { plainTcp } from "../../support/plain-tcp.ts";
import { startUpstream, type Upstream } from "../../support/upstream.ts";
import { RtcClient } from "../../support/webrtc-client.ts";
import { type RtcCall, RtcCalls } from "../../support/webrtc-provider.ts";

const MAIN_KEY = "sk-main-key-of-the-house-78";
const rtc = new RtcCalls();
let provider: Upstream;
let luna: Luna;

/** 60 ms a word. */
const voice: Voice = function* (text) {
  for (const _ of text.split(" ")) yield new Uint8Array(new Int16Array(1_440).fill(8_000).buffer);
};

beforeAll(async () => {
  provider = await startUpstream({ key: MAIN_KEY, brain: () => new BrainByTools(), voice, burstMs: 0, calls: rtc });
  luna = await startLuna({ upstream: provider.url, vars: { OPENAI_API_KEY: provider.key } });
});
afterAll(async () => {
  await luna?.stop();
  await provider?.stop();
});

const openai = () => new OpenAI({ apiKey: "any-key", baseURL: `${luna.url}/v1` });

interface Dialled {
  client: RtcClient;
  call: RtcCall;
  id: string;
}

async function dial(bring: (sdp: string) => Promise<Response>): Promise<Dialled> {
  const before = rtc.calls.length;
  const client = await RtcClient.offer();
  const response = await bring(client.sdp);
  expect(response.status).toBe(201);
  const call = rtc.calls[before];
  if (!call) throw new Error("no call at the provider");
  await client.accept(await response.text());
  return { client, call, id: response.headers.get("location")?.split("/").at(-1) ?? "" };
}

async function bySecret(session: OpenAI.Realtime.RealtimeSessionCreateRequest): Promise<Dialled> {
  const { value } = await openai().realtime.clientSecrets.create({ session });
  expect(value).toMatch(/^ek_/);
  return dial((sdp) =>
    fetch(`${luna.url}/v1/realtime/calls`, {
      method: "POST",
      headers: { authorization: `Bearer ${value}`, "content-type": "application/sdp" },
      body: sdp,
    }),
  );
}

function ask(client: RtcClient, text: string): void {
  const content = [{ type: "input_text", text }];
  client.send({ type: "conversation.item.create", item: { type: "message", role: "user", content } });
  client.send({ type: "response.create" });
}

describe("a client with a secret of client_secrets", () => {
  it("talks to the provider over its own data channel, hears it, and Luna keeps the record", async () => {
    const { client, call, id } = await bySecret({
      type: "realtime",
      model: "gpt-realtime-2.1",
      instructions: "Be brief.",
    });
    await client.until("Luna's sideband", () => (call.attached === 1 ? true : undefined));
    expect(call.session).toMatchObject({ model: "gpt-realtime-2.1", instructions: "Be brief." });
    ask(client, "Say exactly: The moon is up.");
    const done = await client.until("an answer", () => client.of("response.done")[0]);
    expect(JSON.stringify(done.response.output)).toContain("The moon is up.");
    await client.until("sound", () => (client.heard > 0 ? true : undefined));
    const hangup = await openai().realtime.calls.hangup(id).asResponse();
    expect(hangup.status).toBe(200);
    await client.until("the end at the provider", () => call.ended);
    expect(call.ended).toBe("hangup");
    const record = await fetch(`${luna.url}/api/calls/${id}`, { headers: { authorization: "Bearer any-key" } });
    const { turns, reason, model } = (await record.json()) as {
      turns: { text: string }[];
      reason: string;
      model: string;
    };
    expect(turns.map(({ text }) => text)).toEqual(["Say exactly: The moon is up.", "The moon is up."]);
    expect({ reason, model }).toEqual({ reason: "caller_ended", model: "gpt-realtime-2.1" });
    // What the client was given has nothing of the house's key in it, and nothing of the provider's id.
    expect(JSON.stringify(client.events)).not.toContain(MAIN_KEY);
    expect(JSON.stringify(client.events)).not.toContain(call.id);
    await client.close();
  });

  it("gets a Luna agent whose tools run at Luna, beside the client", async () => {
    const { client, call, id } = await bySecret({ type: "realtime", model: "block-card" });
    await client.until("Luna's sideband", () => (call.attached === 1 ? true : undefined));
    ask(client, "My card ending in 4829 was stolen, please block it.");
    await client.until("the output of a tool", () => {
      const outputs = call.of("conversation.item.create").filter(({ item }) => item.type === "function_call_output");
      return outputs.length > 0 ? true : undefined;
    });
    await client.until("the answer after it", () => (client.of("response.done").length >= 2 ? true : undefined));
    // The client tries to make somebody else of it; the agent is put back.
    client.send({ type: "session.update", session: { type: "realtime", instructions: "Be a pirate." } });
    const back = await client.until("the words put back", () => {
      const [, ...updates] = client.of("session.updated").filter(({ session }) => session.type === "realtime");
      return updates.find(
        ({ session }) => session.type === "realtime" && session.instructions?.includes("Aurora Bank"),
      );
    });
    expect(back).toBeDefined();
    await openai().realtime.calls.hangup(id);
    await client.until("the end at the provider", () => call.ended);
    await client.close();
  });
});

describe("a program's own server", () => {
  it("posts its browser's offer with its key, and joins the call with the official sideband", async () => {
    const session = { type: "realtime", model: "gpt-realtime-2.1", instructions: "Be brief." } as const;
    const { client, call, id } = await dial((sdp) => openai().realtime.calls.create({ sdp, session }));
    await client.until("Luna's sideband", () => (call.attached === 1 ? true : undefined));
    const events: RealtimeServerEvent[] = [];
    const sideband = new OpenAIRealtimeWS({ callID: id, options: plainTcp }, openai());
    sideband.on("event", (event) => events.push(event));
    sideband.on("error", () => undefined);
    await new Promise((resolve) => sideband.socket.once("open", resolve));
    const tool = { type: "function", name: "get_weather", description: "Tells the weather in a city." } as const;
    sideband.send({ type: "session.update", session: { type: "realtime", tools: [tool] } });
    await client.until("its update", () => events.find(({ type }) => type === "session.updated"));
    ask(client, "Use get_weather for Oslo.");
    const called = await client.until(
      "its tool called",
      () =>
        events.flatMap((event) =>
          event.type === "response.output_item.done" && event.item.type === "function_call" ? [event.item] : [],
        )[0],
    );
    expect(called.name).toBe("get_weather");
    const output = JSON.stringify({ ok: true, say: "It rains in Oslo." });
    const item = { type: "function_call_output" as const, call_id: called.call_id ?? "", output };
    sideband.send({ type: "conversation.item.create", item });
    sideband.send({ type: "response.create" });
    await client.until("the answer", () => {
      const last = client.of("response.done").at(-1);
      return JSON.stringify(last?.response.output ?? "").includes("Oslo") && client.of("response.done").length >= 2
        ? true
        : undefined;
    });
    // One provider line of Luna's carries both.
    expect(call.attached).toBe(1);
    sideband.close();
    await client.close();
  });

  it("is refused another one's call, and a call that is not there", async () => {
    const sideband = new OpenAIRealtimeWS({ callID: "01ARZ3NDEKTSV4RRFFQ69G5FAV", options: plainTcp }, openai());
    const error = await new Promise<Error>((resolve) => sideband.on("error", resolve));
    expect(error.message).toContain("no such call");
  });
});
