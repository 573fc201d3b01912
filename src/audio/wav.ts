/** WAV files of 16-bit PCM: read tolerant of extra chunks, written plain. */

export interface Wav {
  /** Mono; several channels are averaged. */
  samples: Int16Array;
  rate: number;
}

/** Bytes of the header that `wavHeader` writes. */
export const WAV_HEADER_BYTES = 44;
const PCM = 1;
const EXTENSIBLE = 0xfffe;

/** A WAV file of mono PCM16. */
export function writeWav(samples: Int16Array, rate: number): Uint8Array {
  const bytes = new Uint8Array(WAV_HEADER_BYTES + samples.length * 2);
  bytes.set(wavHeader(samples.length * 2, rate, 1));
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < samples.length; i++) view.setInt16(WAV_HEADER_BYTES + i * 2, samples[i] as number, true);
  return bytes;
}

/**
 * What stands before `dataBytes` bytes of interleaved PCM16 to make them a WAV file.
 * @throws RangeError for more than its 32 bits can count (4 GiB).
 */
export function wavHeader(dataBytes: number, rate: number, channels: number): Uint8Array {
  if (dataBytes + WAV_HEADER_BYTES > 2 ** 32) throw new RangeError("Too long for a WAV file.");
  const bytes = new Uint8Array(WAV_HEADER_BYTES);
  const view = new DataView(bytes.buffer);
  const word = (at: number, text: string) =>
    bytes.set(
      Uint8Array.from(text, (c) => c.charCodeAt(0)),
      at,
    );
  word(0, "RIFF");
  view.setUint32(4, WAV_HEADER_BYTES - 8 + dataBytes, true);
  word(8, "WAVEfmt ");
  view.setUint32(16, 16, true);
  view.setUint16(20, PCM, true);
  view.setUint16(22, channels, true);
  view.setUint32(24, rate, true);
  view.setUint32(28, rate * channels * 2, true);
  view.setUint16(32, channels * 2, true);
  view.setUint16(34, 16, true);
  word(36, "data");
  view.setUint32(40, dataBytes, true);
  return bytes;
}

/** Reads PCM16 WAV. A data chunk that claims more than the file holds is cut. Throws on anything else than PCM16 WAV. */
export function readWav(bytes: Uint8Array): Wav {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < 12 || tag(view, 0) !== "RIFF" || tag(view, 8) !== "WAVE") throw new Error("Not a WAV file.");
  let format: { channels: number; rate: number } | undefined;
  for (let at = 12; at + 8 <= bytes.length; ) {
    const size = view.getUint32(at + 4, true);
    if (tag(view, at) === "fmt ") format = readFormat(view, at + 8, size);
    if (tag(view, at) === "data") {
      if (!format) throw new Error("WAV file has its data before its format.");
      const length = Math.min(size, bytes.length - at - 8);
      return { rate: format.rate, samples: mono(view, at + 8, length, format.channels) };
    }
    at += 8 + size + (size & 1);
  }
  throw new Error("WAV file has no data.");
}

function readFormat(view: DataView, at: number, size: number): { channels: number; rate: number } {
  if (size < 16 || at + 16 > view.byteLength) throw new Error("WAV file is cut off.");
  const kind = view.getUint16(at, true);
  const bits = view.getUint16(at + 14, true);
  if ((kind !== PCM && kind !== EXTENSIBLE) || bits !== 16)
    throw new Error(`WAV file is not PCM16 (kind ${kind}, ${bits} bits).`);
  const channels = view.getUint16(at + 2, true);
  const rate = view.getUint32(at + 4, true);
  if (channels === 0 || rate === 0) throw new Error("WAV file names no channels or no rate.");
  return { channels, rate };
}

function mono(view: DataView, start: number, length: number, channels: number): Int16Array {
  const samples = new Int16Array(Math.floor(length / (2 * channels)));
  for (let i = 0; i < samples.length; i++) {
    let sum = 0;
    for (let c = 0; c < channels; c++) sum += view.getInt16(start + 2 * (i * channels + c), true);
    samples[i] = Math.round(sum / channels);
  }
  return samples;
}

function tag(view: DataView, at: number): string {
  return String.fromCharCode(view.getUint8(at), view.getUint8(at + 1), view.getUint8(at + 2), view.getUint8(at + 3));
}
