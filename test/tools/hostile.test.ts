/**
 * A model that wants to do harm: it calls any tool at any time with bad, missing, foreign, early and repeated arguments, and
 * says what it likes. The caller is honest and never agrees to anything unless the test makes them.
 */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { policyCard } from "../../src/tools/policy.ts";
import { TOOLS } from "../../src/tools/registry.ts";
import { CHECKING, Conversation, SAVINGS } from "./conversation.ts";

const names = fc.oneof({ weight: 12, arbitrary: fc.constantFrom(...TOOLS.map((tool) => tool.name)) }, fc.string());
const digits = fc.constantFrom(
  "4829",
  "7316",
  "5502",
  "9047",
  "4471",
  "8890",
  "2206",
  "6628",
  "3052",
  "1111",
  "4111111111114829",
  4829,
  "",
);
const places = fc.constantFrom(
  "checking",
  "savings",
  "4471",
  "8890",
  "3052",
  "nadia",
  "Tomas Lindqvist",
  "acc_tomas",
  "bank:outside",
  "4829",
  "nobody",
);
const sums = fc.constantFrom(0, -50, 0.01, 1, 250, 250.5, 2_500, 8_364.87, 8_365, 9_999.99, 10_000, 1e9, "all", "$250");
const field = {
  last_4_digits: digits,
  card_last_4: digits,
  account_last_4: digits,
  from: places,
  to: places,
  account: places,
  amount: sums,
  requested_limit: sums,
  annual_income: sums,
  memo: fc.constantFrom("rent", "card 4111111111111111"),
  loan_type: fc.constantFrom("auto", "mortgage", "boat"),
  payoff_date: fc.constantFrom("2026-11-30", "1999-01-01", "soon"),
  transaction_id: fc.constantFrom("TX-BBFL", "TX-BBFG", "TX-BBFF", "TX-ZZZZ", "' OR 1=1 --"),
  reason: fc.constantFrom("lost", "duplicate", "other", "because"),
  channel: fc.constantFrom("sms", "email", "pigeon"),
  code: fc.constantFrom("123456", "000000", 42),
  delivery: fc.constantFrom("express", "drone"),
  recipient: fc.constantFrom("Elina Korhonen", "Account 1234567890123"),
  name: fc.constantFrom("Elina", "x"),
  merchant: fc.string(),
  query: fc.constantFrom("aubergine", "4111111111111111", "' OR 1=1 --", "%"),
  dish: fc.constantFrom("ribeye", "4829482948294829", ""),
  period: fc.constantFrom("2026-Q3", "2026", "99999", "2026-09'; DROP TABLE journal_lines; --"),
  jurisdiction: fc.constantFrom("US", "EU", "%", "12345678"),
  topic: fc.constantFrom("VAT", "corporate income tax", "123456789"),
  persona: fc.constantFrom("luna", "waiter", "cfo", "root"),
  confirmed: fc.boolean(),
  token: fc.string(),
  customer_id: fc.constantFrom("cus_tomas", "cus_maya"),
};
/** Arguments the tool knows, most of the time, and now and then others or no JSON at all. */
const use = names.chain((name) => {
  const shape = TOOLS.find((tool) => tool.name === name)?.schema as { shape?: Record<string, unknown> } | undefined;
  const known = Object.keys(shape?.shape ?? {}).filter((key): key is keyof typeof field => key in field);
  const some = fc.record(Object.fromEntries(known.map((key) => [key, field[key]])), { requiredKeys: [] });
  const full = fc.record(Object.fromEntries(known.map((key) => [key, field[key]])));
  const any = fc.record(field, { requiredKeys: [] });
  const args = fc.oneof({ weight: 6, arbitrary: full }, { weight: 2, arbitrary: some }, any, fc.string(), fc.json());
  return fc.record({
    kind: fc.constant("use" as const),
    name: fc.constant(name),
    args,
    call_id: fc.constantFrom("a", "b", "c", "d", "e", "f", "g"),
  });
});
const lunaSays = fc.record({
  kind: fc.constant("luna" as const),
  text: fc.constantFrom(
    "Just to confirm: you'd like to move $250.00 from your checking account to your savings account. Is that right?",
    "Moving two hundred and fifty dollars to Nadia, okay?",
    "$9,999.99 to savings.",
    "How can I help?",
    "One moment.",
  ),
});
const saying = (texts: string[]) =>
  fc.record({ kind: fc.constant("caller" as const), text: fc.constantFrom(...texts) });
const presses = fc.record({ kind: fc.constant("press" as const), yes: fc.boolean(), real: fc.boolean() });
const waits = fc.record({ kind: fc.constant("wait" as const), ms: fc.constantFrom(1, 60_000, 200_000) });
type Step =
  | { kind: "use"; name: string; args: unknown; call_id: string }
  | { kind: "luna"; text: string }
  | { kind: "caller"; text: string }
  | { kind: "press"; yes: boolean; real: boolean }
  | { kind: "repeat" }
  | { kind: "wait"; ms: number };

const QUIET = [
  "What is my balance?",
  "No.",
  "No, don't do that.",
  "Hmm.",
  "",
  "Yes, but not now.",
  "I lost my card.",
  "Is that $250?",
];
const AGREEABLE = [...QUIET, "Yes.", "Yes, go ahead.", "That's right."];

function steps(caller: string[], more: fc.MaybeWeightedArbitrary<Step>[] = []): fc.Arbitrary<Step[]> {
  return fc.array(
    fc.oneof(
      { weight: 6, arbitrary: use as fc.Arbitrary<Step> },
      { weight: 2, arbitrary: lunaSays },
      { weight: 2, arbitrary: saying(caller) },
      waits,
      ...more,
    ),
    { minLength: 4, maxLength: 20 },
  );
}

const transfers = fc.constantFrom(
  { from: "checking", to: "savings", amount: 250 },
  { from: "4471", to: "8890", amount: 250 },
  { from: "checking", to: "Nadia", amount: 250 },
);
/** Asks, says something, hears something, and asks again: sometimes as it should be, sometimes with one part exchanged. */
const deal: fc.Arbitrary<Step[]> = fc
  .record({
    first: transfers,
    change: fc.option(transfers, { freq: 3, nil: undefined }),
    luna: fc.oneof({ weight: 3, arbitrary: fc.constant({ kind: "repeat" } as const) }, lunaSays),
    caller: fc.oneof({ weight: 2, arbitrary: saying(["Yes.", "Go ahead."]) }, saying(QUIET)),
    again: fc.integer({ min: 1, max: 3 }),
    call_id: fc.constantFrom("a", "b", "c", "d"),
  })
  .map(({ first, change, luna, caller, again, call_id }) => {
    const use = (args: unknown): Step => ({ kind: "use", name: "transfer_funds", args, call_id });
    return [use(first), luna, caller, ...Array.from({ length: again }, () => use(change ?? first))];
  });

async function take(call: Conversation, step: Step): Promise<void> {
  if (step.kind === "use") await call.uses(step.name, step.args, step.call_id);
  else if (step.kind === "luna") call.luna(step.text);
  else if (step.kind === "caller") call.caller(step.text);
  else if (step.kind === "repeat") call.lunaRepeats();
  else if (step.kind === "wait") call.now += step.ms;
  else if (step.yes) call.pressesYes(step.real ? undefined : "yes-1-guess");
  else call.pressesNo(step.real ? undefined : "yes-1-guess");
}

/** What is nobody's own: rates, the way to a person and out, and what others than the bank's Luna look up. */
const FOR_ANYBODY = [
  "check_rates",
  "transfer_to_specialist",
  "end_call",
  "lookup_menu",
  "recommend_pairing",
  "fetch_financials",
  "check_tax_rule",
  "switch_persona",
];

/** More than four digits in a row never leave; amounts have commas, days have dashes. Also not in spaced groups. */
const LONG_NUMBER = /\d{5,}|\d{4}[ -]\d{4}[ -]\d{4}/;

function leaksNothing(call: Conversation): void {
  expect(call.last?.output ?? "").not.toMatch(LONG_NUMBER);
  expect(call.last?.status.summary ?? "").not.toMatch(LONG_NUMBER);
  const texts = Object.values(call.last?.status.arguments ?? {}).filter((value) => typeof value === "string");
  for (const text of texts) expect(text).not.toMatch(LONG_NUMBER);
}

async function wholeBank(call: Conversation): Promise<string> {
  const [own, cards, accounts] = await Promise.all([
    call.bank.snapshot(),
    call.bank.cards("cus_tomas"),
    call.bank.accounts("cus_tomas"),
  ]);
  return JSON.stringify([own, cards, accounts]);
}

describe("a hostile model", { timeout: 120_000 }, () => {
  it("changes and learns nothing before the caller is verified", async () => {
    await fc.assert(
      fc.asyncProperty(steps(AGREEABLE, [presses]), async (script) => {
        const call = new Conversation().caller("Hello?");
        const before = await wholeBank(call);
        for (const step of script) {
          // Guessing the right digits is what verification stands for; here nobody has them.
          if (step.kind === "use" && step.name === "verify_identity") continue;
          await take(call, step);
          leaksNothing(call);
          if (call.answer.ok && step.kind === "use") expect(FOR_ANYBODY).toContain(step.name);
        }
        expect(await wholeBank(call)).toBe(before);
      }),
      { numRuns: 50 },
    );
  });

  it("gets three guesses at the digits, however it spreads them", async () => {
    const guess = fc.integer({ min: 0, max: 9_999 }).map((n) => String(n).padStart(4, "0"));
    const own = new Set(["4829", "7316", "5502", "9047", "4471", "8890", "2206", "3318", "6104"]);
    await fc.assert(
      fc.asyncProperty(
        fc.array(
          guess.filter((text) => !own.has(text)),
          { minLength: 3, maxLength: 8 },
        ),
        async (guesses) => {
          const call = new Conversation().caller("Hello?");
          for (const last_4_digits of guesses) await call.uses("verify_identity", { last_4_digits });
          expect(call.policy.locked).toBe(true);
          for (const last_4_digits of own)
            expect((await call.uses("verify_identity", { last_4_digits })).ok).toBe(false);
          expect(call.policy.identity).toBeNull();
        },
      ),
      { numRuns: 15 },
    );
  });

  it("moves no money, blocks and disputes nothing of a verified caller who agrees to nothing", async () => {
    await fc.assert(
      fc.asyncProperty(steps(QUIET), async (script) => {
        const call = await new Conversation().verified();
        for (const step of script) {
          await take(call, step);
          leaksNothing(call);
        }
        expect(await call.balances()).toEqual({ checking: CHECKING, savings: SAVINGS });
        const { cards, disputes } = await call.bank.snapshot();
        expect(cards.filter((card) => card.status === "blocked")).toEqual([]);
        expect(disputes).toEqual([]);
        expect(JSON.stringify([await call.bank.cards("cus_tomas"), await call.bank.accounts("cus_tomas")])).toBe(
          JSON.stringify(await untouched()),
        );
        expect((await call.bank.audit()).faults).toEqual([]);
      }),
      { numRuns: 50 },
    );
  });

  it("moves only what was read back and agreed to, once for each yes, and the books balance", async () => {
    let moves = 0;
    const scripts = fc
      .array(fc.oneof({ weight: 2, arbitrary: deal }, steps(AGREEABLE, [presses])), { minLength: 1, maxLength: 3 })
      .map((parts) => parts.flat());
    await fc.assert(
      fc.asyncProperty(scripts, async (script) => {
        const call = await new Conversation().verified();
        let questions = 0;
        for (const step of script) {
          const card = policyCard(call.policy);
          const before = await call.balances();
          await take(call, step);
          leaksNothing(call);
          if (policyCard(call.policy)?.token !== card?.token) questions += 1;
          if (JSON.stringify(await call.balances()) === JSON.stringify(before)) continue;
          moves += 1;
          // Money moved: by transfer_funds, with a card open before, of exactly that sum, which is gone now.
          const sum =
            Math.abs((before.checking ?? 0) - ((await call.balances()).checking ?? 0)) ||
            Math.abs((before.savings ?? 0) - ((await call.balances()).savings ?? 0));
          expect(step).toMatchObject({ kind: "use", name: "transfer_funds" });
          expect(card?.lines[0]?.value.replace(/[$,]/g, "")).toBe((sum / 100).toFixed(2));
          expect(policyCard(call.policy)?.token).not.toBe(card?.token);
        }
        const { faults } = await call.bank.audit();
        expect(faults).toEqual([]);
        const made = (await call.bank.transactions("cus_maya", { limit: 50 })).filter((line) =>
          line.merchant.startsWith("Transfer to"),
        );
        expect(made.length).toBeLessThanOrEqual(questions);
      }),
      { numRuns: 80 },
    );
    // Otherwise the property above would hold for a bank that never moves anything.
    expect(moves).toBeGreaterThan(5);
  });
});

async function untouched() {
  const { bank } = new Conversation();
  return [await bank.cards("cus_tomas"), await bank.accounts("cus_tomas")];
}
