/** What the line and its two worklets say to each other. All sound is PCM16 mono at 24 kHz. */

/** Rate of everything outside the worklets, Hz. */
export const LINE_RATE = 24_000;
export const CAPTURE = "luna-capture";
export const PLAYBACK = "luna-playback";

/** One content part of one item: the unit that is played, heard and flushed. */
export interface Part {
  item_id: string;
  content_index: number;
}
/** How much of a part's own sound has been handed to the speaker, whole milliseconds. */
export interface Heard extends Part {
  heard_ms: number;
}
export interface PlaybackReport extends Heard {
  /** `progress` comes each 200 ms of sound; `done` when the last sample is out; `flushed` when it was cut. */
  state: "started" | "progress" | "done" | "flushed";
}

export type ToCapture = { type: "mute"; muted: boolean } | { type: "frame_ms"; ms: 20 | 40 } | { type: "close" };
export type FromCapture = { type: "frame"; pcm: ArrayBuffer } | { type: "level"; rms: number };

export type ToPlayback =
  | ({ type: "play"; pcm: ArrayBuffer } & Part)
  | ({ type: "finish" } & Part)
  | { type: "flush"; id: number }
  | { type: "close" };
export type FromPlayback =
  | { type: "report"; report: PlaybackReport }
  | { type: "flushed"; id: number; heard: Heard[] }
  | { type: "level"; rms: number };
