/** Deleting for good: afterwards the words are looked for in every table, every object and every file. */
import { env } from "cloudflare:workers";
import { expect, test, vi } from "vitest";
import { knownHead, trailOf } from "../../src/store/audit.ts";
import { recordingKey } from "../../src/store/recordings.ts";
import { atMost } from "../support/workerd/brakes.ts";
import { Browser } from "../support/workerd/caller.ts";
import { keptByBank, keptByCall, keptInD1, keptInR2 } from "../support/workerd/kept.ts";
import { makeLink, visit } from "../support/workerd/links.ts";
import { Phone } from "../support/workerd/phone.ts";
import { ask, HERE } from "../support/workerd/staff.ts";

const WORD = "rhubarbquartz";
const SENTENCE = `My card ending in 4829 was stolen by a ${WORD}.`;

/** A call with the word in it, in D1 and with a sound of the same word. */
async function ended(browser: Browser, word = WORD): Promise<Phone> {
  const phone = await running(browser, word);
  phone.hangUp();
  await phone.finalRecord();
  await vi.waitFor(async () => expect(await env.CALLS.getByName(phone.id).read(visitorOf(browser))).toBeNull());
  await env.RECORDINGS.put(recordingKey(phone.id), `sound of a ${word}`);
  return phone;
}

async function running(browser: Browser, word = WORD): Promise<Phone> {
  const phone = await Phone.call({ scenario: "block-card", mode: "scripted" }, browser);
  await phone.ask(SENTENCE.replace(WORD, word));
  return phone;
}

function visitorOf(browser: Browser): string {
  return browser.cookie.split("=")[1] ?? "";
}

async function kept(...phones: Phone[]): Promise<string> {
  return [await keptInD1(), await keptInR2(), ...(await Promise.all(phones.map(({ id }) => keptByCall(id))))].join(
    "\n",
  );
}

const newestDeed = async () => (await trailOf(env).read(null, 1))[0];
const host = new Browser();

test("a browser takes everything of its own with it: ended calls, the one that is on, sound, bank and cookie", async () => {
  const [mine, other] = [new Browser(), new Browser()];
  const theirs = await ended(other, "marmaladeowl");
  const phones = [await ended(mine), await running(mine)];
  const visitor = visitorOf(mine);
  expect(await kept(...phones)).toContain(WORD);
  expect(await keptByBank(visitor)).toContain(phones[0]?.id);

  const response = await mine.fetch("/api/visitor", { method: "DELETE" });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ deleted: 2 });
  expect(response.headers.getSetCookie().join()).toMatch(/luna_visitor=;.*Max-Age=0/);
  expect(phones[1]?.ended?.reason).toBe("caller_ended");
  // What the call was still doing when it ended has had its time.
  await scheduler.wait(300);
  const all = await kept(...phones);
  expect(all).not.toContain(WORD);
  for (const { id } of phones) expect(all).not.toContain(id);
  expect(all).not.toContain(visitor);
  expect(await keptByBank(visitor)).not.toMatch(/\d{4}-\d\d-\d\d|call|4829/);
  expect(await kept(theirs)).toContain("marmaladeowl");
  expect(await newestDeed()).toMatchObject({ who: "visitor", did: "deleted_visitor", subject: "2 calls" });
});

test("a browser deletes one call while it is on: the call is ended first, and its other call stays", async () => {
  const mine = new Browser();
  const stays = await ended(mine, "velvetheron");
  const phone = await running(mine, "walnutibex");
  expect(await kept(phone)).toContain("walnutibex");
  const gone = () => mine.fetch(`/api/calls/${phone.id}`, { method: "DELETE" });
  expect((await gone()).status).toBe(204);
  expect(phone.ended?.reason).toBe("caller_ended");
  await scheduler.wait(300);
  expect(await kept(phone)).not.toMatch(new RegExp(`walnutibex|${phone.id}`));
  expect(await kept(stays)).toContain("velvetheron");
  expect((await gone()).status).toBe(404);
});

test("a call that has not come to D1 yet is found all the same", async () => {
  const mine = new Browser();
  const first = await running(mine, "pebblefox");
  const second = await running(mine, "pebblefox");
  const response = await mine.fetch("/api/visitor", { method: "DELETE" });
  expect(await response.json()).toEqual({ deleted: 2 });
  expect(await newestDeed()).toMatchObject({ who: "visitor", did: "deleted_visitor", subject: "2 calls" });
  await scheduler.wait(300);
  expect(await kept(first, second)).not.toContain("pebblefox");
});

test("what only somebody remembers is no call: neither one that nobody came to, nor one that is gone already", async () => {
  const mine = new Browser();
  const gone = await running(mine);
  expect((await mine.fetch(`/api/calls/${gone.id}`, { method: "DELETE" })).status).toBe(204);
  expect((await mine.post("/api/calls", { scenario: "block-card", mode: "scripted" })).status).toBe(201);
  expect(await env.BANKS.getByName(visitorOf(mine)).calls()).toHaveLength(2);
  const before = await newestDeed();
  expect(await (await mine.fetch("/api/visitor", { method: "DELETE" })).json()).toEqual({ deleted: 0 });
  expect(await newestDeed()).toEqual(before);
});

test("nobody is deleted by a page of another site, nor without a cookie", async () => {
  const mine = new Browser();
  const phone = await ended(mine, "thimblecrow");
  const foreign = await mine.fetch("/api/visitor", {
    method: "DELETE",
    headers: { origin: "https://evil.example", "sec-fetch-site": "cross-site" },
  });
  expect(foreign.status).toBe(403);
  expect((await new Browser().fetch("/api/visitor", { method: "DELETE" })).status).toBe(200);
  expect(await kept(phone)).toContain("thimblecrow");
});

test("who made a cookie up leaves no deed, however often, and is slowed", async () => {
  const before = await newestDeed();
  const settings = { SAYING: atMost(3) };
  const cookie = `luna_visitor=${"m".repeat(32)}`;
  const send = async () =>
    (await ask(settings, `${HERE}/api/visitor`, { method: "DELETE", headers: { cookie } })).status;
  expect([await send(), await send(), await send(), await send()]).toEqual([200, 200, 200, 429]);
  expect(await newestDeed()).toEqual(before);
  expect(await keptByBank("m".repeat(32))).not.toMatch(/kept_until|first_day/);
});

test("the host deletes a caller by any of their calls, and is never told who they are", async () => {
  const mine = new Browser();
  const [first, second] = [await ended(mine, "lanternyak"), await ended(mine, "lanternyak")];
  const response = await host.fetch(`/api/visitors/${second.id}`, { method: "DELETE" });
  expect(await response.json()).toEqual({ deleted: 2 });
  expect(await kept(first, second)).not.toContain("lanternyak");
  const deed = await newestDeed();
  expect(deed).toMatchObject({ who: "host:local", did: "deleted_visitor", subject: `of ${second.id}: 2 calls` });
  expect(JSON.stringify(deed)).not.toContain(visitorOf(mine));
  expect((await host.fetch(`/api/visitors/${second.id}`, { method: "DELETE" })).status).toBe(404);
  expect((await host.fetch(`/api/visitors/${visitorOf(mine)}`, { method: "DELETE" })).status).toBe(404);
});

test("the host deletes all calls of a link, those that D1 has only heard of as well", async () => {
  const mine = new Browser();
  const phones = [await ended(mine, "cobaltnewt"), await running(mine, "cobaltnewt")];
  const apart = await ended(mine, "saffronmole");
  const { id: link } = await makeLink();
  await env.DB.batch([
    env.DB.prepare("UPDATE calls SET link_id = ? WHERE id = ?").bind(link, phones[0]?.id ?? ""),
    ...phones.map(({ id }, k) =>
      env.DB.prepare(
        "INSERT INTO link_openings (link_id, id, at, result, call_id, who) VALUES (?, ?, 1, 'opened', ?, 'x')",
      ).bind(link, String(k), id),
    ),
  ]);
  const response = await host.fetch(`/api/links/${link}/calls`, { method: "DELETE" });
  expect(response.status).toBe(200);
  expect(await response.json()).toEqual({ deleted: 2 });
  await scheduler.wait(300);
  expect(await kept(...phones)).not.toContain("cobaltnewt");
  expect(await kept(apart)).toContain("saffronmole");
  const subject = `${link}: 2 calls`;
  expect(await newestDeed()).toMatchObject({ who: "host:local", did: "deleted_link_calls", subject });
});

test("a call of a link that only its switchboard knows of is ended, deleted and counted", async () => {
  const link = await makeLink();
  const { caller, opened } = await visit(link);
  await env.DB.prepare("DELETE FROM link_openings WHERE link_id = ?").bind(link.id).run();
  const response = await host.fetch(`/api/links/${link.id}/calls`, { method: "DELETE" });
  expect(await response.json()).toEqual({ deleted: 1 });
  await vi.waitFor(() => expect(caller.closed).toBeDefined());
  expect(await keptByCall(opened.call_id)).not.toContain(opened.call_id);
  expect(await newestDeed()).toMatchObject({ did: "deleted_link_calls", subject: `${link.id}: 1 calls` });
});

test("of a link that is none nothing is deleted, and no deed is written", async () => {
  const before = await newestDeed();
  for (const id of ["nonsense%0aX", "link_1", "01J00000000000000000000000"]) {
    expect((await host.fetch(`/api/links/${id}/calls`, { method: "DELETE" })).status, id).toBe(404);
  }
  expect(await newestDeed()).toEqual(before);
});

test("the trail is the host's to read and to keep, page by page and as a file", async () => {
  const answer = await (await host.fetch("/api/audit")).json<{ deeds: unknown[]; intact: boolean; count: number }>();
  expect(answer.intact).toBe(true);
  expect(answer.deeds.length).toBe(Math.min(100, answer.count));
  const file = await host.fetch("/api/audit/export");
  expect(file.headers.get("content-disposition")).toMatch(/^attachment; filename="luna-audit-[\d-]+\.ndjson"$/);
  const lines = (await file.text()).trim().split("\n");
  expect(lines).toHaveLength(answer.count + 1);
  expect(JSON.parse(lines.at(-1) ?? "")).toMatchObject({ did: "exported" });
  await vi.waitFor(async () => expect((await knownHead(env.DB))?.count).toBe(lines.length));
  expect((await host.fetch("/api/audit?cursor=1%20OR%201")).status).toBe(400);
  expect((await host.fetch("/api/audit?cursor=-1")).status).toBe(400);
});

test("strangers of a deployed Luna neither read the trail nor delete anybody", async () => {
  const { exports } = await import("cloudflare:workers");
  for (const [method, path] of [
    ["GET", "/api/audit"],
    ["GET", "/api/audit/export"],
    ["DELETE", "/api/visitors/01J00000000000000000000000"],
    ["DELETE", "/api/links/link_1/calls"],
  ] as const) {
    const response = await exports.default.fetch(new Request(`https://luna.example${path}`, { method }));
    expect([401, 403], `${method} ${path}`).toContain(response.status);
  }
});
