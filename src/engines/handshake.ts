/**
 * From an open socket to a session that is what we asked for. An `open` event proves nothing, because key and model are
 * checked after the upgrade: ready is `session.created`, configured is a `session.updated` that holds what was asked.
 */
import type { ClientEvent, ServerEvent, SessionConfig } from "../realtime/events.ts";
import { sameSession } from "../realtime/session.ts";

/** Seen from connect to first event: 0.8 to 2.1 s; 10 s is a provider that will not come. */
export const CREATED_WITHIN_MS = 10_000;
/** An update that fails validation is dropped whole and may go unanswered. */
export const UPDATED_WITHIN_MS = 3_000;

/** A difference in one of these would let the call run with other rules or other ears than ours. */
const MUST_MATCH =
  /^(instructions|tools|tool_choice|output_modalities|audio\.(input|output)\.format|audio\.input\.turn_detection\.(type|create_response|interrupt_response))/;

export type HandshakeStep =
  | { step: "wait" }
  | { step: "send"; event: ClientEvent }
  | { step: "configured"; differences: string[] }
  | { step: "refused"; differences: string[] };

export class Handshake {
  state: "connecting" | "created" | "configured" = "connecting";
  readonly #config: SessionConfig;

  constructor(config: SessionConfig) {
    this.#config = config;
  }

  /** Looks at one server event before the session is configured. */
  take(event: ServerEvent): HandshakeStep {
    if (event.type === "session.created" && this.state === "connecting") {
      this.state = "created";
      return {
        step: "send",
        event: { type: "session.update", event_id: "luna_configure", session: this.#config },
      };
    }
    if (event.type === "session.updated" && this.state === "created") {
      const verdict = sameSession(this.#config, event.session);
      const differences = verdict.ok ? [] : verdict.differences.map((d) => d.path);
      if (differences.some((path) => MUST_MATCH.test(path))) return { step: "refused", differences };
      this.state = "configured";
      return { step: "configured", differences };
    }
    return { step: "wait" };
  }
}
