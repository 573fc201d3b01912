/**
 * Moonshine Tiny (English): speech at 16 kHz to text. An encoder runs once over the utterance, a decoder then writes one
 * token a step. Its key/value cache has six layers; the encoder half is filled by the first step and kept from then on.
 *
 * The model hears best with little silence around the words (`endpointing.ts` trims): one second of it on both sides
 * empties two answers in five.
 */
import tokenizer from "llama-tokenizer-js";
import { flag, floats, integers, type Model, openModel, output, run, type Session, type Tensor } from "./ort.ts";

const LAYERS = 6;
const HEADS = 8;
const HEAD_SIZE = 36;
const START = 1;
const END = 2;
/** Speech holds no more than six tokens a second; a decoder that writes more is repeating itself. */
const TOKENS_PER_SECOND = 6;
const RATE = 16_000;
/** The tokenizer's 256 raw bytes follow its three marks. */
const FIRST_WORD_TOKEN = 3;

type Cache = Record<string, Tensor>;

export interface RecogniseOptions {
  /** Awaited between the steps, so that a worker can go on listening while it recognises. */
  breathe?: () => Promise<void>;
  /** Give up (result "") when this says so; asked between the steps. */
  abandoned?: () => boolean;
}

export class Moonshine {
  readonly #encoder: Session;
  readonly #decoder: Session;

  private constructor(encoder: Session, decoder: Session) {
    this.#encoder = encoder;
    this.#decoder = decoder;
  }

  static async open(models: { encoder: Model; decoder: Model }): Promise<Moonshine> {
    return new Moonshine(await openModel(models.encoder), await openModel(models.decoder));
  }

  /** The words in `speech` (float samples at 16 kHz, at least 0.1 s), or "" when there are none. */
  async recognise(speech: Float32Array, options: RecogniseOptions = {}): Promise<string> {
    if (speech.length < RATE / 10) return "";
    const encoded = await run(this.#encoder, { input_values: floats(speech, [1, speech.length]) });
    const hidden = output(encoded, "last_hidden_state");
    const most = Math.max(1, Math.ceil((speech.length / RATE) * TOKENS_PER_SECOND));
    const tokens = await this.#decode(hidden, most, options);
    return (
      tokenizer
        .decode(
          tokens.filter((token) => token >= FIRST_WORD_TOKEN),
          false,
          true,
        )
        // A hesitation comes out as a comma of its own.
        .replace(/([,.;])(?:\s*[,;])+/g, "$1")
        .trim()
    );
  }

  async #decode(hidden: Tensor, most: number, options: RecogniseOptions): Promise<number[]> {
    const cache = emptyCache();
    const tokens: number[] = [];
    let last = START;
    for (let step = 0; step <= most; step++) {
      await options.breathe?.();
      if (options.abandoned?.()) return [];
      const results = await run(this.#decoder, {
        input_ids: integers([last], [1, 1]),
        encoder_hidden_states: hidden,
        use_cache_branch: flag(step > 0),
        ...cache,
      });
      last = likeliest(output(results, "logits"));
      if (last === END) break;
      tokens.push(last);
      refresh(cache, results, step === 0);
    }
    return tokens;
  }
}

function emptyCache(): Cache {
  const cache: Cache = {};
  for (let layer = 0; layer < LAYERS; layer++)
    for (const half of ["decoder", "encoder"])
      for (const part of ["key", "value"])
        cache[`past_key_values.${layer}.${half}.${part}`] = floats(new Float32Array(0), [0, HEADS, 1, HEAD_SIZE]);
  return cache;
}

/** After the first step the cached branch returns no encoder half: what the first step gave stays. */
function refresh(cache: Cache, results: Readonly<Record<string, unknown>>, first: boolean): void {
  for (const name of Object.keys(cache)) {
    if (!first && name.includes(".encoder.")) continue;
    cache[name] = output(results, name.replace("past_key_values", "present"));
  }
}

/** Index of the greatest value in the last row. */
function likeliest(logits: Tensor): number {
  const values = logits.data as Float32Array;
  const row = values.length - (logits.dims.at(-1) ?? values.length);
  let best = row;
  for (let i = row + 1; i < values.length; i++) if ((values[i] as number) > (values[best] as number)) best = i;
  return best - row;
}
