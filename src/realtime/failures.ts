/** What went wrong at the provider, in plain words: from its `error` events, failed responses, close codes and HTTP statuses. */
import type { ResponseObject } from "./response-object.ts";
import type { RealtimeError } from "./server-events.ts";

export interface Failure {
  code: string;
  /** One sentence for a person. Never holds the provider's own text: that may quote the key. */
  message: string;
  /** The connection is of no use any more. */
  fatal: boolean;
  /** The same again, later, could work. */
  retriable: boolean;
  /** Harmless: the outcome of a race that both sides expect. */
  ignore: boolean;
}

type Kind = Pick<Failure, "fatal" | "retriable" | "ignore">;

/** Wrong until somebody changes a setting. */
const FATAL: Kind = { fatal: true, retriable: false, ignore: false };
/** The connection is gone or useless; a new one may do. */
const LOST: Kind = { fatal: true, retriable: true, ignore: false };
/** This one request failed; the session goes on. */
const PASSING: Kind = { fatal: false, retriable: true, ignore: false };
/** Our own mistake: the event was dropped whole, sending it again would not help. */
const REFUSED: Kind = { fatal: false, retriable: false, ignore: false };
const HARMLESS: Kind = { fatal: false, retriable: false, ignore: true };

const KEY_REFUSED = "The key was refused by the provider.";
const NO_CREDIT = "The account behind the key has no credit left.";
const TOO_MANY = "The provider is taking no more requests from this account for the moment.";
const HOUR_OVER = "The provider ended the session because its time of 60 minutes was over.";
const AT_FAULT = "The provider had a fault of its own.";
const BAD_EVENT = "The provider did not understand one of our messages.";
const DROPPED = "The connection to the provider broke.";

const CODES: Record<string, readonly [message: string, kind: Kind]> = {
  invalid_api_key: [KEY_REFUSED, FATAL],
  missing_api_key: ["The provider asks for a key.", FATAL],
  invalid_authentication: [KEY_REFUSED, FATAL],
  insufficient_quota: [NO_CREDIT, FATAL],
  billing_hard_limit_reached: ["The account behind the key has reached its spending limit.", FATAL],
  billing_not_active: ["The account behind the key has no active billing.", FATAL],
  missing_model: ["No model was named to the provider.", FATAL],
  invalid_model: ["The provider does not offer this model for live voice.", FATAL],
  model_not_found: ["The key gives no access to this model, or it does not exist.", FATAL],
  beta_api_shape_disabled: ["The provider no longer speaks the old protocol we asked for.", FATAL],
  unsupported_country_region_territory: ["The provider does not serve this region.", FATAL],
  session_expired: [HOUR_OVER, LOST],
  call_id_not_found: ["The provider knows no such call (yet).", LOST],
  rate_limit_exceeded: [TOO_MANY, PASSING],
  server_error: [AT_FAULT, PASSING],
  context_length_exceeded: ["The conversation has become too long for the model.", REFUSED],
  conversation_already_has_active_response: ["The provider is still answering.", PASSING],
  response_cancel_not_active: ["There was no answer to stop.", HARMLESS],
  input_audio_buffer_commit_empty: ["There was no sound to hand in.", HARMLESS],
  cannot_update_voice: ["The voice cannot change once it has been heard.", HARMLESS],
  item_truncate_invalid_item_id: ["There was nothing of this item to cut.", HARMLESS],
  item_not_found: ["The provider does not know this item any more.", HARMLESS],
  item_delete_invalid_item_id: ["The provider does not know this item any more.", HARMLESS],
  item_retrieve_invalid_item_id: ["The provider does not know this item any more.", HARMLESS],
  unsupported_content_type: ["There was nothing of this item to cut.", HARMLESS],
  invalid_value: [BAD_EVENT, REFUSED],
  invalid_type: [BAD_EVENT, REFUSED],
  missing_required_parameter: [BAD_EVENT, REFUSED],
  unknown_parameter: [BAD_EVENT, REFUSED],
  invalid_json: [BAD_EVENT, REFUSED],
  invalid_event: [BAD_EVENT, REFUSED],
};

/** Refused truncates come with no code of their own, only with these words. */
const TRUNCATE_RACE = /already shorter than|only model output audio messages can be truncated/i;

function failure(code: string, message: string, kind: Kind): Failure {
  return { code, message, ...kind };
}

function known(code: string | null | undefined): Failure | undefined {
  if (!code || !Object.hasOwn(CODES, code)) return undefined;
  const [message, kind] = CODES[code] ?? [AT_FAULT, PASSING];
  return failure(code, message, kind);
}

/** An `error` event. Unknown codes do not end anything: only a close tells fatal from passing. */
export function errorFailure(error: RealtimeError): Failure {
  if (TRUNCATE_RACE.test(error.message)) {
    return failure(error.code ?? "truncate_refused", "There was nothing of this item to cut.", HARMLESS);
  }
  const byCode = known(error.code) ?? known(error.type);
  if (byCode) return byCode;
  if (error.type === "rate_limit_error") return failure("rate_limit_exceeded", TOO_MANY, PASSING);
  if (error.type === "authentication_error") return failure("invalid_api_key", KEY_REFUSED, FATAL);
  return failure(error.code ?? error.type, "The provider reported a problem.", PASSING);
}

/**
 * A response that did not end well. Undefined when it is complete, was cancelled, or is still going. `incomplete` is
 * passing: something was said, but not all of it.
 */
export function responseFailure({
  status,
  status_details,
}: Pick<ResponseObject, "status" | "status_details">): Failure | undefined {
  if (status === "incomplete") {
    return status_details?.reason === "content_filter"
      ? failure("content_filter", "The provider's filter cut the answer off.", REFUSED)
      : failure("max_output_tokens", "The answer was cut off at its longest allowed length.", REFUSED);
  }
  if (status !== "failed") return undefined;
  const error = status_details?.error;
  return known(error?.code) ?? known(error?.type) ?? failure(error?.code || "response_failed", AT_FAULT, PASSING);
}

const CLOSES: Record<number, readonly [code: string, message: string, kind: Kind]> = {
  1000: ["closed", "The provider ended the session.", LOST],
  1001: ["connection_lost", "The provider went away.", LOST],
  1002: ["protocol_error", "The provider did not speak the protocol we expected.", FATAL],
  1003: ["protocol_error", "The provider did not take the kind of data we sent.", FATAL],
  1005: ["connection_lost", DROPPED, LOST],
  1006: ["connection_lost", DROPPED, LOST],
  1007: ["protocol_error", "The provider could not read what we sent.", FATAL],
  1008: ["policy", "The provider refused the session.", FATAL],
  1009: ["too_big", "A message was too big for the provider.", FATAL],
  1011: ["server_error", AT_FAULT, LOST],
  1012: ["server_restart", "The provider is restarting its service.", LOST],
  1013: ["overloaded", "The provider is overloaded.", LOST],
  1015: ["connection_lost", "No secure connection to the provider was possible.", LOST],
  3000: ["invalid_api_key", KEY_REFUSED, FATAL],
  4000: ["refused", "The provider refused the session's settings.", FATAL],
};

/**
 * A close of the provider's socket. Its reason is `<error type>.<code>` where the provider gives one, and then says more
 * than the number. Always fatal: the connection is over.
 */
export function closeFailure(code: number, reason: string): Failure {
  const named = known(reason.slice(reason.lastIndexOf(".") + 1).trim());
  if (named && !named.ignore) return { ...named, fatal: true };
  // 1001 is any server that goes away; only the reason tells that the hour is over.
  if (/maximum duration|60 minutes/i.test(reason)) return failure("session_expired", HOUR_OVER, LOST);
  const [name, message, kind] = CLOSES[code] ?? ["closed", "The provider ended the connection.", LOST];
  if (code >= 3000 && !Object.hasOwn(CLOSES, code)) return failure(`closed_${code}`, message, FATAL);
  return failure(name, message, kind);
}

/** An upgrade that was answered with something else than 101. */
export function httpFailure(status: number): Failure {
  if (status === 401) return failure("invalid_api_key", KEY_REFUSED, FATAL);
  if (status === 403) return failure("forbidden", "The key may not use this model, or not from here.", FATAL);
  if (status === 402) return failure("insufficient_quota", NO_CREDIT, FATAL);
  if (status === 404) return failure("not_found", "The provider has no such address or model.", FATAL);
  if (status === 429) return failure("rate_limit_exceeded", TOO_MANY, LOST);
  if (status >= 500) return failure("server_error", AT_FAULT, LOST);
  return failure(`http_${status}`, "The provider did not accept the connection.", FATAL);
}
