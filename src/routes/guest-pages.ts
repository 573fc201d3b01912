/** The pages behind links: `/c/<token>` to call, `/w/<token>` to watch, `/p/<token>` to keep. Each comes with its data and its words. */
import { Hono } from "hono";
import { pageHeaders } from "../access/headers.ts";
import type { PageData } from "../client/guest/page-data.ts";
import { shell } from "../client/guest/shell.ts";
import { languageWanted, wordsOf } from "../client/guest/words/index.ts";
import type { Bindings, LunaContext } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { Postcard } from "../legs/links.ts";
import { doorFor, linkOf } from "./guest.ts";
import { postcardFor } from "./postcards.ts";
import { knownVisitor, visitInFrame } from "./visitor.ts";
import { watchDoorFor } from "./watch.ts";

export const guestPages = new Hono<{ Bindings: Bindings }>()
  /** `?embed=1`: in a panel on one of the sites that the link allows. */
  .get("/c/:token", async (c) => {
    const token = c.req.param("token");
    const visitor = knownVisitor(c);
    const door = await doorFor(c.env, token, visitor);
    const language = door.state === "unknown" ? wanted(c) : door.language;
    const embeddedBy = c.req.query("embed") === "1" ? ((await linkOf(c.env, token))?.origins ?? []) : [];
    if (embeddedBy.length > 0) visitInFrame(c);
    const turnstile = door.state === "open" && door.turnstile !== null;
    // From another site no cookie of ours comes along, so whose call is on is not known yet.
    const asked = visitor !== undefined || c.req.header("sec-fetch-site") === "none";
    const voice_bytes = door.mode === "scripted" ? await voiceBytes(c) : null;
    return page(
      c,
      { page: "call", ...wordsOf(language), door, asked, voice_bytes },
      pageHeaders({ embeddedBy, turnstile }),
    );
  })
  .get("/w/:token", async (c) => {
    const door = await watchDoorFor(c.env, c.req.param("token"));
    return page(c, { page: "watch", ...wordsOf(wanted(c)), door }, pageHeaders());
  })
  .get("/p/:token", async (c) => {
    const found = await cardNow(c.env, c.req.param("token"));
    return page(c, { page: "postcard", ...wordsOf(wanted(c)), ...found }, pageHeaders());
  });

/** Of this isolate: files change with a deploy, and so do isolates. */
let voice: number | undefined;

/** What a browser fetches for its first call without an AI; null where these files are not there. */
async function voiceBytes(c: LunaContext): Promise<number | null> {
  if (voice !== undefined) return voice;
  try {
    const manifest = await c.env.ASSETS.fetch(new URL("/voice/manifest.json", c.req.url));
    const { total } = await manifest.json<{ total: unknown }>();
    if (typeof total === "number") voice = total;
    return voice ?? null;
  } catch {
    return null;
  }
}

function page(c: LunaContext, data: PageData, headers: Record<string, string>): Response {
  const { html, status } = shell(data, new URL(c.req.url).origin);
  return c.body(html, status, headers);
}

/** The language of the browser: neither a watching link nor a postcard knows of one. */
function wanted(c: LunaContext): string {
  return languageWanted(c.req.header("accept-language"));
}

/** A postcard that is still being written is waited for by its page; one that is not there is a page too. */
async function cardNow(env: Bindings, token: string): Promise<{ card: Postcard | null; on: boolean }> {
  try {
    return { card: await postcardFor(env, token), on: false };
  } catch (thrown) {
    if (!(thrown instanceof LunaError)) throw thrown;
    if (thrown.kind === "call_on") return { card: null, on: true };
    if (thrown.kind === "not_found") return { card: null, on: false };
    throw thrown;
  }
}
