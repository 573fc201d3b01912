/** Whole calls through bad weather, and what has to be true of each when it is over. */

import { evictDurableObject, runInDurableObject } from "cloudflare:test";
import { env } from "cloudflare:workers";
import type { Faults } from "../faults.ts";
import { Phone, type Script, talk } from "./phone.ts";
import { GOOD_KEY, type Line } from "./provider.ts";

type Talk = Omit<Script, "aloud" | "patience">;

const TRANSFER: Talk = {
  opening: "Move two hundred fifty dollars from checking to savings. My card ends in 4829.",
  rules: [
    [/\$250\.00 from .* is that right\?|shall I|go ahead/i, "Yes, please."],
    [/last four|it's you|verify/i, "It ends in 4829."],
    [/how much/i, "Two hundred fifty dollars."],
    [
      /which account|from where|to where|from or to|what would you like|what can I|help you/i,
      "Move two hundred fifty dollars from checking to savings.",
    ],
  ],
  enough: (phone) => phone.did("transfer_funds"),
};

const BLOCK: Talk = {
  opening: "My card ending in 4829 was stolen, please block it.",
  rules: [
    [/lost, was it stolen/i, "It was stolen."],
    [/block (it|your|this|the)|go ahead|is that right\?|shall I/i, "Yes, go ahead."],
    [/last four|it's you|which card|verify/i, "It ends in 4829."],
    [/what would you like|what can I|help you/i, "Please block my card ending in 4829."],
  ],
  enough: (phone) => phone.did("block_card"),
};

export interface Ride {
  seed: number;
  phone: Phone;
  /** Why it did not get to its end; undefined when it did. */
  stranded: string | undefined;
}

/** Calls are told apart at the provider by their keys. */
export function keyOf(seed: number): string {
  return `${GOOD_KEY}-${seed}`;
}

function isAloud(seed: number): boolean {
  return seed % 4 < 2;
}

/** Every second call moves money, every second one blocks a card; two of four are spoken, the others typed. */
export async function ride(seed: number, patience: number): Promise<Ride> {
  const scenario = seed % 2 === 0 ? "transfer-funds" : "block-card";
  const phone = await Phone.call({ scenario, key: keyOf(seed) });
  const script = { ...(seed % 2 === 0 ? TRANSFER : BLOCK), aloud: isAloud(seed), patience };
  const stranded = await talk(phone, script).then(
    () => undefined,
    (thrown: unknown) => (thrown as Error).message,
  );
  await phone.turn(phone.said.length, 1_000);
  if (phone.ended === undefined) phone.hangUp();
  return { seed, phone, stranded };
}

/** As many at a time as the machine bears. */
export async function all<A, T>(things: readonly A[], atOnce: number, work: (thing: A) => Promise<T>): Promise<T[]> {
  const waiting = [...things];
  const out: T[] = [];
  const one = async () => {
    for (let thing = waiting.shift(); thing !== undefined; thing = waiting.shift()) out.push(await work(thing));
  };
  await Promise.all(Array.from({ length: atOnce }, one));
  return out;
}

/** It is `said`, in order, with nothing in it that was not said. */
function isPartOf(part: readonly string[], said: readonly string[]): boolean {
  let at = 0;
  for (const text of said) if (text === part[at]) at += 1;
  return at === part.length;
}

/**
 * Everything that is wrong with a call that is over; empty when nothing is. Where the provider was given up, sound that only it
 * had heard cannot be told to the engine of text: such a turn is marked unclear, or is not there.
 */
export async function faultsOf({ phone, stranded, seed }: Ride, lines: Line[]): Promise<string[]> {
  const wrong: string[] = [];
  const must = (holds: boolean, what: string) => void (holds || wrong.push(what));
  if (stranded !== undefined) wrong.push(`stranded: ${stranded.split("\n")[0]}`);
  const record = await phone.finalRecord();
  const callers = record.turns
    .filter((turn) => turn.who === "caller" && turn.state === "final")
    .map((turn) => turn.text);
  const mayLack = record.fell_back && isAloud(seed);
  must(record.reason !== null && record.outcome !== null, `no reason: ${record.reason}`);
  must(
    mayLack ? isPartOf(callers, phone.said) : same(callers, phone.said),
    `said ${JSON.stringify(phone.said)}, recorded ${JSON.stringify(callers)}`,
  );
  must(new Set(record.turns.map((turn) => turn.item_id)).size === record.turns.length, "a turn is there twice");
  must(
    record.turns.every((turn, at) => turn.order === at + 1),
    "the order has holes",
  );
  must(
    record.turns.every((turn) => turn.state !== "live"),
    "a turn is still open",
  );
  const ids = record.tools.map((tool) => tool.call_id);
  must(new Set(ids).size === ids.length, "a tool call is there twice");
  const done = record.tools.filter((tool) => tool.state === "done" && /transfer_funds|block_card/.test(tool.name));
  must(done.length <= 1, `done ${done.length} times: ${done.map((tool) => tool.name)}`);
  const bank = await phone.bank.snapshot();
  const moved = bank.transactions.filter((one) => Math.abs(one.amount_cents) === 25_000 && one.date === today());
  if (seed % 2 === 0)
    must(moved.length === 2 * done.length, `money moved ${moved.length / 2} times, done ${done.length}`);
  const { faults } = await phone.bank.audit();
  must(faults.length === 0, `books: ${faults.join("; ")}`);
  wrong.push(...(await leftovers(phone)));
  const mine = lines.filter((line) => line.key === keyOf(seed));
  must(
    mine.every((line) => line.closed !== null),
    `${mine.filter((line) => line.closed === null).length} provider sockets open`,
  );
  return wrong;
}

/** Nothing of a call is left in its object: no socket, no alarm, no row, and nothing that keeps it in memory. */
export async function leftovers(phone: Phone): Promise<string[]> {
  const look = () =>
    runInDurableObject(phone.stub, async (_, state) => {
      const alarm = await state.storage.getAlarm();
      const kept = [...state.storage.kv.list()].map(([name]) => name);
      const sockets = state.getWebSockets().length;
      const clean = alarm === null && kept.length === 0 && sockets === 0;
      return clean ? [] : [`left behind: ${kept}, alarm ${alarm}, sockets ${sockets}`];
    });
  for (let n = 0; n < 50 && (await look()).length > 0; n++) await scheduler.wait(20);
  const wrong = await look();
  const before = Date.now();
  await evictDurableObject(phone.stub).catch((thrown: unknown) => wrong.push(String(thrown)));
  if (Date.now() - before > 2_000) wrong.push(`evicted only after ${Date.now() - before} ms`);
  return wrong;
}

/** Luna's sentences that were heard to their end twice without a word of the caller in between. */
export function repeats(phone: Phone): string[] {
  const heard = new Set<string>();
  const out: string[] = [];
  for (const turn of phone.inOrder) {
    if (turn.who === "caller") heard.clear();
    // Each lost line is a new reason to be sorry.
    else if (turn.text.startsWith("Sorry about that, the line dropped")) continue;
    else if (turn.state === "final" && heard.has(turn.text)) out.push(turn.text);
    else if (turn.state === "final") heard.add(turn.text);
  }
  return out;
}

/** What happened on the lines of this call, for a message. */
export function logOf(seed: number, lines: Line[]): string {
  const mine = lines.filter((line) => line.key === keyOf(seed));
  const text = (faults: Faults | undefined) =>
    (faults?.log ?? []).map((one) => `${one.index} ${one.event}: ${JSON.stringify(one.fault)}`).join(", ");
  return mine.map((line, n) => `line ${n} (closed ${line.closed?.code}): ${text(line.faults)}`).join("\n");
}

function same(a: readonly string[], b: readonly string[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}

export function bindings(settings: Record<string, string>): void {
  Object.assign(env, settings);
}
