/**
 * Binary frames of the page's wire. Upwards: bare PCM16 little-endian mono 24 kHz, 40 ms (1,920 bytes) a frame.
 * Downwards: 4 bytes item number (little-endian u32, announced by `luna.audio`), then PCM16 of the same kind.
 */

export const AUDIO_HEADER_BYTES = 4;
