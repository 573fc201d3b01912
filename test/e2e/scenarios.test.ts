/** All ten scenarios from hello to goodbye, by keyboard alone, with no key: each on a bank of its own. */
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { barriers } from "../support/axe.ts";
import { bankOf, callIdOf, recordOf } from "../support/bank.ts";
import { converse, standingOf } from "../support/caller.ts";
import { launchChromium } from "../support/chromium.ts";
import { callByKeys, tabTo, typeByKeys } from "../support/keys.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { type LunaPage, openLuna } from "../support/page.ts";
import { soon } from "../support/soon.ts";
import { CONTAINED, ESCALATED } from "./callers.ts";

/** Three calls at a time: more only wait for one another on two cores. */
vi.setConfig({ maxConcurrency: 3 });

let server: Luna;
let browser: Browser;
let titles: Map<string, string>;

beforeAll(async () => {
  [server, browser] = await Promise.all([startLuna(), launchChromium()]);
  const cards = (await (await fetch(`${server.url}/api/scenarios`)).json()) as { id: string; title: string }[];
  titles = new Map(cards.map(({ id, title }) => [id, title]));
});
afterAll(async () => {
  await browser?.close();
  await server?.stop();
});

/** As the person would: opens the bank's panel and reads the message to their phone. */
async function codeFromTheInbox(luna: LunaPage): Promise<string> {
  await tabTo(luna, /^My bank$/);
  await luna.page.keyboard.press("Enter");
  const inbox = luna.page.getByRole("region", { name: "Messages to your phone" });
  const code = await luna.until("a code in the inbox", async () => /\b\d{6}\b/.exec(await inbox.innerText())?.[0]);
  return `The code is ${code}`;
}

async function open(id: string): Promise<LunaPage> {
  // Movement costs more here than the calls themselves: it is drawn without a graphics card. `views` looks at the page in motion.
  const luna = await openLuna(browser, server.url, { calm: true, unheard: true });
  const title = titles.get(id) ?? id;
  await callByKeys(luna, new RegExp(`^${title.replace(/[.*+?^${}()|[\]\\]/g, "\\$&")}`));
  return luna;
}

describe("Luna solves it alone, typed", () => {
  test.concurrent.each(CONTAINED)(
    "$id: done, booked and closed as contained",
    async ({ id, opening, rules, tools, changed }) => {
      const luna = await open(id);
      const before = await bankOf(luna);
      const now = await converse(luna, (words) => typeByKeys(luna, words), {
        opening,
        rules: rules(() => codeFromTheInbox(luna)),
      });
      expect(now.ended, await luna.story()).toMatchObject({ outcome: "contained" });
      const did = now.tools.filter((tool) => tool.state === "done").map((tool) => tool.name);
      expect(did).toEqual(expect.arrayContaining(tools));
      changed(before, await bankOf(luna));

      const record = await recordOf(luna, await callIdOf(luna));
      expect(record).toMatchObject({ scenario: id, mode: "scripted", verified: true, outcome: "contained" });
      expect(record.turns.map((turn) => turn.text)).toEqual(now.turns.map((turn) => turn.text));

      await luna.page.getByRole("region", { name: "After the call" }).waitFor();
      expect(await barriers(luna)).toEqual([]);
      expect(luna.faults).toEqual([]);
      await luna.close();
    },
  );
});

describe("Luna hands over to a specialist, typed", () => {
  test.concurrent.each(ESCALATED)(
    "$id: gathered, told, and with the specialist",
    async ({ id, opening, rules, tools }) => {
      const luna = await open(id);
      const before = await bankOf(luna);
      const type = (words: string) => typeByKeys(luna, words);
      const withThem = await converse(luna, type, {
        opening,
        rules: rules(),
        until: (now) => now.speaker === "specialist" && now.turns.some((turn) => turn.who === "specialist"),
      });
      const tried = withThem.tools.map((tool) => tool.name);
      expect(tried).toEqual(expect.arrayContaining([...tools, "transfer_to_specialist"]));

      const summary = luna.page.getByRole("region", { name: "Summary for the specialist" });
      await soon(async () => {
        expect(await summary.innerText()).toMatch(/Maya Lindqvist/);
        expect(await summary.innerText()).toMatch(/Verified/);
      });
      const transfer = (await luna.events("luna.transfer")).at(-1);
      expect(transfer?.state).toBe("connected");
      const name = luna.page.getByRole("heading", { level: 1 });
      await soon(async () => expect(await name.innerText()).toBe(transfer?.specialist));
      expect(await barriers(luna)).toEqual([]);

      await type("Thank you, goodbye.");
      await luna.until("the end of the call", async () => (await standingOf(luna)).ended);
      expect((await standingOf(luna)).ended?.outcome).toBe("escalated");
      expect((await bankOf(luna)).accounts, "a hand-over moves no money").toEqual(before.accounts);
      expect(await recordOf(luna, await callIdOf(luna))).toMatchObject({
        scenario: id,
        outcome: "escalated",
        verified: true,
      });
      expect(luna.faults).toEqual([]);
      await luna.close();
    },
  );
});
