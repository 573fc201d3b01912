/**
 * WebRTC for programs of one's own: a client brings its offer with a secret of `client_secrets`, or a program with its API key and
 * the session it wants. Nobody has opened a call before; the client leads it over its data channel, and Luna is beside it.
 */

import { offerRequest } from "../durable/call/led-door.ts";
import type { Offered } from "../durable/call/media.ts";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { SessionConfig } from "../realtime/session-config.ts";
import { newUlid } from "../ulid.ts";
import type { Admission } from "./admission.ts";
import { openingFor } from "./led-opening.ts";
import { giveLine, orGiveLine } from "./money.ts";

export interface ClientOffer {
  /** Looked at already. */
  sdp: string;
  admission: Admission;
  /** The model by the address, or empty. */
  model: string;
  /** Comes with a key only: a secret has its own. */
  session?: SessionConfig;
}

/** The provider's answer, and the id of the new call. @throws LunaError */
export async function takeOffer(offer: ClientOffer, env: Bindings): Promise<{ id: string; offered: Offered }> {
  const { sdp, admission, session } = offer;
  const { provider } = readSettings(env);
  const named = session?.model ?? offer.model;
  const asked = named === "" && admission.model === undefined ? provider.model : named;
  const opening = await openingFor(admission, asked, env, newUlid());
  if ("close" in opening) throw new LunaError("invalid_request", opening.message, "model", opening.code);
  if (!opening.server_key) throw noProvider();
  const { model: _, ...wanted } = session ?? {};
  const more = session === undefined ? {} : { asked: { ...wanted, type: "realtime" as const } };
  const request = offerRequest(sdp, { ...opening, ...more });
  const answer = await orGiveLine(env, opening, () => env.CALLS.getByName(opening.id).fetch(request));
  const offered = await answer.json<Offered>();
  if (!offered.ok) await giveLine(env, opening);
  return { id: opening.id, offered };
}

/** Nobody here speaks WebRTC but the provider. */
export function noProvider(): LunaError {
  const message =
    "WebRTC needs an AI provider at the other end, and here is none for you. Connect to GET /v1/realtime by WebSocket.";
  return new LunaError("invalid_request", message, undefined, "webrtc_unavailable");
}
