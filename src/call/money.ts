/**
 * What a call costs, from the provider's own usage figures: every response that ended, cancelled ones too, and every
 * transcription. The tally is plain JSON and is changed in place; the same response or transcription told twice counts once.
 */
import type { CostStatus } from "../legs/wire.ts";
import type { ModalityTokens, ResponseObject, TranscriptionUsage, Usage } from "../realtime/events.ts";
import {
  DEAREST,
  DEAREST_TRANSCRIPTION,
  type RealtimePrice,
  realtimePrice,
  type TranscriptionPrice,
  transcriptionPrice,
} from "../realtime/prices.ts";

/** Tokens by kind. Cached ones are part of those that went in. */
export interface Tokens {
  text_in: number;
  text_cached: number;
  text_out: number;
  audio_in: number;
  audio_cached: number;
  audio_out: number;
  image_in: number;
  image_cached: number;
}

export interface Tally {
  /** US dollars of all that has a price. */
  usd: number;
  /** Of the last response; null where it could not be priced. */
  turn_usd: number | null;
  /** What counts against a cap: as `usd`, and what has no price at the dearest rates known. */
  charge_usd: number;
  /** US dollars by conversation item: Luna's messages with the tool calls that led to them, the caller's transcriptions. */
  items: Record<string, number>;
  /** Of responses without a message: goes to the next message. */
  carried_usd: number;
  tokens: Tokens;
  /** Audio of the caller that was charged by time, seconds. */
  transcribed_s: number;
  /** Something was used whose price is not known: `usd` is not all of it. */
  unpriced: boolean;
  /** Responses that ended without telling what they used, or never came to their end. */
  unmeasured: number;
  /** Of those, the ones that were taken to be without an end, and what each was charged (US dollars); absent: none. */
  unfinished?: { id: string; usd: number }[];
  /** The warning about the cap has been given. */
  warned: boolean;
  /** What has been counted, newest last. */
  counted: string[];
}

/** At this share of a cap the caller is told. */
export const WARN_AT = 0.8;
/** Repeats come close together, if at all. */
const COUNTED = 64;
const MILLION = 1_000_000;
/** Caller audio is one token per 100 ms. */
const AUDIO_TOKENS_PER_MINUTE = 600;
/** And Luna's one per 50 ms. */
const MS_PER_AUDIO_TOKEN = 50;

export function newTally(): Tally {
  return {
    usd: 0,
    turn_usd: null,
    charge_usd: 0,
    items: {},
    carried_usd: 0,
    tokens: noTokens(),
    transcribed_s: 0,
    unpriced: false,
    unmeasured: 0,
    warned: false,
    counted: [],
  };
}

function noTokens(): Tokens {
  return {
    text_in: 0,
    text_cached: 0,
    text_out: 0,
    audio_in: 0,
    audio_cached: 0,
    audio_out: 0,
    image_in: 0,
    image_cached: 0,
  };
}

/** US dollars of one response; null where the model has no price or the usage tells nothing. */
export function costOf(usage: Usage | null | undefined, model: string): number | null {
  const tokens = tokensOf(usage);
  const price = realtimePrice(model);
  return tokens === null || price === undefined ? null : priced(tokens, price);
}

/** US dollars of one transcription; null where the model has no price for what the usage tells. */
export function transcriptionCost(usage: TranscriptionUsage | null | undefined, model: string): number | null {
  const price = transcriptionPrice(model);
  return price === undefined || usage == null ? null : pricedTranscription(usage, price);
}

/** A response has ended, in whatever way. `model` is the one that made it, `ms` the sound that came of it. */
export function addResponse(
  tally: Tally,
  response: Pick<ResponseObject, "id" | "usage" | "output">,
  model: string,
  ms = 0,
): void {
  if (isRepeat(tally, response.id)) return;
  takeBack(tally, response.id);
  const tokens = tokensOf(response.usage);
  if (tokens === null) return addUnmeasured(tally, ms, model);
  for (const kind of Object.keys(tokens) as (keyof Tokens)[]) tally.tokens[kind] += tokens[kind];
  const usd = costOf(response.usage, model);
  tally.turn_usd = usd;
  charge(tally, usd, priced(tokens, DEAREST));
  const due = exact(tally.carried_usd + (usd ?? 0));
  const said = response.output.find((item) => item.type === "message");
  tally.carried_usd = said === undefined ? due : 0;
  if (said !== undefined) give(tally, said.id, due);
}

/** A response under way whose end, it seems, nobody will tell any more; `ms` of sound came of it. */
export function addUnfinished(tally: Tally, response_id: string, ms: number, model: string): void {
  const { unfinished = [], charge_usd } = tally;
  if (tally.counted.includes(response_id) || unfinished.some(({ id }) => id === response_id)) return;
  addUnmeasured(tally, ms, model);
  const usd = exact(tally.charge_usd - charge_usd);
  tally.unfinished = [...unfinished, { id: response_id, usd }].slice(-COUNTED);
}

/** Its end is told after all: the call has come back to the same session. */
function takeBack(tally: Tally, response_id: string): void {
  const known = tally.unfinished?.find(({ id }) => id === response_id);
  if (!known) return;
  tally.unfinished = tally.unfinished?.filter((one) => one !== known) ?? [];
  tally.unmeasured -= 1;
  tally.charge_usd = exact(tally.charge_usd - known.usd);
}

/**
 * What it has used is not known and no part of `usd`; the sound that came of it was made, and counts against a cap: the least
 * that it can have cost.
 */
function addUnmeasured(tally: Tally, ms: number, model: string): void {
  tally.unmeasured += 1;
  tally.turn_usd = null;
  const tokens = { ...noTokens(), audio_out: Math.ceil(ms / MS_PER_AUDIO_TOKEN) };
  tally.charge_usd = exact(tally.charge_usd + priced(tokens, realtimePrice(model) ?? DEAREST));
}

/** The caller's words of `item_id` were transcribed. */
export function addTranscription(
  tally: Tally,
  item_id: string,
  usage: TranscriptionUsage | null | undefined,
  model: string,
): void {
  if (usage == null || isRepeat(tally, `transcription of ${item_id}`)) return;
  if (usage.type === "duration") tally.transcribed_s += count(usage.seconds);
  const usd = transcriptionCost(usage, model);
  charge(tally, usd, pricedTranscription(usage, DEAREST_TRANSCRIPTION) ?? 0);
  give(tally, item_id, usd ?? 0);
}

/** What the call has cost; null where not all of it has a price, or nothing was charged (the engine inside is free). */
export function costOfCall(tally: Tally): number | null {
  return tally.unpriced || tally.usd === 0 ? null : tally.usd;
}

/** What the turn of this item has cost; null where nothing is known of it. */
export function costOfTurn(tally: Tally, item_id: string): number | null {
  return Object.hasOwn(tally.items, item_id) ? (tally.items[item_id] ?? null) : null;
}

/** What the page is told after each response. */
export function costStatus(tally: Tally, cap: number | null): CostStatus {
  const unknown = tally.unpriced ? null : tally.usd;
  return { type: "luna.cost", usd: unknown, turn_usd: tally.turn_usd, cap_usd: cap };
}

/** What a call may cost: its own cap, or what other calls have left of the day's, whichever is lower. US dollars; null is no cap. */
export function capFor(caps: { call: number | null; day: number | null }, spentByOthersToday: number): number | null {
  const left = caps.day === null ? null : Math.max(0, caps.day - spentByOthersToday);
  if (left === null || caps.call === null) return left ?? caps.call;
  return Math.min(left, caps.call);
}

/** Where the call stands under its cap. `warn` is given once (the tally remembers), `spent` from then on every time. */
export function capState(tally: Tally, cap: number | null): "ok" | "warn" | "spent" {
  if (cap === null) return "ok";
  if (tally.charge_usd >= cap) return "spent";
  if (tally.warned || tally.charge_usd < cap * WARN_AT) return "ok";
  tally.warned = true;
  return "warn";
}

/**
 * Tokens of one response by kind; null where the usage tells nothing. Tolerant, and never too cheap: tokens of no named kind
 * count as audio, those that are only in the total as audio that was made, unless what was made is told; and cached tokens of no
 * named kind as text first, because a prompt begins with text.
 */
export function tokensOf(usage: Usage | null | undefined): Tokens | null {
  if (usage == null || Object.keys(usage).length === 0) return null;
  const into = kinds(usage.input_token_details);
  const out = kinds(usage.output_token_details);
  into.audio += Math.max(0, count(usage.input_tokens) - into.text - into.audio - into.image);
  out.audio += Math.max(0, count(usage.output_tokens) - out.text - out.audio);
  const [came, made] = [into.text + into.audio + into.image, out.text + out.audio];
  (came === 0 && made > 0 ? into : out).audio += Math.max(0, count(usage.total_tokens) - came - made);
  const cached = kinds(usage.input_token_details?.cached_tokens_details);
  const told = cached.text + cached.audio + cached.image;
  let untold = Math.max(0, count(usage.input_token_details?.cached_tokens) - told);
  for (const kind of ["text", "audio", "image"] as const) {
    cached[kind] = Math.min(cached[kind], into[kind]);
    const more = Math.min(untold, into[kind] - cached[kind]);
    cached[kind] += more;
    untold -= more;
  }
  return {
    text_in: into.text,
    text_cached: cached.text,
    text_out: out.text,
    audio_in: into.audio,
    audio_cached: cached.audio,
    audio_out: out.audio,
    image_in: into.image,
    image_cached: cached.image,
  };
}

function kinds(tokens: ModalityTokens | undefined): { text: number; audio: number; image: number } {
  return { text: count(tokens?.text_tokens), audio: count(tokens?.audio_tokens), image: count(tokens?.image_tokens) };
}

/** What comes over the wire may be anything: only a positive number is a count. */
function count(told: unknown): number {
  return typeof told === "number" && Number.isFinite(told) && told > 0 ? told : 0;
}

function priced(tokens: Tokens, { text, audio, image }: RealtimePrice): number {
  const millionths =
    (tokens.text_in - tokens.text_cached) * text.input +
    tokens.text_cached * text.cached +
    tokens.text_out * text.output +
    (tokens.audio_in - tokens.audio_cached) * audio.input +
    tokens.audio_cached * audio.cached +
    tokens.audio_out * audio.output +
    (tokens.image_in - tokens.image_cached) * image.input +
    tokens.image_cached * image.cached;
  return exact(millionths / MILLION);
}

function pricedTranscription(usage: TranscriptionUsage, price: TranscriptionPrice): number | null {
  if (usage.type === "duration") {
    return price.by === "minute" ? exact((count(usage.seconds) / 60) * price.usd) : null;
  }
  if (usage.type !== "tokens") return null;
  const text = count(usage.input_token_details?.text_tokens);
  const audio = Math.max(count(usage.input_token_details?.audio_tokens), count(usage.input_tokens) - text);
  if (price.by === "minute") return exact((audio / AUDIO_TOKENS_PER_MINUTE) * price.usd);
  return exact((text * price.text + audio * price.audio + count(usage.output_tokens) * price.output) / MILLION);
}

function charge(tally: Tally, usd: number | null, atMost: number): void {
  if (usd === null) tally.unpriced = true;
  else tally.usd = exact(tally.usd + usd);
  tally.charge_usd = exact(tally.charge_usd + (usd ?? atMost));
}

function give(tally: Tally, item_id: string, usd: number): void {
  tally.items[item_id] = exact((costOfTurn(tally, item_id) ?? 0) + usd);
}

/** Prices are whole cents per million tokens, so 1e-8 dollars is the grain: rounding to a tenth of it keeps sums from drifting. */
function exact(usd: number): number {
  return Math.round(usd * 1e9) / 1e9;
}

function isRepeat(tally: Tally, what: string): boolean {
  if (tally.counted.includes(what)) return true;
  tally.counted.push(what);
  if (tally.counted.length > COUNTED) tally.counted.shift();
  return false;
}
