/** What a call at this page is made of: line, voice, wire and store, as the session sees them. Tests bring their own. */
import type { PlaybackReport, Trouble } from "../audio/line.ts";
import type { CallEvent } from "../state/call-state.ts";
import type { VoiceName, VoiceProgress, WordsHeard } from "../voice/local-voice.ts";
import type { SpeakingLine, SpeakingVoice } from "./mouth.ts";
import type { SocketListener, Wire } from "./socket.ts";

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
  /** The visitor's own key, for a call that has lost it; "" for none. */
  key(): string;
  /** The call is over for this page, however it ended. */
  onOver(): void;
  /** `performance.now()`. */
  now(): number;
  id(): string;
}
