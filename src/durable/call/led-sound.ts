/**
 * The sound of a call that a client leads, where it goes by WebRTC between the client and the provider. The offer passes through
 * here and nothing else does: what the session was bound to is watched on the sideband and put back, and the end of the call,
 * whoever's it is, is hung up at the provider.
 */
import { type Fixed, fixedOf, foreignSystemItem, putBack } from "../../call/kept.ts";
import { exchange, hangUp } from "../../engines/webrtc.ts";
import type { LunaSettings } from "../../env.ts";
import { log } from "../../log.ts";
import type { ClientEvent, ServerEvent } from "../../realtime/events.ts";
import { newId } from "../../realtime/ids.ts";
import { agentOf, agentPart, sessionWanted } from "./led-engines.ts";
import type { Offered } from "./media.ts";
import type { Opened, Progress } from "./record.ts";

/** A client that changes its session back as often as this is not one that sends its defaults. */
const PATIENCE = 5;

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
  /** What the client may not change; void where the program that opened the call has changed it itself. */
  #fixed: Fixed;
  #putBack = 0;
  /** System messages of the program's, which are on their way. */
  #allowed = 0;

  constructor(opened: Opened, progress: Progress, settings: LunaSettings) {
    this.#opened = opened;
    this.#progress = progress;
    this.#settings = settings;
    const scenario = agentOf(opened);
    const bound = progress.freed ? undefined : opened.bound;
    this.#fixed = fixedOf(bound, scenario && agentPart(scenario, opened, settings));
  }

  /** The program that opened the call says something on a sideband of its own: it may do what its browser may not. */
  fromProgram(event: ClientEvent): void {
    if (event.type === "session.update" && this.#opened.bound) {
      this.#progress.freed = true;
      const scenario = agentOf(this.#opened);
      this.#fixed = fixedOf(undefined, scenario && agentPart(scenario, this.#opened, this.#settings));
    }
    if (event.type === "conversation.item.create" && event.item.type === "message" && event.item.role === "system") {
      this.#allowed += 1;
    }
  }

  /** What has to be said to the provider because of this; "over" where putting back is no use. */
  watch(event: ServerEvent): ClientEvent[] | "over" {
    if (event.type === "session.updated" && event.session.type === "realtime") {
      const session = putBack(this.#fixed, event.session);
      if (session === null) return [];
      this.#putBack += 1;
      log.warn("Session was changed past Luna and is put back", { call: this.#opened.id, times: this.#putBack });
      return this.#putBack > PATIENCE
        ? "over"
        : [{ type: "session.update", event_id: `luna_${newId("event")}`, session }];
    }
    const item_id = this.#fixed.silent ? foreignSystemItem(event) : null;
    if (item_id === null) return [];
    if (this.#allowed > 0) {
      this.#allowed -= 1;
      return [];
    }
    return [{ type: "conversation.item.delete", event_id: `luna_${newId("event")}`, item_id }];
  }

  /** Ends the call at the provider; one that has ended already is as good. */
  async hangUp(): Promise<void> {
    const { serverKey, provider } = this.#settings;
    const rtc_id = this.#progress.media?.rtc_id;
    if (serverKey !== undefined && rtc_id) await hangUp(provider, serverKey, rtc_id);
  }
}
