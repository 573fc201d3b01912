/** Who is measured. A new row (a phone leg) is one entry here, with a relay and a way to dial it. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Dial } from "./simulator/caller.ts";
import { dialPage } from "./simulator/page-caller.ts";
import { dialPhone } from "./simulator/phone-caller.ts";
import { dialRealtime } from "./simulator/realtime-caller.ts";

export type PeerName = "direct" | "splice" | "object" | "agents" | "luna" | "sdk";

export interface Peer {
  name: PeerName;
  label: string;
  /** Script in `relays/`; without one the callers dial the upstream itself. */
  relay?: string;
  dial: Dial;
  /** Bytes of sound per ms on this wire. */
  bytesPerMs: 48 | 8;
  runsTools: boolean;
  colour: string;
}

export const PEERS: Peer[] = [
  {
    name: "direct",
    label: "direct, no relay",
    dial: dialRealtime,
    bytesPerMs: 48,
    runsTools: false,
    colour: "#9aa0a6",
  },
  {
    name: "splice",
    label: `Node splice (ws ${version("ws")})`,
    relay: "splice.ts",
    dial: dialRealtime,
    bytesPerMs: 48,
    runsTools: false,
    colour: "#4f8df7",
  },
  {
    name: "object",
    label: "bare object in workerd",
    relay: "object.ts",
    dial: dialRealtime,
    bytesPerMs: 48,
    runsTools: false,
    colour: "#2e9e6b",
  },
  {
    name: "agents",
    label: `agents SDK, Twilio transport (@openai/agents ${version("@openai/agents")}, extensions ${version("@openai/agents-extensions")})`,
    relay: "agents.ts",
    dial: dialPhone,
    bytesPerMs: 8,
    runsTools: true,
    colour: "#d9822b",
  },
  {
    name: "luna",
    label: "Luna, page wire",
    relay: "luna.ts",
    dial: dialPage,
    bytesPerMs: 48,
    runsTools: true,
    colour: "#7c4dff",
  },
  {
    name: "sdk",
    label: "Luna, SDK wire",
    relay: "luna.ts",
    dial: (address, ...call) => dialRealtime(`${address.replace("http", "ws")}/v1/realtime`, ...call),
    bytesPerMs: 48,
    runsTools: false,
    colour: "#d63384",
  },
];

export function version(name: string): string {
  const file = join(import.meta.dirname, "../node_modules", name, "package.json");
  return (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version;
}
