/**
 * Loans that are paid back in equal monthly payments. All sums are integer cents, rates are basis points a year
 * (629 is 6.29%). Interest of a month is a twelfth of the year's, rounded to the cent; the last payment takes up the rest.
 */
export interface Terms {
  principal_cents: number;
  rate_bp: number;
  months: number;
}

export interface Instalment {
  payment_cents: number;
  interest_cents: number;
  principal_cents: number;
  /** Principal left after it. */
  balance_cents: number;
}

/** The smallest equal payment that clears the loan within its term. */
export function monthlyPayment({ principal_cents, rate_bp, months }: Terms): number {
  if (rate_bp === 0) return Math.ceil(principal_cents / months);
  const rate = rate_bp / 120_000;
  const exact = (principal_cents * rate) / (1 - (1 + rate) ** -months);
  // Interest is rounded to the cent every month, so the exact payment can fall a few cents short at the end.
  let payment = Math.ceil(exact - 1e-6);
  while (balanceWith(payment, principal_cents, rate_bp, months) > 0) payment += 1;
  return payment;
}

/** What is left of the principal after that many payments. */
function balanceWith(payment_cents: number, principal_cents: number, rate_bp: number, payments: number): number {
  let balance = principal_cents;
  for (let n = 0; n < payments && balance > 0; n += 1) {
    balance = instalment(balance, rate_bp, payment_cents).balance_cents;
  }
  return balance;
}

function monthlyInterest(balance_cents: number, rate_bp: number): number {
  return Math.round((balance_cents * rate_bp) / 120_000);
}

/** What the next payment does to a balance: never pays more than is owed. */
export function instalment(balance_cents: number, rate_bp: number, payment_cents: number): Instalment {
  const interest = monthlyInterest(balance_cents, rate_bp);
  const payment = Math.min(payment_cents, balance_cents + interest);
  const principal = payment - interest;
  return {
    payment_cents: payment,
    interest_cents: interest,
    principal_cents: principal,
    balance_cents: balance_cents - principal,
  };
}

/** Principal left after a number of payments. */
export function balanceAfter(terms: Terms, payments: number): number {
  return balanceWith(monthlyPayment(terms), terms.principal_cents, terms.rate_bp, payments);
}

export function paymentsLeft(balance_cents: number, rate_bp: number, payment_cents: number): number {
  let left = 0;
  for (let balance = balance_cents; balance > 0; left += 1) {
    balance = instalment(balance, rate_bp, payment_cents).balance_cents;
  }
  return left;
}

export interface PayoffSum {
  principal_cents: number;
  interest_cents: number;
  per_day_cents: number;
  total_cents: number;
}

/** What clears the loan after `days` since interest was last paid: principal and interest by the day (365 a year). */
export function payoff(balance_cents: number, rate_bp: number, days: number): PayoffSum {
  const perDay = (balance_cents * rate_bp) / 3_650_000;
  const interest = Math.round(perDay * days);
  return {
    principal_cents: balance_cents,
    interest_cents: interest,
    per_day_cents: Math.round(perDay),
    total_cents: balance_cents + interest,
  };
}
