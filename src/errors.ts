/**
 * The one error type of Luna. Thrown anywhere at the rim, turned in one place each into an HTTP problem (RFC 9457),
 * a Realtime `error` event, or a socket close.
 */
import type { ServerEvent } from "./realtime/events.ts";

/** What can go wrong at the rim, with its HTTP status. */
const KINDS = {
  invalid_request: { status: 400, title: "The request does not fit" },
  token_invalid: { status: 401, title: "The call token is not valid" },
  token_expired: { status: 401, title: "The call token has expired" },
  sign_in: { status: 401, title: "Sign in first" },
  forbidden: { status: 403, title: "Not allowed" },
  not_found: { status: 404, title: "Not found" },
  method_not_allowed: { status: 405, title: "Method not allowed" },
  token_used: { status: 409, title: "The call is open elsewhere" },
  busy: { status: 409, title: "Another request is being answered" },
  call_on: { status: 409, title: "The call is still on" },
  call_ended: { status: 410, title: "The call has ended" },
  link_closed: { status: 410, title: "This link is closed" },
  pin_wanted: { status: 403, title: "A PIN is needed" },
  pin_wrong: { status: 403, title: "The PIN is not right" },
  robot: { status: 403, title: "Not shown to be a person" },
  too_large: { status: 413, title: "Too large" },
  wrong_type: { status: 415, title: "Wrong content type" },
  upgrade_required: { status: 426, title: "A WebSocket is needed here" },
  too_many: { status: 429, title: "Too many requests" },
  no_answer: { status: 504, title: "No answer in time" },
  unavailable: { status: 503, title: "Not available right now" },
  internal: { status: 500, title: "Something went wrong on our side" },
} as const;

export type ErrorKind = keyof typeof KINDS;

export class LunaError extends Error {
  readonly kind: ErrorKind;
  readonly param: string | undefined;
  /** The Realtime protocol's own word for it, where that is finer than the kind: `unknown_parameter`. */
  readonly code: string | undefined;

  /** @param detail What was wrong and what to do, one sentence for the person who meets it; never holds a key or a caller's words. */
  constructor(kind: ErrorKind, detail: string, param?: string, code?: string) {
    super(detail);
    this.name = "LunaError";
    this.kind = kind;
    this.param = param;
    this.code = code;
  }

  get status(): number {
    return KINDS[this.kind].status;
  }

  /** Close code for a socket that cannot go on: 4000 + the status (4000-4999 are free for applications, RFC 6455 section 7.4.2). */
  get close(): number {
    return 4000 + this.status;
  }
}

/** Anything thrown, as a `LunaError`; what we did not foresee becomes `internal` and tells nothing. */
export function asLunaError(thrown: unknown): LunaError {
  if (thrown instanceof LunaError) return thrown;
  return new LunaError("internal", "Something went wrong on our side. Try again in a moment.");
}

/** RFC 9457 problem document, as JSON. */
export function problemOf(error: LunaError) {
  return {
    type: `https://luna.invalid/problems/${error.kind.replaceAll("_", "-")}`,
    title: KINDS[error.kind].title as string,
    status: error.status,
    detail: error.message,
    code: error.kind,
    ...(error.param === undefined ? {} : { param: error.param }),
  };
}

/** RFC 9457 problem document, as an answer. */
export function problem(error: LunaError, headers: Record<string, string> = {}): Response {
  return Response.json(problemOf(error), {
    status: error.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
}

/** An error as the OpenAI SDKs read it. */
export interface OpenAiError {
  message: string;
  type: string;
  code: string;
  param: string | null;
}

/** Where the provider has another word or status for a kind. A secret that is spent or late is a bad key to an SDK: no retry. */
const AS_OPENAI: Partial<Record<ErrorKind, { code: string; type?: string; status?: number }>> = {
  token_invalid: { code: "invalid_api_key" },
  token_used: { code: "token_used", status: 401 },
  forbidden: { code: "insufficient_permissions" },
  wrong_type: { code: "unsupported_content_type" },
  too_many: { code: "rate_limit_exceeded", type: "requests" },
  unavailable: { code: "service_unavailable", type: "server_error" },
  internal: { code: "server_error", type: "server_error" },
};

/** What an `/v1` address says instead of a problem document, and what an `error` event on its socket holds. */
export function openAiError(error: LunaError): OpenAiError {
  const known = AS_OPENAI[error.kind];
  return {
    message: error.message,
    type: known?.type ?? "invalid_request_error",
    code: error.code ?? known?.code ?? error.kind,
    param: error.param ?? null,
  };
}

/** The answer of an `/v1` address: `{ error: { message, type, code, param } }`. */
export function openAiProblem(error: LunaError, headers: Record<string, string> = {}): Response {
  const status = AS_OPENAI[error.kind]?.status ?? error.status;
  return Response.json(
    { error: openAiError(error) },
    {
      status,
      headers: { "cache-control": "no-store", ...(status === 401 ? { "www-authenticate": "Bearer" } : {}), ...headers },
    },
  );
}

/** What is wrong, as the readers of this address expect it. */
export function refusal(path: string, error: LunaError, headers: Record<string, string> = {}): Response {
  return path.startsWith("/v1/") ? openAiProblem(error, headers) : problem(error, headers);
}

/** A Realtime `error` event: the call goes on. `clientEventId` names the event that caused it, where it had an id. */
export function errorEvent(
  code: string,
  message: string,
  options: { param?: string | null; clientEventId?: string | null; type?: string } = {},
): ServerEvent {
  return {
    type: "error",
    event_id: `event_${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`,
    error: {
      type: options.type ?? "invalid_request_error",
      code,
      message,
      param: options.param ?? null,
      event_id: options.clientEventId ?? null,
    },
  };
}
