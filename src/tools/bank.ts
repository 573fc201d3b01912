/**
 * What tools may ask of the core bank. `durable/bank.ts` keeps these promises for a visitor's sandbox; tests keep the same
 * books over another SQLite. Money is in cents (integer, USD), dates are ISO days (`2026-12-01`), moments are Unix ms.
 * Cards, accounts and loans are only ever named by their last four digits.
 *
 * Methods that change something take a `key`: the same key gives the first answer again and changes nothing twice.
 * A refusal is an answer, not an exception; a method throws only when the bank cannot be reached.
 */

/** Why the bank, the policy or a tool says no. */
export type RefusalCode =
  | "invalid_arguments"
  | "identity_required"
  | "locked"
  | "confirmation_required"
  | "not_confirmed"
  | "insufficient_funds"
  | "limit_exceeded"
  | "needs_specialist"
  | "not_found"
  | "already_done"
  | "not_allowed"
  | "unavailable";

/** The bank's answer to a change: what is so now, or why not (`detail` is a short word the tool knows how to say). */
export type Change<T> =
  | { ok: true; value: T }
  | { ok: false; code: RefusalCode; detail: string; limit_cents?: number; tries_left?: number };

/** Every change names the customer it is made for and carries the key that makes it happen once. */
export interface Order {
  customer_id: string;
  key: string;
}

export interface Customer {
  id: string;
  name: string;
  first_name: string;
  tier: string;
  /** Masked to the last four digits. */
  phone: string;
  /** Masked to its first letter and its host. */
  email: string;
  /** Online banking is locked after too many wrong passwords. */
  online_locked: boolean;
}

export interface Account {
  id: string;
  kind: "checking" | "savings";
  name: string;
  last_4: string;
  balance_cents: number;
  /** Balance less what pending card payments hold. */
  available_cents: number;
}

export type CardStatus = "inactive" | "active" | "blocked";
export interface Card {
  id: string;
  kind: "credit" | "debit" | "virtual";
  name: string;
  last_4: string;
  status: CardStatus;
  contactless: boolean;
  /** Credit cards only; null otherwise. */
  limit_cents: number | null;
  /** Credit cards only: what is owed, pending payments included; null otherwise. */
  owed_cents: number | null;
  /** Last four of the card ordered in place of this one. */
  replaced_by: string | null;
}

export type BlockReason = "lost" | "stolen" | "fraud" | "other";
export type Delivery = "standard" | "express";
export interface Replacement {
  last_4: string;
  new_last_4: string;
  delivery: Delivery;
  /** ISO day. */
  arrives: string;
}

export type LoanType = "auto" | "personal" | "mortgage";
export interface Loan {
  id: string;
  type: LoanType;
  name: string;
  last_4: string;
  /** Principal still owed. */
  balance_cents: number;
  original_cents: number;
  payment_cents: number;
  /** Yearly rate in basis points: 629 is 6.29%. */
  rate_bp: number;
  term_months: number;
  payments_left: number;
  next_payment: string;
  /** Last month's payment has not come in. */
  past_due: boolean;
  /** Mortgage only. */
  home: { address: string; value_cents: number; fixed: boolean } | null;
}

export interface Payoff {
  loan: Loan;
  date: string;
  principal_cents: number;
  interest_cents: number;
  per_day_cents: number;
  total_cents: number;
}

export interface Transaction {
  id: string;
  date: string;
  merchant: string;
  category: string;
  city: string;
  /** Negative: money out. */
  amount_cents: number;
  status: "pending" | "posted";
  /** Card it was paid with, or the account it moved on. */
  last_4: string;
  paid_with: "credit card" | "debit card" | "virtual card" | "account";
  disputed: boolean;
}
/** All given parts must fit; `merchant` fits loosely (sound and spelling), `amount_cents` either sign. Newest first. */
export interface TransactionSearch {
  merchant?: string;
  amount_cents?: number;
  date?: string;
  card_last_4?: string;
  /** At most 50; 5 when not given. */
  limit?: number;
}

export type DisputeReason = "not_recognised" | "duplicate" | "wrong_amount" | "not_received" | "other";
export interface Dispute {
  reference: string;
  transaction_id: string;
  merchant: string;
  amount_cents: number;
  reason: DisputeReason;
  /** ISO day by which the bank answers. */
  answer_by: string;
  /** Posted card payments get the money back for the time of the inquiry. */
  credited_cents: number;
  status: "open";
}

export interface Payee {
  id: string;
  name: string;
  bank: string;
  country: string;
  last_4: string;
  /** ISO day of the last payment to them, null for none. */
  last_paid: string | null;
}

/** Where money goes: another account of the customer's, or a payee. */
export type Destination = { kind: "account"; id: string } | { kind: "payee"; id: string };
export interface TransferOrder extends Order {
  from_id: string;
  to: Destination;
  amount_cents: number;
  memo?: string;
}
export interface Transfer {
  reference: string;
  amount_cents: number;
  from: string;
  to: string;
  from_balance_cents: number;
  /** Null for a payee. */
  to_balance_cents: number | null;
}

export interface CreditProfile {
  score: number;
  band: "excellent" | "good" | "fair" | "poor";
  as_of: string;
  factors: string[];
}
export interface LimitRequest {
  reference: string;
  card_last_4: string;
  current_cents: number;
  requested_cents: number;
}

export type RateProduct = "30_year_fixed" | "15_year_fixed" | "5_1_arm";
export type RatePurpose = "refinance" | "purchase";
export interface Rate {
  product: RateProduct;
  purpose: RatePurpose;
  rate_bp: number;
  apr_bp: number;
  as_of: string;
}

export interface WireDraft {
  reference: string;
  recipient: string;
  amount_cents: number;
  currency: string;
  purpose: string | null;
  /** Known payee this goes to, where there is one. */
  payee: Payee | null;
}

export interface Message {
  id: string;
  channel: "email" | "sms";
  to: string;
  subject: string;
  body: string;
  at: number;
}

/** The bank as the page shows it. Codes in `messages` are for the person in front of the page only. */
export interface Snapshot {
  customer: Customer;
  accounts: Account[];
  cards: Card[];
  loans: Loan[];
  transactions: Transaction[];
  disputes: Dispute[];
  messages: Message[];
}

/** Do the books balance? `faults` is empty when they do. */
interface Audit {
  journals: number;
  postings: number;
  faults: string[];
}

export interface BankApi {
  /** The customer whose phone this sandbox answers. */
  caller(): Promise<Customer>;
  /** What of this customer's ends in these digits: "credit card", "checking account"...; null when nothing does. */
  identify(customer_id: string, last_4: string): Promise<string | null>;
  accounts(customer_id: string): Promise<Account[]>;
  cards(customer_id: string): Promise<Card[]>;
  loans(customer_id: string): Promise<Loan[]>;
  /** Null when the customer has no such loan. The date is not before today. */
  payoff(customer_id: string, loan_id: string, date: string): Promise<Payoff | null>;
  transactions(customer_id: string, search: TransactionSearch): Promise<Transaction[]>;
  payees(customer_id: string): Promise<Payee[]>;
  credit(customer_id: string): Promise<CreditProfile>;
  /** Today's rate sheet; the same for everybody. */
  rates(): Promise<Rate[]>;
  /** One line of the statement, and whether it could be disputed now; null when the customer has none by this id. */
  disputable(customer_id: string, transaction_id: string): Promise<{ payment: Transaction; may: Change<null> } | null>;
  /** Would this transfer go through now? Changes nothing. */
  mayTransfer(order: Omit<TransferOrder, "key">): Promise<Change<null>>;

  blockCard(order: Order & { card_id: string; reason: BlockReason }): Promise<Change<Card>>;
  orderReplacement(order: Order & { card_id: string; delivery: Delivery }): Promise<Change<Replacement>>;
  activateCard(order: Order & { card_id: string }): Promise<Change<Card>>;
  enableContactless(order: Order & { card_id: string }): Promise<Change<Card>>;
  transfer(order: TransferOrder): Promise<Change<Transfer>>;
  fileDispute(
    order: Order & { transaction_id: string; reason: DisputeReason; note?: string },
  ): Promise<Change<Dispute>>;
  requestLimit(
    order: Order & { card_id: string; requested_cents: number; income_cents?: number; reason?: string },
  ): Promise<Change<LimitRequest>>;
  draftWire(
    order: Order & { recipient: string; amount_cents: number; currency: string; purpose?: string },
  ): Promise<Change<WireDraft>>;
  /** Puts a message with a reset link or a six-digit code into the inbox; the answer says where it went, never what is in it. */
  sendCode(order: Order & { channel: "email" | "sms" }): Promise<Change<{ to: string; minutes: number }>>;
  /** Opens online banking again: with the code sent by text, or without one when the link was sent by email. */
  unlockOnline(order: Order & { code?: string }): Promise<Change<{ unlocked: true }>>;

  snapshot(): Promise<Snapshot>;
  /** Everything back to the first day of the sandbox, dated today. */
  reset(): Promise<void>;
  audit(): Promise<Audit>;
}
