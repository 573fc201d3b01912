/**
 * The hot path: caller audio goes out and answer audio comes in without building or parsing objects around it.
 * A delta is up to 60 KB of base64 in one JSON string; of its event only four small fields matter.
 */
import { base64 } from "../audio/base64.ts";
import { isId } from "./ids.ts";
import { isJson } from "./json.ts";

/** One audio delta, cut out of its event. `base64` is in the session's output format. */
export interface AudioDelta {
  response_id: string;
  item_id: string;
  output_index: number;
  content_index: number;
  base64: string;
}

const GA = "response.output_audio.delta";
/** Still sent by other vendors. */
const BETA = "response.audio.delta";

const TAB = 9;
const LINE_FEED = 10;
const RETURN = 13;
const SPACE = 32;
const QUOTE = 34;
const COMMA = 44;
const COLON = 58;
const OPEN = 123;
const CLOSE = 125;

/**
 * Cuts one audio delta out of a server event, whatever the order of keys and the white space. Undefined when the event is
 * no audio delta, or one without ids. Events with escapes or nested values are parsed instead; the result is the same.
 */
export function readAudioDelta(text: string): AudioDelta | undefined {
  if (!text.includes("audio.delta")) return undefined;
  const fields = text.includes("\\") ? undefined : scan(text);
  return toDelta(fields ?? parse(text));
}

/** `{"type":"input_audio_buffer.append","audio":"..."}` for one frame of PCM16 (or G.711) bytes. */
export function appendEvent(frame: Uint8Array): string {
  return `{"type":"input_audio_buffer.append","audio":"${base64(frame)}"}`;
}

interface Fields {
  type: unknown;
  response_id: unknown;
  item_id: unknown;
  output_index: unknown;
  content_index: unknown;
  delta: unknown;
}

function toDelta(fields: Fields | undefined): AudioDelta | undefined {
  if (!fields || (fields.type !== GA && fields.type !== BETA)) return undefined;
  const { response_id, item_id, output_index, content_index, delta } = fields;
  if (!isId(response_id) || !isId(item_id) || typeof delta !== "string") return undefined;
  return {
    response_id,
    item_id,
    output_index: typeof output_index === "number" ? output_index : 0,
    content_index: typeof content_index === "number" ? content_index : 0,
    base64: delta,
  };
}

function parse(text: string): Fields | undefined {
  try {
    const raw: unknown = JSON.parse(text);
    return isJson(raw) ? { ...NONE, ...raw } : undefined;
  } catch {
    return undefined;
  }
}

const NONE: Fields = {
  type: undefined,
  response_id: undefined,
  item_id: undefined,
  output_index: undefined,
  content_index: undefined,
  delta: undefined,
};

/** Walks the keys of one flat object without escapes. Undefined when it is not that. */
function scan(text: string): Fields | undefined {
  const fields = { ...NONE };
  let at = blank(text, 0);
  if (text.charCodeAt(at) !== OPEN) return undefined;
  for (;;) {
    const key = blank(text, at + 1);
    const keyEnd = text.indexOf('"', key + 1);
    if (text.charCodeAt(key) !== QUOTE || keyEnd < 0) return undefined;
    const colon = blank(text, keyEnd + 1);
    if (text.charCodeAt(colon) !== COLON) return undefined;
    const value = blank(text, colon + 1);
    const valueEnd = endOf(text, value);
    if (valueEnd < 0) return undefined;
    keep(fields, text, key + 1, keyEnd, value, valueEnd);
    at = blank(text, valueEnd);
    const next = text.charCodeAt(at);
    if (next === CLOSE) return blank(text, at + 1) === text.length ? fields : undefined;
    if (next !== COMMA) return undefined;
  }
}

/** Values of other keys (padding of any length among them) are stepped over, never copied. */
function keep(fields: Fields, text: string, key: number, keyEnd: number, value: number, valueEnd: number): void {
  switch (text.slice(key, keyEnd)) {
    case "type":
      fields.type = fieldAt(text, value, valueEnd);
      break;
    case "response_id":
      fields.response_id = fieldAt(text, value, valueEnd);
      break;
    case "item_id":
      fields.item_id = fieldAt(text, value, valueEnd);
      break;
    case "output_index":
      fields.output_index = fieldAt(text, value, valueEnd);
      break;
    case "content_index":
      fields.content_index = fieldAt(text, value, valueEnd);
      break;
    case "delta":
      fields.delta = fieldAt(text, value, valueEnd);
      break;
  }
}

function fieldAt(text: string, start: number, end: number): unknown {
  if (text.charCodeAt(start) === QUOTE) return text.slice(start + 1, end - 1);
  // Numbers; `true`, `false` and `null` are no value that a delta has, and count as missing.
  const value = Number(text.slice(start, end));
  return Number.isNaN(value) ? undefined : value;
}

/** Index after the string, number or word that starts at `start`; -1 for an object, an array or nothing. */
function endOf(text: string, start: number): number {
  if (text.charCodeAt(start) === QUOTE) return text.indexOf('"', start + 1) + 1 || -1;
  let at = start;
  while (at < text.length && isWord(text.charCodeAt(at))) at++;
  return at > start ? at : -1;
}

/** Digits, sign, point, exponent, and the letters of `true`, `false`, `null`. */
function isWord(code: number): boolean {
  return (
    (code >= 48 && code <= 57) ||
    (code >= 97 && code <= 122) ||
    code === 43 ||
    code === 45 ||
    code === 46 ||
    code === 69
  );
}

function blank(text: string, start: number): number {
  let at = start;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code !== SPACE && code !== LINE_FEED && code !== RETURN && code !== TAB) return at;
    at++;
  }
}
