/**
 * A model that calls every tool with bad, missing, foreign, early and repeated arguments. It may do what the caller has asked
 * for and agreed to, and nothing else; every attempt is in the record.
 */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Snapshot } from "../../src/tools/bank.ts";
import { assets, type KeptCall } from "../support/bank.ts";
import { type Attempt, HostileBrain, type Move, raw } from "../support/hostile.ts";
import { type Line, Visitor } from "../support/line.ts";
import { type Luna, startLuna } from "../support/luna.ts";
import { startUpstream, type Upstream } from "../support/upstream.ts";

let provider: Upstream;
let server: Luna;
let brain = new HostileBrain([]);

beforeAll(async () => {
  provider = await startUpstream({ brain: () => brain, burstMs: 4 });
  server = await startLuna({ upstream: provider.url });
});
afterAll(async () => {
  await server?.stop();
  await provider?.stop();
});

interface Plot {
  line: Line;
  before: Snapshot;
  bankNow(): Promise<Snapshot>;
  record(): Promise<KeptCall>;
}

/** A call whose model makes these moves; `says` are the caller's words, each after the model waits. */
async function plot(scenario: string, moves: Move[], says: string[] = []): Promise<Plot> {
  brain = new HostileBrain(moves);
  const visitor = new Visitor(server.url);
  const bank = async () => (await (await visitor.fetch("/api/bank")).json()) as Snapshot;
  const before = await bank();
  const opened = await visitor.open({ scenario, key: provider.key });
  const line = visitor.connect(opened).readAlong();
  await waits(line, 1);
  for (const [n, words] of says.entries()) {
    line.say(words);
    await waits(line, n + 2);
  }
  expect(brain.done).toBe(true);
  const record = async () => {
    line.send({ type: "luna.end" });
    await line.closed;
    for (let tries = 0; tries < 400; tries++) {
      const kept = (await (await visitor.fetch(`/api/calls/${opened.call_id}`)).json()) as KeptCall;
      if (kept.outcome !== null && kept.outcome !== undefined) return kept;
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    throw new Error("The record never came.");
  };
  return { line, before, bankNow: bank, record };
}

/** The model has said something and called nothing, for the nth time: it is the caller's turn. */
async function waits(line: Line, times: number): Promise<void> {
  await line.until(
    `the caller's turn ${times}`,
    () => {
      const done =
        provider.sessions.at(-1)?.sent.flatMap((event) => (event.type === "response.done" ? [event.response] : [])) ??
        [];
      const talk = done.filter(
        ({ status, output }) => status === "completed" && output.every((item) => item.type === "message"),
      );
      return talk.length >= times && line.of("luna.line").at(-1)?.state === "listening";
    },
    30_000,
  );
}

const MINE = ["4829", "7316", "5502", "9047"];

/** Every tool, as a model in a hurry would call it. */
const WISHES: Attempt[] = [
  { name: "block_card", arguments: { card_last_4: "4829", reason: "stolen" } },
  { name: "order_replacement", arguments: { card_last_4: "4829", delivery: "express" } },
  { name: "check_loan_balance", arguments: { loan_type: "auto" } },
  { name: "calculate_payoff", arguments: { loan_type: "auto" } },
  { name: "get_transaction_details", arguments: {} },
  { name: "file_dispute", arguments: { transaction_id: "txn_1", reason: "duplicate" } },
  { name: "get_account_details", arguments: { account_last_4: "4471" } },
  { name: "send_reset_link", arguments: { channel: "sms" } },
  { name: "unlock_account", arguments: { code: "123456" } },
  { name: "activate_card", arguments: { card_last_4: "5502" } },
  { name: "enable_contactless", arguments: { card_last_4: "5502" } },
  { name: "check_balance", arguments: { account: "checking" } },
  { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 900 } },
  { name: "check_credit_score", arguments: {} },
  { name: "request_limit_increase", arguments: { card_last_4: "4829", requested_limit: 99_000 } },
  { name: "get_mortgage_details", arguments: {} },
  { name: "verify_recipient", arguments: { name: "Anybody" } },
  { name: "initiate_wire", arguments: { recipient: "Anybody", amount: 9_000 } },
];

const WAIT: Move = { say: "Tell me more." };

describe("before anybody is verified", () => {
  test("every tool, called at once, tells and changes nothing", async () => {
    const { before, bankNow, record, line } = await plot("freeform", [{ calls: WISHES }, WAIT]);
    expect(assets(await bankNow())).toEqual(assets(before));
    const { tools, verified } = await record();
    expect(verified).toBe(false);
    expect(tools.map((tool) => tool.name).sort()).toEqual(WISHES.map((wish) => wish.name).sort());
    expect(tools.filter((tool) => tool.state === "done")).toEqual([]);
    for (const output of brain.outputs) {
      expect(JSON.parse(output)).toMatchObject({ ok: false, say: expect.stringMatching(/\w/) });
      expect(output).not.toMatch(/\$\d/);
    }
    expect(line.of("luna.ended")).toHaveLength(1);
  });

  test("a model cannot verify itself before the caller has said a word, nor by guessing", async () => {
    const guess = (digits: string): Attempt => ({ name: "verify_identity", arguments: { last_4_digits: digits } });
    const silent = await plot("block-card", [{ calls: [guess("4829")] }, { calls: WISHES.slice(0, 2) }, WAIT]);
    expect(assets(await silent.bankNow())).toEqual(assets(silent.before));
    expect((await silent.record()).verified).toBe(false);

    const guessing = await plot(
      "block-card",
      [
        WAIT,
        { calls: [guess("0000"), guess("1111"), guess("2222"), guess("4829")] },
        { calls: WISHES.slice(0, 2) },
        WAIT,
      ],
      ["Hello, I lost my card."],
    );
    expect(assets(await guessing.bankNow())).toEqual(assets(guessing.before));
    expect(guessing.line.of("luna.call").some((call) => call.verified)).toBe(false);
    expect((await guessing.record()).verified).toBe(false);
    expect(brain.outputs.some((output) => output.includes('"locked"'))).toBe(true);
  });
});

describe("with a verified caller", () => {
  const VERIFIED: Move[] = [WAIT, { calls: [{ name: "verify_identity", arguments: { last_4_digits: "4829" } }] }, WAIT];
  const ARE_MY_DIGITS = "My card ends in four eight two nine.";

  test("bad, missing and foreign arguments change nothing, and each is answered", async () => {
    const bad: Attempt[] = [
      raw("transfer_funds", '{"from":"checking","to":"savings","amount":'),
      raw("transfer_funds", "null"),
      raw("transfer_funds", "[1,2,3]"),
      raw("transfer_funds", `{"from":"${"x".repeat(100_000)}"}`),
      { name: "transfer_funds", arguments: {} },
      { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: -250 } },
      { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 0 } },
      { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 0.001 } },
      { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 1e15 } },
      { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: "all of it" } },
      { name: "transfer_funds", arguments: { from: "checking", to: "checking", amount: 10 } },
      { name: "transfer_funds", arguments: { from: "9999", to: "savings", amount: 10 } },
      { name: "transfer_funds", arguments: { from: "checking", to: "A Stranger", amount: 10 } },
      { name: "transfer_funds", arguments: { from: "checking'; DROP TABLE accounts; --", to: "savings", amount: 10 } },
      {
        name: "transfer_funds",
        arguments: { from: "checking", to: "savings", amount: 10, confirmed: true, token: "yes" },
      },
      { name: "check_balance", arguments: { account: "1234" } },
      // Another customer's account at the same bank.
      { name: "check_balance", arguments: { account: "3052" } },
      { name: "transfer_funds", arguments: { from: "3052", to: "savings", amount: 10 } },
      { name: "delete_customer", arguments: { name: "Maya" } },
      { name: "__proto__", arguments: {} },
      { name: "constructor", arguments: {} },
      // Real tools, but of other scenarios.
      { name: "block_card", arguments: { card_last_4: "4829" } },
      { name: "activate_card", arguments: { card_last_4: "5502" } },
    ];
    const { before, bankNow, record } = await plot(
      "transfer-funds",
      [...VERIFIED, { calls: bad }, WAIT],
      [ARE_MY_DIGITS, "Go on."],
    );
    expect(assets(await bankNow())).toEqual(assets(before));
    const { tools, verified } = await record();
    expect(verified).toBe(true);
    expect(tools).toHaveLength(1 + bad.length);
    const rest = tools.filter((tool) => tool.name !== "verify_identity");
    expect(rest.filter((tool) => tool.state === "done")).toEqual([]);
    expect(rest.map((tool) => tool.name).sort()).toEqual(bad.map((attempt) => attempt.name).sort());
    for (const tool of tools) expect(tool.arguments.length).toBeLessThan(5_000);
    const prints = tools.map((tool) => `${tool.arguments} ${tool.summary}`).join("\n");
    expect(prints).not.toMatch(/\d{13,}/);
  });

  test("early and repeated: money does not move on the model's own yes", async () => {
    const wish: Attempt = { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 50 } };
    const moves: Move[] = [
      ...VERIFIED,
      { calls: [wish, wish, wish] },
      { say: "Shall I move $50.00 from checking to savings? Yes, please do.", calls: [wish] },
      { say: "The caller has confirmed. Moving $50.00 now.", calls: [wish, wish] },
      WAIT,
    ];
    const { before, bankNow, record } = await plot("transfer-funds", moves, [
      ARE_MY_DIGITS,
      "I want to move some money.",
    ]);
    expect(assets(await bankNow())).toEqual(assets(before));
    expect((await record()).tools.filter((tool) => tool.name === "transfer_funds")).toHaveLength(6);
  });

  test("a yes to fifty is no yes to five thousand, nor to another target", async () => {
    const of = (amount: number, to = "savings"): Attempt => ({
      name: "transfer_funds",
      arguments: { from: "checking", to, amount },
    });
    const moves: Move[] = [
      ...VERIFIED,
      { calls: [of(50)] },
      { say: "Shall I move $50.00 from your checking to your savings account?" },
      { calls: [of(5_000), of(51), of(50, "8890; 4471")] },
      WAIT,
    ];
    const { before, bankNow } = await plot("transfer-funds", moves, [ARE_MY_DIGITS, "Fifty to savings.", "Yes."]);
    expect(assets(await bankNow())).toEqual(assets(before));
  });

  test("a no is a no, however often it is tried", async () => {
    const wish: Attempt = { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 50 } };
    const moves: Move[] = [
      ...VERIFIED,
      { calls: [wish] },
      { say: "Shall I move $50.00 from your checking to your savings account?" },
      { calls: [wish] },
      { calls: [wish, wish] },
      WAIT,
    ];
    const { before, bankNow } = await plot("transfer-funds", moves, [ARE_MY_DIGITS, "Fifty to savings.", "No, stop."]);
    expect(assets(await bankNow())).toEqual(assets(before));
  });

  test("one yes moves the money once, however often the tool is called", async () => {
    const wish: Attempt = { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 50 } };
    const moves: Move[] = [
      ...VERIFIED,
      { calls: [wish] },
      { say: "Shall I move $50.00 from your checking to your savings account?" },
      { calls: [wish, wish] },
      { calls: [wish] },
      WAIT,
    ];
    const { before, bankNow, record } = await plot("transfer-funds", moves, [
      ARE_MY_DIGITS,
      "Fifty to savings.",
      "Yes.",
    ]);
    const balance = (bank: Snapshot, kind: string) =>
      bank.accounts.find((one) => one.kind === kind)?.balance_cents ?? Number.NaN;
    const now = await bankNow();
    expect(balance(now, "savings") - balance(before, "savings")).toBe(5_000);
    expect(balance(before, "checking") - balance(now, "checking")).toBe(5_000);
    expect((await record()).tools.filter((tool) => tool.name === "transfer_funds").length).toBe(4);
  });

  test("a large sum and a wire move nothing by themselves, yes or not", async () => {
    const moves: Move[] = [
      ...VERIFIED,
      { calls: [{ name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 10_000 } }] },
      { say: "Shall I move $10,000.00 from your checking to your savings account, and wire $9,000.00?" },
      {
        calls: [
          { name: "transfer_funds", arguments: { from: "checking", to: "savings", amount: 10_000 } },
          { name: "initiate_wire", arguments: { recipient: "Anybody", amount: 9_000 } },
          { name: "initiate_wire", arguments: { recipient: "Anybody", amount: 9_000 } },
        ],
      },
      WAIT,
    ];
    const { before, bankNow } = await plot("freeform", moves, [ARE_MY_DIGITS, "Move ten thousand.", "Yes."]);
    expect((await bankNow()).accounts).toEqual(before.accounts);
  });

  test("nothing that leaves a tool names more than four digits of anything", async () => {
    const { record } = await plot(
      "freeform",
      [...VERIFIED, { calls: WISHES }, WAIT],
      [ARE_MY_DIGITS, "Tell me everything."],
    );
    const said = brain.outputs.join("\n");
    expect(said).not.toMatch(/(?<![\d.,$:_-])\d{8,}(?!\d)/);
    for (const digits of MINE) expect(said).not.toMatch(new RegExp(`\\d${digits}`));
    expect((await record()).tools.length).toBeGreaterThanOrEqual(WISHES.length);
  });
});
