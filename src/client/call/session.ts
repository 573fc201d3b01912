/**
 * One call at this page: glues the line (microphone and speaker), the keyless voice, the socket and the call store.
 * Whoever answers, and wherever ears and voice are, the caller's part is the same: speak or type, hear or read.
 */
import type { EngineStatus, PageEvent, PageMessageInput } from "../../legs/wire.ts";
import type { PlaybackReport, Trouble } from "../audio/line.ts";
import type { CallEvent } from "../state/call-state.ts";
import type { VoiceName, VoiceProgress, WordsHeard } from "../voice/local-voice.ts";
import type { SpeakingLine, SpeakingVoice } from "./mouth.ts";
import { Mouth } from "./mouth.ts";
import { LONGEST_WORDS } from "./protocol.ts";
import type { SocketListener, Wire } from "./socket.ts";
import { TurnClock } from "./turn-clock.ts";

/** Luna's first words wait this long for a voice that is still loading; then they are read instead. */
const VOICE_PATIENCE_MS = 20_000;
/** How often a loading voice is asked whether it can speak yet. */
const VOICE_GLANCE_MS = 150;
/** The call has this long to answer "end"; then the page hangs up by itself. */
const GOODBYE_MS = 3_000;

/** RMS of a microphone frame above this is a voice and not a quiet room (-34 dBFS). */
const LOUD = 0.02;

export interface SessionLine extends SpeakingLine {
  onFrame: (pcm: ArrayBuffer) => void;
  onPlayback: (report: PlaybackReport) => void;
  onTrouble: (code: Trouble) => void;
  setFrameMs(ms: 20 | 40): void;
  muteMicrophone(muted: boolean): void;
  muteSpeaker(muted: boolean): void;
  levels(): { mic: number; luna: number };
  close(): Promise<void>;
}

export interface SessionVoice extends SpeakingVoice {
  /** Ears and mouth work. */
  readonly ready: boolean;
  /** The mouth works; it is ready before the ears are. */
  readonly canSpeak: boolean;
  onSpeech: (state: "started" | "stopped", at: number) => void;
  onWords: (text: string, heard: WordsHeard) => void;
  onUnclear: (why: "nothing" | "echo") => void;
  onAudio: (item_id: string, content_index: number, pcm: Int16Array) => void;
  onAudioDone: (item_id: string, content_index: number) => void;
  onTrouble: (message: string) => void;
  load(onProgress?: (progress: VoiceProgress) => void): Promise<void>;
  hear(frame: ArrayBuffer): void;
  deafen(): void;
  setVoice(voice: VoiceName): void;
  /** 1 = the voice's own pace; for what is said from now on. */
  setSpeed(speed: number): void;
  /** Only where the voice has a microphone of its own: listen again after `deafen`. */
  listen?(): void;
  /** Only where the voice does not sound through the line. */
  onPlayback?: (report: PlaybackReport) => void;
}

export interface SessionPorts {
  line: SessionLine;
  voice: SessionVoice;
  connect(listener: SocketListener): Wire;
  /** Feeds the call store. */
  show(event: CallEvent): void;
  onVoiceLoading(progress: VoiceProgress | null): void;
  onTrouble(code: Trouble): void;
  /** The AI gave up in this call and the scripted engine goes on. */
  onAiFailed(): void;
  /** A tool is done: the bank may have changed. */
  onToolDone(): void;
  /** The call is over for this page, however it ended. */
  onOver(): void;
  /** `performance.now()`. */
  now(): number;
  id(): string;
}

export class CallSession {
  readonly #ports: SessionPorts;
  readonly #mouth: Mouth;
  readonly #clock = new TurnClock();
  readonly #typingOnly: boolean;
  #wire: Wire | null = null;
  #engine: EngineStatus | null = null;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #glance: ReturnType<typeof setInterval> | undefined;
  /** The person would rather read than see the voice load. */
  #reading = false;
  #goodbye: ReturnType<typeof setTimeout> | undefined;
  #muted = false;
  /** The sound that is being recognised made Luna fall silent. */
  #interrupted = false;
  /** When the microphone last heard something: the provider tells the end of speech only after a silence of its own. */
  #loudAt = 0;
  #over = false;

  constructor(ports: SessionPorts, typingOnly: boolean) {
    this.#ports = ports;
    this.#typingOnly = typingOnly;
    this.#mouth = new Mouth({
      line: ports.line,
      voice: ports.voice,
      tell: (message) => this.#tell(message),
      show: (event) => ports.show(event),
      onFirstSound: (id, at) => this.#firstSound(id, at),
      onFirstWords: (id, at) => this.#firstWords(id, at),
      now: () => ports.now(),
    });
    this.#listen();
  }

  /** Opens the socket; the microphone may come before or after. */
  connect(): void {
    if (this.#over) return;
    this.#wire = this.#ports.connect({
      onOpen: () => this.#ports.show({ type: "local.connecting" }),
      onEvent: (event) => this.#event(event),
      onAudio: (n, pcm) => this.#mouth.audio(n, pcm),
      onGone: (reason) => this.#lost(reason),
    });
  }

  /** Typed words. Works in every state of a connected call. */
  say(text: string): boolean {
    const words = text.trim().slice(0, LONGEST_WORDS);
    if (words === "" || this.#wire === null) return false;
    this.#clock.callerEnded(this.#ports.now());
    this.#words(words, "typed");
    return true;
  }

  /** "Stop talking": silence here at once, then the engine stops too. */
  stopSpeaking(): void {
    if (!this.#mouth.busy) return;
    this.#mouth.hush();
    this.#tell({ type: "response.cancel" });
  }

  confirm(token: string, yes: boolean): void {
    this.#clock.callerEnded(this.#ports.now());
    this.#ports.show({ type: "local.confirmed" });
    this.#tell({ type: "luna.confirm", token, yes });
  }

  muteMicrophone(muted: boolean): void {
    this.#muted = muted;
    this.#ports.line.muteMicrophone(muted);
    if (muted) {
      this.#ports.voice.deafen();
      this.#ports.show({ type: "local.hearing", state: null });
    } else if (this.#engine?.voice === "page") {
      this.#ports.voice.listen?.();
    }
    this.#tell({ type: "luna.mute", microphone: muted });
  }

  /** The person would rather read than wait for the voice. */
  readInstead(): void {
    this.#reading = true;
    this.#stopWaiting();
    if (!this.#ports.voice.canSpeak) this.#mouth.use("read");
  }

  levels(): { mic: number; luna: number } {
    const levels = this.#ports.line.levels();
    return this.#muted ? { mic: 0, luna: levels.luna } : levels;
  }

  /** The caller hangs up. */
  end(): void {
    if (this.#over) return;
    this.#mouth.hush();
    if (this.#wire === null) return this.#close();
    this.#tell({ type: "luna.end" });
    this.#goodbye = setTimeout(() => this.#lost("The call was closed here; the server gave no answer."), GOODBYE_MS);
  }

  /** Hangs up without a word, when the call could not be opened at all. */
  abandon(): void {
    this.#close();
  }

  #listen(): void {
    const { line, voice } = this.#ports;
    line.onFrame = (frame) => this.#frame(frame);
    line.onPlayback = (report) => this.#mouth.playback(report);
    if ("onPlayback" in voice) voice.onPlayback = line.onPlayback;
    line.onTrouble = (code) => {
      if (code === "playback_failed") this.#mouth.use("read");
      this.#ports.onTrouble(code);
    };
    voice.onSpeech = (state) => this.#speech(state);
    voice.onWords = (text, heard) => {
      this.#clock.callerEnded(heard.ended_at);
      this.#words(text.trim().slice(0, LONGEST_WORDS), "speech");
    };
    voice.onUnclear = (why) => this.#unclear(why);
    voice.onAudio = (id, index, pcm) => this.#mouth.spoken(id, index, pcm);
    voice.onAudioDone = (id, index) => this.#mouth.spokenDone(id, index);
    voice.onTrouble = (message) => {
      this.#mouth.use("read");
      this.#ports.show({ type: "local.notice", code: "voice_failed", tone: "warning", message });
    };
  }

  #frame(frame: ArrayBuffer): void {
    if (this.#engine?.voice === "call") {
      this.#wire?.hear(frame);
      if (this.#ports.line.levels().mic > LOUD) this.#loudAt = this.#ports.now();
    }
    if (this.#engine?.voice === "page") this.#ports.voice.hear(frame);
  }

  /** The page's own ears. Luna falls silent before anything else happens. */
  #speech(state: "started" | "stopped"): void {
    if (this.#engine?.voice !== "page") return;
    if (state === "started") {
      this.#interrupted = this.#mouth.busy;
      this.#clock.callerGoesOn();
      this.#tell({ type: "luna.speech", state });
      if (this.#interrupted) this.#mouth.hush();
    } else {
      this.#tell({ type: "luna.speech", state });
    }
    this.#ports.show({ type: "local.hearing", state: state === "started" ? "speaking" : "recognising" });
  }

  #unclear(why: "nothing" | "echo"): void {
    this.#ports.show({ type: "local.hearing", state: null });
    // A cough or her own echo stopped her: she takes up her question again instead of waiting for words that never were.
    if (this.#interrupted) this.#tell({ type: "response.create" });
    this.#interrupted = false;
    if (why === "echo") return;
    const message = "I did not catch that. Say it again, or type it below.";
    this.#ports.show({ type: "local.notice", code: "unclear", tone: "info", message });
  }

  #words(text: string, how: "typed" | "speech"): void {
    if (text === "") return;
    const id = this.#ports.id();
    this.#ports.show({ type: "local.said", item_id: id, text, how });
    this.#tell({
      type: "conversation.item.create",
      item: { id, type: "message", role: "user", content: [{ type: "input_text", text }] },
      luna_how: how,
    });
  }

  #event(event: PageEvent): void {
    this.#ports.show(event);
    switch (event.type) {
      case "luna.engine":
        return this.#switchTo(event);
      case "luna.flush":
        return this.#mouth.hush();
      case "luna.audio":
        return this.#mouth.announce(event.n, event.item_id, event.content_index);
      case "response.output_text.delta":
        return this.#mouth.words(event.item_id, event.content_index, event.delta, false);
      case "response.output_text.done":
        return this.#mouth.wordsDone(event.item_id, event.content_index, event.text, false);
      case "response.output_audio_transcript.delta":
        return this.#mouth.words(event.item_id, event.content_index, event.delta, true);
      case "response.output_audio_transcript.done":
        return this.#mouth.wordsDone(event.item_id, event.content_index, event.transcript, true);
      case "response.output_audio.done":
        return this.#mouth.audioDone(event.item_id, event.content_index);
      case "input_audio_buffer.speech_started":
        return this.#clock.callerGoesOn();
      case "input_audio_buffer.speech_stopped":
        return this.#clock.callerEnded(this.#loudAt);
      case "luna.tool":
        return event.state === "running" ? undefined : this.#ports.onToolDone();
      case "luna.ended":
        return this.#close();
    }
  }

  #switchTo(engine: EngineStatus): void {
    const before = this.#engine;
    this.#engine = engine;
    if (before?.mode === "ai" && engine.mode === "scripted" && engine.speaker === "luna") this.#ports.onAiFailed();
    this.#ports.voice.setVoice(engine.speaker === "specialist" ? "rms" : "slt");
    if (before?.voice === engine.voice) return;
    this.#ports.line.setFrameMs(engine.voice === "page" ? 20 : 40);
    if (engine.voice === "call") {
      this.#ports.voice.deafen();
      this.#mouth.use("call");
    } else this.#ownVoice();
  }

  /** Text engine: the page speaks by itself as soon as its voice is there. */
  #ownVoice(): void {
    const { voice } = this.#ports;
    if (this.#typingOnly && !voice.ready) return this.#mouth.use("read");
    if (voice.ready) {
      if (!this.#typingOnly) voice.listen?.();
      return this.#mouth.use("page");
    }
    this.#mouth.use("held");
    this.#patience = setTimeout(() => this.#giveUpWaiting(), VOICE_PATIENCE_MS);
    this.#glance = setInterval(() => {
      if (voice.canSpeak) this.#speakAloud();
    }, VOICE_GLANCE_MS);
    voice
      .load((progress) => {
        if (!this.#reading && !this.#over) this.#ports.onVoiceLoading(progress.what === "ready" ? null : progress);
      })
      .then(
        () => {
          this.#ports.onVoiceLoading(null);
          this.#speakAloud();
        },
        (failure: unknown) => this.#voiceFailed(failure),
      );
  }

  #speakAloud(): void {
    clearTimeout(this.#patience);
    clearInterval(this.#glance);
    if (!this.#over && this.#engine?.voice === "page") this.#mouth.use("page");
  }

  /** The first words have waited long enough; later ones are spoken when the voice is there. */
  #giveUpWaiting(): void {
    if (!this.#ports.voice.canSpeak) this.#mouth.use("read");
  }

  #voiceFailed(failure: unknown): void {
    this.#stopWaiting();
    if (this.#over) return;
    this.#mouth.use("read");
    const why = failure instanceof Error ? failure.message : "Luna's voice could not be loaded.";
    this.#ports.show({ type: "local.notice", code: "voice_failed", tone: "warning", message: `${why} Type to go on.` });
  }

  #stopWaiting(): void {
    clearTimeout(this.#patience);
    clearInterval(this.#glance);
    this.#ports.onVoiceLoading(null);
  }

  #firstSound(id: string, at: number): void {
    const ms = this.#clock.answered(at);
    if (ms === null) return;
    this.#ports.show({ type: "local.latency", item_id: id, ms, to: "sound" });
    this.#tell({ type: "luna.latency", item_id: id, ms });
  }

  /** Shown here only: the call's record counts what the ear waits for, and mixes nothing else in. */
  #firstWords(id: string, at: number): void {
    const ms = this.#clock.answered(at);
    if (ms !== null) this.#ports.show({ type: "local.latency", item_id: id, ms, to: "words" });
  }

  #tell(message: PageMessageInput): void {
    if (!this.#over) this.#wire?.tell(message);
  }

  #lost(reason: string): void {
    if (this.#over) return;
    const message = reason === "" ? "The connection to Luna was lost. Call again to go on." : reason;
    this.#ports.show({ type: "local.failed", message });
    this.#close();
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#stopWaiting();
    clearTimeout(this.#goodbye);
    this.#ports.voice.stop();
    this.#ports.voice.deafen();
    this.#ports.voice.speaking(false);
    this.#wire?.close();
    void this.#ports.line.close();
    this.#ports.onOver();
  }
}
