/**
 * One call at this page: glues the line (microphone and speaker), the keyless voice, the socket and the call store.
 * Whoever answers, and wherever ears and voice are, the caller's part is the same: speak or type, hear or read.
 */
import type { EngineStatus, PageEvent, PageMessageInput, TurnStatus } from "../../legs/wire.ts";
import type { LocalEvent } from "../state/call-state.ts";
import type { VoiceName } from "../voice/flite.ts";
import { CallEar } from "./call-ear.ts";
import { Mouth } from "./mouth.ts";
import { OwnVoice } from "./own-voice.ts";
import type { PeerSound } from "./peer-sound.ts";
import { LONGEST_WORDS } from "./protocol.ts";
import type { SessionPorts } from "./session-ports.ts";
import type { Lost, Wire } from "./socket.ts";
import { TurnClock } from "./turn-clock.ts";

export type { SessionLine, SessionPorts, SessionVoice } from "./session-ports.ts";

/** What has been missed of an utterance and has not come this long after a resume does not come. */
const MISSED_MS = 2_000;
/** The call has this long to answer "end"; then the page hangs up by itself. */
const GOODBYE_MS = 3_000;

/** RMS of a microphone frame above this is a voice and not a quiet room (-34 dBFS). */
const LOUD = 0.02;

/** Voices of the page by who answers; Luna has hers. */
const VOICES: Readonly<Record<string, VoiceName>> = { waiter: "awb", cfo: "rms" };

export class CallSession {
  readonly #ports: SessionPorts;
  readonly #mouth: Mouth;
  readonly #ownVoice: OwnVoice;
  readonly #ear: CallEar;
  readonly #clock = new TurnClock();
  readonly #typingOnly: boolean;
  #wire: Wire | null = null;
  #engine: EngineStatus | null = null;
  /** Key of who answers. */
  #persona = "luna";
  /** The sound, where it goes by WebRTC. */
  #peer: PeerSound | null = null;
  #goodbye: ReturnType<typeof setTimeout> | undefined;
  #muted = false;
  #held = false;
  /** Turns told anew after a lost socket, until the call has told all; `null` when it does not. */
  #replay: TurnStatus[] | null = null;
  #missed: ReturnType<typeof setTimeout> | undefined;
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
    const { voice, onVoiceLoading } = ports;
    const mine = {
      voice,
      onVoiceLoading,
      mouth: this.#mouth,
      show: (event: LocalEvent) => ports.show(event),
      wanted: () => !this.#over && this.#engine?.voice === "page",
      over: () => this.#over,
    };
    this.#ownVoice = new OwnVoice(mine, typingOnly);
    this.#ear = new CallEar({
      send: (frame) => this.#wire?.hear(frame),
      wake: () => this.#tell({ type: "luna.wake" }),
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
      onAway: () => this.#ports.show({ type: "local.away" }),
      onBack: () => {
        this.#replay = [];
        // Who spoke to nobody waited for the network, not for Luna.
        this.#clock.callerGoesOn();
        this.#ports.show({ type: "local.back" });
      },
      onReplayed: () => this.#caughtUp(),
      onGone: (lost) => this.#lost(lost),
    });
  }

  /** The sound goes by WebRTC, as long as the call says so. */
  join(peer: PeerSound): void {
    this.#peer = peer;
    peer.onFirstSound = (id, at) => this.#firstSound(id, at);
    this.#listenByPeer();
    if (this.#over) peer.close();
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
    if (!this.#mouth.busy && !this.#peer?.busy) return;
    this.#mouth.hush();
    this.#peer?.hush();
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
    this.#listenByPeer();
    if (muted) {
      this.#ports.voice.deafen();
      this.#ports.show({ type: "local.hearing", state: null });
    } else this.#listenAgain();
    this.#tell({ type: "luna.mute", microphone: muted });
  }

  /** On hold nobody is heard: no frame leaves, and Luna falls silent. */
  hold(on: boolean): void {
    this.#held = on;
    this.#ear.hold(on);
    this.#listenByPeer();
    if (on) {
      this.#mouth.hush();
      this.#ports.voice.deafen();
      this.#ports.show({ type: "local.hearing", state: null });
    } else this.#listenAgain();
    this.#tell({ type: "luna.hold", on });
  }

  /** Keeps the sound of this call from now on, or keeps no more of it. */
  record(on: boolean): void {
    this.#tell({ type: "luna.record", on });
  }

  /** What needs nothing of this session but its wire. */
  send(message: PageMessageInput): void {
    this.#tell(message);
  }

  /** The person would rather read than wait for the voice. */
  readInstead(): void {
    this.#ownVoice.readInstead();
  }

  levels(): { mic: number; luna: number } {
    const levels = this.#ports.line.levels();
    const luna = Math.max(levels.luna, this.#peer?.level ?? 0);
    return { mic: this.#muted ? 0 : levels.mic, luna };
  }

  /** The caller hangs up. */
  end(): void {
    if (this.#over) return;
    this.#mouth.hush();
    if (this.#wire === null) return this.#close();
    this.#tell({ type: "luna.end" });
    const message = "The call was closed here; the server gave no answer.";
    this.#goodbye = setTimeout(() => this.#lost({ message }), GOODBYE_MS);
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
    const voice = this.#engine?.voice;
    if (voice === "call") this.#ear.hear(frame);
    if (voice !== "page" && this.#ports.line.levels().mic > LOUD) this.#loudAt = this.#ports.now();
    if (voice === "page" && !this.#held) this.#ports.voice.hear(frame);
  }

  /** Ears of its own, if the voice has them, listen again when nothing stands against it. */
  #listenAgain(): void {
    const deaf = this.#typingOnly || this.#muted || this.#held;
    if (this.#engine?.voice === "page" && !deaf) this.#ports.voice.listen?.();
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
    if (this.#engine?.voice === "peer" && this.#peer?.event(event)) return;
    switch (event.type) {
      case "luna.engine":
        return this.#switchTo(event);
      case "luna.persona":
        this.#persona = event.key;
        return this.#chooseVoice();
      case "luna.turn":
        return this.#replay === null ? undefined : void this.#replay.push(event);
      case "luna.line":
        return this.#ear.sleep(event.state === "asleep");
      case "luna.key_wanted":
        return this.#handKeyOver();
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

  /** The call has told all it knows: what was missed is said, what has been said is not said again. */
  #caughtUp(): void {
    // By WebRTC nothing was missed: the sound has gone on.
    const told = this.#engine?.voice === "peer" ? [] : (this.#replay ?? []);
    this.#replay = null;
    this.#ports.show({ type: "local.replayed" });
    const waiting = told.flatMap((turn) => (turn.who === "caller" ? [] : (this.#mouth.catchUp(turn) ?? [])));
    clearTimeout(this.#missed);
    this.#missed = setTimeout(() => {
      for (const settle of waiting) settle();
    }, MISSED_MS);
  }

  #handKeyOver(): void {
    const key = this.#ports.key();
    if (key !== "") this.#tell({ type: "luna.key", key });
  }

  #switchTo(engine: EngineStatus): void {
    const before = this.#engine;
    this.#engine = engine;
    if (before?.mode === "ai" && engine.mode === "scripted" && engine.speaker === "luna") this.#ports.onAiFailed();
    this.#chooseVoice();
    if (engine.voice !== "peer") this.#leavePeer();
    // Loaded anew, this page has no such connection any more.
    else if (this.#peer === null) this.#tell({ type: "luna.peer", state: "lost" });
    if (before?.voice === engine.voice) return;
    this.#ports.line.setFrameMs(engine.voice === "page" ? 20 : 40);
    if (engine.voice === "page") {
      this.#ownVoice.begin();
      return this.#listenAgain();
    }
    this.#ports.voice.deafen();
    this.#mouth.use("call");
  }

  /** Where the page speaks, everybody who answers has a voice of their own. */
  #chooseVoice(): void {
    const voice = this.#engine?.speaker === "specialist" ? "rms" : (VOICES[this.#persona] ?? "slt");
    this.#ports.voice.setVoice(voice);
  }

  #leavePeer(): void {
    this.#peer?.close();
    this.#peer = null;
  }

  #listenByPeer(): void {
    this.#peer?.listen(!this.#muted && !this.#held);
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

  #lost(lost: Lost): void {
    if (this.#over) return;
    this.#ports.show({ type: "local.failed", ...lost });
    this.#close();
  }

  #close(): void {
    if (this.#over) return;
    this.#over = true;
    this.#ownVoice.stopWaiting();
    this.#leavePeer();
    clearTimeout(this.#goodbye);
    clearTimeout(this.#missed);
    this.#ports.voice.stop();
    this.#ports.voice.deafen();
    this.#ports.voice.speaking(false);
    this.#wire?.close();
    void this.#ports.line.close();
    this.#ports.onOver();
  }
}
