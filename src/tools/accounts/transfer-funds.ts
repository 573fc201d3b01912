import { z } from "zod";
import { amount, words } from "../arguments.ts";
import type { Account, Change, Destination } from "../bank.ts";
import { explain } from "../refusals.ts";
import { cents, dollars, list } from "../say.ts";
import { done, type Proposal, type Refused, type Result, refused, type ToolCall, tool, verified } from "../tool.ts";
import { findAccount, findPlace, type Place } from "./places.ts";

const schema = z.strictObject({
  from: words(40).describe("checking, savings, or the last four digits of the account"),
  to: words(60).describe("checking, savings, last four digits, or the name of a saved payee"),
  amount: amount.describe("Dollars, e.g. 120.5"),
  memo: words(80).optional(),
});
type Args = z.output<typeof schema>;

export const transferFunds = tool({
  name: "transfer_funds",
  description:
    "Move money from the caller's checking or savings to another of their accounts or to a saved payee. The first call only " +
    "prepares it and answers with a question: say that question, with amount and both sides, and wait for the caller's " +
    "answer. After a yes call again with exactly the same arguments; only then the money moves.",
  schema,
  gate: "confirmed",
  effect: "money",
  working: "Preparing your transfer",

  async propose(args, call): Promise<Proposal | Refused> {
    const sides = await sidesOf(args, call);
    if (!sides.ok) return sides;
    const { from, to } = sides;
    const amount_cents = cents(args.amount);
    const may = await call.bank.mayTransfer({
      customer_id: verified(call).customer_id,
      from_id: from.id,
      to: destination(to),
      amount_cents,
      memo: args.memo,
    });
    const target = nameOf(to);
    const memo = args.memo ? [{ label: "Note", value: args.memo }] : [];
    return {
      ok: true,
      fingerprint: JSON.stringify([from.id, destination(to), amount_cents, args.memo?.toLowerCase() ?? null]),
      amount_cents,
      target: wordsFor(to),
      act: { words: ["to", "into", "for", "pay", "send", "give"], leads: true },
      title: `Transfer ${dollars(amount_cents)}`,
      lines: [
        { label: "Amount", value: dollars(amount_cents) },
        { label: "From", value: `${from.name} ending in ${from.last_4}` },
        { label: "To", value: target },
        ...memo,
      ],
      read_back: `Just to confirm: you'd like to move ${dollars(amount_cents)} from your ${from.kind} account to ${target}. Is that right?`,
      left_alone: "I haven't moved any money.",
      ...(may.ok ? {} : { refusal: whyNot(may, from) }),
    };
  },

  async run(args, call): Promise<Result> {
    const sides = await sidesOf(args, call);
    if (!sides.ok) return sides;
    const { from, to } = sides;
    const moved = await call.bank.transfer({
      customer_id: verified(call).customer_id,
      key: call.key,
      from_id: from.id,
      to: destination(to),
      amount_cents: cents(args.amount),
      memo: args.memo,
    });
    if (!moved.ok) return whyNot(moved, from);
    const { amount_cents, from_balance_cents, reference } = moved.value;
    const sum = dollars(amount_cents);
    return done(
      `Done. I've moved ${sum} from your ${from.kind} account to ${nameOf(to)}, and your ${from.kind} balance is now ${dollars(from_balance_cents)}.`,
      `${sum} went from ${from.kind} to ${nameOf(to)}.`,
      { reference, amount: sum, from: from.last_4, to: nameOf(to), new_balance: dollars(from_balance_cents) },
    );
  },
});

type Sides = { ok: true; from: Account; to: Place };

async function sidesOf(args: Args, call: ToolCall): Promise<Sides | Refused> {
  const { customer_id } = verified(call);
  const [accounts, payees] = await Promise.all([call.bank.accounts(customer_id), call.bank.payees(customer_id)]);
  const from = findAccount(args.from, accounts);
  if (!from) {
    const kinds = accounts.map((account) => account.kind);
    return refused("not_found", `I can move money out of your ${list(kinds, "or")} account. Which one should it be?`, {
      field: "from",
    });
  }
  const to = findPlace(args.to, accounts, payees);
  if (to) return { ok: true, from, to };
  const names = payees.map((payee) => payee.name);
  return refused(
    "not_found",
    `I don't have that recipient on file. Your saved payees are ${list(names)}. Who should receive the money?`,
    { field: "to", payees: names },
  );
}

function destination(to: Place): Destination {
  return to.kind === "account" ? { kind: "account", id: to.account.id } : { kind: "payee", id: to.payee.id };
}

function nameOf(to: Place): string {
  return to.kind === "account" ? `your ${to.account.kind} account` : to.payee.name;
}

/** Any of these in the read-back names the target. */
function wordsFor(to: Place): string[] {
  if (to.kind === "account") return [to.account.kind, to.account.last_4, to.account.name];
  return [to.payee.name, to.payee.name.split(" ")[0] ?? to.payee.name, to.payee.last_4];
}

function whyNot(no: Extract<Change<unknown>, { ok: false }>, from: Account): Refused {
  return explain(no, {
    same_account: "That's the same account on both sides. Where should the money go?",
    balance: `There isn't enough in your ${from.kind} account: ${dollars(from.available_cents)} is available. Would you like to move a smaller amount?`,
    daily: `That would go over the daily limit of ${dollars(no.limit_cents ?? 0)} for transfers. You can move a smaller amount today or the rest tomorrow.`,
    large: `Transfers of ${dollars(no.limit_cents ?? 0)} or more need one of our specialists. I can connect you now and pass on the details.`,
  });
}
