/** What the page and its two voice workers (ears, mouth: one program, two roles) say to each other. */
import type { VoiceName } from "./flite.ts";
import type { SpokenSentence } from "./heard-text.ts";

/** Rate of all sound between page and workers, Hz. */
export const VOICE_RATE = 24_000;

export type VoiceFile = "decoder" | "encoder" | "vad" | "flite" | "runtime" | "glue";

/** `/voice/manifest.json`, written by `scripts/voice-files.ts`; the urls carry a hash of the content. */
export interface VoiceManifest {
  files: Record<VoiceFile, { url: string; bytes: number }>;
  /** Bytes of all files. */
  total: number;
}

export type Role = "ears" | "mouth";

export type ToVoice =
  | { type: "load"; role: Role; manifest: VoiceManifest; threads: number }
  | { type: "hear"; pcm: ArrayBuffer }
  | { type: "speaking"; on: boolean }
  /** The last words were Luna's own. */
  | { type: "echo" }
  | { type: "deafen" }
  | { type: "say"; item_id: string; content_index: number; delta: string }
  | { type: "say_done"; item_id: string }
  /** `era` comes back with all sound made from now on, so that sound made before is known and dropped. */
  | { type: "stop"; era: number }
  | { type: "voice"; voice: VoiceName; speed: number };

export type FromVoice =
  | { type: "progress"; loaded: number }
  | { type: "prepare" }
  | { type: "ready" }
  | { type: "failed"; message: string }
  | { type: "trouble"; message: string }
  | { type: "speech"; state: "started" | "stopped"; at_ms: number; overLuna: boolean }
  | { type: "words"; text: string; ms: number; ended_ms: number; overLuna: boolean }
  | { type: "audio"; item_id: string; content_index: number; sentence: SpokenSentence; pcm: ArrayBuffer; era: number }
  | { type: "audio_done"; item_id: string; content_index: number; era: number };
