/**
 * Luna as an OpenAI-compatible Realtime server: `GET /v1/realtime` for SDKs, and the models it answers as. What is wrong with
 * a key or a model is told the provider's way: the upgrade succeeds, an `error` event says why, and the socket closes.
 */
import { Hono } from "hono";
import { joinRequest, type LedOpening, ledRequest, NO_SUCH_CALL } from "../durable/call/led-door.ts";
import { type Bindings, readSettings } from "../env.ts";
import { asLunaError, LunaError, openAiError } from "../errors.ts";
import { type Refused, refusedSocket } from "../legs/sdk.ts";
import { log } from "../log.ts";
import { newUlid } from "../ulid.ts";
import { offeredKey } from "./admission.ts";
import { CALL_ID } from "./calls.ts";
import { admitted, badModel, keyHolder, openingFor } from "./led-opening.ts";
import { modelList } from "./models.ts";
import { orGiveLine } from "./money.ts";
import { NO_STORE } from "./rim.ts";

export const realtime = new Hono<{ Bindings: Bindings }>()
  .get("/realtime", async (c) => {
    const request = c.req.raw;
    if (c.req.header("upgrade")?.toLowerCase() !== "websocket") {
      throw new LunaError("upgrade_required", "Connect with a WebSocket, as the Realtime API of OpenAI.");
    }
    const id = newUlid();
    try {
      const joined = c.req.query("call_id");
      if (joined !== undefined) return await join(request, c.env, joined);
      // A new object takes its time to come up, and so does looking up a key: both at once. Where it fails, the call meets it again.
      const early = offeredKey(request) === undefined ? undefined : c.env.CALLS.getByName(id).up();
      const up = early?.catch(() => false);
      const [opening] = await Promise.all([openingOf(request, c.env, id), up]);
      if ("close" in opening) return refusedSocket(request, opening);
      const led = ledRequest(request, opening);
      return await orGiveLine(c.env, opening, () => c.env.CALLS.getByName(opening.id).fetch(led));
    } catch (thrown) {
      return refusedSocket(request, refusalOf(asLunaError(thrown)));
    }
  })
  .get("/models", async (c) => {
    await keyHolder(c.req.raw, c.env);
    return c.json({ object: "list", data: modelList(readSettings(c.env)) }, 200, NO_STORE);
  })
  .get("/models/:id", async (c) => {
    await keyHolder(c.req.raw, c.env);
    const id = c.req.param("id");
    const model = modelList(readSettings(c.env)).find((one) => one.id === id);
    if (!model)
      throw new LunaError("not_found", `The model '${id}' does not exist. GET /v1/models lists them.`, "model");
    return c.json(model, 200, NO_STORE);
  });

/** Everything that is checked before there is a call. */
async function openingOf(request: Request, env: Bindings, id: string): Promise<LedOpening | Refused> {
  const query = new URL(request.url).searchParams;
  const unfit = unfitRequest(request, query);
  if (unfit) return unfit;
  const model = query.get("model") ?? "";
  return openingFor(await admitted(request, env, { model }), model, env, id);
}

/** A program's sideband into a WebRTC call that was opened with its key, or with a secret that its key has minted. */
async function join(request: Request, env: Bindings, id: string): Promise<Response> {
  const unfit = unfitRequest(request, new URL(request.url).searchParams);
  if (unfit) return refusedSocket(request, unfit);
  const { visitor } = await keyHolder(request, env);
  if (!CALL_ID.test(id)) return refusedSocket(request, NO_SUCH_CALL);
  return env.CALLS.getByName(id).fetch(joinRequest(request, visitor));
}

/** What no session can begin with, whoever asks. */
function unfitRequest(request: Request, query: URLSearchParams): Refused | undefined {
  if (/realtime=v1/i.test(request.headers.get("openai-beta") ?? "")) {
    return badModel("beta_api_shape_disabled", "The beta shape of this API is gone. Leave out the header OpenAI-Beta.");
  }
  if (query.has("intent")) return badModel("invalid_value", "Luna has conversations only: leave out 'intent'.");
  return undefined;
}

/** A bad key closes with 3000, as at the provider; what is Luna's own fault with 1011, which SDKs try again after. */
function refusalOf(error: LunaError): Refused {
  if (error.kind === "internal") log.error("Realtime session failed to open", { error: error.name });
  const { code, message } = openAiError(error);
  if (error.status >= 500) return { code, message, close: 1011 };
  return { code, message, close: error.kind.startsWith("token_") || error.kind === "forbidden" ? 3000 : 4000 };
}
