/**
 * The line: one AudioContext at the device's own rate, a microphone worklet, a playback worklet.
 *
 * Everything that leaves or enters here is PCM16 mono at 24 kHz; the worklets resample. The context never gets a rate of
 * our choosing: some browsers cannot connect a microphone to it then, and lose their echo cancelling. Assign the `on…`
 * callbacks before `open()`.
 */
import { type Beside, type LineOptions, newContext, setAudioSession } from "./context.ts";
import { type AudioDevices, listDevices } from "./devices.ts";
import { letGo, openMicrophone, stopStream } from "./microphone.ts";
import { Speaker } from "./speaker.ts";
import { LineTrouble, type Trouble } from "./trouble.ts";
import {
  CAPTURE,
  type FromCapture,
  type FromPlayback,
  type Heard,
  PLAYBACK,
  type PlaybackReport,
  type ToCapture,
  type ToPlayback,
} from "./worklet-messages.ts";

export type { AudioDevices } from "./devices.ts";
export { LineTrouble, type Trouble } from "./trouble.ts";
export type { Heard, PlaybackReport } from "./worklet-messages.ts";

const CAPTURE_URL = "/build/capture-worklet.js";
const PLAYBACK_URL = "/build/playback-worklet.js";
/** An answer from the playback worklet takes about 1 ms; a context that does not answer in this time stands still. */
const FLUSH_PATIENCE = 300;
/** Sound time must move within this time when the context says that it runs. */
const FROZEN_AFTER = 500;

interface Capture {
  stream: MediaStream;
  source: MediaStreamAudioSourceNode;
  node: AudioWorkletNode;
}

export class AudioLine {
  onFrame: (pcm: ArrayBuffer) => void = () => {};
  onPlayback: (report: PlaybackReport) => void = () => {};
  onDeviceChange: (devices: AudioDevices) => void = () => {};
  onTrouble: (code: Trouble) => void = () => {};
  /** Another microphone is open. */
  onMicrophone: (stream: MediaStream) => void = () => {};

  #context: AudioContext;
  #speaker: Speaker;
  #options: LineOptions = { microphone: false };
  #playback: AudioWorkletNode | undefined;
  /** Kept in a field: a source node nobody refers to may be collected, and the microphone falls silent. */
  #capture: Capture | undefined;
  #micMuted = false;
  #speakerMuted = false;
  #beside: Beside | null = null;
  #levels = { mic: 0, luna: 0 };
  #flushes = new Map<number, (heard: Heard[]) => void>();
  #flushCount = 0;
  /** What is under way in the playback worklet, by its last report: the answer to a flush when the worklet is dead. */
  #sounding = new Map<string, Heard>();
  /** What was to be played before the worklet was there. */
  #early: ToPlayback[] = [];
  #opening = 0;
  #resuming = false;
  #closed = false;

  private constructor() {
    this.#context = newContext();
    this.#speaker = new Speaker(this.#context);
  }

  /**
   * Call this first thing in the click handler, before any await: browsers only let sound start inside a gesture. Makes and
   * resumes the AudioContext and starts the element that plays it; `open()` may follow at any later time.
   */
  static unlock(): AudioLine {
    return new AudioLine();
  }

  /** Sound runs: without a gesture of the person some browsers keep it suspended. */
  get running(): boolean {
    return this.#context.state === "running";
  }
  /** false where nothing can sound: by http, browsers have no worklets. */
  get plays(): boolean {
    return this.#context.audioWorklet !== undefined;
  }
  /** Delay from the worklet to the ear as far as the browser knows it, ms (Bluetooth adds up to 250 that it does not). */
  get outputLatencyMs(): number {
    return 1000 * (this.#context.outputLatency || this.#context.baseLatency || 0);
  }

  /**
   * Builds the graph. Rejects with `LineTrouble` when the microphone cannot be had (the line still plays then) or when
   * the browser cannot play at all (`playback_failed`).
   */
  async open(options: LineOptions): Promise<void> {
    // Hung up while the call was being opened.
    if (this.#closed) return;
    this.#options = { frameMs: this.#options.frameMs, ...options };
    this.#watch();
    const microphone = options.microphone ? openMicrophone(options.inputId) : undefined;
    microphone?.catch(() => undefined);
    // Opened once more for the microphone's sake: what sounds goes on, and can still be silenced.
    if (!this.#playback) await this.#openPlayback().catch((trouble) => letGo(microphone, trouble));
    if (options.outputId) await this.#speaker.choose(options.outputId);
    if (microphone) await this.#openCapture(microphone);
  }

  play(item_id: string, content_index: number, pcm: Int16Array): void {
    const own = pcm.slice().buffer;
    this.#toPlayback({ type: "play", item_id, content_index, pcm: own }, [own]);
  }

  /** No more audio for this item: "done" is reported when its last sample has sounded (0 ms, in its turn, if it had none). */
  finish(item_id: string, content_index: number): void {
    this.#toPlayback({ type: "finish", item_id, content_index });
  }

  /**
   * Silence now (6 ms fade), and all that is queued is dropped, with what still comes of it. Resolves with what was heard
   * of every item that was queued; each also gets its "flushed" report.
   */
  flush(): Promise<Heard[]> {
    const id = ++this.#flushCount;
    return new Promise((resolve) => {
      const late = setTimeout(() => this.#settleFlush(id, undefined), FLUSH_PATIENCE);
      this.#flushes.set(id, (heard) => {
        clearTimeout(late);
        resolve(heard);
      });
      this.#toPlayback({ type: "flush", id });
    });
  }

  /** The device's own light stays on: the track is only switched off, so that unmuting is immediate. */
  muteMicrophone(muted: boolean): void {
    this.#micMuted = muted;
    for (const track of this.#capture?.stream.getAudioTracks() ?? []) track.enabled = !muted;
    this.#toCapture({ type: "mute", muted });
    if (muted) this.#levels.mic = 0;
  }

  /** The queue runs on, so heard time does too. */
  muteSpeaker(muted: boolean): void {
    this.#speakerMuted = muted;
    this.#speaker.mute(muted);
    this.#beside?.mute(muted);
  }

  get context(): AudioContext {
    return this.#context;
  }
  get microphone(): MediaStream | undefined {
    return this.#capture?.stream;
  }
  set beside(sound: Beside | null) {
    this.#beside = sound;
    sound?.mute(this.#speakerMuted);
    if (this.#options.outputId) sound?.choose(this.#options.outputId);
  }

  /** RMS 0..1 of the last 20 ms of each side. */
  levels(): { mic: number; luna: number } {
    return { ...this.#levels };
  }

  setFrameMs(ms: 20 | 40): void {
    this.#options.frameMs = ms;
    this.#toCapture({ type: "frame_ms", ms });
  }

  /** Changes the microphone; the old one goes on when the new one cannot be had (rejects with `LineTrouble`). */
  async setInput(id: string): Promise<void> {
    this.#options = { ...this.#options, inputId: id, microphone: true };
    await this.#openCapture(openMicrophone(id));
  }

  /** false where the browser cannot choose a speaker. */
  setOutput(id: string): Promise<boolean> {
    this.#options.outputId = id;
    this.#beside?.choose(id);
    return this.#speaker.choose(id);
  }

  /** Labels are empty until the microphone has been allowed once. */
  devices(): Promise<AudioDevices> {
    return listDevices();
  }

  /** In a tap, after `interrupted` or `frozen`: true when sound runs again. What was queued is lost if it takes a new context. */
  async resume(): Promise<boolean> {
    if (this.#closed) return false;
    this.#resuming = true;
    try {
      await this.#context.resume().catch(() => undefined);
      if (await this.#moves()) return true;
      await this.#context.suspend().catch(() => undefined);
      await this.#context.resume().catch(() => undefined);
      return (await this.#moves()) || (await this.#rebuild());
    } finally {
      this.#resuming = false;
    }
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#opening++;
    navigator.mediaDevices?.removeEventListener?.("devicechange", this.#devicesChanged);
    document.removeEventListener("visibilitychange", this.#becameVisible);
    this.#dismantle();
    for (const id of [...this.#flushes.keys()]) this.#settleFlush(id, undefined);
    await this.#context.close().catch(() => undefined);
    setAudioSession("auto");
  }

  async #openPlayback(): Promise<void> {
    try {
      await this.#context.audioWorklet.addModule(PLAYBACK_URL);
      if (this.#closed) return;
      const node = new AudioWorkletNode(this.#context, PLAYBACK, { numberOfInputs: 0, outputChannelCount: [1] });
      node.port.onmessage = ({ data }: MessageEvent<FromPlayback>) => this.#fromPlayback(data);
      node.onprocessorerror = () => this.onTrouble("playback_failed");
      node.connect(this.#speaker.input);
      this.#playback = node;
      for (const message of this.#early.splice(0)) node.port.postMessage(message);
    } catch (error) {
      throw new LineTrouble("playback_failed", error);
    }
  }

  async #openCapture(asked: ReturnType<typeof openMicrophone>): Promise<void> {
    const turn = ++this.#opening;
    setAudioSession("play-and-record");
    const { stream, gone } = await asked;
    try {
      await this.#context.audioWorklet.addModule(CAPTURE_URL);
      if (turn !== this.#opening || this.#closed) return stopStream(stream);
      const capture = this.#connect(stream);
      this.#stopCapture();
      this.#capture = capture;
    } catch (error) {
      stopStream(stream);
      throw new LineTrouble("microphone_failed", error);
    }
    this.#toCapture({ type: "frame_ms", ms: this.#options.frameMs ?? 40 });
    this.muteMicrophone(this.#micMuted);
    this.onMicrophone(stream);
    if (gone) this.onTrouble("microphone_gone");
  }

  #connect(stream: MediaStream): Capture {
    const source = this.#context.createMediaStreamSource(stream);
    const node = new AudioWorkletNode(this.#context, CAPTURE, {
      numberOfOutputs: 0,
      channelCount: 1,
      channelCountMode: "explicit",
    });
    node.port.onmessage = ({ data }: MessageEvent<FromCapture>) => this.#fromCapture(node, data);
    node.onprocessorerror = () => this.onTrouble("microphone_failed");
    source.connect(node);
    for (const track of stream.getAudioTracks()) track.onended = () => void this.#microphoneEnded(stream);
    return { stream, source, node };
  }

  #fromCapture(node: AudioWorkletNode, message: FromCapture): void {
    if (node !== this.#capture?.node || this.#micMuted) return;
    if (message.type === "frame") this.onFrame(message.pcm);
    else this.#levels.mic = message.rms;
  }

  #fromPlayback(message: FromPlayback): void {
    if (message.type === "level") this.#levels.luna = message.rms;
    else if (message.type === "report") this.#tell(message.report);
    else this.#settleFlush(message.id, message.heard);
  }

  #tell(report: PlaybackReport): void {
    const key = `${report.content_index} ${report.item_id}`;
    const atEar = report.state === "done" ? report : { ...report, heard_ms: this.#atEar(report.heard_ms) };
    const { state, ...heard } = atEar;
    if (state === "done" || state === "flushed") this.#sounding.delete(key);
    else this.#sounding.set(key, heard);
    this.onPlayback(atEar);
  }

  /** Sound handed to the device is heard a little later: what is still on its way does not count. */
  #atEar(handedOut: number): number {
    return Math.max(0, Math.floor(handedOut - this.outputLatencyMs));
  }

  /** `heard` undefined: the worklet did not answer, the last reports must do. */
  #settleFlush(id: number, heard: Heard[] | undefined): void {
    const settle = this.#flushes.get(id);
    if (!settle) return;
    this.#flushes.delete(id);
    if (heard) return settle(heard.map((one) => ({ ...one, heard_ms: this.#atEar(one.heard_ms) })));
    settle(this.#settleSounding());
    if (!this.#closed) this.onTrouble("frozen");
  }

  async #microphoneEnded(stream: MediaStream): Promise<void> {
    if (this.#closed || stream !== this.#capture?.stream) return;
    this.#stopCapture();
    this.onTrouble("microphone_ended");
    this.#options.inputId = undefined;
    try {
      await this.#openCapture(openMicrophone());
    } catch (error) {
      this.onTrouble(error instanceof LineTrouble ? error.code : "microphone_failed");
    }
  }

  #watch(): void {
    navigator.mediaDevices?.addEventListener?.("devicechange", this.#devicesChanged);
    document.addEventListener("visibilitychange", this.#becameVisible);
    this.#context.onstatechange = () => this.#stateChanged();
  }

  readonly #devicesChanged = (): void => {
    void listDevices().then((devices) => {
      if (!this.#closed) this.onDeviceChange(devices);
    });
  };

  readonly #becameVisible = (): void => {
    if (document.visibilityState === "visible") void this.#check();
  };

  #stateChanged(): void {
    if (this.#closed || this.#resuming) return;
    // "interrupted" is Safari's word, Chrome has it too by now; the DOM types do not.
    if ((this.#context.state as string) === "interrupted" || this.#context.state === "suspended")
      this.onTrouble("interrupted");
    else if (this.#context.state === "running") void this.#check();
  }

  async #check(): Promise<void> {
    if (this.#closed || this.#context.state !== "running") return;
    if (!(await this.#moves()) && !this.#closed) this.onTrouble("frozen");
  }

  async #moves(): Promise<boolean> {
    const before = this.#context.currentTime;
    await new Promise((resolve) => setTimeout(resolve, FROZEN_AFTER));
    return this.#context.state === "running" && this.#context.currentTime > before;
  }

  async #rebuild(): Promise<boolean> {
    const old = this.#context;
    this.#dismantle();
    this.#settleSounding();
    await old.close().catch(() => undefined);
    this.#context = newContext();
    this.#speaker = new Speaker(this.#context);
    this.muteSpeaker(this.#speakerMuted);
    await this.open(this.#options).catch((error: unknown) => {
      this.onTrouble(error instanceof LineTrouble ? error.code : "playback_failed");
    });
    return this.#moves();
  }

  #settleSounding(): Heard[] {
    const known = [...this.#sounding.values()];
    this.#sounding.clear();
    for (const one of known) this.onPlayback({ ...one, state: "flushed" });
    return known;
  }

  #dismantle(): void {
    this.#context.onstatechange = null;
    this.#stopCapture();
    this.#toPlayback({ type: "close" });
    this.#playback?.disconnect();
    this.#playback = undefined;
    this.#speaker.close();
    this.#levels = { mic: 0, luna: 0 };
  }

  #stopCapture(): void {
    const capture = this.#capture;
    this.#capture = undefined;
    if (!capture) return;
    capture.node.port.postMessage({ type: "close" } satisfies ToCapture);
    capture.source.disconnect();
    stopStream(capture.stream);
    this.#levels.mic = 0;
  }

  #toCapture(message: ToCapture): void {
    this.#capture?.node.port.postMessage(message);
  }

  #toPlayback(message: ToPlayback, transfer: Transferable[] = []): void {
    if (this.#playback) this.#playback.port.postMessage(message, transfer);
    else if (message.type !== "close") this.#early.push(message);
  }
}
