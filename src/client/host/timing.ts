/**
 * Where in a recording each word of a call is, as well as can be told afterwards. The record knows when a turn was written
 * down and the tape knows when somebody was loud; nobody has noted when a word was said. So bursts of sound are given to turns,
 * and within a turn the words are spread over its bursts by their length: right to about half a second. Pure.
 */

/** Loudness of a side, 0 to 255 a step. */
export interface Sound {
  step_ms: number;
  caller: Uint8Array;
  luna: Uint8Array;
}

export interface Said {
  item_id: string;
  who: "caller" | "luna" | "specialist";
  /** What was said, or reached the ear. */
  text: string;
  /** Seconds of the recording at which the turn was written down. */
  at: number;
}

/** Times are seconds of the recording. */
export interface TimedWord {
  word: string;
  from: number;
  to: number;
}

interface Span {
  from: number;
  to: number;
}

/** A pause within a word, or between two that belong together, s. */
const BREATH_S = 0.3;
/** Luna's turn is written down when her answer begins, which may be known a little after its first sound. */
const EARLY_S = 0.4;
/** Where there is no sound to go by: characters spoken in a second. */
const CHARACTERS_A_SECOND = 15;

/** The words of every turn that has any, by `item_id`. @param seconds length of the recording. */
export function timedWords(said: readonly Said[], sound: Sound, seconds: number): Map<string, TimedWord[]> {
  const words = new Map<string, TimedWord[]>();
  for (const caller of [true, false]) {
    const turns = said.filter(({ who }) => (who === "caller") === caller).toSorted((a, b) => a.at - b.at);
    const bursts = burstsOf(caller ? sound.caller : sound.luna, sound.step_ms);
    const mine = new Map<Said, Span[]>(turns.map((turn) => [turn, []]));
    for (const burst of bursts) {
      const turn = caller ? spokenBefore(turns, burst) : begunBefore(turns, burst);
      if (turn) mine.get(turn)?.push(burst);
    }
    for (const [index, turn] of turns.entries()) {
      const heard = mine.get(turn) ?? [];
      const spans = heard.length > 0 ? heard : [guessed(turn, caller, turns[index + 1]?.at ?? seconds)];
      const within = spans.map(({ from, to }) => ({ from: clamp(from, seconds), to: clamp(to, seconds) }));
      words.set(turn.item_id, spread(turn.text, within));
    }
  }
  return words;
}

/** The caller's words are written down once they were said: the first turn that came after the burst had begun. */
function spokenBefore(turns: readonly Said[], burst: Span): Said | undefined {
  return turns.find(({ at }) => at >= burst.from) ?? turns.at(-1);
}

/** Luna's are written down as they begin: the last turn before the burst. */
function begunBefore(turns: readonly Said[], burst: Span): Said | undefined {
  return turns.findLast(({ at }) => at <= burst.from + EARLY_S) ?? turns[0];
}

function guessed({ text, at }: Said, caller: boolean, next: number): Span {
  const takes = text.length / CHARACTERS_A_SECOND;
  return caller ? { from: at - takes, to: at } : { from: at, to: Math.max(at, Math.min(at + takes, next)) };
}

/** When somebody was loud on this side; silence shorter than a breath does not count. */
export function burstsOf(loudness: Uint8Array, step_ms: number): Span[] {
  const step = step_ms / 1_000;
  const peak = loudness.reduce((most, value) => Math.max(most, value), 0);
  // A quiet microphone is loud at what is noise on another.
  const least = Math.max(4, peak * 0.08);
  const bursts: Span[] = [];
  for (const [index, value] of loudness.entries()) {
    if (value < least) continue;
    const last = bursts.at(-1);
    const from = index * step;
    if (last !== undefined && from - last.to < BREATH_S) last.to = from + step;
    else bursts.push({ from, to: from + step });
  }
  return bursts;
}

/** The words over these spans, each as long as its letters, pauses left out. */
function spread(text: string, spans: readonly Span[]): TimedWord[] {
  const words = text.split(/\s+/).filter((word) => word !== "");
  const weights = words.map((word) => word.length + 1);
  const weight = weights.reduce((sum, one) => sum + one, 0);
  const voiced = spans.reduce((sum, { from, to }) => sum + to - from, 0);
  let passed = 0;
  return words.map((word, index) => {
    const from = placeOf((passed / weight) * voiced, spans);
    passed += weights[index] ?? 0;
    return { word, from, to: Math.max(from, placeOf((passed / weight) * voiced, spans)) };
  });
}

/** After so much sound, where on the tape. */
function placeOf(voiced: number, spans: readonly Span[]): number {
  let left = voiced;
  for (const { from, to } of spans) {
    if (left <= to - from) return from + left;
    left -= to - from;
  }
  return spans.at(-1)?.to ?? 0;
}

function clamp(at: number, seconds: number): number {
  return Math.min(Math.max(at, 0), seconds);
}

/** Base64 of bytes, as the waveform comes. */
export function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (character) => character.charCodeAt(0));
}
