import { runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { log } from "../../src/log.ts";
import {
  canonical,
  chained,
  type Deed,
  type DeedRow,
  knownHead,
  lookAtTrail,
  noteDeed,
  noteOnce,
  trailOf,
} from "../../src/store/audit.ts";

afterEach(() => vi.restoreAllMocks());

/** Ten deeds, and D1 knows of them. */
async function tenDeeds(): Promise<void> {
  for (let n = 1; n <= 10; n++) await noteDeed(env, deed(n));
  await told(10);
}

const deed = (n: number): Deed => ({ who: "host:password", did: "listened", subject: `call ${n}` });

async function told(count: number): Promise<void> {
  await vi.waitFor(async () => expect((await knownHead(env.DB))?.count).toBe(count), { timeout: 5_000 });
}

const tamper = (statement: string) =>
  runInDurableObject(trailOf(env), (_, { storage }) => void storage.sql.exec(statement));

beforeEach(async () => {
  await tamper("DELETE FROM deeds");
  await env.DB.prepare("DELETE FROM audit_heads").run();
});

test("a trail that nobody has touched is whole, and each deed leads to the next", async () => {
  expect(await trailOf(env).verify()).toMatchObject({ intact: true, count: 0 });
  await tenDeeds();
  const verdict = await trailOf(env).verify();
  expect(verdict).toMatchObject({ intact: true, count: 10, broken_at: null, why: null });
  expect(await knownHead(env.DB)).toEqual({ count: 10, hash: verdict.hash });
  const rows = await trailOf(env).read(null, 3);
  expect(rows.map(({ seq, subject }) => [seq, subject])).toEqual([
    [10, "call 10"],
    [9, "call 9"],
    [8, "call 8"],
  ]);
  expect(rows[0]?.previous).toBe(rows[1]?.hash);
  expect(await trailOf(env).read(8, 2)).toMatchObject([{ seq: 7 }, { seq: 6 }]);
});

test("a hundred deeds at the same moment stand one behind the other", async () => {
  await Promise.all(Array.from({ length: 100 }, (_, n) => noteDeed(env, deed(n))));
  expect(await trailOf(env).verify()).toMatchObject({ intact: true, count: 100 });
  await told(100);
});

test.each<[string, string, { broken_at: number | null; why: string }]>([
  ["another subject", "UPDATE deeds SET subject = 'call 99' WHERE seq = 4", { broken_at: 4, why: "changed" }],
  ["another time", "UPDATE deeds SET at = at - 1 WHERE seq = 10", { broken_at: 10, why: "changed" }],
  ["no subject any more", "UPDATE deeds SET subject = NULL WHERE seq = 1", { broken_at: 1, why: "changed" }],
  ["a deed taken out", "DELETE FROM deeds WHERE seq = 5", { broken_at: 5, why: "missing" }],
  ["the first taken out", "DELETE FROM deeds WHERE seq = 1", { broken_at: 1, why: "missing" }],
  ["the last taken out", "DELETE FROM deeds WHERE seq = 10", { broken_at: null, why: "cut" }],
  ["all taken out", "DELETE FROM deeds", { broken_at: null, why: "cut" }],
  [
    "two in each other's place",
    "UPDATE deeds SET subject = CASE seq WHEN 3 THEN 'call 7' ELSE 'call 3' END WHERE seq IN (3, 7)",
    { broken_at: 3, why: "changed" },
  ],
])("%s is seen", async (_, statement, seen) => {
  await tenDeeds();
  await tamper(statement);
  expect(await trailOf(env).verify()).toMatchObject({ intact: false, ...seen });
});

test("a chain that was written anew after a change does not fit what D1 knows", async () => {
  await tenDeeds();
  const rows = (await trailOf(env).readOn(0, 100)).map((row) => (row.seq === 6 ? { ...row, subject: "nothing" } : row));
  await runInDurableObject(trailOf(env), async (_, { storage }) => {
    let previous = rows[0]?.previous ?? "";
    for (const row of rows) {
      const hash = await chained(previous, row);
      storage.sql.exec(
        "UPDATE deeds SET subject = ?, previous = ?, hash = ? WHERE seq = ?",
        ...[row.subject, previous, hash, row.seq],
      );
      previous = hash;
    }
  });
  expect(await trailOf(env).verify()).toMatchObject({ intact: false, broken_at: 10, why: "changed" });
});

test("what was proved is not walked again with every look, but some of it, in turn: what is changed there is found later", async () => {
  const digests = () => vi.mocked(crypto.subtle.digest).mock.calls.length;
  await tenDeeds();
  await trailOf(env).verify();
  vi.spyOn(crypto.subtle, "digest");
  expect(await trailOf(env).verify(0)).toMatchObject({ intact: true, count: 10 });
  expect(digests()).toBe(0);
  await noteDeed(env, deed(11));
  await told(11);
  await tamper("UPDATE deeds SET at = at - 1 WHERE seq = 6");
  const looks = [];
  for (let n = 0; n < 4; n++) looks.push((await trailOf(env).verify(3)).broken_at);
  expect(looks.filter((broken_at) => broken_at === 6).length).toBeGreaterThan(0);
  // Once it is found, every look finds it.
  expect(await trailOf(env).verify(3)).toMatchObject({ intact: false, broken_at: 6, why: "changed" });
  await tamper("UPDATE deeds SET at = at + 1 WHERE seq = 6");
  expect(await trailOf(env).verify(3)).toMatchObject({ intact: true, count: 11 });
  await tamper("UPDATE deeds SET subject = 'call 99' WHERE seq = 11");
  await noteDeed(env, deed(12));
  await tamper("UPDATE deeds SET subject = 'call 99' WHERE seq = 12");
  expect(await trailOf(env).verify(0)).toMatchObject({ intact: false, broken_at: 12, why: "changed" });
});

test("a proved end that is not there any more proves nothing: the chain is walked from the beginning", async () => {
  await tenDeeds();
  await trailOf(env).verify();
  await tamper("DELETE FROM deeds WHERE seq = 10");
  expect(await trailOf(env).verify(0)).toMatchObject({ intact: false, broken_at: null, why: "cut" });
  await tamper("DELETE FROM deeds WHERE seq = 4");
  expect(await trailOf(env).verify(0)).toMatchObject({ intact: false, broken_at: 4, why: "missing" });
});

test("a break is said in the log at night, though nobody asks", async () => {
  await tenDeeds();
  const said = vi.spyOn(log, "error");
  await lookAtTrail(env);
  expect(said).not.toHaveBeenCalled();
  await tamper("DELETE FROM deeds WHERE seq = 5");
  await lookAtTrail(env);
  expect(said).toHaveBeenCalledWith("Audit trail is broken", { why: "missing", broken_at: 5, count: 4 });
});

test("what anybody with a token can do again and again is noted once an hour, however many do it at once", async () => {
  const listened: Deed = { who: "link:one", did: "listened", subject: "call 1" };
  await Promise.all(Array.from({ length: 20 }, () => noteOnce(env, listened)));
  await noteOnce(env, { ...listened, subject: "call 2" });
  await noteOnce(env, { ...listened, who: "link:two" });
  expect(await trailOf(env).readOn(0, 100)).toHaveLength(3);
  await tamper(`UPDATE lately SET until = ${Date.now()} WHERE deed LIKE '%link:one%call 1%'`);
  await noteOnce(env, listened);
  expect(await trailOf(env).readOn(0, 100)).toHaveLength(4);
  await noteDeed(env, listened);
  expect(await trailOf(env).readOn(0, 100)).toHaveLength(5);
});

test("a trail that was emptied stays broken, however much is written afterwards", async () => {
  await tenDeeds();
  await tamper("DELETE FROM deeds");
  for (let n = 1; n <= 12; n++) await noteDeed(env, deed(n));
  await new Promise((resolve) => setTimeout(resolve, 200));
  expect((await knownHead(env.DB))?.count).toBe(10);
  expect(await trailOf(env).verify()).toMatchObject({ intact: false });
});

test("while D1 is away deeds are written all the same, and D1 hears of them later", async () => {
  await tenDeeds();
  await env.DB.prepare("ALTER TABLE audit_heads RENAME TO away").run();
  await noteDeed(env, deed(11));
  await env.DB.prepare("ALTER TABLE away RENAME TO audit_heads").run();
  expect(await trailOf(env).verify()).toMatchObject({ intact: true, count: 11 });
  await runInDurableObject(trailOf(env), async (trail) => trail.alarm());
  expect((await knownHead(env.DB))?.count).toBe(11);
});

test("whoever has the file can walk the chain without Luna", async () => {
  await tenDeeds();
  const lines = (await trailOf(env).readOn(0, 100)).map((row) => JSON.stringify(row));
  let previous = "0".repeat(64);
  for (const line of lines) {
    const { seq, at, who, did, subject, ...chain } = JSON.parse(line) as DeedRow;
    expect(chain.previous).toBe(previous);
    const text = `${previous}\n${JSON.stringify({ seq, at, who, did, subject })}`;
    const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    previous = [...new Uint8Array(digest)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
    expect(chain.hash).toBe(previous);
    expect(canonical({ seq, at, who, did, subject })).toBe(text.slice(65));
  }
});

test("what is noted is one line of bounded length, whatever it holds", async () => {
  const who = `access:<script>alert(1)</script>\u202e\r\nset-cookie: a=b\u0000${"x".repeat(500)}`;
  await noteDeed(env, { who, did: "read_call", subject: "a\nb" });
  const [row] = await trailOf(env).read(null, 1);
  expect(row?.who).toHaveLength(200);
  expect(row?.who).toMatch(/^access:<script>alert\(1\)<\/script> {3}set-cookie: a=b x+$/);
  expect(row?.subject).toBe("a b");
  expect(await trailOf(env).verify()).toMatchObject({ intact: true });
});
