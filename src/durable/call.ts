/**
 * One call, from hello to goodbye. One object per call: it opens the engine, accepts the caller's leg, carries events
 * between them, runs the tools, hands over to the specialist, and writes down what happened. The rules are pure and live in
 * `src/call/`; this object carries out their commands. A connection may die at any time; the call may not. The leg's socket
 * hibernates; an engine's outbound socket cannot (workerd issue 4864), so the engine is a field, and whenever it is gone
 * (dropped, ended by its hour, evicted with the object, closed to sleep) a new one is told what the record knows.
 */
import { DurableObject } from "cloudflare:workers";
import { BYTES_PER_MS } from "../audio/pcm.ts";
import { audioArrived, type Command, type Input, step, type ToolCall } from "../call/machine.ts";
import { isLasting } from "../call/rest.ts";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { BrowserLeg, closeQuietly } from "../legs/browser.ts";
import type { CallOpened } from "../legs/open-call.ts";
import type { CallEnded, PageMessage } from "../legs/wire.ts";
import type { AudioDelta } from "../realtime/audio-delta.ts";
import type { CallRecord } from "../store/calls.ts";
import { cameBackLate, sayGoodbye, transfer } from "./call/ending.ts";
import { Filing } from "./call/filing.ts";
import { Gallery } from "./call/gallery.ts";
import { LedDoor } from "./call/led-door.ts";
import { AWAKE_MS, GRACE_MS, momentsOf, overBecause, type Standing, standingOf } from "./call/limits.ts";
import { Live } from "./call/live.ts";
import { NO_CALL, type Offered, type PeerMethod } from "./call/media.ts";
import { firstPage, wayOfSound } from "./call/opening.ts";
import { letPageIn } from "./call/page-door.ts";
import { askPersona, type PersonaReply, toolsOf } from "./call/persona.ts";
import { CallMemory, type Opened, type OpenRequest, type Progress } from "./call/record.ts";
import { type Redeemed, type ReservationState, Reserved, type Use } from "./call/reservation.ts";
import { takeUp } from "./call/rousing.ts";
import { notSaid, type SayReply, type Words } from "./call/say.ts";
import { Ties } from "./call/ties.ts";
import { exchange, newToken } from "./call/token.ts";
import { deskOf, fromTool, statusesOf, ToolDesk } from "./call/tool-desk.ts";
import { PING, Wakes } from "./call/wakes.ts";
import { type WayBack, wayBack } from "./call/way-back.ts";

export class Call extends DurableObject<Bindings> {
  readonly #memory: CallMemory;
  readonly #tools = new ToolDesk();
  readonly #wakes: Wakes;
  readonly #filing: Filing;
  readonly #reserved: Reserved;
  /** The link it came by, and its line on the server's own key. */
  readonly #ties: Ties;
  readonly #gallery: Gallery;
  /** A call that a client leads, instead of Luna. */
  readonly #led: LedDoor;
  #live: Live | undefined;
  #inbox: Input[] = [];
  #stepping = false;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(PING);
    this.#memory = new CallMemory(ctx.storage);
    // A timer has come due.
    this.#wakes = new Wakes(ctx, () => (this.#live ? this.#take({ from: "clock" }) : this.#led.call?.clock()));
    const desk = { ctx, env, memory: this.#memory, wakes: this.#wakes };
    this.#ties = new Ties({ ...desk, told: () => this.#gallery.settled, capped: () => this.#take({ from: "clock" }) });
    this.#gallery = new Gallery({ ...desk, live: () => this.#live ?? this.#led.call });
    this.#filing = new Filing({ ...desk, ties: this.#ties, toolsIdle: () => this.#tools.idle() });
    this.#reserved = new Reserved(ctx.storage, this.#wakes);
    const rooms = { ...desk, tools: this.#tools, filing: this.#filing, gallery: this.#gallery };
    this.#led = new LedDoor(rooms, this.#reserved);
  }

  // Hello ------------------------------------------------------------------------------------------------------------

  /** Brings the object and its storage up, and nothing else: before it is known whether there will be a call. */
  up(): boolean {
    return this.#memory.opened === undefined;
  }

  /** A client secret is minted for this call. */
  reserve(state: ReservationState): void {
    this.#reserved.keep(state);
  }

  /** The secret is spent here, once. */
  redeem(hash: string, use: Use): Redeemed {
    return this.#reserved.redeem(hash, use, Date.now());
  }

  /** Opens the call and dials the engine at once, so that its handshake overlaps the microphone prompt and the ringing. */
  async open(request: OpenRequest): Promise<Omit<CallOpened, "call_id" | "socket">> {
    const { opened, progress, notices } = firstPage(request, readSettings(this.env), Date.now());
    const { token, state } = await newToken(opened.opened_at);
    this.#memory.begin(opened, progress, state);
    this.#wakes.alarmBy(state.expires_at + 1_000);
    const live = this.#newLive(opened, progress, request.key);
    live.reading.wait();
    for (const notice of notices) live.tell(notice);
    live.answering.open();
    const way = await wayOfSound(opened, progress, this.#reserved);
    return { token, expires_at: state.expires_at, mode: opened.mode, ...way };
  }

  /** The page's offer of sound by WebRTC, and the provider's answer. @param visitor whose call it must be. */
  async offer(sdp: string, method: PeerMethod, visitor: string): Promise<Offered> {
    return this.#liveOf(visitor)?.answering.media.offer(sdp, method) ?? NO_CALL;
  }

  /** Words by HTTP, and what comes of them. */
  say(visitor: string, words: Words): Promise<SayReply> | SayReply {
    return this.#liveOf(visitor)?.reading.say(words) ?? notSaid(this.#memory, visitor);
  }

  /** Somebody else answers from here on. @param visitor whose call it must be. */
  persona(visitor: string, key: string): PersonaReply {
    return askPersona(this.#liveOf(visitor), key, (input) => this.#take(input));
  }

  /** The call, if it is on and this browser's. */
  #liveOf(visitor: string): Live | undefined {
    return this.#memory.opened?.visitor === visitor ? (this.#live ?? this.#rouse()) : undefined;
  }

  /** The tab is gone, the browser is not. Null: no such call of it is on. */
  wayBack(visitor: string): Promise<WayBack | null> {
    return wayBack(this.#memory, visitor);
  }

  /** The page's socket arrives. The token is spent here. */
  override async fetch(request: Request): Promise<Response> {
    if (this.#led.isFor(request)) return this.#led.serve(request);
    if (this.#gallery.isFor(request)) return this.#gallery.accept(request);
    return letPageIn(request, async (socket, token) => {
      this.#accept(socket, await exchange(token, this.#memory, readSettings(this.env).maxCallMs));
    });
  }

  /** The page is here: for the first time, or again. The newest tab has the call. */
  #accept(socket: WebSocket, resume: string): void {
    const live = this.#live ?? this.#rouse();
    if (!live) throw new LunaError("call_ended", "This call has ended. Start a new one.");
    const { progress } = live;
    const again = progress.status === "live";
    // Before the socket has a call: what storage does not give is asked for with the next one.
    const tools = again ? statusesOf(this.#memory.finishedTools()) : [];
    if (live.replaced()) this.#take({ from: "leg_gone" });
    this.ctx.acceptWebSocket(socket, ["caller"]);
    Object.assign(progress, { status: "live", left_at: null, leg: progress.leg + 1 });
    socket.serializeAttachment(progress.leg);
    this.#memory.progress = progress;
    this.#wakes.alarmBy(momentsOf(live.opened, progress, readSettings(this.env)).last);
    live.connect(new BrowserLeg(socket, live), { token: resume, grace_ms: GRACE_MS });
    if (!again) live.record(live.opened.settings.record ?? false);
    this.#ties.connected(this.#gallery, (why) => this.closeLink(why));
    if (again) live.retell(tools);
    live.answering.earIsThere();
    if (again) this.#take({ from: "leg_back" });
  }

  // The conversation -------------------------------------------------------------------------------------------------

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    if (this.#gallery.ignores(socket)) return;
    const led = this.#live ? undefined : this.#led.call;
    if (led) return led.hear(data);
    const live = this.#live ?? this.#rouse();
    if (!live?.leg) return closeQuietly(socket, 4410, "This call has ended.");
    if (!live.isOf(socket)) return closeQuietly(socket, 4409, "This call goes on in another tab.");
    live.heard(this.#memory);
    const read = live.leg.read(data);
    if (read.kind === "audio") this.#hear(live, read.frame);
    else if (read.kind === "error") live.leg.tell(read.event);
    else if (read.kind === "message") this.#fromPage(live, read.message);
  }

  /** Hot path, upwards: one frame of the caller. */
  #hear(live: Live, frame: Uint8Array): void {
    const { rest } = live.progress.state;
    if (rest.held) return;
    if (rest.parked && live.answering.sleepsSoundly) this.#fromPage(live, { type: "luna.wake" });
    live.answering.hear(frame);
    live.recorder?.caller(frame, Date.now());
  }

  /** Hot path, downwards: one piece of Luna's voice. */
  #play(live: Live, delta: AudioDelta): void {
    if (!live.leg) return;
    const ms = (delta.base64.length * 0.75) / BYTES_PER_MS;
    const now = Date.now();
    live.meter.audio(delta, now);
    for (const piece of audioArrived(live.progress.state, delta, ms, now)) live.play(piece, now);
  }

  #fromPage(live: Live, message: PageMessage): void {
    if (message.type === "luna.end") return this.#end("caller_ended");
    const meant = live.fromPage(message, Date.now());
    if (meant) this.#take({ from: "page", message: meant });
  }

  /** One input at a time: what the commands of one step set off is queued behind them, never run inside. */
  #take(input: Input): void {
    this.#inbox.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inbox.shift(); next && this.#live; next = this.#inbox.shift()) {
        this.#step(this.#live, next, Date.now());
      }
    } finally {
      this.#stepping = false;
    }
    const live = this.#live;
    if (live && isLasting(input)) this.#memory.progress = live.progress;
    live?.reading.look();
    this.#gallery.touch();
  }

  #step(live: Live, input: Input, now: number): void {
    const { state } = live.progress;
    const model = live.answering.isOutside ? live.opened.model : null;
    const bill = live.meter.watch(state, input, model, now);
    for (const event of bill) live.tell(event);
    if (bill.length > 0) this.#ties.charged(live);
    for (const command of step(state, input, now)) this.#carryOut(live, command);
    if (live.meter.spent && state.farewell === null) this.#inbox.push({ from: "spent" });
  }

  #carryOut(live: Live, command: Command): void {
    switch (command.do) {
      case "run":
        return this.ctx.waitUntil(this.#runTool(live, command.call));
      case "record":
        this.#memory.writeTurn(command.turn);
        live.tellCard();
        this.#memory.progress = live.progress;
        return this.#filing.soon();
      case "wake":
        return this.#wakes.at(command.at);
      case "park":
        this.#memory.progress = live.progress;
        if (live.recorder) this.ctx.waitUntil(live.recorder.rest());
        return live.answering.park();
      case "hand_over":
        return this.ctx.waitUntil(this.#handOver(live));
      case "end":
        return this.#end(command.reason);
      default:
        return live.carryOut(command);
    }
  }

  /** Written down before it runs, and its result before it is told: whatever happens between, it is done once. */
  async #runTool(live: Live, call: ToolCall): Promise<void> {
    const written = this.#memory.keep(live.progress);
    const finished = await this.#tools.run(call, deskOf(this.env, live, toolsOf(live, call), written));
    this.#memory.writeFinishedTool(finished);
    if (this.#live !== live) return cameBackLate(live.progress, this.#memory, finished);
    this.#memory.progress = live.progress;
    this.#filing.soon();
    live.tellCard();
    live.tellCall();
    this.#take(fromTool(finished));
  }

  // A human, please --------------------------------------------------------------------------------------------------

  async #handOver(live: Live): Promise<void> {
    live.answering.leave();
    if (await transfer(live, this.#memory, () => this.#live === live)) live.answering.reopen();
  }

  // Goodbye ----------------------------------------------------------------------------------------------------------

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    closeQuietly(socket, code, reason);
    this.#gone(socket, code);
  }

  override webSocketError(socket: WebSocket): void {
    this.#gone(socket, 1006);
  }

  /** The page may come back within the grace; its engine waits. */
  #gone(socket: WebSocket, code: number): void {
    if (this.#gallery.has(socket)) return this.#gallery.left();
    const led = this.#live ? undefined : this.#led.call;
    if (led) return led.gone(code, socket);
    const live = this.#live ?? this.#rouse();
    if (!live?.isOf(socket)) return;
    live.leg = undefined;
    live.progress.left_at = Date.now();
    this.#take({ from: "leg_gone" });
    this.#memory.progress = live.progress;
    this.#wakes.alarmBy(Date.now() + GRACE_MS);
  }

  /** Settles everything, once: open turns, outcome, the goodbye to the page, both sockets, the record. */
  #end(reason: CallEnded["reason"]): void {
    const led = this.#live ? undefined : this.#led.call;
    if (led) return led.end(reason);
    const live = this.#live ?? this.#rouse();
    if (!live) return;
    const ended = sayGoodbye(live, this.#memory, reason, (command) => this.#carryOut(live, command));
    this.#gallery.ended(ended);
    this.#wakes.clear();
    this.#live = undefined;
    this.#inbox = [];
    this.ctx.waitUntil(this.#filing.now());
  }

  /** Hangs up for who has no page to do it with. Null: there is no such call, or it is over. */
  hangUp(visitor: string): CallEnded | null {
    if (this.#memory.opened?.visitor !== visitor) return null;
    this.#end("caller_ended");
    return this.#memory.ended ?? null;
  }

  /** Ends the call and deletes all that is kept of it here. */
  erase(): ReturnType<Filing["erase"]> {
    return this.#filing.erase(() => this.#end("caller_ended"));
  }

  /** The link it came by is closed: the caller is told why, and hung up on within two seconds. Gives where the call is after that. */
  closeLink(why: "revoked" | "expired"): Standing {
    if (this.#memory.progress?.status === "open") this.#end("link_closed");
    else if (this.#live ?? this.#rouse()) this.#take({ from: "link_closed", why });
    return this.standing();
  }

  /** `held`: opened, and nobody has come yet. */
  standing(): Standing {
    return standingOf(this.#memory);
  }

  /** Somebody has come to watch the link. */
  lookIn(): void {
    this.#gallery.lookIn();
  }

  // The record -------------------------------------------------------------------------------------------------------

  /** The record as it stands, for the browser that made the call, or for `staff` who know of which it is; `null` for anybody else. */
  read(visitor: string, staff = false): CallRecord | null {
    return this.#memory.opened?.visitor === visitor ? this.#memory.recordFor(staff) : null;
  }

  /** Its sound goes by WebRTC. @param visitor whose call it must be. */
  byPeer(visitor: string): boolean {
    return this.#memory.isByPeer(visitor);
  }

  /** Nobody came, or came back; the call is too long; turns wait for D1; or a rule asked to be woken. */
  override async alarm(): Promise<void> {
    const { opened, progress, ended } = this.#memory;
    if (!opened || !progress) return this.#reserved.forget(Date.now());
    if (ended) return this.#filing.now();
    const now = Date.now();
    if (opened.led) return this.#led.call?.alarm(now);
    const moments = momentsOf(opened, progress, readSettings(this.env));
    const over = overBecause(moments, now);
    if (over) return this.#end(over);
    const live = this.#live ?? this.#rouse();
    this.#take({ from: "clock" });
    const awake = live?.answering.isOutside ? now + AWAKE_MS : moments.last;
    this.#wakes.alarmBy(Math.min(awake, moments.last, moments.left ?? moments.last));
    await this.#filing.now(live);
  }

  // After sleep or eviction ------------------------------------------------------------------------------------------

  /** The object was rebuilt: the record becomes memory again. A call that was not asleep gets an engine that is told all of it. */
  #rouse(): Live | undefined {
    const { opened, progress, ended } = this.#memory;
    if (!opened || !progress || ended || opened.led) return undefined;
    const live = this.#newLive(opened, progress);
    takeUp(live, this.ctx.getWebSockets("caller"), this.#memory, {
      take: (input) => this.#take(input),
      runTool: (call) => this.ctx.waitUntil(this.#runTool(live, call)),
      giveUp: () => {
        this.#live = undefined;
        this.#inbox = [];
      },
    });
    this.#ties.charged(live);
    return this.#live;
  }

  #newLive(opened: Opened, progress: Progress, key?: string): Live {
    const answering = {
      settings: readSettings(this.env),
      memory: this.#memory,
      toolsIdle: () => this.#tools.idle(),
      take: (input: Input) => this.#take(input),
      play: (delta: AudioDelta) => this.#play(live, delta),
      awake: () => this.#wakes.alarmBy(Date.now() + AWAKE_MS),
      wakeBy: (time: number) => this.#wakes.alarmBy(time),
      gallery: this.#gallery,
      later: (work: Promise<unknown>) => this.ctx.waitUntil(work),
    };
    const live: Live = new Live(opened, progress, answering, this.#filing.recorderOf(opened), key);
    this.#live = live;
    return live;
  }
}
