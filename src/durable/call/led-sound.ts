/**
 * The sound of a call that a client leads, where it goes by WebRTC between the client and the provider. The offer passes through
 * here and nothing else does: what the session was bound to is watched on the sideband and put back, and the end of the call,
 * whoever's it is, is hung up at the provider.
 */

import type { Agent } from "../../call/agent-session.ts";
import { type Changed, changeIn, type Fixed, fixedOf, foreignSystemItem, putBack, takenAs } from "../../call/kept.ts";
import { exchange, hangUp } from "../../engines/webrtc.ts";
import type { LunaSettings } from "../../env.ts";
import { log } from "../../log.ts";
import type { ClientEvent, ServerEvent, Session } from "../../realtime/events.ts";
import { newId } from "../../realtime/ids.ts";
import { agentOf, agentPart, sessionWanted } from "./led-engines.ts";
import type { Offered } from "./media.ts";
import type { Opened, Progress } from "./record.ts";

/** A client that changes its session back as often as this is not one that sends its defaults. */
const PATIENCE = 5;
/** Changes of a program's that a provider has answered neither way. */
const MOST_ASKED = 16;

/**
 * Brings the client's offer to the provider, with the session that it is to have. The provider's id of the call is in the
 * progress when it has answered.
 */
export async function bringOffer(
  sdp: string,
  opened: Opened,
  progress: Progress,
  settings: LunaSettings,
): Promise<Offered> {
  const key = opened.server_key ? settings.serverKey : undefined;
  if (key === undefined) return { ok: false, kind: "unavailable", detail: "This Luna has no AI provider any more." };
  const provider = { ...settings.provider, model: opened.model };
  const session = sessionWanted(opened, settings) ?? { type: "realtime" };
  const answered = await exchange({ provider, key, sdp, session });
  if (!answered.ok) return { ok: false, kind: "unavailable", detail: answered.gone.message };
  progress.media = { method: "ephemeral", rtc_id: answered.rtc_id, connected: true };
  progress.state.engine.far = true;
  return { ok: true, sdp: answered.sdp };
}

export class LedSound {
  readonly #opened: Opened;
  readonly #progress: Progress;
  readonly #settings: LunaSettings;
  readonly #agent: Agent | undefined;
  /** What the client may not change. */
  #fixed: Fixed;
  #putBack = 0;
  /** What the program has asked for on its sideband and the provider has not answered yet, by the id of the event, oldest first. */
  readonly #asked = new Map<string, Changed>();
  /** System messages of the program's, which are on their way. */
  readonly #system = new Set<string>();

  constructor(opened: Opened, progress: Progress, settings: LunaSettings) {
    this.#opened = opened;
    this.#progress = progress;
    this.#settings = settings;
    const scenario = agentOf(opened);
    this.#agent = scenario && agentPart(scenario, opened, settings);
    this.#fixed = fixedOf(opened.bound, this.#agent, progress.changed);
  }

  /**
   * The program that opened the call says something on a sideband of its own: it may do what its browser may not. What it changes
   * is bound from when the provider has it; all else stays as the secret has it.
   * @returns the event with ids, by which it is known again
   */
  fromProgram(event: ClientEvent): ClientEvent {
    if (event.type === "session.update" && event.session.type === "realtime" && this.#opened.bound) {
      const change = changeIn(event.session);
      if (change === null) return event;
      const event_id = event.event_id ?? newId("event");
      this.#asked.set(event_id, change);
      for (const [oldest] of this.#asked) if (this.#asked.size > MOST_ASKED) this.#asked.delete(oldest);
      return { ...event, event_id };
    }
    // Where the client may say them as well, nobody asks later whose they were.
    if (event.type !== "conversation.item.create" || !this.#fixed.silent) return event;
    const { item } = event;
    if (item.type !== "message" || item.role !== "system") return event;
    const id = item.id ?? newId("item");
    this.#system.add(id);
    return { ...event, item: { ...item, id } };
  }

  /** The oldest change of the program's that the session has: the ones before it were answered before. */
  #learn(session: Session): void {
    for (const [event_id, change] of this.#asked) {
      const taken = takenAs(change, session);
      if (taken === null) continue;
      for (const id of [...this.#asked.keys()]) {
        this.#asked.delete(id);
        if (id === event_id) break;
      }
      this.#progress.changed = { ...this.#progress.changed, ...taken };
      this.#fixed = fixedOf(this.#opened.bound, this.#agent, this.#progress.changed);
      return;
    }
  }

  /** What has to be said to the provider because of this; "over" where putting back is no use. */
  watch(event: ServerEvent): ClientEvent[] | "over" {
    if (event.type === "error" && event.error.event_id) this.#asked.delete(event.error.event_id);
    if (event.type === "session.updated" && event.session.type === "realtime") {
      this.#learn(event.session);
      const session = putBack(this.#fixed, event.session);
      if (session === null) return [];
      this.#putBack += 1;
      log.warn("Session was changed past Luna and is put back", { call: this.#opened.id, times: this.#putBack });
      return this.#putBack > PATIENCE
        ? "over"
        : [{ type: "session.update", event_id: `luna_${newId("event")}`, session }];
    }
    const item_id = this.#fixed.silent ? foreignSystemItem(event) : null;
    if (item_id === null || this.#system.delete(item_id)) return [];
    return [{ type: "conversation.item.delete", event_id: `luna_${newId("event")}`, item_id }];
  }

  /** Ends the call at the provider; one that has ended already is as good. */
  async hangUp(): Promise<void> {
    const { serverKey, provider } = this.#settings;
    const rtc_id = this.#progress.media?.rtc_id;
    if (serverKey !== undefined && rtc_id) await hangUp(provider, serverKey, rtc_id);
  }
}
