/**
 * Setup by WebRTC: from the offer's way out to the open data channel, with real ICE and DTLS against a peer in this process. What
 * Luna adds is her share of the HTTP round and of opening the call; the sideband comes beside it and nobody waits for it.
 */

import { BrainByTools } from "../../src/engines/scripted/brains.ts";
import type { CallOpened } from "../../src/legs/open-call.ts";
import { startUpstream } from "../../test/support/upstream.ts";
import { RtcClient } from "../../test/support/webrtc-client.ts";
import { RtcCalls } from "../../test/support/webrtc-provider.ts";
import { startRelay } from "../process.ts";
import { pause } from "../run-calls.ts";
import { percentile } from "../statistics.ts";
import type { SetupResult } from "./setup.ts";

/** As the relay's Luna has it. */
const KEY = "sk-bench-upstream";
const WARM = 2;
const SESSION = { type: "realtime", model: "gpt-realtime-2.1" };

/** Brings an offer; gives the answer's description. */
type Bring = (sdp: string) => Promise<Response>;

function form(sdp: string, session: object): FormData {
  const parts = new FormData();
  parts.set("sdp", new Blob([sdp], { type: "application/sdp" }));
  parts.set("session", new Blob([JSON.stringify(session)], { type: "application/json" }));
  return parts;
}

const bySecret = (address: string, secret: string, body: string) =>
  fetch(`${address}/v1/realtime/calls`, {
    method: "POST",
    headers: { authorization: `Bearer ${secret}`, "content-type": "application/sdp" },
    body,
  });

/** As Luna's page does: the call is opened first, and that is counted. */
async function openCall(address: string, method: "ephemeral" | "direct") {
  const response = await fetch(`${address}/api/calls`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ scenario: "block-card", settings: { method } }),
  });
  if (response.status !== 201) throw new Error(`Luna answered ${response.status}: ${await response.text()}`);
  const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return { opened: (await response.json()) as CallOpened, cookie };
}

async function mint(address: string): Promise<string> {
  const response = await fetch(`${address}/v1/realtime/client_secrets`, {
    method: "POST",
    headers: { authorization: "Bearer any-key", "content-type": "application/json" },
    body: JSON.stringify({ session: SESSION }),
  });
  return ((await response.json()) as { value: string }).value;
}

/** @param times counted calls by each way. @param workers folder of the bundled Workers. */
export async function setupByWebRtc(times: number, workers: string): Promise<SetupResult[]> {
  const calls = new RtcCalls();
  const upstream = await startUpstream({ key: KEY, brain: () => new BrainByTools(), burstMs: 0, calls });
  const luna = await startRelay("luna.ts", {
    BENCH_UPSTREAM_PORT: new URL(upstream.url).port,
    BENCH_WORKERS: workers,
  });
  const straight: Bring = (sdp) =>
    fetch(`${upstream.url}/realtime/calls`, {
      method: "POST",
      headers: { authorization: `Bearer ${KEY}` },
      body: form(sdp, SESSION),
    });
  const ways: [name: string, prepare: () => Promise<Bring>][] = [
    ["WebRTC, straight to the provider", async () => straight],
    [
      "WebRTC, Luna's page, ephemeral",
      async () => async (sdp) =>
        bySecret(luna.address, (await openCall(luna.address, "ephemeral")).opened.secret ?? "", sdp),
    ],
    [
      "WebRTC, Luna's page, direct",
      async () => async (sdp) => {
        const { opened, cookie } = await openCall(luna.address, "direct");
        const url = `${luna.address}/v1/realtime/calls?call_id=${opened.call_id}`;
        return fetch(url, { method: "POST", headers: { cookie }, body: form(sdp, { type: "realtime" }) });
      },
    ],
    [
      "WebRTC, a program's client secret",
      async () => {
        const secret = await mint(luna.address);
        return (sdp) => bySecret(luna.address, secret, sdp);
      },
    ],
  ];
  const took = ways.map((): number[] => []);
  try {
    for (let n = 0; n < WARM + times; n++) {
      for (const [index, [, prepare]] of ways.entries()) {
        const ms = await dial(await prepare());
        if (n >= WARM) took[index]?.push(ms);
        await pause(20);
      }
    }
  } finally {
    await luna.stop();
    await upstream.stop();
  }
  const first = took[0] ?? [];
  return ways.map(([name], index) => {
    const all = took[index] ?? [];
    const [p10, p50, p95] = [percentile(all, 0.1), percentile(all, 0.5), percentile(all, 0.95)];
    return { name, p10, p50, p95, added: p50 - percentile(first, 0.5), addedAtBest: p10 - percentile(first, 0.1) };
  });
}

/** The offer is made beforehand: a browser makes it while its user is asked for the microphone. */
async function dial(bring: Bring): Promise<number> {
  const client = await RtcClient.offer();
  try {
    const began = performance.now();
    const response = await bring(client.sdp);
    if (response.status !== 201) throw new Error(`the offer was answered ${response.status}: ${await response.text()}`);
    await client.accept(await response.text());
    return performance.now() - began;
  } finally {
    await client.close();
  }
}
