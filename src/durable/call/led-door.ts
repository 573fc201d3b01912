/** How a call comes to be led by a client, and how it is found again in an object that was rebuilt. */
import { LunaError } from "../../errors.ts";
import { refusedSocket, SdkLeg, selected } from "../../legs/sdk.ts";
import { log } from "../../log.ts";
import { LedCall, type LedHost } from "./led.ts";
import { newProgress, type Opened } from "./record.ts";
import { type Reserved, sessionOf } from "./reservation.ts";

/** Only the Worker's own routes dial this address: whatever comes from outside has another path. */
const LED_ADDRESS = "https://call.luna.internal/led";
const HEADER = "luna-led";
const TAG = "client";

/** What the route has already checked. */
export interface LedOpening extends Pick<Opened, "id" | "visitor" | "scenario" | "agent" | "model" | "server_key"> {
  /** US dollars; null where nobody has set a limit. */
  cap_usd: number | null;
}

/** The upgrade as it goes on to the object: one hop, and dialling begins with it. */
export function ledRequest(request: Request, opening: LedOpening): Request {
  const headers = new Headers({ upgrade: "websocket", [HEADER]: encodeURIComponent(JSON.stringify(opening)) });
  const offered = request.headers.get("sec-websocket-protocol");
  // The key may be among what is offered; the object has no use for it.
  if (offered !== null && "sec-websocket-protocol" in selected(request))
    headers.set("sec-websocket-protocol", "realtime");
  return new Request(LED_ADDRESS, { headers });
}

export class LedDoor {
  readonly #host: LedHost;
  readonly #reserved: Reserved;
  #call: LedCall | undefined;
  /** The record has been looked at: this object's call is not led. */
  #other = false;

  constructor(host: LedHost, reserved: Reserved) {
    this.#host = host;
    this.#reserved = reserved;
  }

  isFor(request: Request): boolean {
    return request.url === LED_ADDRESS;
  }

  /** A client's upgrade. The engine is dialled at once, and nothing is written before the client has its session. */
  open(request: Request): Response {
    const { memory, ctx } = this.#host;
    if (memory.opened) {
      return refusedSocket(request, { code: "token_used", message: "This call has been opened already.", close: 3000 });
    }
    const { cap_usd, ...opening } = openingOf(request);
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
    const progress = newProgress(opened.mode, opening.server_key ? cap_usd : null);
    Object.assign(progress, { status: "live", leg: 1 });
    progress.state.engine.text = false;
    const call = new LedCall(this.#host, opened, progress, false);
    this.#call = call;
    this.#other = false;
    call.dial();
    const { 0: client, 1: socket } = new WebSocketPair();
    ctx.acceptWebSocket(socket, [TAG]);
    call.accept(new SdkLeg(socket));
    return new Response(null, { status: 101, webSocket: client, headers: selected(request) });
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
    const [socket] = ctx.getWebSockets(TAG);
    if (socket) call.accept(new SdkLeg(socket));
    call.rouse();
    return call;
  }
}

/** @throws LunaError `internal` when a route forgot it */
function openingOf(request: Request): LedOpening {
  const header = request.headers.get(HEADER);
  if (header === null) throw new LunaError("internal", "A led call came without its opening.");
  return JSON.parse(decodeURIComponent(header)) as LedOpening;
}
