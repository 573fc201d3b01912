/** Links that anyone can call, for the host who makes them: hosts make, change and revoke; operators look. */
import { Hono } from "hono";
import { renderSVG } from "uqr";
import { hashOf } from "../access/secret.ts";
import { hostOnly, operatorOnly } from "../access/who.ts";
import type { KeptLink } from "../durable/switchboard/kept.ts";
import { boardOf, newLinkToken } from "../durable/switchboard/names.ts";
import { keepPin } from "../durable/switchboard/pin.ts";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import type { OpeningsPage } from "../legs/host.ts";
import { LinkChange, type LinkShown, NewLink } from "../legs/links.ts";
import { log } from "../log.ts";
import { FREEFORM } from "../scenarios/freeform.ts";
import { firstPersona, personaById } from "../scenarios/personas/index.ts";
import { noteDeed } from "../store/audit.ts";
import { isLinkId, linkHash, listLinks, listOpenings } from "../store/links.ts";
import { newUlid } from "../ulid.ts";
import { readBody } from "./body.ts";
import { knownScenario } from "./opening.ts";
import { NO_STORE } from "./rim.ts";

const HOUR_MS = 3_600_000;
/** Each link of a page is asked for at its own switchboard. */
const PAGE = 40;

export const links = new Hono<{ Bindings: Bindings }>()
  .post("/", async (c) => {
    const { id: who } = await hostOnly(c);
    const link = await keptFrom(await readBody(c.req.raw, NewLink), Date.now());
    const shown = await boardOf(c.env, link.hash)
      .make(link)
      .catch((thrown: Error) => {
        log.error("Link not made", { error: thrown.name });
        throw new LunaError("unavailable", "The link could not be written down just now. Try again in a moment.");
      });
    c.executionCtx.waitUntil(noteDeed(c.env, { who, did: "link_made", subject: link.id }));
    return c.json(shown, 201, NO_STORE);
  })
  /** Newest first. `?before=` goes on behind the last of the page before. */
  .get("/", async (c) => {
    await operatorOnly(c);
    const rows = await listLinks(c.env.DB, c.req.query("before") ?? null, PAGE + 1);
    const page = rows.slice(0, PAGE);
    const shown = await Promise.all(page.map((row) => boardOf(c.env, row.hash).show()));
    const next = rows.length > PAGE ? (page.at(-1)?.id ?? null) : null;
    return c.json({ links: shown.filter((link) => link !== null), next }, 200, NO_STORE);
  })
  .get("/:id", async (c) => {
    await operatorOnly(c);
    const board = await boardFor(c.env, c.req.param("id"));
    return c.json(there(await board.show()), 200, NO_STORE);
  })
  .patch("/:id", async (c) => {
    const { id: who } = await hostOnly(c);
    const board = await boardFor(c.env, c.req.param("id"));
    const change = await readBody(c.req.raw, LinkChange);
    const shown = there(await board.change(change));
    c.executionCtx.waitUntil(noteDeed(c.env, { who, did: "link_changed", subject: shown.id }));
    return c.json(shown, 200, NO_STORE);
  })
  /** Revokes it: its calls end within two seconds, and are told why. The link stays in the list. */
  .delete("/:id", async (c) => {
    const { id: who } = await hostOnly(c);
    const board = await boardFor(c.env, c.req.param("id"));
    const shown = there(await board.revoke());
    c.executionCtx.waitUntil(noteDeed(c.env, { who, did: "link_revoked", subject: shown.id }));
    return c.json(shown, 200, NO_STORE);
  })
  /** The link's address as a QR code. */
  .get("/:id/qr.svg", async (c) => {
    await operatorOnly(c);
    const board = await boardFor(c.env, c.req.param("id"));
    const { url } = there(await board.show());
    const svg = renderSVG(new URL(url, c.req.url).href, { ecc: "M", border: 4, pixelSize: 8 });
    return c.body(svg, 200, { ...NO_STORE, "content-type": "image/svg+xml" });
  })
  /** Who tried to open it, newest first. */
  .get("/:id/openings", async (c) => {
    await operatorOnly(c);
    const id = linkId(c.req.param("id"));
    const openings = await listOpenings(c.env.DB, id, c.req.query("before") ?? null);
    const next = openings.length === 200 ? (openings.at(-1)?.id ?? null) : null;
    const page: OpeningsPage = { openings: openings.map(({ id: _, ...opening }) => opening), next };
    return c.json(page, 200, NO_STORE);
  });

/** @throws LunaError `not_found` */
async function boardFor(env: Bindings, id: string) {
  const hash = await linkHash(env.DB, linkId(id));
  if (hash === null) throw noLink();
  return boardOf(env, hash);
}

function linkId(text: string): string {
  if (!isLinkId(text)) throw noLink();
  return text;
}

function there(shown: LinkShown | null): LinkShown {
  if (!shown) throw noLink();
  return shown;
}

function noLink(): LunaError {
  return new LunaError("not_found", "There is no such link.");
}

/** The link as it is kept. Who answers in a scenario of their own brings it along. */
async function keptFrom(asked: NewLink, now: number): Promise<KeptLink> {
  const { pin, watch, expires_in_hours, keep_days = null, scenario, persona, ...rest } = asked;
  const token = newLinkToken();
  const watch_token = watch ? newLinkToken() : null;
  return {
    ...rest,
    ...answering(scenario, persona),
    id: newUlid(now),
    token,
    hash: await hashOf(token),
    watch_token,
    watch_hash: watch_token === null ? null : await hashOf(watch_token),
    created_at: now,
    expires_at: expires_in_hours === null ? null : now + Math.round(expires_in_hours * HOUR_MS),
    revoked_at: null,
    pin: pin === undefined ? null : await keepPin(pin),
    keep_days,
    version: 1,
  };
}

/** @throws LunaError `not_found`, `invalid_request` */
function answering(scenario: string | undefined, key: string | undefined): Pick<KeptLink, "scenario" | "persona"> {
  if (scenario !== undefined) knownScenario(scenario);
  if (key === undefined) return { scenario: scenario ?? FREEFORM, persona: null };
  const persona = personaById(key);
  if (!persona) throw new LunaError("not_found", `Nobody here is called "${key}".`, "persona");
  const own = persona.scenario?.id ?? scenario ?? FREEFORM;
  if (scenario !== undefined && own !== scenario) {
    throw new LunaError(
      "invalid_request",
      `${persona.speaker} answers in "${own}". Leave out the scenario.`,
      "scenario",
    );
  }
  if (firstPersona(own).key !== key) {
    throw new LunaError("invalid_request", `Somebody else answers in "${own}".`, "persona");
  }
  return { scenario: own, persona: key };
}
