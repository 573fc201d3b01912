/** What of a client's event may go on to the engine of a call that it leads. */
import { asAgent } from "../../call/agent-session.ts";
import { WIDENED, within } from "../../call/bound.ts";
import type { LunaSettings } from "../../env.ts";
import { readClientFrame } from "../../legs/sdk.ts";
import type { ClientEvent, RealtimeError } from "../../realtime/events.ts";
import { agentOf, agentPart } from "./led-engines.ts";
import type { Opened } from "./record.ts";

export type Allowed = { ok: true; event: ClientEvent } | { ok: false; error: RealtimeError };

/**
 * A client that came with a secret stays within its bound: its name for what answers may be said again, an agent's words are the
 * host's. The same object where nothing has to change.
 * @param program the client is the program that minted the secret: nothing binds it but the agent.
 */
export function allowedOf(event: ClientEvent, opened: Opened, settings: LunaSettings, program: boolean): Allowed {
  const scenario = agentOf(opened);
  const agent = scenario && agentPart(scenario, opened, settings);
  const { bound, agent: name, model } = opened;
  const read =
    bound && !program ? within({ ...bound, model: name ?? model, ...agent }, event) : ({ ok: true, event } as const);
  if (read.ok) return { ok: true, event: agent ? asAgent(agent, read.event) : read.event };
  const { message, param } = read;
  const event_id = event.event_id ?? null;
  return { ok: false, error: { type: "invalid_request_error", code: WIDENED, message, param, event_id } };
}

/** Kept as text and read again: what waited for an engine comes this way. */
export function eventOf(text: string): ClientEvent | null {
  const read = readClientFrame(text);
  return read.kind === "event" ? read.event : null;
}
