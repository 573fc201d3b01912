/** The visitor's bank as the page can see it, asked for with the page's own cookie. */
import type { ToolRun, Turn } from "../../src/call/turn.ts";
import type { CallEnded, Mode, Outcome } from "../../src/legs/wire.ts";
import type { Account, Card, Snapshot } from "../../src/tools/bank.ts";
import type { Visitor } from "./line.ts";
import type { LunaPage } from "./page.ts";

/** `GET /api/calls/:id`, as far as it is looked at here. */
export interface KeptCall {
  scenario: string;
  mode: Mode;
  fell_back: boolean;
  verified: boolean;
  /** Null while the call is on. */
  outcome: Outcome | null;
  reason: CallEnded["reason"] | null;
  turns: Turn[];
  tools: ToolRun[];
}

export async function bankOf(luna: LunaPage): Promise<Snapshot> {
  return (await json(luna, "/api/bank")) as Snapshot;
}

export function card(bank: Snapshot, last4: string): Card {
  const found = bank.cards.find((one) => one.last_4 === last4);
  if (!found) throw new Error(`There is no card ${last4}.`);
  return found;
}

export function account(bank: Snapshot, kind: Account["kind"]): Account {
  const found = bank.accounts.find((one) => one.kind === kind);
  if (!found) throw new Error(`There is no ${kind} account.`);
  return found;
}

/** What could have been changed, without what only looks at it (messages are left out: a code sent is no harm). */
export function assets(bank: Snapshot): unknown {
  const { accounts, cards, loans, transactions, disputes, customer } = bank;
  return { accounts, cards, loans, transactions, disputes, customer };
}

/** The record of an ended call. It reaches D1 a moment after the goodbye. */
export async function recordOf(luna: LunaPage, callId: string): Promise<KeptCall> {
  return luna.until("the call's record", async () => {
    const response = await luna.context.request.get(new URL(`/api/calls/${callId}`, luna.page.url()).href);
    if (!response.ok()) return undefined;
    const record = (await response.json()) as KeptCall;
    return record.outcome === null ? undefined : record;
  });
}

/** The same for a visitor without a page. @throws when it does not come in time. */
export async function recordFor(visitor: Visitor, callId: string): Promise<KeptCall> {
  for (const end = Date.now() + 30_000; Date.now() < end; ) {
    const response = await visitor.fetch(`/api/calls/${callId}`);
    const record = response.ok ? ((await response.json()) as KeptCall) : undefined;
    if (record && record.outcome !== null) return record;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error("The record of the call never came.");
}

export async function callIdOf(luna: LunaPage): Promise<string> {
  return luna.until("the call's id", async () => (await luna.events("luna.call"))[0]?.call_id);
}

async function json(luna: LunaPage, path: string): Promise<unknown> {
  const response = await luna.context.request.get(new URL(path, luna.page.url()).href);
  if (!response.ok()) throw new Error(`GET ${path}: ${response.status()} ${await response.text()}`);
  return response.json();
}
