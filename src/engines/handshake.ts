/**
 * From an open socket to a session that is what we asked for. An `open` event proves nothing, because key and model are
 * checked after the upgrade: ready is `session.created`, configured is a `session.updated` that holds what was asked.
 */

import type { ClientEvent, ServerEvent, SessionConfig } from "../realtime/events.ts";
import { isJson } from "../realtime/json.ts";
import { type Difference, listening, sameSession, silenced } from "../realtime/session.ts";

/** Seen from connect to first event: 0.8 to 2.1 s; 10 s is a provider that will not come. */
export const CREATED_WITHIN_MS = 10_000;
/** An update that fails validation is dropped whole and may go unanswered. */
export const UPDATED_WITHIN_MS = 3_000;

/** A difference in one of these would let the call run with other rules or other ears than ours. */
const MUST_MATCH =
  /^(instructions|tools|tool_choice|output_modalities|audio\.(input|output)\.format|audio\.input\.turn_detection($|\.(type|create_response|interrupt_response)))/;

export type HandshakeStep =
  | { step: "wait" }
  | { step: "send"; event: ClientEvent }
  /** The engine is configured and answers nothing by itself: tell it the conversation so far, then send `restored()`. */
  | { step: "retell" }
  | { step: "configured"; differences: string[] }
  | { step: "refused"; differences: string[] };

/** Tags of our updates: an error about one of them is an error about the settings. */
export const CONFIGURES = new Set(["luna_configure", "luna_restored"]);

export class Handshake {
  state: "connecting" | "created" | "retelling" | "restored" | "configured" = "connecting";
  readonly #config: SessionConfig;
  readonly #retells: boolean;
  #asked: SessionConfig;

  /** @param retells a conversation is restored before the engine may answer anything. */
  constructor(config: SessionConfig, retells = false) {
    this.#config = config;
    this.#retells = retells;
    this.#asked = retells ? silenced(config) : config;
  }

  /** The session exists already (a sideband's): nobody tells us of it, so we begin. */
  join(): ClientEvent {
    this.state = "created";
    return this.#update("luna_configure");
  }

  /** Looks at one server event before the session is configured. */
  take(event: ServerEvent): HandshakeStep {
    if (event.type === "session.created" && this.state === "connecting") {
      this.state = "created";
      return { step: "send", event: this.#update("luna_configure") };
    }
    if (event.type !== "session.updated" || (this.state !== "created" && this.state !== "restored")) {
      return { step: "wait" };
    }
    const verdict = sameSession(this.#asked, event.session);
    const differences = verdict.ok ? [] : verdict.differences.map((d) => d.path);
    if (!verdict.ok && verdict.differences.some(matters)) return { step: "refused", differences };
    if (this.#retells && this.state === "created") {
      this.state = "retelling";
      return { step: "retell" };
    }
    this.state = "configured";
    return { step: "configured", differences };
  }

  /** Turns the engine's own answers on again; it is configured when this has been echoed. */
  restored(): ClientEvent {
    this.state = "restored";
    this.#asked = listening(this.#config);
    return this.#update("luna_restored");
  }

  #update(event_id: string): ClientEvent {
    return { type: "session.update", event_id, session: this.#asked };
  }
}

/** An echo that lacks all of `audio` lacks what had to match inside it. */
function matters({ path, asked }: Pick<Difference, "path" | "asked">): boolean {
  if (MUST_MATCH.test(path)) return true;
  if (!isJson(asked)) return false;
  return Object.entries(asked).some(([key, value]) => matters({ path: `${path}.${key}`, asked: value }));
}
