/**
 * What the provider charges, as data: US dollars per million tokens, and per minute for transcription.
 *
 * Source: OpenAI's model pages of 2026 in stored copies, read on 2026-11-21 (`PRICES_READ`). A model that is not here has no
 * price, and nothing of it is guessed: its cost is unknown. Prices change; this file is the only place that knows them.
 */

/** The day on which the table was last held against the provider's pages. */
export const PRICES_READ = "2026-11-21";

/** US dollars per million tokens. Cached input is part of the input and has a price of its own. */
export interface Rates {
  input: number;
  cached: number;
  output: number;
}

export interface RealtimePrice {
  text: Rates;
  audio: Rates;
  /** Images go in only. */
  image: Omit<Rates, "output">;
}

/** Transcription is charged by time or by token, whichever the model's page says. */
export type TranscriptionPrice =
  | { by: "minute"; usd: number }
  | { by: "token"; text: number; audio: number; output: number };

const rates = (input: number, cached: number, output: number): Rates => ({ input, cached, output });
const AUDIO = rates(32, 0.4, 64);
const IMAGE = { input: 5, cached: 0.5 };
const MINI: RealtimePrice = {
  text: rates(0.6, 0.06, 2.4),
  audio: rates(10, 0.3, 20),
  image: { input: 0.8, cached: 0.08 },
};

const REALTIME: Readonly<Record<string, RealtimePrice>> = {
  "gpt-realtime-2.1": { text: rates(4, 0.4, 24), audio: AUDIO, image: IMAGE },
  "gpt-realtime-2.1-mini": MINI,
  "gpt-realtime-2": { text: rates(4, 0.4, 24), audio: AUDIO, image: IMAGE },
  "gpt-realtime-1.5": { text: rates(4, 0.4, 16), audio: AUDIO, image: IMAGE },
  // Both are switched off on 2027-01-20; their prices of late 2026 are not confirmed.
  "gpt-realtime": { text: rates(4, 0.4, 16), audio: AUDIO, image: IMAGE },
  "gpt-realtime-mini": MINI,
  // The engine inside costs nothing.
  "luna-scripted": { text: rates(0, 0, 0), audio: rates(0, 0, 0), image: { input: 0, cached: 0 } },
};

const TRANSCRIPTION: Readonly<Record<string, TranscriptionPrice>> = {
  "gpt-transcribe": { by: "minute", usd: 0.0045 },
  "gpt-live-transcribe": { by: "minute", usd: 0.017 },
  "gpt-realtime-whisper": { by: "minute", usd: 0.017 },
  "whisper-1": { by: "minute", usd: 0.006 },
  // The pages name one price for input, older lists a higher one for audio: the higher one, so that a cap is never late.
  "gpt-4o-transcribe": { by: "token", text: 2.5, audio: 6, output: 10 },
  "gpt-4o-mini-transcribe": { by: "token", text: 1.25, audio: 3, output: 5 },
};

const highest = (of: (price: RealtimePrice) => number) => Math.max(...Object.values(REALTIME).map(of));
const highestRates = (kind: "text" | "audio"): Rates => ({
  input: highest((price) => price[kind].input),
  cached: highest((price) => price[kind].cached),
  output: highest((price) => price[kind].output),
});

/** What a model without a price is counted at where a cap has to hold: the highest rate of each kind in the table. */
export const DEAREST: RealtimePrice = {
  text: highestRates("text"),
  audio: highestRates("audio"),
  image: { input: highest((price) => price.image.input), cached: highest((price) => price.image.cached) },
};
/** The same for transcription, per minute: by token it comes to less. */
export const DEAREST_TRANSCRIPTION: TranscriptionPrice = {
  by: "minute",
  usd: Math.max(...Object.values(TRANSCRIPTION).map((price) => (price.by === "minute" ? price.usd : 0))),
};

/** A dated snapshot costs what its model costs. */
const SNAPSHOT = /-\d{4}-\d{2}-\d{2}$/;

function find<T>(table: Readonly<Record<string, T>>, model: string): T | undefined {
  for (const name of [model, model.replace(SNAPSHOT, "")]) if (Object.hasOwn(table, name)) return table[name];
  return undefined;
}

/** The price of a model, or of the model that this is a snapshot of; undefined where it is not known (an Azure deployment's own name). */
export function realtimePrice(model: string): RealtimePrice | undefined {
  return find(REALTIME, model);
}

/** The price of a transcription model; undefined where it is not known. */
export function transcriptionPrice(model: string): TranscriptionPrice | undefined {
  return find(TRANSCRIPTION, model);
}
