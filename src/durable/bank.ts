/**
 * One visitor's bank: a Durable Object whose SQLite holds the books. Thin on purpose: the bank itself is in `bank/` and runs
 * over any SQLite. The methods are called over RPC, by the call that serves the visitor and by the page's routes.
 */
import { DurableObject } from "cloudflare:workers";
import { type Bindings, readSettings } from "../env.ts";
import type { BankApi, TransactionSearch } from "../tools/bank.ts";
import { openBank } from "./bank/desk.ts";
import type { Sql } from "./bank/sql.ts";

/** Calls that D1 may not know yet: far more than a browser opens in the days that D1 may be away. */
const MOST_CALLS = 200;
const DAY_MS = 24 * 3_600_000;
const KEPT_UNTIL = "kept_until";

type Asked<Method extends keyof BankApi> = Parameters<BankApi[Method]>[0];

export class Bank extends DurableObject<Bindings> implements BankApi {
  /** Tables and first day are written at the first question; undefined until then, and after everything was deleted. */
  #books: BankApi | undefined;
  readonly #idle_ms: number;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    this.#idle_ms = readSettings(env).retentionDays * DAY_MS;
  }

  get #bank(): BankApi {
    this.#keep();
    this.#books ??= openBank(sqlOf(this.ctx.storage));
    return this.#books;
  }
  get #notes(): SyncKvStorage {
    this.#keep();
    return this.ctx.storage.kv;
  }
  /** It is kept for `RETENTION_DAYS` after it was last used, and up to a day more: that is written once a day at most. */
  #keep(): void {
    const { kv } = this.ctx.storage;
    const enough = Date.now() + this.#idle_ms;
    if ((kv.get<number>(KEPT_UNTIL) ?? 0) >= enough) return;
    const until = enough + DAY_MS;
    kv.put(KEPT_UNTIL, until);
    void this.ctx.storage.setAlarm(until);
  }
  /** Nobody has come back. */
  override async alarm(): Promise<void> {
    const until = this.ctx.storage.kv.get<number>(KEPT_UNTIL) ?? 0;
    // Somebody came while the alarm was on its way, and has set another.
    if (until <= Date.now()) await this.forget();
  }

  caller() {
    return this.#bank.caller();
  }
  identify(customer_id: string, last_4: string) {
    return this.#bank.identify(customer_id, last_4);
  }
  accounts(customer_id: string) {
    return this.#bank.accounts(customer_id);
  }
  cards(customer_id: string) {
    return this.#bank.cards(customer_id);
  }
  loans(customer_id: string) {
    return this.#bank.loans(customer_id);
  }
  payoff(customer_id: string, loan_id: string, date: string) {
    return this.#bank.payoff(customer_id, loan_id, date);
  }
  transactions(customer_id: string, search: TransactionSearch) {
    return this.#bank.transactions(customer_id, search);
  }
  payees(customer_id: string) {
    return this.#bank.payees(customer_id);
  }
  credit(customer_id: string) {
    return this.#bank.credit(customer_id);
  }
  rates() {
    return this.#bank.rates();
  }
  disputable(customer_id: string, transaction_id: string) {
    return this.#bank.disputable(customer_id, transaction_id);
  }
  mayTransfer(order: Asked<"mayTransfer">) {
    return this.#bank.mayTransfer(order);
  }
  blockCard(order: Asked<"blockCard">) {
    return this.#bank.blockCard(order);
  }
  orderReplacement(order: Asked<"orderReplacement">) {
    return this.#bank.orderReplacement(order);
  }
  activateCard(order: Asked<"activateCard">) {
    return this.#bank.activateCard(order);
  }
  enableContactless(order: Asked<"enableContactless">) {
    return this.#bank.enableContactless(order);
  }
  transfer(order: Asked<"transfer">) {
    return this.#bank.transfer(order);
  }
  fileDispute(order: Asked<"fileDispute">) {
    return this.#bank.fileDispute(order);
  }
  requestLimit(order: Asked<"requestLimit">) {
    return this.#bank.requestLimit(order);
  }
  draftWire(order: Asked<"draftWire">) {
    return this.#bank.draftWire(order);
  }
  sendCode(order: Asked<"sendCode">) {
    return this.#bank.sendCode(order);
  }
  unlockOnline(order: Asked<"unlockOnline">) {
    return this.#bank.unlockOnline(order);
  }
  /** Whether anybody has used it. A look leaves nothing behind: the cookie that leads here may be made up. */
  hasBegun(): boolean {
    return this.ctx.storage.kv.get<number>(KEPT_UNTIL) !== undefined;
  }
  snapshot() {
    return this.#bank.snapshot();
  }
  reset() {
    return this.#bank.reset();
  }
  audit() {
    return this.#bank.audit();
  }

  // The bank is also the one object a visitor has, so it is where two requests that come at once meet.

  /** The call that was opened last, whatever became of it; `null` before the first. */
  newestCall(): string | null {
    return this.#notes.get<string>("newest_call") ?? null;
  }
  /** Writes the first day too, while the engine is dialled: 14 ms that the first tool would take from under the sound. */
  async callOpened(call_id: string): Promise<void> {
    this.#notes.put("newest_call", call_id);
    this.keepInMind(call_id);
    await this.#bank.caller();
  }
  /** A call of this visitor's: D1 learns of it later, and whoever deletes all of a visitor has to find it. */
  keepInMind(call_id: string): void {
    const known = this.calls().filter((one) => one !== call_id);
    this.#notes.put("calls", [...known, call_id].slice(-MOST_CALLS));
  }
  /** The calls that were opened last, oldest first. */
  calls(): string[] {
    return this.#notes.get<string[]>("calls") ?? [];
  }
  /** Deletes everything; who comes afterwards finds a bank on its first day. */
  async forget(): Promise<void> {
    this.#books = undefined;
    await this.ctx.storage.deleteAll();
  }
  /** Puts `call_id` in the place of `before`, unless somebody else was quicker. Gives the newest call as it then stands. */
  async replaceCall(before: string | null, call_id: string): Promise<string> {
    const newest = this.newestCall();
    if (newest !== before && newest !== null) return newest;
    await this.callOpened(call_id);
    return call_id;
  }
}

function sqlOf(storage: DurableObjectStorage): Sql {
  return {
    // The tables decide the shape of the rows; every statement names its columns' types beside it.
    rows: <Row>(statement: string, ...binds: (string | number | null)[]) =>
      storage.sql.exec(statement, ...binds).toArray() as Row[],
    atomic: (work) => storage.transactionSync(work),
  };
}
