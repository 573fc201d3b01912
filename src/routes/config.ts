/** What the page may know before a call: which keys there are, models, voices, and whether a key works. */
import { Hono } from "hono";
import { z } from "zod";
import { isHost, whoIs } from "../access/who.ts";
import { testKey } from "../engines/provider.ts";
import { type Bindings, readSettings } from "../env.ts";
import type { Config } from "../legs/config.ts";
import { apiKey, modelName } from "../legs/names.ts";
import { WIRE_VERSION } from "../legs/wire.ts";
import { sessionConfig, VOICES } from "../realtime/session.ts";
import { readBody } from "./body.ts";
import { PROVIDER_MODELS } from "./models.ts";
import { brake } from "./money.ts";
import { NO_STORE } from "./rim.ts";
import { sameSiteOnly } from "./visitor.ts";

export const KeyTest = z.strictObject({ key: apiKey, model: modelName.optional() });

export const config = new Hono<{ Bindings: Bindings }>()
  .get("/config", async (c) => {
    const settings = readSettings(c.env);
    const mine = await isHost(c);
    // A token travels with what a page asks, not with a page that is gone to.
    const staff = await whoIs(c).then(
      ({ role, via }) => role !== "stranger" && via !== "token",
      () => false,
    );
    const model = settings.provider.model;
    const answer: Config = {
      host: mine,
      staff,
      server_key: settings.serverKey === undefined ? "none" : mine ? "open" : "locked",
      default_model: model,
      models: [model, ...PROVIDER_MODELS.filter((m) => m !== model)],
      voices: VOICES,
      generation: settings.generation,
      methods: ["relay", "ephemeral", ...(settings.webrtcDirect && mine ? ["direct" as const] : [])],
      wire: WIRE_VERSION,
    };
    return c.json(answer, 200, NO_STORE);
  })
  /** Says before the call whether a key works. The key goes to the provider and nowhere else. */
  .post("/key/test", async (c) => {
    sameSiteOnly(c.req.raw);
    await brake(c.env, c.req.raw);
    const { key, model } = await readBody(c.req.raw, KeyTest);
    const { provider } = readSettings(c.env);
    const probe = sessionConfig({ instructions: "", tools: [], modality: "text" });
    const verdict = await testKey({ ...provider, model: model ?? provider.model }, key, probe);
    return c.json(verdict, 200, NO_STORE);
  });
