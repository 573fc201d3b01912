/**
 * Where the sound of a call travels: through Luna (the relay), or by WebRTC straight between the page and the provider, with a
 * sideband for everything else. WebRTC is tried once, at the beginning. Whatever goes wrong with it, then or later, the relay
 * takes over in the same call.
 */

import { noticeOf } from "../../call/notice.ts";
import { exchange, hangUp } from "../../engines/webrtc.ts";
import type { LunaSettings } from "../../env.ts";
import type { ErrorKind } from "../../errors.ts";
import type { CallSettings } from "../../legs/open-call.ts";
import type { Mode, Notice } from "../../legs/wire.ts";
import type { SessionConfig } from "../../realtime/events.ts";
import type { Opened, Progress } from "./record.ts";
import { newSecret, type Reserved } from "./reservation.ts";

/** From the click to the page's offer: it waits for the microphone's prompt, for ten seconds at most. */
const OFFER_WITHIN_MS = 20_000;
/** From the answer to the first packet. The page gives up after eight seconds and says so; this is for one that cannot. */
const CONNECTED_WITHIN_MS = 12_000;

export type PeerMethod = "ephemeral" | "direct";

/** Kept with the call's progress; null is the relay. */
export interface MediaState {
  method: PeerMethod;
  /** The provider's id of the WebRTC call; null until it has answered the page's offer. */
  rtc_id: string | null;
  /** The page has said that its sound is connected: a greeting would be heard. */
  connected: boolean;
}

/** Over RPC an error would lose its kind, so what went wrong is an answer. */
export type Offered = { ok: true; sdp: string } | { ok: false; kind: ErrorKind; detail: string };

/** Somebody else's call, or one that is over: who asks learns nothing of it. */
export const NO_CALL: Offered = { ok: false, kind: "not_found", detail: "There is no such call, or it is over." };

type Wanted = Pick<Opened, "mode" | "text"> & { settings: CallSettings; direct: boolean };

/** Whether this call's sound goes by WebRTC; where it was asked for and does not, why, and the settings without it. */
export function mediaFor(wanted: Wanted): { media: MediaState | null; settings: CallSettings; notice: Notice | null } {
  const { mode, text, settings, direct } = wanted;
  const { method = "relay", ...relayed } = settings;
  if (method === "relay" || text) return { media: null, settings: relayed, notice: null };
  const why = whyNot(mode, method, direct);
  if (why !== null) return { media: null, settings: relayed, notice: noticeOf("webrtc_unavailable", "info", why) };
  return { media: { method, rtc_id: null, connected: false }, settings, notice: null };
}

function whyNot(mode: Mode, method: PeerMethod, direct: boolean): string | null {
  if (mode === "scripted") return "WebRTC needs the AI at the other end, and the built-in Luna answers this call.";
  if (method === "direct" && !direct) {
    return "This server does not take direct WebRTC, so the sound travels through Luna's server.";
  }
  return null;
}

/** The page's secret for the sound of this call: good once, and for nothing else. */
export async function soundSecret(opened: Opened, reserved: Reserved): Promise<string> {
  const { secret, hash } = await newSecret(opened.id);
  const { visitor, server_key, model } = opened;
  reserved.keep({
    hash,
    expires_at: opened.opened_at + OFFER_WITHIN_MS,
    used: false,
    reservation: { opens: "sound", minted_by: "page", visitor, server_key, model, session: null },
  });
  return secret;
}

/** What Luna says where WebRTC is given up; the call goes on in each case. */
export const GIVEN_UP = {
  offer: "The browser offered no WebRTC connection in time, so the sound travels through Luna's server.",
  lost: "The WebRTC connection did not hold, so the sound travels through Luna's server from here on.",
  refused: "The AI provider did not take the WebRTC connection, so the sound travels through Luna's server.",
} as const;

export interface MediaOwner {
  opened: Opened;
  progress: Progress;
  settings: LunaSettings;
  /** Writes the call's progress down. */
  save(): void;
  /** The key that answers this call; gone after an eviction where it was the visitor's own. */
  key(): string | undefined;
  session(): SessionConfig;
  /** The provider has answered: the sideband can be opened. */
  onAnswered(): void;
  /** Nothing comes of it. */
  onFailed(why: keyof typeof GIVEN_UP): void;
  later(work: Promise<unknown>): void;
}

export class Media {
  readonly #owner: MediaOwner;
  #asked = false;
  #patience: number | null = null;

  constructor(owner: MediaOwner) {
    this.#owner = owner;
  }

  get #state(): MediaState | null {
    return this.#owner.progress.media ?? null;
  }

  /** The page is to bring an offer before anybody can answer. */
  get awaitsOffer(): boolean {
    return this.#state !== null && this.#state.rtc_id === null;
  }

  /** By WebRTC, or about to. */
  get byPeer(): boolean {
    return this.#state !== null;
  }

  get rtcId(): string | undefined {
    return this.#state?.rtc_id ?? undefined;
  }

  /** What is said now would be heard. */
  get audible(): boolean {
    return this.#state === null || this.#state.connected;
  }

  /** Waits for the page's offer, not for ever. */
  expectOffer(): void {
    this.#expect(OFFER_WITHIN_MS, "offer");
  }

  /**
   * The page's offer: the provider's answer to it. An offer is taken once.
   * @param method how it came; the call was opened for one of them.
   */
  async offer(sdp: string, method: PeerMethod): Promise<Offered> {
    const { opened, settings } = this.#owner;
    const key = this.#owner.key();
    if (this.#state?.method !== method) return refused("call_ended", "The sound of this call does not go by WebRTC.");
    if (this.#asked || !this.awaitsOffer) return refused("call_on", "This call has its WebRTC connection already.");
    if (key === undefined) return refused("unavailable", "This call has lost its key. Start a new one.");
    this.#asked = true;
    clearTimeout(this.#patience);
    const provider = { ...settings.provider, model: opened.model };
    const answered = await exchange({ provider, key, sdp, session: this.#owner.session() });
    const state = this.#state;
    if (!answered.ok) {
      if (state) this.#owner.onFailed("refused");
      return refused("unavailable", answered.gone.message);
    }
    // The page, or the caller, has given up meanwhile.
    if (!state || this.#owner.progress.status === "ended") {
      this.#owner.later(hangUp(provider, key, answered.rtc_id));
      return refused("call_ended", "This call no longer waits for WebRTC.");
    }
    state.rtc_id = answered.rtc_id;
    this.#owner.save();
    this.#expect(CONNECTED_WITHIN_MS, "lost");
    this.#owner.onAnswered();
    return { ok: true, sdp: answered.sdp };
  }

  connected(): void {
    clearTimeout(this.#patience);
    const state = this.#state;
    if (!state || state.connected) return;
    state.connected = true;
    this.#owner.save();
  }

  /** The relay from here on; the provider's end is hung up. False where there was nothing to give up. */
  giveUp(): boolean {
    clearTimeout(this.#patience);
    const state = this.#state;
    if (state === null) return false;
    const { progress, settings } = this.#owner;
    const key = this.#owner.key();
    progress.media = null;
    this.#owner.save();
    if (state.rtc_id !== null && key !== undefined) {
      this.#owner.later(hangUp(settings.provider, key, state.rtc_id));
    }
    return true;
  }

  #expect(ms: number, otherwise: keyof typeof GIVEN_UP): void {
    clearTimeout(this.#patience);
    this.#patience = setTimeout(() => this.#owner.onFailed(otherwise), ms);
  }
}

function refused(kind: ErrorKind, detail: string): Offered {
  return { ok: false, kind, detail };
}
