/**
 * Luna as an OpenAI-compatible Realtime server: `GET /v1/realtime` for SDKs, and the models it answers as. What is wrong with
 * a key or a model is told the provider's way: the upgrade succeeds, an `error` event says why, and the socket closes.
 */
import { Hono } from "hono";
import { ulid } from "ulid";
import { type LedOpening, ledRequest } from "../durable/call/led-door.ts";
import { RAW } from "../durable/call/led-engines.ts";
import { type Bindings, readSettings } from "../env.ts";
import { asLunaError, LunaError, openAiError } from "../errors.ts";
import { type Refused, refusedSocket } from "../legs/sdk.ts";
import { log } from "../log.ts";
import { type Admission, admit, offeredKey } from "./admission.ts";
import { answererOf, modelList } from "./models.ts";
import { brake, capNow } from "./money.ts";

export const realtime = new Hono<{ Bindings: Bindings }>()
  .get("/realtime", async (c) => {
    const request = c.req.raw;
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      throw new LunaError("upgrade_required", "Connect with a WebSocket, as the Realtime API of OpenAI.");
    }
    const id = ulid();
    try {
      // A new object takes its time to come up, and so does looking up a key: both at once.
      const up = offeredKey(request) === undefined ? undefined : c.env.CALLS.getByName(id).up();
      const [opening] = await Promise.all([openingOf(request, c.env, id), up]);
      if ("close" in opening) return refusedSocket(request, opening);
      return await c.env.CALLS.getByName(opening.id).fetch(ledRequest(request, opening));
    } catch (thrown) {
      return refusedSocket(request, refusalOf(asLunaError(thrown)));
    }
  })
  .get("/models", async (c) => {
    await keyHolder(c.req.raw, c.env);
    return c.json({ object: "list", data: modelList(readSettings(c.env)) }, 200, { "cache-control": "no-store" });
  })
  .get("/models/:id", async (c) => {
    await keyHolder(c.req.raw, c.env);
    const id = c.req.param("id");
    const model = modelList(readSettings(c.env)).find((one) => one.id === id);
    if (!model)
      throw new LunaError("not_found", `The model '${id}' does not exist. GET /v1/models lists them.`, "model");
    return c.json(model, 200, { "cache-control": "no-store" });
  });

/** A secret is good for one session: asking for a list must not spend it. */
async function keyHolder(request: Request, env: Bindings): Promise<void> {
  if (offeredKey(request)?.startsWith("ek_")) {
    throw new LunaError("forbidden", "A client secret opens one session and nothing else.");
  }
  await admitted(request, env);
}

/** Everything that is checked before there is a call. */
async function openingOf(request: Request, env: Bindings, id: string): Promise<LedOpening | Refused> {
  const query = new URL(request.url).searchParams;
  const unfit = unfitRequest(request, query);
  if (unfit) return unfit;
  const settings = readSettings(env);
  const admission = await admitted(request, env);
  const asked = query.get("model") ?? "";
  if (admission.model !== undefined && asked !== "" && asked !== admission.model) {
    return badModel("session_is_bound", `This client secret is bound to the model '${admission.model}'.`);
  }
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
  return {
    id: admission.call_id ?? id,
    visitor: admission.visitor,
    scenario: answerer.agent ?? RAW,
    ...(answerer.agent === undefined ? {} : { agent: answerer.agent }),
    model: wants_ai ? (answerer.upstream ?? name) : answerer.offline,
    server_key: wants_ai && cap_usd !== 0,
    cap_usd,
  };
}

/** Bad keys from one address are counted: a good one is not held up. */
async function admitted(request: Request, env: Bindings): Promise<Admission> {
  try {
    return await admit(request, env);
  } catch (thrown) {
    await brake(env, request);
    throw thrown;
  }
}

/** What no session can begin with, whoever asks. */
function unfitRequest(request: Request, query: URLSearchParams): Refused | undefined {
  if (/realtime=v1/i.test(request.headers.get("openai-beta") ?? "")) {
    return badModel("beta_api_shape_disabled", "The beta shape of this API is gone. Leave out the header OpenAI-Beta.");
  }
  if (query.has("intent")) return badModel("invalid_value", "Luna has conversations only: leave out 'intent'.");
  if (query.has("call_id")) return badModel("call_id_not_found", "There is no such call.");
  return undefined;
}

function badModel(code: string, message: string): Refused {
  return { code, message, close: 4000 };
}

/** A bad key closes with 3000, as at the provider; what is Luna's own fault with 1011, which SDKs try again after. */
function refusalOf(error: LunaError): Refused {
  if (error.kind === "internal") log.error("Realtime session failed to open", { error: error.name });
  const { code, message } = openAiError(error);
  if (error.status >= 500) return { code, message, close: 1011 };
  return { code, message, close: error.kind.startsWith("token_") || error.kind === "forbidden" ? 3000 : 4000 };
}
