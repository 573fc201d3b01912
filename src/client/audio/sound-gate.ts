/**
 * Tells a voice from a quiet room, for a call that sleeps: nothing is sent until somebody makes a sound, and then the half
 * second before it goes first, so that the first syllable is heard too. Pure arithmetic on 40 ms frames of PCM16.
 *
 * The floor is the lowest level of the last three seconds: a fan that starts becomes the floor by itself, and speech, which
 * breathes, never does.
 */
const PRE_ROLL_FRAMES = 13;
/** So much louder than the room, dB. */
const ABOVE_FLOOR_DB = 9;
/** Quieter than this is nobody, however quiet the room, dBFS. */
const FAINTEST_DB = -55;
/** 120 ms in a row: shorter than any syllable, longer than a click. */
const FRAMES_OF_VOICE = 3;
const SILENCE_DB = -90;
/** The floor is the least of six spells of half a second. */
const SPELL_FRAMES = 13;
const SPELLS = 6;

export class SoundGate {
  #preRoll: ArrayBuffer[] = [];
  #loud = 0;
  #spells: number[] = [];
  #lowest = 0;
  #inSpell = 0;

  /** Level of the room, dBFS. */
  get floor(): number {
    return Math.min(this.#lowest, ...this.#spells);
  }

  /**
   * One frame of the microphone. Gives `null` while nobody speaks, and when somebody does, once, the frames that were kept:
   * oldest first, this one last. Call it also while the call is awake (`learn`), so that it knows the room.
   */
  hear(frame: ArrayBuffer): ArrayBuffer[] | null {
    this.#preRoll.push(frame);
    if (this.#preRoll.length > PRE_ROLL_FRAMES) this.#preRoll.shift();
    const level = this.learn(frame);
    this.#loud = level > Math.max(FAINTEST_DB, this.floor + ABOVE_FLOOR_DB) ? this.#loud + 1 : 0;
    if (this.#loud < FRAMES_OF_VOICE) return null;
    const kept = this.#preRoll;
    this.rest();
    return kept;
  }

  /** Only gets to know the room. Gives the frame's level, dBFS. */
  learn(frame: ArrayBuffer): number {
    const level = decibels(frame);
    this.#lowest = this.#inSpell === 0 ? level : Math.min(this.#lowest, level);
    this.#inSpell += 1;
    if (this.#inSpell === SPELL_FRAMES) {
      this.#spells.push(this.#lowest);
      if (this.#spells.length > SPELLS) this.#spells.shift();
      this.#inSpell = 0;
    }
    return level;
  }

  /** Forgets the sound, not the room: what was said before the call fell asleep is no pre-roll. */
  rest(): void {
    this.#preRoll = [];
    this.#loud = 0;
  }
}

/** RMS of PCM16 on the scale of full scale. */
function decibels(frame: ArrayBuffer): number {
  const samples = new Int16Array(frame, 0, frame.byteLength >> 1);
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  if (sum === 0) return SILENCE_DB;
  return Math.max(SILENCE_DB, 10 * Math.log10(sum / samples.length) - 20 * Math.log10(32_768));
}
