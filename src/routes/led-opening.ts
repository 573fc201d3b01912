/** What is checked before a client leads a call, by whichever way its sound goes: the key, the model, and whose bill it is. */
import type { LedOpening } from "../durable/call/led-door.ts";
import { RAW } from "../durable/call/led-engines.ts";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { Refused } from "../legs/sdk.ts";
import { checkClientEvent } from "../realtime/parse.ts";
import type { SessionConfig } from "../realtime/session-config.ts";
import { type Admission, admit, offeredKey, type Wish } from "./admission.ts";
import { answererOf } from "./models.ts";
import { brake, capNow, takeLine } from "./money.ts";

/** Bad keys from one address are counted: a good one is not held up. */
export async function admitted(request: Request, env: Bindings, wish: Wish = {}): Promise<Admission> {
  try {
    return await admit(request, env, wish);
  } catch (thrown) {
    await brake(env, request);
    throw thrown;
  }
}

/** For what a secret, which is good for one session, must not be spent on. @throws LunaError `forbidden` */
export async function keyHolder(request: Request, env: Bindings): Promise<Admission> {
  if (offeredKey(request)?.startsWith("ek_")) {
    throw new LunaError("forbidden", "A client secret opens one session and nothing else.");
  }
  return admitted(request, env);
}

/**
 * @param asked the model by the client's word; empty where it gives none. A secret that names another was refused before.
 * @param id of the call, where no secret has reserved one.
 */
export async function openingFor(
  admission: Admission,
  asked: string,
  env: Bindings,
  id: string,
): Promise<LedOpening | Refused> {
  const settings = readSettings(env);
  const name = admission.model ?? asked;
  if (name === "") return badModel("missing_model", "You must provide a model parameter.");
  const paid = admission.server_key && settings.serverKey !== undefined;
  const answerer = answererOf(name, settings, paid);
  if (!answerer)
    return badModel("invalid_model", `The model '${name.slice(0, 80)}' does not exist. GET /v1/models lists them.`);
  const wants_ai = paid && answerer.upstream !== undefined;
  const cap_usd = wants_ai ? await capNow(env, settings) : null;
  if (cap_usd === 0 && answerer.agent === undefined) {
    return badModel("insufficient_quota", "The host's budget for calls with the AI is used up for now.");
  }
  const call_id = admission.call_id ?? id;
  const line = wants_ai && cap_usd !== 0 ? await takeLine(env, call_id, settings) : "none needed";
  if (line === "busy" && answerer.agent === undefined) {
    return badModel("rate_limit_exceeded", "All lines to the AI are taken just now. Try again in a minute.");
  }
  return {
    id: call_id,
    ...(line === "taken" ? { line: true } : {}),
    visitor: admission.visitor,
    scenario: answerer.agent ?? RAW,
    ...(answerer.agent === undefined ? {} : { agent: answerer.agent }),
    model: wants_ai ? (answerer.upstream ?? name) : answerer.offline,
    server_key: wants_ai && cap_usd !== 0 && line !== "busy",
    cap_usd,
  };
}

export function badModel(code: string, message: string): Refused {
  return { code, message, close: 4000 };
}

/**
 * A session that somebody asks for, held against the same strict schema as `session.update`: a field too many is refused, because
 * it would be lost unseen.
 * @throws LunaError `invalid_request` with the protocol's own code and the field in `param`
 */
export function readSession(asked: unknown): SessionConfig {
  const read = checkClientEvent({ type: "session.update", session: asked });
  if (!read.ok) throw unfitSession(read.error);
  if (read.event.type === "session.update" && read.event.session.type === "realtime") return read.event.session;
  const message = "Luna holds conversations: the type of a session is 'realtime'.";
  throw unfitSession({ message, param: "session.type", code: "invalid_value" });
}

export function unfitSession(fault: { message: string; param?: string | null; code?: string | null }): LunaError {
  return new LunaError("invalid_request", fault.message, fault.param ?? undefined, fault.code ?? undefined);
}
