/** Opening a call, whoever asks for it: which scenario, who pays, how much it may cost. */

import type { Leave } from "../call/allowance.ts";
import type { OpenRequest } from "../durable/call/record.ts";
import type { CallLink } from "../durable/switchboard/kept.ts";
import { type Bindings, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { CallOpened, OpenCall } from "../legs/open-call.ts";
import { scenarioById } from "../scenarios/index.ts";
import { newUlid } from "../ulid.ts";
import { capNow, orGiveLine, takeLine } from "./money.ts";

/** Who opens it. */
export interface Opening {
  env: Bindings;
  /** It is the host who opens it, or who pays for it: the server's own key may be spent. */
  host: boolean;
  visitor: string;
  /** The caller reads: the call answers in text and waits for no page. */
  text?: boolean;
  /** Of the call; by default a new one. */
  id?: string;
  /** It comes by a link, which has let it in, and may cost it so much; null is no limit. */
  by?: { link: CallLink; leave: Leave | null };
}

/** @throws LunaError `not_found` */
export function knownScenario(id: string): void {
  if (scenarioById(id)) return;
  throw new LunaError("not_found", `There is no scenario "${id}". GET /api/scenarios lists them.`, "scenario");
}

/** Opens a call and starts dialling the engine. @throws LunaError `not_found` for a scenario that is not there. */
export async function openCall(request: OpenCall, opening: Opening): Promise<CallOpened> {
  const { env, host, visitor, text, by, id = newUlid() } = opening;
  knownScenario(request.scenario);
  const settings = readSettings(env);
  const serverKey = host ? settings.serverKey : undefined;
  const hostPays = request.mode !== "scripted" && request.key === undefined && serverKey !== undefined;
  const cap_usd = hostPays ? await capNow(env, settings) : null;
  const penniless = cap_usd === 0 || by?.leave?.may_usd === 0;
  const wanted = request.mode === "scripted" || penniless ? undefined : (request.key ?? serverKey);
  const line = hostPays && wanted !== undefined ? await takeLine(env, id, settings) : "none needed";
  const key = line === "busy" ? undefined : wanted;
  const wish: OpenRequest = {
    id,
    visitor,
    scenario: request.scenario,
    settings: request.settings,
    server_key: hostPays,
    key,
    cap_usd,
    direct: settings.webrtcDirect && host && by === undefined,
    ...(text ? { text } : {}),
    ...(line === "taken" ? { line: true } : {}),
    ...(line === "busy" ? { busy: true } : {}),
    ...(by ? { link: by.link, leave: by.leave } : {}),
  };
  const opened = await orGiveLine(env, wish, () => env.CALLS.getByName(id).open(wish));
  return { call_id: id, socket: `/api/calls/${id}/socket`, ...opened };
}
