/** Postcards: what is left of a guest's call, for whoever holds the token; to read, to hear where it was recorded, to delete. */
import { Hono } from "hono";
import { tokenHash } from "../durable/switchboard/names.ts";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { Postcard } from "../legs/links.ts";
import { scenarioById } from "../scenarios/index.ts";
import { noteDeed, noteOnce } from "../store/audit.ts";
import { type CallRecord, readCall } from "../store/calls.ts";
import { forgetCalls } from "../store/forget.ts";
import { findPostcard, type PostcardRow } from "../store/postcards.ts";
import { recordingKey } from "../store/recordings.ts";
import { toolNamed } from "../tools/registry.ts";
import { recordingFile } from "./recording-file.ts";
import { NO_STORE } from "./rim.ts";
import { withSpeakers } from "./speakers.ts";
import { sameSiteOnly } from "./visitor.ts";

export const postcards = new Hono<{ Bindings: Bindings }>()
  .get("/:token", async (c) => c.json(await postcardFor(c.env, c.req.param("token")), 200, NO_STORE))
  .get("/:token/recording", async (c) => {
    const { call_id, link_id } = await cardOf(c.env, c.req.param("token"));
    const response = await recordingFile(c, call_id);
    if (response.ok && c.req.method === "GET") {
      c.executionCtx.waitUntil(noteOnce(c.env, { who: `link:${link_id}`, did: "listened", subject: call_id }));
    }
    return response;
  })
  /** Words, sound, figures: all of the call goes, and the postcard with it. */
  .delete("/:token", async (c) => {
    sameSiteOnly(c.req.raw);
    const { call_id, link_id } = await cardOf(c.env, c.req.param("token"));
    await forgetCalls(c.env, [call_id]);
    c.executionCtx.waitUntil(noteDeed(c.env, { who: `link:${link_id}`, did: "deleted_call", subject: call_id }));
    return c.body(null, 204, NO_STORE);
  });

/** @throws LunaError `not_found`, or `call_on` as long as the call has not ended. */
export async function postcardFor(env: Bindings, token: string): Promise<Postcard> {
  const card = await cardOf(env, token);
  const record = await readCall(env.DB, card.call_id, card.visitor);
  if (!record) throw absent();
  const { outcome, reason, ended_at } = record;
  if (ended_at === null || outcome === null || reason === null) {
    throw new LunaError("call_on", "This call is still on. Its postcard is written when it is over.");
  }
  const recording = (await env.RECORDINGS.head(recordingKey(record.id))) !== null;
  return {
    call_id: record.id,
    scenario: scenarioById(record.scenario)?.title ?? record.scenario,
    host_name: card.host_name,
    started_at: record.started_at,
    seconds: Math.round((ended_at - record.started_at) / 1_000),
    outcome,
    reason,
    turns: turnsOf(record),
    done: record.tools.map(({ name, summary, state, code }) => ({
      label: toolNamed(name)?.working ?? name,
      summary,
      state,
      ...(code === undefined ? {} : { code }),
    })),
    recording,
    kept_until: card.kept_until,
  };
}

/** What was said; of Luna's words those that were heard. */
function turnsOf({ turns }: CallRecord): Postcard["turns"] {
  return withSpeakers(turns).flatMap(({ who, speaker, heard, text, at }) => {
    const words = who === "caller" ? text : heard;
    if (words === "") return [];
    return [{ who, ...(speaker === undefined ? {} : { speaker }), text: words, at }];
  });
}

async function cardOf(env: Bindings, token: string): Promise<PostcardRow> {
  const hash = await tokenHash(token);
  const card = hash === undefined ? null : await findPostcard(env.DB, hash, Date.now());
  if (!card) throw absent();
  return card;
}

function absent(): LunaError {
  return new LunaError("not_found", "There is no such postcard. It may have been deleted, or its time may be over.");
}
