/**
 * Setup: from dialling to `session.created`, through a relay and straight to the upstream, in turns, so that a busy moment of
 * the machine meets all of them alike. What a relay adds is the difference of the medians.
 */

import { TOKEN_PROTOCOL, WIRE_PROTOCOL } from "../../src/legs/wire.ts";
import { type Relay, startRelay } from "../process.ts";
import { pause } from "../run-calls.ts";
import { openSocket } from "../simulator/caller.ts";
import { openCall } from "../simulator/page-caller.ts";
import { startUpstream } from "../simulator/upstream.ts";
import { percentile } from "../statistics.ts";

const CREATED_WITHIN_MS = 10_000;
/** The first dials warm the relay up and are not counted. */
const WARM = 10;

export interface SetupPeer {
  name: string;
  /** In the report. */
  says: string;
  /** Script in `relays/`; without one the upstream itself is dialled. */
  relay?: string;
  path: string;
  /** As Luna's page: the call is opened first, and the engine is reported ready. */
  page?: true;
}

/** By WebSocket: all but the last speak the Realtime protocol itself. */
const SETUP_PEERS: SetupPeer[] = [
  { name: "direct", says: "WebSocket, straight to the provider", path: "" },
  { name: "splice", says: "WebSocket, through the Node splice", relay: "splice.ts", path: "" },
  { name: "object", says: "WebSocket, through a bare object", relay: "object.ts", path: "" },
  { name: "luna", says: "WebSocket, Luna's `/v1/realtime`", relay: "luna.ts", path: "/v1/realtime" },
  { name: "page", says: "WebSocket, Luna's page (opens the call, configures)", relay: "luna.ts", path: "", page: true },
];

export interface SetupResult {
  name: string;
  /** Of ten dials the quickest: what it takes when the machine does nothing else. */
  p10: number;
  p50: number;
  p95: number;
  /** Beyond dialling the upstream itself, ms: of the medians, and of the quickest tenths. */
  added: number;
  addedAtBest: number;
}

/** @param times counted dials of each peer. @param workers folder of the bundled Workers. */
export async function setup(times: number, workers: string): Promise<SetupResult[]> {
  const upstream = await startUpstream({ onAppend: () => undefined });
  const env = { BENCH_UPSTREAM_PORT: String(upstream.port), BENCH_WORKERS: workers };
  const relays: Relay[] = [];
  try {
    const addresses: string[] = [];
    for (const { relay: script, path, page } of SETUP_PEERS) {
      const relay = script === undefined ? undefined : await startRelay(script, env);
      if (relay) relays.push(relay);
      const base = relay?.address.replace(/^http/, page ? "http" : "ws");
      addresses.push(`${base ?? `ws://127.0.0.1:${upstream.port}/v1/realtime`}${path}`);
    }
    const took = SETUP_PEERS.map((): number[] => []);
    for (let n = 0; n < WARM + times; n++) {
      for (const [index, address] of addresses.entries()) {
        const ms = SETUP_PEERS[index]?.page ? await dialPage(address, n) : await dial(`${address}?model=bench-${n}`);
        if (n >= WARM) took[index]?.push(ms);
        await pause(5);
      }
    }
    const direct = took[0] ?? [];
    return SETUP_PEERS.map(({ says: name }, index) => {
      const all = took[index] ?? [];
      const [p10, p50, p95] = [percentile(all, 0.1), percentile(all, 0.5), percentile(all, 0.95)];
      return { name, p10, p50, p95, added: p50 - percentile(direct, 0.5), addedAtBest: p10 - percentile(direct, 0.1) };
    });
  } finally {
    for (const relay of relays) await relay.stop();
    await upstream.stop();
  }
}

/** Opens a call as the page does, and waits until somebody is there who hears. */
async function dialPage(address: string, n: number): Promise<number> {
  const began = performance.now();
  const { opened, cookie } = await openCall(address, n);
  const url = address.replace("http", "ws") + opened.socket;
  const socket = openSocket(url, [WIRE_PROTOCOL, TOKEN_PROTOCOL + opened.token], { cookie });
  try {
    return await new Promise<number>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`${url}: nobody there`)), CREATED_WITHIN_MS);
      socket.on("message", (data: Buffer, isBinary: boolean) => {
        const text = isBinary ? "" : data.toString("latin1");
        if (!text.startsWith('{"type":"luna.engine"') || !text.includes('"ready":true')) return;
        clearTimeout(late);
        resolve(performance.now() - began);
      });
      socket.on("error", reject);
    });
  } finally {
    socket.terminate();
  }
}

/** Dials, waits for `session.created`, and leaves. */
function dial(url: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const socket = openSocket(url, [], { Authorization: "Bearer any-key" });
    const late = setTimeout(
      () => reject(new Error(`${url}: no session in ${CREATED_WITHIN_MS} ms`)),
      CREATED_WITHIN_MS,
    );
    const done = (result: () => void) => {
      clearTimeout(late);
      socket.close();
      result();
    };
    socket.on("message", (data: Buffer) => {
      const text = data.toString("latin1");
      if (text.startsWith('{"type":"session.created"')) done(() => resolve(performance.now() - began));
      else done(() => reject(new Error(`${url}: ${text.slice(0, 200)}`)));
    });
    socket.on("error", (error) => done(() => reject(error)));
  });
}
