/**
 * One call, from hello to goodbye. One object per call: it opens the engine, accepts the caller's leg, carries events
 * between them, runs the tools, falls back when the engine is gone, hands over to the specialist, and writes down what
 * happened.
 *
 * The rules of a call are pure and live in `src/call/`; this object carries out their commands. A connection may die at
 * any time; the call may not. The leg's socket hibernates; an engine's outbound socket cannot (workerd issue 4864), so the
 * engine is a field, and whenever it is lost a new one is opened and told what the record knows.
 */
import { DurableObject } from "cloudflare:workers";
import {
  audioArrived,
  type Command,
  closeTurns,
  type Input,
  outcomeOf,
  seeds,
  step,
  type ToolCall,
} from "../call/machine.ts";
import { turnsInOrder } from "../call/transcript.ts";
import type { EngineListener, Gone } from "../engines/engine.ts";
import { type Bindings, readSettings } from "../env.ts";
import { asLunaError, errorEvent, LunaError } from "../errors.ts";
import { BrowserLeg, closeQuietly, readOffer, refuse } from "../legs/browser.ts";
import { BYTES_PER_MS } from "../legs/frames.ts";
import type { CallEnded, Mode, PageMessage } from "../legs/wire.ts";
import { log } from "../log.ts";
import { scenarioOfSpecialist } from "../scenarios/index.ts";
import { type CallRecord, saveCall } from "../store/calls.ts";
import { confirmByCard } from "../tools/policy.ts";
import { departmentIn, summaryCard } from "../tools/summary.ts";
import { openEngine, SCRIPTED_MODEL, scenarioOf } from "./call/engines.ts";
import { latencyOf } from "./call/latency.ts";
import { Live } from "./call/live.ts";
import { CallMemory, newProgress, type Opened, type OpenRequest } from "./call/record.ts";
import { hashOf, newToken, spend, TOKEN_LIVES_MS } from "./call/token.ts";
import { openCard, ToolDesk } from "./call/tool-desk.ts";
import { Wakes } from "./call/wakes.ts";

/** The transfer is seen and heard to happen: the old seed's animation took as long. */
const TRANSFER_MS = 1_500;
/** Waits between tries to bring the record to D1. */
const SAVE_AGAIN_MS = 5_000;

export class Call extends DurableObject<Bindings> {
  readonly #memory: CallMemory;
  readonly #tools = new ToolDesk();
  readonly #wakes: Wakes;
  #live: Live | undefined;
  #inbox: Input[] = [];
  #stepping = false;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#memory = new CallMemory(ctx.storage);
    this.#wakes = new Wakes(ctx, () => this.#take({ from: "clock" }));
  }

  // Hello ------------------------------------------------------------------------------------------------------------

  /** Opens the call and dials the engine at once, so that its handshake overlaps the microphone prompt and the ringing. */
  async open(request: OpenRequest): Promise<{ token: string; expires_at: number; mode: Mode }> {
    const now = Date.now();
    const { key, ...kept } = request;
    const mode: Mode = key === undefined ? "scripted" : "ai";
    const model =
      mode === "scripted" ? SCRIPTED_MODEL : (request.settings.model ?? readSettings(this.env).provider.model);
    const opened: Opened = { ...kept, mode, model, opened_at: now };
    const progress = newProgress(mode);
    const { token, state: tokenState } = await newToken(now);
    this.#memory.opened = opened;
    this.#memory.progress = progress;
    this.#memory.token = tokenState;
    await this.ctx.storage.setAlarm(now + TOKEN_LIVES_MS + 1_000);
    this.#live = new Live(opened, progress, key);
    this.#openEngine(this.#live);
    return { token, expires_at: tokenState.expires_at, mode };
  }

  /** The page's socket arrives. The token is spent here; what does not fit is told over the socket, where a page can read it. */
  override async fetch(request: Request): Promise<Response> {
    const offer = readOffer(request);
    const hash = await hashOf(offer.token);
    const { 0: page, 1: socket } = new WebSocketPair();
    try {
      if (!offer.fits) {
        throw new LunaError("invalid_request", "This page speaks another language than the call. Reload it.");
      }
      this.#memory.token = spend(hash, this.#memory.token, Date.now());
      await this.#accept(socket);
    } catch (thrown) {
      refuse(socket, asLunaError(thrown));
    }
    return new Response(null, { status: 101, webSocket: page, headers: offer.answer });
  }

  async #accept(socket: WebSocket): Promise<void> {
    const live = this.#live ?? this.#wake();
    if (!live) throw new LunaError("call_ended", "This call has ended. Start a new one.");
    this.ctx.acceptWebSocket(socket, ["caller"]);
    live.progress.status = "live";
    this.#memory.progress = live.progress;
    await this.ctx.storage.setAlarm(this.#lastMoment(live.opened));
    live.connect(new BrowserLeg(socket));
    if (live.ready) this.#begin(live);
  }

  // The engine -------------------------------------------------------------------------------------------------------

  #openEngine(live: Live): void {
    live.dropEngine();
    const number = live.engineNumber;
    const current = () => this.#live === live && live.engineNumber === number;
    const listener: EngineListener = {
      onReady: () => {
        if (!current()) return;
        live.ready = true;
        live.tellEngine();
        // Luna greets when there is an ear to hear it.
        if (live.leg) this.#begin(live);
      },
      onEvent: (event) => {
        if (current() && live.ready) this.#take({ from: "engine", event });
      },
      onAudio: (delta) => {
        if (!current() || !live.leg) return;
        const ms = (delta.base64.length * 0.75) / BYTES_PER_MS;
        for (const piece of audioArrived(live.progress.state, delta, ms, Date.now())) live.leg.play(piece);
      },
      onGone: (gone) => {
        if (current()) this.ctx.waitUntil(this.#engineGone(live, gone));
      },
    };
    live.engine = openEngine({
      opened: live.opened,
      speaker: live.progress.speaker,
      key: live.key,
      settings: readSettings(this.env),
      listener,
    });
    live.tellEngine();
  }

  /** Engine and ear are both there: tell the engine what it missed, then let the rules speak. */
  #begin(live: Live): void {
    const engine = live.engine;
    if (!engine) return;
    const resumed = live.resuming;
    live.resuming = false;
    if (resumed)
      for (const event of seeds(live.progress.state, this.#memory.finishedTools())) engine.engine.send(event);
    const setup = { text: engine.text, speaker: live.progress.speaker, silence_ms: engine.silence_ms };
    this.#take({ from: "engine_ready", setup, resumed });
  }

  /** Whatever took the engine away, the answer is the same: say so in one sentence, open the scripted one, go on from the record. */
  async #engineGone(live: Live, gone: Gone): Promise<void> {
    log.warn("Engine gone", { call: live.opened.id, code: gone.code, retriable: gone.retriable });
    live.dropEngine();
    const message = `${gone.message} The built-in Luna takes over; nothing of the call is lost.`;
    live.tell({ type: "luna.notice", code: gone.code, tone: "warning", message });
    live.key = undefined;
    live.progress.fell_back = true;
    live.resuming = live.leg !== undefined;
    this.#take({ from: "engine_gone" });
    // Tools under way finish first: the new engine is told their results, so none is asked for again.
    await this.#tools.idle();
    const handingOver = live.progress.state.handing_over;
    if (this.#live === live && !live.engine && !handingOver) this.#openEngine(live);
  }

  // The conversation -------------------------------------------------------------------------------------------------

  override webSocketMessage(socket: WebSocket, data: string | ArrayBuffer): void {
    const live = this.#live ?? this.#wake(socket);
    if (!live?.leg) return closeQuietly(socket, 4410, "This call has ended.");
    const read = live.leg.read(data);
    if (read.kind === "audio") live.engine?.engine.hear(read.frame);
    else if (read.kind === "error") live.leg.tell(read.event);
    else if (read.kind === "message") this.#fromPage(live, read.message);
  }

  #fromPage(live: Live, message: PageMessage): void {
    if (message.type === "luna.end") return this.#end("caller_ended");
    if (message.type === "luna.confirm") return this.#confirmed(live, message.token, message.yes);
    this.#take({ from: "page", message });
  }

  /** Yes or no on the card counts as said: the policy remembers it for exactly that change, and the engine hears the words. */
  #confirmed(live: Live, token: string, yes: boolean): void {
    if (openCard(live.progress)?.token !== token) {
      const message = "This question is no longer open. Ask Luna again.";
      return live.leg?.tell(errorEvent("confirmation_unknown", message, { param: "token" }));
    }
    live.progress.policy = confirmByCard(live.progress.policy, token, yes);
    live.tellCard();
    const content: [{ type: "input_text"; text: string }] = [
      { type: "input_text", text: yes ? "Yes, that's right." : "No, don't do that." },
    ];
    const item = { type: "message" as const, role: "user" as const, content };
    this.#take({ from: "page", message: { type: "conversation.item.create", item, luna_how: "typed" } });
  }

  /** One input at a time: what the commands of one step set off is queued behind them, never run inside. */
  #take(input: Input): void {
    this.#inbox.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inbox.shift(); next && this.#live; next = this.#inbox.shift()) {
        for (const command of step(this.#live.progress.state, next, Date.now())) this.#carryOut(this.#live, command);
      }
    } finally {
      this.#stepping = false;
    }
  }

  #carryOut(live: Live, command: Command): void {
    switch (command.do) {
      case "send":
        return live.engine?.engine.send(command.event);
      case "tell":
        return live.tell(command.event);
      case "play":
        return live.leg?.play(command.delta);
      case "run":
        return this.ctx.waitUntil(this.#runTool(live, command.call));
      case "record":
        this.#memory.writeTurn(command.turn);
        live.tellCard();
        this.#memory.progress = live.progress;
        return;
      case "wake":
        return this.#wakes.at(command.at);
      case "hand_over":
        return this.ctx.waitUntil(this.#handOver(live));
      case "end":
        return this.#end(command.reason);
    }
  }

  async #runTool(live: Live, call: ToolCall): Promise<void> {
    const scenario = scenarioOf(live.opened);
    const finished = await this.#tools.run(call, {
      bank: this.env.BANKS.getByName(live.opened.visitor),
      callId: live.opened.id,
      allowed: scenario.tools,
      progress: live.progress,
      tell: (event) => live.tell(event),
    });
    if (this.#live !== live) return;
    this.#memory.writeFinishedTool(finished);
    this.#memory.progress = live.progress;
    live.tellCard();
    live.tellCall();
    this.#take({
      from: "tool",
      call_id: call.call_id,
      output: finished.output,
      run: finished.run,
      then: finished.then,
    });
  }

  // A human, please --------------------------------------------------------------------------------------------------

  async #handOver(live: Live): Promise<void> {
    live.dropEngine();
    const scenario = scenarioOf(live.opened);
    const runs = this.#memory.toolRuns();
    const { name, department } = scenarioOfSpecialist(scenario, departmentIn(runs)).specialist;
    const summary = summaryCard({
      caller: scenario.caller.name,
      policy: live.progress.policy,
      turns: turnsInOrder(live.progress.state),
      runs,
    });
    const transfer = { type: "luna.transfer" as const, department, specialist: name, summary };
    live.tell({ ...transfer, state: "starting" });
    await scheduler.wait(TRANSFER_MS);
    if (this.#live !== live) return;
    live.progress.speaker = "specialist";
    live.resuming = true;
    live.tell({ ...transfer, state: "connected" });
    this.#openEngine(live);
  }

  // Goodbye ----------------------------------------------------------------------------------------------------------

  override webSocketClose(socket: WebSocket, code: number, reason: string): void {
    closeQuietly(socket, code, reason);
    this.#legGone();
  }

  override webSocketError(): void {
    this.#legGone();
  }

  #legGone(): void {
    const live = this.#live ?? this.#wake();
    if (!live) return;
    live.leg = undefined;
    this.#take({ from: "leg_gone" });
    this.#end("caller_left");
  }

  /** Settles everything, once: open turns, outcome, the goodbye to the page, both sockets, the record. */
  #end(reason: CallEnded["reason"]): void {
    const live = this.#live;
    if (!live) return;
    const now = Date.now();
    for (const command of closeTurns(live.progress.state, now)) {
      if (command.do === "record" || command.do === "tell") this.#carryOut(live, command);
    }
    const ended: CallEnded = {
      type: "luna.ended",
      reason,
      outcome: outcomeOf(live.progress.state, reason),
      seconds: Math.round((now - live.opened.opened_at) / 1000),
      latency: latencyOf(this.#memory.turns()),
    };
    live.progress.status = "ended";
    this.#memory.progress = live.progress;
    this.#memory.ended = ended;
    live.tell(ended);
    live.leg?.close(1000, "The call has ended.");
    live.dropEngine();
    this.#wakes.clear();
    this.#live = undefined;
    this.#inbox = [];
    log.info("Call ended", { call: live.opened.id, reason, outcome: ended.outcome, seconds: ended.seconds });
    this.ctx.waitUntil(this.#save());
  }

  // The record -------------------------------------------------------------------------------------------------------

  /** The record as it stands, for the browser that made the call; `null` for anybody else. */
  read(visitor: string): CallRecord | null {
    return this.#memory.opened?.visitor === visitor ? this.#memory.record() : null;
  }

  /** Brings the record to D1 and then forgets the call. D1 away for a while only means later. */
  async #save(): Promise<void> {
    const record = this.#memory.record();
    if (record?.outcome == null) return;
    try {
      await saveCall(this.env.DB, record);
      await this.ctx.storage.deleteAll();
    } catch (thrown) {
      log.error("Record not saved, will try again", { call: record.id, error: (thrown as Error).name });
      await this.ctx.storage.setAlarm(Date.now() + SAVE_AGAIN_MS);
    }
  }

  /** Nobody came, the call is too long, D1 was away, or a rule asked to be woken. */
  override async alarm(): Promise<void> {
    const { opened, progress, ended } = this.#memory;
    if (ended) return this.#save();
    if (!opened || !progress) return;
    const live = this.#live ?? this.#wake();
    if (progress.status === "open") return this.#end("caller_left");
    const last = this.#lastMoment(opened);
    if (Date.now() >= last || !live?.leg) return this.#end(live?.leg ? "too_long" : "caller_left");
    await this.ctx.storage.setAlarm(last);
    this.#take({ from: "clock" });
  }

  #lastMoment(opened: Opened): number {
    return opened.opened_at + readSettings(this.env).maxCallMs;
  }

  // After sleep or eviction ------------------------------------------------------------------------------------------

  /** The object was evicted with the caller still connected: the record becomes memory again, and an engine is told all of it. */
  #wake(socket = this.ctx.getWebSockets("caller")[0]): Live | undefined {
    const { opened, progress, ended } = this.#memory;
    if (!opened || !progress || ended) return undefined;
    const live = new Live(opened, progress);
    this.#live = live;
    if (!socket) return live;
    live.leg = new BrowserLeg(socket);
    live.resuming = true;
    if (progress.state.handing_over) progress.speaker = "specialist";
    if (opened.mode === "ai" && !progress.fell_back) {
      progress.fell_back = true;
      const message = "The line to the AI was lost. The built-in Luna takes over; nothing of the call is lost.";
      live.tell({ type: "luna.notice", code: "woken", tone: "warning", message });
    }
    this.#take({ from: "engine_gone" });
    this.#openEngine(live);
    return live;
  }
}
