/**
 * Ears without a recogniser: they hear that somebody speaks and when, by the loudness of the sound against that of the room,
 * but not what. Turn detection is that of the session: `server_vad` with its values; `semantic_vad` waits as long as it may
 * at most, since without words nobody can tell that a sentence is finished.
 */
import { rmsOfInt16 } from "../../audio/rms.ts";
import type { TurnDetection } from "../../realtime/events.ts";
import { samplesOf } from "./formats.ts";
import { type Ears, type EarsListener, NotUnderstood } from "./input-audio.ts";

const SAMPLES_PER_MS = 24;
/** Loudness is judged in pieces of this length, ms: what arrives is cut anew, whatever frames it comes in. */
const GRAIN_MS = 10;
const GRAIN = GRAIN_MS * SAMPLES_PER_MS;
/** This many loud grains of the last few begin a turn: less is a click. */
const LOUD_TO_START = 5;
const WINDOW = 8;
/** Within a turn, softer sounds still belong to it. */
const STAY = 0.6;
/** Longest waits of the semantic detector, ms. */
const PATIENCE = { low: 8_000, auto: 4_000, medium: 4_000, high: 2_000 } as const;
const DEFAULTS = { threshold: 0.5, prefix_padding_ms: 300, silence_duration_ms: 500 };

/** The room: no room is quieter for these ears, and a steady noise becomes part of it at most this loud. */
const QUIETEST = 0.000_5;
const LOUDEST = 0.1;
const FIRST_GUESS = 0.002;
/** Per grain: a quieter room is believed at once, a louder one after many seconds (1.5 dB in each). */
const FALL = 0.1;
const RISE = 10 ** (1.5 / 20 / (1_000 / GRAIN_MS));

interface Settings {
  threshold: number;
  prefix_ms: number;
  silence_ms: number;
}

export class EnergyEars implements Ears {
  #listener: EarsListener | undefined;
  /** Null is push to talk. */
  #settings: Settings | null = settingsOf({ type: "server_vad" });
  /** The piece that is not complete yet. */
  #grain = new Int16Array(GRAIN);
  #filled = 0;
  #grains = 0;
  #room = FIRST_GUESS;
  #speaking = false;
  /** Which of the last grains were loud, newest in the lowest bit. */
  #recent = 0;
  #quiet_ms = 0;
  /** End of the turn before: the padding of the next one does not reach into it. */
  #last_end_ms = 0;

  open(listener: EarsListener): void {
    this.#listener = listener;
  }

  tune(detection: TurnDetection | null): void {
    this.#settings = detection && settingsOf(detection);
    if (!detection) this.#forgetTurn();
  }

  append(pcm: Uint8Array): void {
    const samples = samplesOf(pcm);
    for (let from = 0; from < samples.length; ) {
      const piece = samples.subarray(from, from + GRAIN - this.#filled);
      this.#grain.set(piece, this.#filled);
      this.#filled += piece.length;
      from += piece.length;
      if (this.#filled < GRAIN) return;
      this.#filled = 0;
      this.#judge(rmsOfInt16(this.#grain));
    }
  }

  clear(): void {
    this.#forgetTurn();
    this.#last_end_ms = this.#now_ms;
  }

  commit(): Promise<string> {
    return Promise.reject(
      new NotUnderstood(
        "no_recogniser",
        "Luna without a provider's key hears that somebody speaks, but not the words. Send the words as " +
          "conversation.item.create with input_text, or give Luna a key.",
      ),
    );
  }

  get #now_ms(): number {
    return this.#grains * GRAIN_MS;
  }

  #forgetTurn(): void {
    this.#speaking = false;
    this.#recent = 0;
    this.#quiet_ms = 0;
  }

  #judge(loudness: number): void {
    this.#grains += 1;
    const settings = this.#settings;
    const limit = settings ? limitOf(settings.threshold, this.#room) : 0;
    this.#learnRoom(loudness);
    if (!settings) return;
    if (this.#speaking) this.#goOn(settings, loudness > limit * STAY);
    else this.#wait(settings, loudness > limit);
  }

  #learnRoom(loudness: number): void {
    const heard = Math.max(QUIETEST, loudness);
    this.#room = heard < this.#room ? this.#room + FALL * (heard - this.#room) : this.#room * RISE;
    this.#room = Math.min(this.#room, LOUDEST);
  }

  #wait(settings: Settings, loud: boolean): void {
    this.#recent = ((this.#recent << 1) | (loud ? 1 : 0)) & (2 ** WINDOW - 1);
    if (!loud || ones(this.#recent) < LOUD_TO_START) return;
    const onset_ms = this.#now_ms - (32 - Math.clz32(this.#recent)) * GRAIN_MS;
    this.#forgetTurn();
    this.#speaking = true;
    this.#listener?.started(Math.max(this.#last_end_ms, onset_ms - settings.prefix_ms));
  }

  #goOn(settings: Settings, loud: boolean): void {
    this.#quiet_ms = loud ? 0 : this.#quiet_ms + GRAIN_MS;
    if (loud || this.#quiet_ms < settings.silence_ms) return;
    this.#forgetTurn();
    this.#last_end_ms = this.#now_ms;
    this.#listener?.stopped(this.#now_ms);
  }
}

function settingsOf(detection: TurnDetection): Settings {
  if (detection.type === "semantic_vad") {
    return {
      threshold: DEFAULTS.threshold,
      prefix_ms: DEFAULTS.prefix_padding_ms,
      silence_ms: PATIENCE[detection.eagerness ?? "auto"],
    };
  }
  return {
    threshold: detection.threshold ?? DEFAULTS.threshold,
    prefix_ms: detection.prefix_padding_ms ?? DEFAULTS.prefix_padding_ms,
    silence_ms: detection.silence_duration_ms ?? DEFAULTS.silence_duration_ms,
  };
}

/** Loudness (RMS of 0..1) above which a grain is speech: 0.003 to 0.048 in a quiet room, and well above the room. */
function limitOf(threshold: number, room: number): number {
  return Math.max(0.003 * 16 ** threshold, room * (1.5 + 2 * threshold));
}

function ones(bits: number): number {
  let count = 0;
  for (let rest = bits; rest > 0; rest &= rest - 1) count += 1;
  return count;
}
