/**
 * A call that a client leads over `GET /v1/realtime`: its events go to the engine as they are, the engine's go to it as they
 * came, and the record is kept beside. The same object, engine seat, tools, policy, money and filing as in every call; the
 * rules are those of `src/call/led.ts`.
 *
 * The client's socket hibernates. Nobody can come back to a lost one (the protocol has no way to), so the call ends with it.
 */
import { keepsSystem, type LedInput, type LedRules, ledAudio, ledStep, typedWords } from "../../call/led.ts";
import { closeTurns, seeds } from "../../call/machine.ts";
import { Shown } from "../../call/shown.ts";
import type { Command, ToolCall } from "../../call/state.ts";
import { TOOL_LOST_MS, toolsRunAgain } from "../../call/tool-calls.ts";
import type { Gone } from "../../engines/engine.ts";
import { fragmentVoice, fromAssets } from "../../engines/scripted/voice/fragment-voice.ts";
import { type LunaSettings, readSettings } from "../../env.ts";
import { brokenOff, readClientFrame, type SdkLeg } from "../../legs/sdk.ts";
import type { CallEnded } from "../../legs/wire.ts";
import { log } from "../../log.ts";
import type { AudioDelta } from "../../realtime/audio-delta.ts";
import type { ServerEvent } from "../../realtime/events.ts";
import { cameBackLate, endOf, transferOf } from "./ending.ts";
import { allowedOf, eventOf } from "./led-bound.ts";
import { agentOf, openLedEngine } from "./led-engines.ts";
import type { LedHost } from "./led-host.ts";
import { hopeless, type Parting, tooLong, usedUp } from "./led-parting.ts";
import { LedSound } from "./led-sound.ts";
import { AWAKE_MS } from "./limits.ts";
import { Meter, transcriberOf } from "./meter.ts";
import type { Opened, Progress } from "./record.ts";
import { EngineSeat } from "./seat.ts";
import { deskOf, unfinishedTools, unheardTools } from "./tool-desk.ts";
import { Waiting } from "./waiting.ts";
import { within } from "./within.ts";

export class LedCall {
  readonly opened: Opened;
  readonly progress: Progress;
  readonly meter: Meter;
  readonly #host: LedHost;
  readonly #settings: LunaSettings;
  readonly #seat: EngineSeat;
  readonly #shown: Shown;
  readonly #own: ReadonlySet<string>;
  readonly #waiting = new Waiting();
  /** By WebRTC between the client and the provider; absent: through here. */
  readonly #sound: LedSound | undefined;
  /** Whoever leads; by WebRTC, the program's sideband, if it has one. */
  #leg: SdkLeg | undefined;
  #inbox: LedInput[] = [];
  #stepping = false;
  #over = false;
  /** The call is in the object's storage, or will be with the next turn of the event loop or the next event. */
  #written: boolean;
  #writing: ReturnType<typeof setTimeout> | undefined;

  /** @param written it is in the record already: the object was rebuilt. */
  constructor(host: LedHost, opened: Opened, progress: Progress, written: boolean) {
    this.#host = host;
    this.#written = written;
    this.opened = opened;
    this.progress = progress;
    this.#settings = readSettings(host.env);
    this.#own = new Set(agentOf(opened)?.tools);
    this.#shown = new Shown(this.#own);
    if (opened.peer) this.#sound = new LedSound(opened, progress, this.#settings);
    this.meter = new Meter(progress.counts, () => transcriberOf(progress.session) ?? this.#settings.transcriptionModel);
    const key = opened.server_key ? this.#settings.serverKey : undefined;
    const voice = fragmentVoice(fromAssets(host.env.ASSETS));
    this.#seat = new EngineSeat({
      open: (listener, retell, scripted) => {
        const engineKey = scripted ? undefined : key;
        const settings = this.#settings;
        return openLedEngine({ opened, progress, key: engineKey, settings, listener, retell, voice });
      },
      retell: async () => {
        await within(TOOL_LOST_MS, host.tools.idle());
        return [...progress.system, ...seeds(progress.state, host.memory.finishedTools())];
      },
      onChange: () => undefined,
      onBack: () => this.#take({ from: "engine_back" }),
      onReady: () => this.#engineReady(),
      onEvent: (event) => this.#fromEngine(event),
      onAudio: (delta) => this.#audio(delta),
      onRaw: (text) => this.#down(text),
      onLost: (gone, again) => this.#lost(gone, again),
      items: () => progress.state.transcript.order.length,
      maySwap: () => false,
      onSwapped: () => undefined,
    });
    if (opened.mode === "scripted" || progress.fell_back) this.#seat.giveUp();
  }

  // Hello ------------------------------------------------------------------------------------------------------------

  /** Dials at once: nothing that is written or accepted comes before it. */
  dial(again = false): void {
    // What was due while nobody was there may have ended it.
    if (this.#over) return;
    this.#seat.open(again);
    // There is no client to be kept waiting by a write, and nobody but the alarm to end the call.
    if (this.#sound) this.#writeDown();
  }

  /** There from now on, whatever happens. Not before the client has its session: storage holds back what is sent after a write. */
  #writeDown(): void {
    if (this.#written) return;
    clearTimeout(this.#writing ?? null);
    const { memory, wakes } = this.#host;
    try {
      memory.opened = this.opened;
    } catch (thrown) {
      // With the next event: `#writing` stands.
      log.error("Led call not written, will try again", { call: this.opened.id, error: (thrown as Error).name });
      return;
    }
    this.#writing = undefined;
    this.#written = true;
    memory.progress = this.progress;
    wakes.alarmBy(this.#isOutside ? Math.min(Date.now() + AWAKE_MS, this.lastMoment) : this.lastMoment);
  }

  /** The object was rebuilt: the record is memory again, and a new engine is told of it. */
  rouse(): void {
    const { progress, opened } = this;
    toolsRunAgain(progress.state, Date.now());
    this.#host.memory.catchUp(progress.state);
    const finished = this.#host.memory.finishedTools();
    if (progress.state.handing_over) progress.speaker = "specialist";
    for (const { run, output, then } of unheardTools(progress.state, finished)) {
      this.#take({ from: "tool", call_id: run.call_id, output, run, then });
    }
    for (const call of unfinishedTools(progress.state, finished)) {
      if (this.#own.has(call.name)) this.#host.ctx.waitUntil(this.#runTool(call));
    }
    log.info("Engine is opened again", { call: opened.id });
    // A WebRTC call has lived on without this object.
    if (this.#sound) this.#take({ from: "engine_back" });
    else this.#engineGone();
    this.dial(true);
  }

  accept(leg: SdkLeg): void {
    this.#leg?.close(1000, "Another sideband has joined this call.");
    this.#leg = leg;
  }

  /** Its sound goes by WebRTC: a program may join it, and leave it. */
  get byPeer(): boolean {
    return this.#sound !== undefined;
  }

  get lastMoment(): number {
    return this.opened.opened_at + this.#settings.maxCallMs;
  }

  get #isOutside(): boolean {
    return this.#seat.engine?.engine.kind === "provider";
  }

  #engineReady(): void {
    const specialist = this.progress.state.handing_over;
    if (specialist) Object.assign(this.progress.state, { handing_over: false });
    this.#take({ from: "engine_ready", speaks: specialist });
    // What the client said while nobody was there, behind the `session.created` that it waits for.
    queueMicrotask(() => {
      for (const text of this.#waiting.take()) this.#up(text);
    });
  }

  // The conversation -------------------------------------------------------------------------------------------------

  /** One frame of the client. Hot path where it is sound. */
  hear(data: string | ArrayBuffer): void {
    const read = readClientFrame(data);
    if (read.kind === "error") return this.#leg?.refuse(read.error);
    if (this.#seat.ready && this.#waiting.empty) return this.#up(read.text, read.kind === "event" ? read.event : null);
    if (this.#waiting.add(read.text)) return;
    const message = "The session is not open yet and cannot keep more. Wait for session.created.";
    this.#leg?.refuse({ type: "invalid_request_error", code: "session_not_ready", message });
  }

  /** @param event the text, read; null where it is sound. */
  #up(text: string, event = eventOf(text)): void {
    if (event === null) return this.#seat.forward(text);
    if (this.#writing !== undefined) this.#writeDown();
    const allowed = allowedOf(event, this.opened, this.#settings, this.byPeer);
    if (!allowed.ok) return this.#leg?.refuse(allowed.error);
    const said = this.#sound?.fromProgram(allowed.event) ?? allowed.event;
    if (keepsSystem(this.progress.system, event)) this.#host.memory.progress = this.progress;
    const typed = typedWords(event);
    if (typed) this.meter.watch(this.progress.state, typed, null, Date.now());
    this.#take({ from: "client", event });
    this.#seat.forward(said === event ? text : JSON.stringify(said));
  }

  /** Hot path, downwards: what the engine says, as it said it. */
  #down(text: string): void {
    const shown = this.#shown.pass(text);
    if (shown !== null) this.#leg?.pass(shown);
  }

  #audio(delta: AudioDelta): void {
    const now = Date.now();
    const format = this.progress.session?.audio?.output?.format?.type ?? "audio/pcm";
    ledAudio(this.progress.state, delta, format, now);
    this.meter.audio(delta, now);
  }

  #fromEngine(event: ServerEvent): void {
    if (this.#writing !== undefined) this.#writeDown();
    const now = Date.now();
    const { progress, opened } = this;
    this.#watch(event);
    if (event.type === "session.created" || event.type === "session.updated") this.#sessionIs(event);
    this.meter.watch(progress.state, { from: "engine", event }, this.#isOutside ? opened.model : null, now);
    this.#take({ from: "engine", event });
    if (this.meter.spent) this.#take({ from: "spent" });
    // Before it may be put to sleep: what is remembered of a response under way would be asked for again.
    if (event.type === "response.done") this.#host.memory.progress = progress;
  }

  /** What the client has asked of the provider past Luna, and may not have. */
  #watch(event: ServerEvent): void {
    const answer = this.#sound?.watch(event) ?? [];
    if (answer === "over") return this.end("failed", 4000, "The client goes on changing what its secret is bound to.");
    for (const one of answer) this.#seat.send(one);
  }

  /** What holds now is remembered for another engine. A session that Luna configured is the client's first news of it. */
  #sessionIs(event: Extract<ServerEvent, { type: "session.created" | "session.updated" }>): void {
    const { session } = event;
    const { progress, opened } = this;
    // What has been sent leaves when this turn ends: a client's first event would wait for the tables to be made.
    if (!this.#written) this.#writing ??= setTimeout(() => this.#writeDown(), 0);
    if (session.type !== "realtime") return;
    const configured = progress.session === undefined && (opened.agent !== undefined || opened.bound !== undefined);
    if (configured && !this.byPeer) this.#leg?.pass(JSON.stringify({ ...event, type: "session.created" }));
    progress.session = session;
    if (this.#written) this.#host.memory.progress = progress;
  }

  #take(input: LedInput): void {
    this.#inbox.push(input);
    if (this.#stepping) return;
    this.#stepping = true;
    try {
      for (let next = this.#inbox.shift(); next && !this.#over; next = this.#inbox.shift()) {
        const commands = ledStep(this.progress.state, next, this.#rules, Date.now());
        for (const command of commands) this.#carryOut(command);
      }
    } finally {
      this.#stepping = false;
    }
    this.#host.gallery.touch();
  }

  get #rules(): LedRules {
    const detection = this.progress.session?.audio?.input?.turn_detection;
    return { own: this.#own, answers: detection != null && detection.create_response !== false };
  }

  #carryOut(command: Command): void {
    const { memory, filing, wakes, ctx } = this.#host;
    switch (command.do) {
      case "send":
        return this.#seat.send(command.event);
      case "run":
        return ctx.waitUntil(this.#runTool(command.call));
      case "ran":
        memory.writeFinishedTool({ run: command.run, output: command.output, then: undefined });
        memory.progress = this.progress;
        return filing.soon();
      case "record":
        memory.writeTurn(command.turn);
        memory.progress = this.progress;
        return filing.soon();
      case "wake":
        return wakes.at(command.at);
      case "hand_over":
        return this.#handOver();
      case "end":
        return command.reason === "spent" ? this.#part(usedUp()) : this.end(command.reason);
      default:
    }
  }

  /** As in every call: written down before it runs, once, behind the same policy. */
  async #runTool(call: ToolCall): Promise<void> {
    const { memory, env, tools, filing, gallery } = this.#host;
    const written = memory.keep(this.progress);
    const { opened, progress } = this;
    const desk = deskOf(env, { opened, progress, tell: (event) => gallery.tell(event) }, [...this.#own], written);
    const finished = await tools.run(call, desk);
    memory.writeFinishedTool(finished);
    if (this.#over) return cameBackLate(this.progress, memory, finished);
    memory.progress = this.progress;
    filing.soon();
    const { output, run, then } = finished;
    this.#take({ from: "tool", call_id: call.call_id, output, run, then });
  }

  /** The specialist answers in the same session: another engine, told the conversation. */
  #handOver(): void {
    this.progress.transfer = { ...transferOf(this, this.#host.memory), state: "connected" };
    this.progress.speaker = "specialist";
    this.progress.state.engine.speaker = "specialist";
    this.#seat.leave();
    this.#engineGone();
    this.#host.memory.progress = this.progress;
    this.dial(true);
  }

  // The engine is gone -----------------------------------------------------------------------------------------------

  #lost(gone: Gone, again: boolean): void {
    const { opened, progress } = this;
    log.warn("Engine gone", { call: opened.id, code: gone.code, again });
    // The client has hung up at the provider, or nobody can tell any more what it does there.
    if (this.#sound) return this.end(gone.code === "webrtc_ended" ? "caller_ended" : "failed", 1000, gone.message);
    this.#engineGone();
    if (again) return;
    if (opened.agent === undefined) return this.#part(hopeless(gone));
    progress.fell_back = true;
    this.#host.memory.progress = progress;
  }

  /** Whoever waits for the end of a response gets one: SDKs ask for nothing new before. */
  #engineGone(): void {
    const { response_id } = this.progress.state.gate;
    if (response_id !== null) this.#leg?.tell(brokenOff(response_id));
    this.meter.leaves(this.progress.state);
    this.#take({ from: "engine_gone" });
  }

  // Goodbye ----------------------------------------------------------------------------------------------------------

  /** The client's socket is closed. A program may leave its sideband; the call is over when the WebRTC line is. */
  gone(code: number, socket: WebSocket): void {
    if (this.#leg?.isOf(socket) === false) return;
    this.#leg = undefined;
    if (!this.byPeer) this.end(code === 1000 || code === 1005 ? "caller_ended" : "caller_left");
  }

  /** Told why, before its time. */
  #part({ reason, code, why, error }: Parting): void {
    this.#leg?.tell(error);
    this.end(reason, code, why);
  }

  /** Settles everything, once. */
  end(reason: CallEnded["reason"], code = 1000, why = "The call has ended."): void {
    if (this.#over) return;
    this.#over = true;
    this.meter.leaves(this.progress.state);
    // First of all, whatever storage says to what follows: nobody talks on here.
    this.#leg?.close(code, why);
    this.#seat.leave();
    const { memory, wakes, filing, ctx } = this.#host;
    if (this.#sound) ctx.waitUntil(this.#sound.hangUp());
    wakes.clear();
    this.#writeDown();
    const { progress, opened } = this;
    const now = Date.now();
    for (const command of closeTurns(progress.state, now)) {
      if (command.do === "record") memory.writeTurn(command.turn);
    }
    const ended = endOf(this, memory, reason, now);
    progress.status = "ended";
    memory.progress = progress;
    memory.ended = ended;
    this.#host.gallery.ended(ended);
    log.info("Led call ended", { call: opened.id, reason, outcome: ended.outcome, seconds: ended.seconds });
    ctx.waitUntil(filing.now());
  }

  /** Storage does not give what the call was: nothing more is told, sent or written by what there is of it here. */
  giveUp(): void {
    this.#over = true;
    this.#seat.leave();
  }

  clock(): void {
    this.#take({ from: "clock" });
  }

  /** The object's alarm. */
  async alarm(now: number): Promise<void> {
    const { filing, wakes } = this.#host;
    // Lost with the object: no close was told.
    if (!this.#leg && !this.byPeer) return this.end("caller_left");
    if (now >= this.lastMoment) return this.#part(tooLong(this.#settings.maxCallMs));
    this.clock();
    if (this.#over) return;
    wakes.alarmBy(this.#isOutside ? Math.min(now + AWAKE_MS, this.lastMoment) : this.lastMoment);
    await filing.now(this);
  }
}
