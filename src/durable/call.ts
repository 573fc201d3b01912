/**
 * One call, from hello to goodbye. One object per call: it opens the engine, accepts the caller's leg, carries events
 * between them, runs the tools, hands over to the specialist, and writes down what happened.
 *
 * The rules of a call are pure and live in `src/call/`; this object carries out their commands. A connection may die at
 * any time; the call may not. The leg's socket hibernates; an engine's outbound socket cannot (workerd issue 4864), so the
 * engine is a field, and whenever it is gone (dropped, ended by its hour, evicted with the object, closed to sleep) a new
 * one is opened the same way and told what the record knows.
 */
import { DurableObject } from "cloudflare:workers";
import { audioArrived, type Command, closeTurns, type Input, step, type ToolCall } from "../call/machine.ts";
import { type Bindings, readSettings } from "../env.ts";
import { asLunaError, errorEvent, LunaError } from "../errors.ts";
import { BrowserLeg, closeQuietly, readOffer, refuse } from "../legs/browser.ts";
import { BYTES_PER_MS } from "../legs/frames.ts";
import type { CallEnded, Mode, PageMessage } from "../legs/wire.ts";
import { log } from "../log.ts";
import type { AudioDelta } from "../realtime/audio-delta.ts";
import type { CallRecord } from "../store/calls.ts";
import { endOf, transferOf } from "./call/ending.ts";
import { SCRIPTED_MODEL, scenarioOf } from "./call/engines.ts";
import { Filing } from "./call/filing.ts";
import { Live } from "./call/live.ts";
import { CallMemory, newProgress, type Opened, type OpenRequest, type Progress } from "./call/record.ts";
import { hashOf, newToken, spend, TOKEN_LIVES_MS } from "./call/token.ts";
import { answerCard, statusesOf, ToolDesk, unfinishedTools, unheardTools } from "./call/tool-desk.ts";
import { Wakes } from "./call/wakes.ts";

/** The transfer is seen and heard to happen: the old seed's animation took as long. */
const TRANSFER_MS = 1_500;
/** A page that is gone may come back: a changed network, a reload, the lid of a laptop. */
const GRACE_MS = 60_000;
/**
 * An outbound socket keeps its object in memory for 15 minutes at most, and a page that gates silence sends nothing; so a
 * call with a provider on the line wakes itself on purpose. One row written a minute.
 */
const AWAKE_MS = 60_000;
const DAY_SPENT = "The host's budget for calls with the AI is used up for now, so the built-in Luna answers.";
/** Answered by the runtime: a page that looks after its socket wakes nobody. */
const PING = new WebSocketRequestResponsePair("ping", "pong");

export class Call extends DurableObject<Bindings> {
  readonly #memory: CallMemory;
  readonly #tools = new ToolDesk();
  readonly #wakes: Wakes;
  readonly #filing: Filing;
  #live: Live | undefined;
  #inbox: Input[] = [];
  #stepping = false;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(PING);
    this.#memory = new CallMemory(ctx.storage);
    this.#wakes = new Wakes(ctx, () => this.#take({ from: "clock" }));
    this.#filing = new Filing({ ctx, env, memory: this.#memory, wakes: this.#wakes });
  }

  // Hello ------------------------------------------------------------------------------------------------------------

  /** Opens the call and dials the engine at once, so that its handshake overlaps the microphone prompt and the ringing. */
  async open(request: OpenRequest): Promise<{ token: string; expires_at: number; mode: Mode }> {
    const now = Date.now();
    const { key, cap_usd, ...kept } = request;
    const mode: Mode = key === undefined ? "scripted" : "ai";
    const wanted = request.settings.model ?? readSettings(this.env).provider.model;
    const opened: Opened = { ...kept, mode, model: mode === "scripted" ? SCRIPTED_MODEL : wanted, opened_at: now };
    const progress = newProgress(mode, mode === "ai" ? cap_usd : null);
    const { token, state: tokenState } = await newToken(now);
    this.#memory.opened = opened;
    this.#memory.progress = progress;
    this.#memory.token = tokenState;
    this.#wakes.alarmBy(now + TOKEN_LIVES_MS + 1_000);
    this.#live = this.#newLive(opened, progress, key);
    // The day's money is spent, so the host's key is left alone.
    if (cap_usd === 0) this.#live.tell({ type: "luna.notice", code: "day_spent", tone: "warning", message: DAY_SPENT });
    this.#live.answering.open();
    return { token, expires_at: tokenState.expires_at, mode };
  }

  /** The page's socket arrives. The token is spent here; what does not fit is told over the socket, where a page can read it. */
  override async fetch(request: Request): Promise<Response> {
    const offer = readOffer(request);
    const [hash, next] = await Promise.all([
      hashOf(offer.token),
      newToken(Date.now(), readSettings(this.env).maxCallMs),
    ]);
    const { 0: page, 1: socket } = new WebSocketPair();
    try {
      if (!offer.fits) {
        throw new LunaError("invalid_request", "This page speaks another language than the call. Reload it.");
      }
      spend(hash, this.#memory.token, Date.now());
      this.#memory.token = { ...next.state, before: { hash, good: true } };
      this.#accept(socket, next.token);
    } catch (thrown) {
      refuse(socket, asLunaError(thrown));
    }
    return new Response(null, { status: 101, webSocket: page, headers: offer.answer });
  }

  /** The page is here: for the first time, or again. The newest tab has the call. */
  #accept(socket: WebSocket, resume: string): void {
    const live = this.#live ?? this.#rouse();
    if (!live) throw new LunaError("call_ended", "This call has ended. Start a new one.");
    const { progress } = live;
    const again = progress.status === "live";
    live.leg?.close(4409, "This call goes on in another tab.");
    this.ctx.acceptWebSocket(socket, ["caller"]);
    progress.leg += 1;
    socket.serializeAttachment(progress.leg);
    Object.assign(progress, { status: "live", left_at: null });
    this.#memory.progress = progress;
    this.#wakes.alarmBy(this.#lastMoment(live.opened));
    live.connect(new BrowserLeg(socket), { token: resume, grace_ms: GRACE_MS });
    if (!again) live.record(live.opened.settings.record ?? false);
    if (again) live.retell(statusesOf(this.#memory.toolRuns()));
    live.answering.earIsThere();
    if (again) this.#take({ from: "leg_back" });
  }

  // The conversation -------------------------------------------------------------------------------------------------

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
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
    for (const piece of audioArrived(live.progress.state, delta, ms, now)) this.#sound(live, piece, now);
  }

  #sound(live: Live, delta: AudioDelta, now: number): void {
    const pcm = live.leg?.play(delta);
    if (pcm) live.recorder?.luna(delta.item_id, pcm, now);
  }

  #fromPage(live: Live, message: PageMessage): void {
    if (message.type === "luna.end") return this.#end("caller_ended");
    if (message.type === "luna.key") return live.answering.keyShown(message.key);
    if (message.type === "luna.confirm") return this.#confirmed(live, message.token, message.yes);
    if (message.type === "luna.wake" && live.progress.state.rest.parked) live.answering.wake();
    if (message.type === "luna.record") live.record(message.on);
    if (message.type === "luna.playback") {
      live.recorder?.playback(message.item_id, message.state, message.heard_ms, Date.now());
    }
    this.#take({ from: "page", message });
  }

  /** Yes or no on the card counts as said. */
  #confirmed(live: Live, token: string, yes: boolean): void {
    const said = answerCard(live.progress, token, yes);
    if (said) live.tellCard();
    if (said) return this.#take({ from: "page", message: said });
    const message = "This question is no longer open. Ask Luna again.";
    live.tell(errorEvent("confirmation_unknown", message, { param: "token" }));
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
  }

  #step(live: Live, input: Input, now: number): void {
    const { state } = live.progress;
    const model = live.answering.isOutside ? live.opened.model : null;
    for (const event of live.meter.watch(state, input, model, now)) live.tell(event);
    for (const command of step(state, input, now)) this.#carryOut(live, command);
    if (live.meter.spent && state.farewell === null) this.#inbox.push({ from: "spent" });
  }

  #carryOut(live: Live, command: Command): void {
    switch (command.do) {
      case "send":
        return live.answering.send(command.event);
      case "tell":
        return live.tell(command.event);
      case "play":
        return this.#sound(live, command.delta, Date.now());
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
      case "unpark":
        return live.answering.reopen();
      case "rotate":
        return live.answering.rotate();
      case "hand_over":
        return this.ctx.waitUntil(this.#handOver(live));
      case "end":
        return this.#end(command.reason);
    }
  }

  /** Written down before it runs, and its result before it is told: whatever happens between, it is done once. */
  async #runTool(live: Live, call: ToolCall): Promise<void> {
    this.#memory.progress = live.progress;
    const finished = await this.#tools.run(call, {
      bank: this.env.BANKS.getByName(live.opened.visitor),
      callId: live.opened.id,
      allowed: scenarioOf(live.opened).tools,
      progress: live.progress,
      tell: (event) => live.tell(event),
    });
    if (this.#live !== live) return;
    this.#memory.writeFinishedTool(finished);
    this.#memory.progress = live.progress;
    this.#filing.soon();
    live.tellCard();
    live.tellCall();
    const { output, run, then } = finished;
    this.#take({ from: "tool", call_id: call.call_id, output, run, then });
  }

  // A human, please --------------------------------------------------------------------------------------------------

  async #handOver(live: Live): Promise<void> {
    live.answering.leave();
    const transfer = transferOf(live, this.#memory);
    live.progress.transfer = { ...transfer, state: "connected" };
    this.#memory.progress = live.progress;
    live.tell({ ...transfer, state: "starting" });
    await scheduler.wait(TRANSFER_MS);
    if (this.#live !== live) return;
    live.progress.speaker = "specialist";
    this.#memory.progress = live.progress;
    live.tell(live.progress.transfer);
    live.answering.reopen();
  }

  // Goodbye ----------------------------------------------------------------------------------------------------------

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    closeQuietly(socket, code, reason);
    this.#legGone(socket);
  }

  override webSocketError(socket: WebSocket): void {
    this.#legGone(socket);
  }

  /** The page may come back within the grace; its engine waits. */
  #legGone(socket: WebSocket): void {
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
    const live = this.#live ?? this.#rouse();
    if (!live) return;
    const now = Date.now();
    for (const command of closeTurns(live.progress.state, now)) {
      if (command.do === "record" || command.do === "tell") this.#carryOut(live, command);
    }
    const ended = endOf(live, this.#memory, reason, now);
    live.progress.status = "ended";
    this.#memory.progress = live.progress;
    this.#memory.ended = ended;
    live.tell(ended);
    live.leg?.close(1000, "The call has ended.");
    live.answering.close();
    this.#wakes.clear();
    this.#live = undefined;
    this.#inbox = [];
    log.info("Call ended", { call: live.opened.id, reason, outcome: ended.outcome, seconds: ended.seconds });
    this.ctx.waitUntil(this.#filing.now());
  }

  // The record -------------------------------------------------------------------------------------------------------

  /** The record as it stands, for the browser that made the call; `null` for anybody else. */
  read(visitor: string): CallRecord | null {
    return this.#memory.opened?.visitor === visitor ? this.#memory.record() : null;
  }

  /** Nobody came, or came back; the call is too long; turns wait for D1; or a rule asked to be woken. */
  override async alarm(): Promise<void> {
    const { opened, progress, ended } = this.#memory;
    if (!opened || !progress) return;
    if (ended) return this.#filing.now();
    const now = Date.now();
    if (progress.status === "open") return this.#end("caller_left");
    if (now >= this.#lastMoment(opened)) return this.#end("too_long");
    if (progress.left_at !== null && now >= progress.left_at + GRACE_MS) return this.#end("caller_left");
    const live = this.#live ?? this.#rouse();
    await this.#filing.now(live);
    this.#take({ from: "clock" });
    this.#wakes.alarmBy(this.#lastMoment(opened));
    if (progress.left_at !== null) this.#wakes.alarmBy(progress.left_at + GRACE_MS);
    if (live?.answering.isOutside) this.#wakes.alarmBy(now + AWAKE_MS);
  }

  #lastMoment(opened: Opened): number {
    return opened.opened_at + readSettings(this.env).maxCallMs;
  }

  // After sleep or eviction ------------------------------------------------------------------------------------------

  /** The object was rebuilt: the record becomes memory again. A call that was not asleep gets an engine that is told all of it. */
  #rouse(): Live | undefined {
    const { opened, progress, ended } = this.#memory;
    if (!opened || !progress || ended) return undefined;
    const live = this.#newLive(opened, progress);
    this.#live = live;
    log.info("Call goes on in a rebuilt object", { call: opened.id, asleep: progress.state.rest.parked });
    const socket = this.ctx.getWebSockets("caller").find((one) => live.isOf(one));
    if (socket) live.leg = new BrowserLeg(socket);
    if (progress.state.handing_over) progress.speaker = "specialist";
    const finished = this.#memory.finishedTools();
    for (const { run, output, then } of unheardTools(progress.state, finished)) {
      this.#take({ from: "tool", call_id: run.call_id, output, run, then });
    }
    for (const call of unfinishedTools(progress.state, finished)) {
      this.ctx.waitUntil(this.#runTool(live, call));
    }
    if (progress.state.rest.parked) return live;
    this.#take({ from: "engine_gone", again: opened.mode === "ai" && !progress.fell_back });
    live.answering.reopen();
    return live;
  }

  #newLive(opened: Opened, progress: Progress, key?: string): Live {
    const answering = {
      settings: readSettings(this.env),
      memory: this.#memory,
      toolsIdle: () => this.#tools.idle(),
      take: (input: Input) => this.#take(input),
      play: (delta: AudioDelta) => this.#play(live, delta),
      awake: () => this.#wakes.alarmBy(Date.now() + AWAKE_MS),
    };
    const live: Live = new Live(opened, progress, answering, this.#filing.recorderOf(opened), key);
    return live;
  }
}
