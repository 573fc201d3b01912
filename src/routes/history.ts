/** Looking back: which calls there were, one of them as a whole, its sound, and its end. Operators look, hosts delete. */
import { Hono } from "hono";
import { z } from "zod";
import { hostOnly, operatorOnly } from "../access/who.ts";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { CallSeen, WaveformShown } from "../legs/host.ts";
import { TAPE_FRAME_BYTES, TAPE_RATE } from "../recording/stereo-tape.ts";
import { Waveform } from "../recording/waveform.ts";
import { noteDeed, noteOnce } from "../store/audit.ts";
import type { CallRecord } from "../store/calls.ts";
import { forgetCalls } from "../store/forget.ts";
import { findCalls, type Question, readAnyCall } from "../store/history.ts";
import { recordingKey, skippedMs } from "../store/recordings.ts";
import { callId } from "./calls.ts";
import { recordingFile } from "./recording-file.ts";
import { NO_STORE } from "./rim.ts";
import { withSpeakers } from "./speakers.ts";

const DAY_MS = 86_400_000;
const DAY = z.iso.date("a day is written YYYY-MM-DD").transform((day) => Date.parse(day));

/** What may be asked. Days are those of UTC; both ends are part of it. */
const Asked = z.strictObject({
  q: z.string().trim().max(200, "search for 200 characters or fewer").optional(),
  scenario: z.string().max(64).optional(),
  outcome: z.enum(["contained", "escalated", "abandoned", "failed", "running"]).optional(),
  mode: z.enum(["ai", "scripted", "fell_back"]).optional(),
  link: z.string().max(64).optional(),
  from: DAY.optional(),
  to: DAY.transform((day) => day + DAY_MS).optional(),
  sort: z.enum(["newest", "oldest", "longest", "dearest", "slowest"]).default("newest"),
  cursor: z.string().max(400).optional(),
  limit: z.coerce.number().int().min(1).max(100).default(50),
});

export const history = new Hono<{ Bindings: Bindings }>()
  // GET /api/history?q=&scenario=&outcome=&mode=&link=&from=&to=&sort=&cursor=&limit=
  .get("/", async (c) => {
    await operatorOnly(c);
    return c.json(await findCalls(c.env.DB, questionIn(c.req.query())), 200, NO_STORE);
  })
  /** A whole call. What is on is told by its object, which knows more than D1. */
  .get("/:id", async (c) => {
    const { id: who } = await operatorOnly(c);
    const id = callId(c.req.param("id"));
    const known = await readAnyCall(c.env.DB, id);
    if (!known) throw gone();
    const { visitor, ...record } = await newest(c.env, known.record);
    c.executionCtx.waitUntil(noteDeed(c.env, { who, did: "read_call", subject: id }));
    const recording = await recordingOf(c.env.RECORDINGS, id);
    const seen: CallSeen = { ...record, turns: withSpeakers(record.turns), link: known.link, recording };
    return c.json(seen, 200, NO_STORE);
  })
  .get("/:id/recording", async (c) => {
    const { id: who } = await operatorOnly(c);
    const id = callId(c.req.param("id"));
    const response = await recordingFile(c, id);
    // Any part of it is sound; a player that asks for many is noted once an hour.
    if (response.ok && c.req.method === "GET")
      c.executionCtx.waitUntil(noteOnce(c.env, { who, did: "listened", subject: id }));
    return response;
  })
  /** How loud both sides are over time, for a picture of the sound before it is fetched. */
  .get("/:id/waveform", async (c) => {
    await operatorOnly(c);
    const sound = await c.env.RECORDINGS.get(recordingKey(callId(c.req.param("id"))));
    if (!sound) throw new LunaError("not_found", "There is no recording of this call.");
    const waveform = new Waveform(sound.size);
    for await (const piece of sound.body as ReadableStream<Uint8Array>) waveform.add(piece);
    const { step_ms, caller, luna } = waveform.loudness;
    const shown: WaveformShown = {
      seconds: secondsOf(sound.size),
      step_ms,
      caller: caller.toBase64(),
      luna: luna.toBase64(),
    };
    return c.json(shown, 200, NO_STORE);
  })
  /** Deletes all that is kept of a call, wherever it is; one that is on is ended first. */
  .delete("/:id", async (c) => {
    const { id: who } = await hostOnly(c);
    const id = callId(c.req.param("id"));
    if (!(await readAnyCall(c.env.DB, id))) throw gone();
    await forgetCalls(c.env, [id]);
    c.executionCtx.waitUntil(noteDeed(c.env, { who, did: "deleted_call", subject: id }));
    return c.body(null, 204);
  });

/** @throws LunaError `invalid_request` naming the field. An empty field is one that was left out: forms send them so. */
function questionIn(query: Record<string, string>): Question {
  const given = Object.fromEntries(Object.entries(query).filter(([, value]) => value.trim() !== ""));
  const asked = Asked.safeParse(given);
  if (asked.success) return asked.data;
  const issue = asked.error.issues[0];
  const param = issue?.path.join(".") || "query";
  throw new LunaError("invalid_request", `${param}: ${issue?.message ?? "does not fit"}.`, param);
}

/** An object that has forgotten its call has brought it to D1. */
async function newest(env: Bindings, stored: CallRecord): Promise<CallRecord> {
  if (stored.ended_at !== null) return stored;
  return (await env.CALLS.getByName(stored.id).read(stored.visitor, true)) ?? stored;
}

/** What is kept of the sound: how long it is, and how long after the call's beginning it starts. */
async function recordingOf(bucket: R2Bucket, id: string): Promise<{ seconds: number; starts_ms: number } | null> {
  const stored = await bucket.head(recordingKey(id));
  return stored && { seconds: secondsOf(stored.size), starts_ms: skippedMs(stored) };
}

function secondsOf(bytes: number): number {
  return bytes / TAPE_FRAME_BYTES / TAPE_RATE;
}

function gone(): LunaError {
  return new LunaError(
    "not_found",
    "There is no such call. It may have been deleted, or is older than calls are kept.",
  );
}
