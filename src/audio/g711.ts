/**
 * G.711, the sound of telephones: one byte a sample at 8 kHz, in the American (mu-law) and the European (A-law) kind.
 * Tables both ways, made on first use from the definition of ITU-T G.711: 8 segments, each twice as coarse as the one below.
 */

export type Law = "mu" | "a";

interface Tables {
  /** 16-bit sample of each byte. */
  decode: Int16Array;
  /** Byte of each 16-bit sample, by the sample's two's complement. */
  encode: Uint8Array;
}

/** Sets the segments' borders of mu-law on powers of two. */
const MU_BIAS = 0x84;
/** The largest magnitude mu-law can tell. */
const MU_CLIP = 32_635;
/** A-law sends every other bit turned, so that silence is no run of zeros. */
const A_TURNED = 0x55;

let made: Partial<Record<Law, Tables>> = {};

/** 16-bit samples of G.711 bytes; `out`, when given, must be as long as `bytes`. */
export function decodeG711(law: Law, bytes: Uint8Array, out = new Int16Array(bytes.length)): Int16Array {
  const { decode } = tablesOf(law);
  for (let i = 0; i < bytes.length; i++) out[i] = decode[bytes[i] as number] as number;
  return out;
}

/** G.711 bytes of 16-bit samples; `out`, when given, must be as long as `samples`. */
export function encodeG711(law: Law, samples: Int16Array, out = new Uint8Array(samples.length)): Uint8Array {
  const { encode } = tablesOf(law);
  for (let i = 0; i < samples.length; i++) out[i] = encode[(samples[i] as number) & 0xffff] as number;
  return out;
}

function tablesOf(law: Law): Tables {
  const known = made[law];
  if (known) return known;
  const [expand, compress] = law === "mu" ? [expandMu, compressMu] : [expandA, compressA];
  const tables: Tables = {
    decode: Int16Array.from({ length: 256 }, (_, byte) => expand(byte)),
    encode: Uint8Array.from({ length: 65_536 }, (_, bits) => compress(bits < 32_768 ? bits : bits - 65_536)),
  };
  made = { ...made, [law]: tables };
  return tables;
}

function expandMu(byte: number): number {
  const code = ~byte & 0xff;
  const segment = (code >> 4) & 7;
  const magnitude = ((((code & 15) << 3) + MU_BIAS) << segment) - MU_BIAS;
  return code & 0x80 ? -magnitude : magnitude;
}

function compressMu(sample: number): number {
  const sign = sample < 0 ? 0x80 : 0;
  const magnitude = Math.min(MU_CLIP, Math.abs(sample)) + MU_BIAS;
  const segment = 24 - Math.clz32(magnitude);
  return ~(sign | (segment << 4) | ((magnitude >> (segment + 3)) & 15)) & 0xff;
}

function expandA(byte: number): number {
  const code = byte ^ A_TURNED;
  const segment = (code >> 4) & 7;
  const step = ((code & 15) << 4) + 8;
  const magnitude = segment === 0 ? step : (step + 0x100) << (segment - 1);
  return code & 0x80 ? magnitude : -magnitude;
}

function compressA(sample: number): number {
  const sign = sample < 0 ? 0 : 0x80;
  // Negative samples have one more magnitude than positive ones: -1 is as near to nothing as 0.
  const magnitude = sample < 0 ? ~sample : sample;
  const segment = Math.max(0, 24 - Math.clz32(magnitude));
  const step = (magnitude >> (segment === 0 ? 4 : segment + 3)) & 15;
  return (sign | (segment << 4) | step) ^ A_TURNED;
}
