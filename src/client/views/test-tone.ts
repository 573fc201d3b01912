/** Two soft notes to try a speaker with. */
import { LINE_RATE } from "../audio/worklet-messages.ts";

const NOTES_HZ = [523.25, 783.99];
const NOTE_S = 0.32;
const LOUD = 0.25;

/** PCM16 mono at 24 kHz, 0.64 s. Each note swells and fades, so that nothing clicks. */
export function testTone(): Int16Array {
  const note = Math.round(NOTE_S * LINE_RATE);
  const pcm = new Int16Array(note * NOTES_HZ.length);
  for (const [place, hz] of NOTES_HZ.entries()) {
    for (let i = 0; i < note; i++) {
      const swell = Math.sin((Math.PI * i) / note) ** 2;
      pcm[place * note + i] = Math.round(LOUD * 32_767 * swell * Math.sin((2 * Math.PI * hz * i) / LINE_RATE));
    }
  }
  return pcm;
}
