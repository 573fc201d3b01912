/**
 * The one error type of Luna. Thrown anywhere at the rim, turned in one place each into an HTTP problem (RFC 9457),
 * a Realtime `error` event, or a socket close.
 */
import type { ServerEvent } from "./realtime/events.ts";

/** What can go wrong at the rim: HTTP status, and the socket close code where a socket cannot live on (4400 + the idea of the status). */
const KINDS = {
  invalid_request: { status: 400, close: 4400, title: "The request does not fit" },
  token_invalid: { status: 401, close: 4401, title: "The call token is not valid" },
  token_expired: { status: 401, close: 4401, title: "The call token has expired" },
  forbidden: { status: 403, close: 4403, title: "Not allowed" },
  not_found: { status: 404, close: 4404, title: "Not found" },
  method_not_allowed: { status: 405, close: 4405, title: "Method not allowed" },
  token_used: { status: 409, close: 4409, title: "The call is open elsewhere" },
  call_on: { status: 409, close: 4409, title: "The call is still on" },
  call_ended: { status: 410, close: 4410, title: "The call has ended" },
  too_large: { status: 413, close: 4413, title: "Too large" },
  wrong_type: { status: 415, close: 4415, title: "Wrong content type" },
  upgrade_required: { status: 426, close: 4426, title: "A WebSocket is needed here" },
  too_many: { status: 429, close: 4429, title: "Too many requests" },
  unavailable: { status: 503, close: 4503, title: "Not available right now" },
  internal: { status: 500, close: 4500, title: "Something went wrong on our side" },
} as const;

export type ErrorKind = keyof typeof KINDS;

export class LunaError extends Error {
  readonly kind: ErrorKind;
  readonly param: string | undefined;

  /** @param detail What was wrong and what to do, one sentence for the person who meets it; never holds a key or a caller's words. */
  constructor(kind: ErrorKind, detail: string, param?: string) {
    super(detail);
    this.name = "LunaError";
    this.kind = kind;
    this.param = param;
  }

  get status(): number {
    return KINDS[this.kind].status;
  }

  /** Close code for a socket that cannot go on (4000-4999 are free for applications, RFC 6455 section 7.4.2). */
  get close(): number {
    return KINDS[this.kind].close;
  }
}

/** Anything thrown, as a `LunaError`; what we did not foresee becomes `internal` and tells nothing. */
export function asLunaError(thrown: unknown): LunaError {
  if (thrown instanceof LunaError) return thrown;
  return new LunaError("internal", "Something went wrong on our side. Try again in a moment.");
}

/** RFC 9457 problem document. */
export function problem(error: LunaError, headers: Record<string, string> = {}): Response {
  const body = {
    type: `https://luna.invalid/problems/${error.kind.replaceAll("_", "-")}`,
    title: KINDS[error.kind].title,
    status: error.status,
    detail: error.message,
    code: error.kind,
    ...(error.param === undefined ? {} : { param: error.param }),
  };
  return Response.json(body, {
    status: error.status,
    headers: { "content-type": "application/problem+json", "cache-control": "no-store", ...headers },
  });
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
