/** How a call comes to be led by a client, and how it is found again in an object that was rebuilt. */
import { readSettings } from "../../env.ts";
import { LunaError } from "../../errors.ts";
import { type Refused, refusedSocket, SdkLeg, selected } from "../../legs/sdk.ts";
import { log } from "../../log.ts";
import type { SessionConfig } from "../../realtime/events.ts";
import { LedCall } from "./led.ts";
import type { LedHost } from "./led-host.ts";
import { bringOffer } from "./led-sound.ts";
import type { Offered } from "./media.ts";
import { castFor } from "./persona.ts";
import { newProgress, type Opened, type Progress } from "./record.ts";
import { type Reserved, sessionOf } from "./reservation.ts";

/** Only the Worker's own routes dial these addresses: whatever comes from outside has another path. */
const LED_ADDRESS = "https://call.luna.internal/led";
const OFFER_ADDRESS = "https://call.luna.internal/offer";
const JOIN_ADDRESS = "https://call.luna.internal/join";
const HEADER = "luna-led";
const TAG = "client";
const OPENED_ALREADY = "This call has been opened already.";

/** What the route has already checked. */
export interface LedOpening
  extends Pick<Opened, "id" | "visitor" | "scenario" | "agent" | "model" | "server_key" | "line"> {
  /** US dollars; null where nobody has set a limit. */
  cap_usd: number | null;
  /** A session asked for with an offer and a key. */
  asked?: SessionConfig;
}

/** As the provider says it, whatever the reason: a call that is not there, is over, is another's, or cannot be joined. */
export const NO_SUCH_CALL: Refused = {
  code: "call_id_not_found",
  message: "There is no such call, or it is not one that can be joined: those are WebRTC calls of the same key.",
  close: 4000,
};

/** The upgrade as it goes on to the object: one hop, and dialling begins with it. */
export function ledRequest(request: Request, opening: LedOpening): Request {
  return upgrade(LED_ADDRESS, request, JSON.stringify(opening));
}

/** A program's upgrade to a sideband of a call that runs. @param visitor whose call it must be. */
export function joinRequest(request: Request, visitor: string): Request {
  return upgrade(JOIN_ADDRESS, request, visitor);
}

function upgrade(address: string, request: Request, about: string): Request {
  const headers = new Headers({ upgrade: "websocket", [HEADER]: encodeURIComponent(about) });
  const offered = request.headers.get("sec-websocket-protocol");
  // The key may be among what is offered; the object has no use for it.
  if (offered !== null && "sec-websocket-protocol" in selected(request))
    headers.set("sec-websocket-protocol", "realtime");
  return new Request(address, { headers });
}

/** A client's offer of sound by WebRTC; the answer's body is an `Offered` as JSON. */
export function offerRequest(sdp: string, opening: LedOpening): Request {
  return new Request(OFFER_ADDRESS, { method: "POST", body: JSON.stringify({ sdp, opening }) });
}

export class LedDoor {
  readonly #host: LedHost;
  readonly #reserved: Reserved;
  #call: LedCall | undefined;
  /** The record has been looked at: this object's call is not led. */
  #other = false;
  /** An offer has come: there is one for each call. */
  #offered = false;

  constructor(host: LedHost, reserved: Reserved) {
    this.#host = host;
    this.#reserved = reserved;
  }

  isFor(request: Request): boolean {
    return request.url === LED_ADDRESS || request.url === OFFER_ADDRESS || request.url === JOIN_ADDRESS;
  }

  serve(request: Request): Response | Promise<Response> {
    if (request.url === OFFER_ADDRESS) return this.#offer(request);
    return request.url === JOIN_ADDRESS ? this.#join(request) : this.#open(request);
  }

  /** A client's upgrade. The engine is dialled at once, and nothing is written before the client has its session. */
  #open(request: Request): Response {
    const { memory, ctx } = this.#host;
    if (memory.opened) {
      return refusedSocket(request, { code: "token_used", message: OPENED_ALREADY, close: 3000 });
    }
    const { opened, progress } = this.#begun(JSON.parse(headerOf(request)) as LedOpening);
    const call = this.#made(opened, progress);
    call.dial();
    const { 0: client, 1: socket } = new WebSocketPair();
    ctx.acceptWebSocket(socket, [TAG]);
    call.accept(new SdkLeg(socket));
    return new Response(null, { status: 101, webSocket: client, headers: selected(request) });
  }

  /** A client's offer: the provider's answer, and Luna beside the call from then on. Nothing is kept of one that fails. */
  async #offer(request: Request): Promise<Response> {
    const { sdp, opening } = await request.json<{ sdp: string; opening: LedOpening }>();
    const refused: Offered = { ok: false, kind: "token_used", detail: OPENED_ALREADY };
    if (this.#host.memory.opened || this.#offered) return Response.json(refused);
    this.#offered = true;
    const { opened, progress } = this.#begun(opening);
    opened.peer = true;
    const answered = await bringOffer(sdp, opened, progress, readSettings(this.#host.env));
    if (answered.ok) this.#made(opened, progress).dial();
    return Response.json(answered);
  }

  /** The program that opened the call by WebRTC wants a line into it. The newest has it; it is told nothing of the past. */
  #join(request: Request): Response {
    const { call } = this;
    if (!call?.byPeer || call.opened.visitor !== headerOf(request)) return refusedSocket(request, NO_SUCH_CALL);
    const { 0: client, 1: socket } = new WebSocketPair();
    this.#host.ctx.acceptWebSocket(socket, [TAG]);
    call.accept(new SdkLeg(socket));
    return new Response(null, { status: 101, webSocket: client, headers: selected(request) });
  }

  #begun({ cap_usd, ...opening }: LedOpening): { opened: Opened; progress: Progress } {
    const reservation = this.#reserved.spent;
    const bound = reservation && sessionOf(reservation);
    const opened: Opened = {
      ...opening,
      ...(bound ? { bound } : {}),
      led: "client",
      settings: reservation?.settings ?? {},
      mode: opening.server_key ? "ai" : "scripted",
      opened_at: Date.now(),
    };
    const cast = opening.agent === undefined ? undefined : castFor(opening.agent, readSettings(this.#host.env));
    const progress = newProgress(opened.mode, opening.server_key ? cap_usd : null, cast);
    Object.assign(progress, { status: "live", leg: 1 });
    progress.state.engine.text = false;
    return { opened, progress };
  }

  #made(opened: Opened, progress: Progress): LedCall {
    const call = new LedCall(this.#host, opened, progress, false);
    this.#call = call;
    this.#other = false;
    return call;
  }

  /** The led call of this object, if there is one; rebuilt from the record after an eviction, engine and all. */
  get call(): LedCall | undefined {
    if (this.#call || this.#other) return this.#call;
    const { memory, ctx } = this.#host;
    const { opened, progress, ended } = memory;
    if (!opened?.led || !progress || ended) {
      this.#other = opened !== undefined;
      return undefined;
    }
    const call = new LedCall(this.#host, opened, progress, true);
    this.#call = call;
    log.info("Led call goes on in a rebuilt object", { call: opened.id });
    // Of several sidebands the last one that joined.
    const socket = ctx.getWebSockets(TAG).findLast((one) => one.readyState === WebSocket.OPEN);
    if (socket) call.accept(new SdkLeg(socket));
    try {
      call.rouse();
    } catch (thrown) {
      // Half a call is none: with the next event it is rebuilt anew.
      call.giveUp();
      this.#call = undefined;
      throw thrown;
    }
    return call;
  }
}

/** @throws LunaError `internal` when a route forgot it */
function headerOf(request: Request): string {
  const header = request.headers.get(HEADER);
  if (header === null) throw new LunaError("internal", "A led call came without its opening.");
  return decodeURIComponent(header);
}
