/** Reading a JSON body at the rim: bounded, typed, and refused with one clear sentence. */
import type { z } from "zod";
import { LunaError } from "../errors.ts";
import { DEEPEST, isTooDeep } from "../realtime/json.ts";

/** The longest honest body is a key and a handful of settings. */
const MAX_BODY_BYTES = 8_192;

/** @throws LunaError `wrong_type`, `too_large` or `invalid_request` (with the field in `param`). */
export async function readBody<T extends z.ZodType>(request: Request, schema: T): Promise<z.output<T>> {
  const parsed = schema.safeParse(await readJson(request));
  if (parsed.success) return parsed.data;
  const issue = parsed.error.issues[0];
  const param = issue?.path.join(".") || "body";
  throw new LunaError("invalid_request", `${param}: ${issue?.message ?? "does not fit"}.`, param);
}

/** @throws LunaError `wrong_type`, `too_large` or `invalid_request`, also for what is nested too deep to be handed on */
export async function readJson(request: Request, limit = MAX_BODY_BYTES): Promise<unknown> {
  if (!isJson(request.headers.get("content-type"))) {
    throw new LunaError("wrong_type", "Send JSON with the content type application/json.");
  }
  const text = await readText(request, limit);
  const body = jsonIn(text);
  if (isTooDeep(body)) throw new LunaError("invalid_request", `A body may be nested ${DEEPEST} levels deep.`);
  return body;
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    throw new LunaError("invalid_request", "The body is not valid JSON.");
  }
}

/** The media type alone counts: parameters such as `charset` may follow, another type that begins alike may not. */
function isJson(contentType: string | null): boolean {
  return contentType?.split(";", 1)[0]?.trim().toLowerCase() === "application/json";
}

async function readText(request: Request, limit: number): Promise<string> {
  return new TextDecoder().decode(await readBytes(request, limit));
}

/** Reads at most the limit, whatever `content-length` claims. @throws LunaError `too_large` */
export async function readBytes(request: Request, limit: number): Promise<Uint8Array<ArrayBuffer>> {
  const tooLarge = () => new LunaError("too_large", `A body may have ${limit} bytes.`);
  if (Number(request.headers.get("content-length") ?? 0) > limit) throw tooLarge();
  if (!request.body) return new Uint8Array(0);
  let size = 0;
  const pieces: Uint8Array[] = [];
  for await (const piece of request.body as ReadableStream<Uint8Array>) {
    size += piece.byteLength;
    if (size > limit) throw tooLarge();
    pieces.push(piece);
  }
  const whole = new Uint8Array(size);
  let at = 0;
  for (const piece of pieces) {
    whole.set(piece, at);
    at += piece.byteLength;
  }
  return whole;
}
