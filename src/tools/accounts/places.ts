/** Which account or payee a caller means: "checking", "8890", "Nadia". */
import { soundsLike } from "../../words/similar.ts";
import type { Account, Payee } from "../bank.ts";

export type Place = { kind: "account"; account: Account } | { kind: "payee"; payee: Payee };

/** Names heard less alike than this are somebody else's. */
const ALIKE = 0.8;

export function findAccount(said: string, accounts: Account[]): Account | undefined {
  const text = said.trim().toLowerCase();
  const digits = /(?<!\d)\d{4}(?!\d)/.exec(text)?.[0];
  if (digits) return accounts.find((account) => account.last_4 === digits);
  const kinds = accounts.filter(
    (account) => text.split(/\W+/).includes(account.kind) || account.name.toLowerCase() === text,
  );
  return kinds.length === 1 ? kinds[0] : undefined;
}

/** Undefined when nobody or more than one fits. */
export function findPayee(said: string, payees: Payee[]): Payee | undefined {
  const text = said.trim().toLowerCase();
  const digits = /(?<!\d)\d{4}(?!\d)/.exec(text)?.[0];
  if (digits) return only(payees.filter((payee) => payee.last_4 === digits));
  const exact = payees.filter((payee) => payee.name.toLowerCase() === text);
  if (exact.length > 0) return only(exact);
  const byFirst = payees.filter((payee) => payee.name.toLowerCase().split(" ")[0] === text);
  if (byFirst.length > 0) return only(byFirst);
  return only(payees.filter((payee) => alike(payee.name, text)));
}

function alike(name: string, said: string): boolean {
  if (soundsLike(name, said) >= ALIKE) return true;
  return !said.includes(" ") && name.split(" ").some((part) => soundsLike(part, said) >= ALIKE);
}

function only<T>(found: T[]): T | undefined {
  return found.length === 1 ? found[0] : undefined;
}

export function findPlace(said: string, accounts: Account[], payees: Payee[]): Place | undefined {
  const account = findAccount(said, accounts);
  if (account) return { kind: "account", account };
  const payee = findPayee(said, payees);
  return payee && { kind: "payee", payee };
}
