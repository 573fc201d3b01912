/**
 * Keys and secrets. The host makes Luna API keys; whoever holds one with the scope `secrets` mints client secrets for browsers;
 * Luna's own page mints them for itself. A secret is a reserved call: it is told once, and its hash is kept in the call's object.
 */
import { Hono } from "hono";
import { z } from "zod";
import { hashOf, randomText } from "../access/secret.ts";
import { hostOnly, isHost } from "../access/who.ts";
import { sessionWanted } from "../durable/call/led-engines.ts";
import { newSecret, type Reservation } from "../durable/call/reservation.ts";
import { firstSession, mergeSession } from "../engines/scripted/session-merge.ts";
import { type Bindings, type LunaContext, readSettings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { type ApiKey, SCOPES } from "../legs/api-keys.ts";
import { agentName, modelName } from "../legs/names.ts";
import { type CallSettings, OpenCall } from "../legs/open-call.ts";
import { newId } from "../realtime/ids.ts";
import { explain } from "../realtime/parse.ts";
import type { Session, SessionConfig } from "../realtime/session-config.ts";
import { scenarioById } from "../scenarios/index.ts";
import { personaById } from "../scenarios/personas/index.ts";
import { noteDeed } from "../store/audit.ts";
import { addKey, listKeys, MOST_KEYS, revokeKey } from "../store/keys.ts";
import { newUlid } from "../ulid.ts";
import { type Admission, admit } from "./admission.ts";
import { readBody, readJson } from "./body.ts";
import { readSession, unfitSession } from "./led-opening.ts";
import { answererOf } from "./models.ts";
import { brake } from "./money.ts";
import { NO_STORE } from "./rim.ts";
import { sameSiteOnly, visitorOf } from "./visitor.ts";

const DAY_MS = 24 * 3_600_000;
/** A session with long instructions and many tools. */
const MAX_SESSION_BYTES = 131_072;
/** Seconds; the provider's own bounds. */
const seconds = z.int().min(10).max(7_200).default(600);

// The host's keys -------------------------------------------------------------------------------------------------------

/** `POST /api/host/keys` */
export const NewApiKey = z.strictObject({
  label: z
    .string()
    .trim()
    .min(1, "a key needs a name that tells it from others")
    .max(60)
    .regex(/^[^\p{Cc}]+$/u, "a name is one line"),
  scopes: z
    .array(z.enum(SCOPES))
    .min(1, "a key without a scope opens nothing")
    .transform((scopes) => [...new Set(scopes)]),
  expires_in_days: z.int().min(1).max(3_650).optional(),
});

export const hostKeys = new Hono<{ Bindings: Bindings }>()
  .use(async (c, next) => {
    await hostOnly(c);
    await next();
  })
  .get("/", async (c) => c.json({ keys: await listKeys(c.env.DB) }, 200, NO_STORE))
  /** The key is in this answer and nowhere else, ever. */
  .post("/", async (c) => {
    const { label, scopes, expires_in_days: days } = await readBody(c.req.raw, NewApiKey);
    const key = `lk_${randomText(32)}`;
    const now = Date.now();
    const row: ApiKey = {
      id: `lkey_${newUlid(now)}`,
      label,
      hint: key.slice(-4),
      scopes,
      created_at: now,
      expires_at: days === undefined ? null : now + days * DAY_MS,
      last_used_on: null,
      revoked_at: null,
    };
    if (!(await addKey(c.env.DB, row, await hashOf(key)))) {
      throw new LunaError("too_many", `There are ${MOST_KEYS} keys already. Revoke one that is not needed any more.`);
    }
    await noted(c, "key_made", row.id);
    return c.json({ ...row, key }, 201, NO_STORE);
  })
  /** New sessions and secrets end with it; a call that is on goes on. */
  .delete("/:id", async (c) => {
    const revoked = await revokeKey(c.env.DB, c.req.param("id"), Date.now());
    if (!revoked) throw new LunaError("not_found", "There is no such key.");
    await noted(c, "key_revoked", c.req.param("id"));
    return c.body(null, 204, NO_STORE);
  });

async function noted(c: LunaContext, did: "key_made" | "key_revoked", subject: string): Promise<void> {
  const { id: who } = await hostOnly(c);
  c.executionCtx.waitUntil(noteDeed(c.env, { who, did, subject }));
}

// Secrets for other people's browsers ------------------------------------------------------------------------------------

/** `POST /v1/realtime/client_secrets`; the session is held against the protocol's own schema. */
export const NewClientSecret = z.strictObject({
  expires_after: z
    .strictObject({ anchor: z.literal("created_at").default("created_at"), seconds })
    .default({ anchor: "created_at", seconds: 600 }),
  session: z.unknown().optional(),
});

export const clientSecrets = new Hono<{ Bindings: Bindings }>().post("/", async (c) => {
  const admission = await admit(c.req.raw, c.env, { scope: "secrets" });
  await mintingBrake(c, admission);
  const body = c.req.raw.body === null ? {} : await readJson(c.req.raw, MAX_SESSION_BYTES);
  const parsed = NewClientSecret.safeParse(body);
  if (!parsed.success) throw unfitSession(explain(parsed.error.issues[0], body));
  const { expires_after, session: asked } = parsed.data;
  const session = asked === undefined ? undefined : readSession(asked);
  const model = modelOf(session, admission.server_key, c.env);
  const shown = effective(inForce(session, model, c.env) ?? { type: "realtime" }, model);
  const { call_id: _, ...minted } = await mint(c.env, expires_after.seconds, {
    minted_by: admission.id,
    visitor: admission.visitor,
    server_key: admission.server_key,
    model,
    session: session === undefined ? null : JSON.stringify(session),
  });
  return c.json({ ...minted, session: shown }, 200, NO_STORE);
});

/** A secret for nobody would be spent on nothing. */
function modelOf(session: SessionConfig | undefined, server_key: boolean, env: Bindings): string {
  const settings = readSettings(env);
  const model = session?.model ?? settings.provider.model;
  if (answererOf(model, settings, server_key && settings.serverKey !== undefined)) return model;
  const message = `The model '${model.slice(0, 80)}' does not exist. GET /v1/models lists them.`;
  throw unfitSession({ message, param: "session.model", code: "invalid_model" });
}

/** What of it the session will have: an agent's words are the host's. */
function inForce(session: SessionConfig | undefined, model: string, env: Bindings): SessionConfig | undefined {
  const settings = readSettings(env);
  const agent = answererOf(model, settings, false)?.agent;
  return sessionWanted({ settings: {}, ...(agent && { agent }), ...(session && { bound: session }) }, settings);
}

/** The configuration as it will be in force: what was asked, and the usual for the rest. */
function effective(asked: SessionConfig, model: string): Session {
  const { format: heard, ...listening } = asked.audio?.input ?? {};
  const { format: spoken, ...speaking } = asked.audio?.output ?? {};
  const first = { ...firstSession(newId("sess"), model, Date.now()), expires_at: 0 };
  const merged = mergeSession(first, { ...asked, model, audio: { input: listening, output: speaking } }, false);
  if (!merged.ok) throw unfitSession(merged.refusal);
  const { session } = merged;
  const input = { ...session.audio?.input, ...(heard ? { format: heard } : {}) };
  const output = { ...session.audio?.output, ...(spoken ? { format: spoken } : {}) };
  return { ...session, audio: { input, output } };
}

async function mintingBrake(c: LunaContext, admission: Admission): Promise<void> {
  const { success } = await c.env.MINTING.limit({ key: admission.id });
  if (!success) throw new LunaError("too_many", "Too many client secrets in the last minute. Wait a minute.");
}

// Secrets for Luna's own page --------------------------------------------------------------------------------------------

/** `POST /api/keys`: who shall answer, and how. */
export const NewPageKey = z
  .strictObject({
    scenario: agentName.optional(),
    persona: agentName.optional(),
    model: modelName.optional(),
    settings: OpenCall.shape.settings,
    expires_in_s: seconds,
  })
  .refine(
    ({ scenario, persona, model }) => [scenario, persona, model].filter((name) => name !== undefined).length === 1,
    {
      error: "name one of scenario, persona and model",
    },
  );

export const pageKeys = new Hono<{ Bindings: Bindings }>().post("/", async (c) => {
  sameSiteOnly(c.req.raw);
  await brake(c.env, c.req.raw);
  const wish = await readBody(c.req.raw, NewPageKey);
  const { scenario, persona, settings, expires_in_s } = wish;
  const agent = scenario ?? persona;
  if (scenario !== undefined && !scenarioById(scenario)) throw nobody(scenario, "scenario");
  if (persona !== undefined && !personaById(persona)) throw nobody(persona, "persona");
  const luna = readSettings(c.env);
  const model = agent ?? wish.model ?? luna.provider.model;
  const server_key = await isHost(c);
  if (!answererOf(model, luna, server_key && luna.serverKey !== undefined)) throw nobody(model, "model");
  const session: SessionConfig = agent === undefined ? plain(settings) : { type: "realtime" };
  const visitor = visitorOf(c);
  const minted = await mint(c.env, expires_in_s, {
    minted_by: "page",
    visitor,
    server_key,
    model,
    session: JSON.stringify(session),
    ...(agent === undefined ? {} : { settings }),
  });
  c.executionCtx.waitUntil(c.env.BANKS.getByName(visitor).keepInMind(minted.call_id));
  return c.json({ ...minted, model }, 201, NO_STORE);
});

function nobody(name: string, param: "scenario" | "persona" | "model"): LunaError {
  const list = param === "model" ? "/v1/models" : "/api/scenarios";
  return new LunaError("not_found", `There is no ${param} "${name}". GET ${list} lists who answers.`, param);
}

/** A model by itself still has words before it, so that its browser cannot give it others. */
function plain({ voice, speed, vad }: CallSettings): SessionConfig {
  return {
    type: "realtime",
    instructions: "You are Luna, a helpful voice assistant. Answer in one or two short sentences.",
    tools: [],
    audio: {
      ...(vad === undefined ? {} : { input: { turn_detection: vad } }),
      output: { ...(voice === undefined ? {} : { voice }), ...(speed === undefined ? {} : { speed }) },
    },
  };
}

// ------------------------------------------------------------------------------------------------------------------------

interface Minted {
  value: string;
  /** Unix seconds. */
  expires_at: number;
  call_id: string;
}

/** Reserves a call that the secret opens, once. */
async function mint(env: Bindings, lives_s: number, bound: Omit<Reservation, "opens">): Promise<Minted> {
  const call_id = newUlid();
  const { secret, hash } = await newSecret(call_id);
  const expires_at = Math.floor(Date.now() / 1_000) + lives_s;
  const reservation: Reservation = { opens: "session", ...bound };
  await env.CALLS.getByName(call_id).reserve({ hash, expires_at: expires_at * 1_000, used: false, reservation });
  return { value: secret, expires_at, call_id };
}
