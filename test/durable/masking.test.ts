/** Numbers of cards and accounts: said by a caller in every way, and found nowhere on any disk. */
import { evictDurableObject, runDurableObjectAlarm } from "cloudflare:test";
import { expect, test, vi } from "vitest";
import { Browser } from "../support/workerd/caller.ts";
import { keptByCall, keptInD1 } from "../support/workerd/kept.ts";
import { Phone } from "../support/workerd/phone.ts";

/** None of these may be on a disk, however the digits are grouped there. */
const SECRET = /4111.{0,3}1111.{0,3}1111|411111|four one one one|37040044|3704 0044|12345678|nine one two/i;

test("a caller reads out cards, accounts and codes; memory has them, and no disk", async () => {
  const browser = new Browser();
  const phone = await Phone.call({ scenario: "block-card", mode: "scripted" }, browser);
  await phone.turn(0);
  for (const words of [
    "Hello, my card is 4111 1111 1111 1111 and my account is 12345678",
    "The IBAN is DE89 3704 0044 0532 0130 00, the CVV is nine one two",
    "It's four one one one",
    "one one one one",
    "one one one one",
    "and one one one one",
  ]) {
    await phone.ask(words);
  }
  // While it is on, the object and D1 have it already.
  await runDurableObjectAlarm(phone.stub);
  expect(await keptInD1()).toContain(phone.id);
  for (const disk of [await keptByCall(phone.id), await keptInD1()]) {
    expect(disk.match(SECRET)?.[0]).toBeUndefined();
    expect(disk).toContain("•••• 1111");
  }
  phone.hangUp();
  const record = await phone.finalRecord();
  const said = record.turns.filter((turn) => turn.who === "caller").map((turn) => turn.text);
  expect(said).toEqual([
    "Hello, my card is •••• 1111 and my account is •••• 5678",
    "The IBAN is •••• 3000, the CVV is •••",
    "It's ••••",
    "••••",
    "••••",
    "and •••• 1111",
  ]);
  await vi.waitFor(async () => expect((await keptByCall(phone.id)).length).toBeLessThan(100));
  expect((await keptInD1()).match(SECRET)?.[0]).toBeUndefined();
}, 40_000);

test("a card that is read out around an eviction is masked all the same: none of its groups is on a disk", async () => {
  const phone = await Phone.call({ scenario: "block-card", mode: "scripted" });
  await phone.turn(0);
  for (const [n, words] of ["It's 4111", "1111", "1111", "1111"].entries()) {
    if (n === 2) await evictDurableObject(phone.stub);
    phone.type(words);
    await phone.until("the words", () => phone.callers.length === n + 1);
  }
  expect(await keptByCall(phone.id)).not.toMatch(/It's 4111/);
  phone.hangUp();
  const record = await phone.finalRecord();
  expect(JSON.stringify(record.turns.filter((turn) => turn.who === "caller"))).not.toMatch(/It's 4111/);
});
