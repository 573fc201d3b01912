import fc from "fast-check";
import { expect, test } from "vitest";
import {
  type Allowed,
  grantFor,
  isUsedUp,
  type Leave,
  linkState,
  lockAfter,
  lowest,
  type Purse,
  portionOf,
  shareOf,
} from "../../src/call/allowance.ts";

const OPEN = { expires_at: null, revoked_at: null, max_calls: null, cap_usd: null };

test.each([
  [{ ...OPEN }, { calls: 9_999, usd: 9_999 }, "open"],
  [{ ...OPEN, max_calls: 3 }, { calls: 2, usd: 0 }, "open"],
  [{ ...OPEN, max_calls: 3 }, { calls: 3, usd: 0 }, "used_up"],
  [{ ...OPEN, cap_usd: 0.1 }, { calls: 1, usd: 0.099 }, "open"],
  [{ ...OPEN, cap_usd: 0.1 }, { calls: 1, usd: 0.1 }, "spent"],
  [{ ...OPEN, expires_at: 100 }, { calls: 0, usd: 0 }, "expired"],
  [{ ...OPEN, expires_at: 101 }, { calls: 0, usd: 0 }, "open"],
  [{ expires_at: 1, revoked_at: 1, max_calls: 1, cap_usd: 0.01 }, { calls: 5, usd: 5 }, "revoked"],
])("a link with %j of which %j is used is %s", (grant, used, state) => {
  expect(linkState(grant, used, 100)).toBe(state);
});

test("what several calls of a link may still cost is never more than its cap, whatever the others have cost", () => {
  const usd = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(usd, fc.array(usd, { minLength: 1, maxLength: 5 }), (cap, costs) => {
      const spent = costs.reduce((sum, one) => sum + one, 0);
      for (const own of costs) {
        const share = shareOf(cap, spent, own) ?? Number.POSITIVE_INFINITY;
        // Its own cost up to its share, and what the others have cost.
        expect(share + (spent - own)).toBeLessThanOrEqual(Math.max(cap, spent - own) + 1e-9);
      }
    }),
  );
  expect(shareOf(null, 5, 1)).toBeNull();
});

/** The books of a link, as its switchboard keeps them. */
class Books {
  readonly cap: number;
  readonly on = new Map<number, Purse>();
  past = 0;

  constructor(cap: number) {
    this.cap = cap;
  }

  hear(call: number, usd: number, over: boolean): Leave {
    const own = this.on.get(call);
    if (!own) return { may_usd: 0, share_usd: 0 };
    own.usd = Math.max(own.usd, usd);
    this.on.delete(call);
    if (over) this.past += own.usd;
    else {
      own.granted_usd = grantFor(this.cap, this.past, own, [...this.on.values()]);
      this.on.set(call, own);
    }
    const spent = [...this.on.values()].reduce((sum, one) => sum + one.usd, this.past);
    return { may_usd: own.granted_usd, share_usd: shareOf(this.cap, spent, own.usd) ?? 0 };
  }
}

/** One call of the link. It takes a turn, tells what it has cost, and waits for the answer where it has to. */
class Guest {
  readonly id: number;
  charge = 0;
  turn = 0;
  ended = false;
  allowed: Allowed;

  constructor(id: number, { may_usd, share_usd }: Leave) {
    this.id = id;
    this.allowed = { may_usd, share_usd, asked_usd: 0 };
  }

  get mayTurn(): boolean {
    const { may_usd, asked_usd } = this.allowed;
    const asks = may_usd !== null && this.charge >= may_usd && asked_usd < this.charge;
    return !this.ended && !asks && !isUsedUp(this.charge, this.allowed);
  }

  take(usd: number): void {
    this.turn = usd;
    this.charge += usd;
  }

  told(about: number, leave: Leave | null): void {
    if (leave) this.allowed = { ...this.allowed, ...leave };
    this.allowed.asked_usd = Math.max(this.allowed.asked_usd, about);
    if (isUsedUp(this.charge, this.allowed)) this.ended = true;
  }
}

/** What is on its way between a call and the books. */
type Letter = { guest: Guest; usd: number; over: boolean; answer?: Leave };

const step = fc.record({
  does: fc.oneof(
    { weight: 1, arbitrary: fc.constantFrom("opens", "comes twice", "is lost", "hangs up") },
    { weight: 3, arbitrary: fc.constantFrom("talks", "arrives") },
  ),
  which: fc.nat(1_000),
  /** What a turn costs, of the cap. */
  share: fc.double({ min: 0.001, max: 0.5, noNaN: true }),
});
/** Long: what goes wrong needs several calls with several turns each. */
const steps = fc.array(step, { minLength: 10, maxLength: 200, size: "max" });
type Step = typeof step extends fc.Arbitrary<infer T> ? T : never;

/** Calls of one link, whose letters come in any order, late, twice or not at all. Gives all that there were. */
function play(cap: number, steps: Step[], look: (guests: Guest[]) => void): Guest[] {
  const books = new Books(cap);
  const guests: Guest[] = [];
  const letters: Letter[] = [];
  for (const { does, which, share } of steps) {
    const guest = guests[which % Math.max(1, guests.length)];
    const at = which % Math.max(1, letters.length);
    const letter = letters[at];
    if (does === "opens") {
      books.on.set(guests.length, { usd: 0, granted_usd: 0 });
      guests.push(new Guest(guests.length, books.hear(guests.length, 0, false)));
    } else if (does === "talks" && guest?.mayTurn) {
      guest.take(share * cap);
      letters.push({ guest, usd: guest.charge, over: false });
    } else if (does === "hangs up" && guest && !guest.ended) {
      guest.ended = true;
      letters.push({ guest, usd: guest.charge, over: true });
    } else if (does === "is lost" && letter) {
      letters.splice(at, 1);
      if (!letter.over) letter.guest.told(letter.usd, null);
    } else if ((does === "arrives" || does === "comes twice") && letter) {
      if (does === "arrives") letters.splice(at, 1);
      if (letter.answer) letter.guest.told(letter.usd, letter.answer);
      else letters.push({ ...letter, answer: books.hear(letter.guest.id, letter.usd, letter.over) });
    }
    look(guests);
  }
  return guests;
}

const caps = fc.double({ min: 0.01, max: 20, noNaN: true });

test("calls at the same time pass the cap by the one turn each that was going on, in whatever order their reports come or are lost", () => {
  fc.assert(
    fc.property(caps, steps, (cap, steps) => {
      play(cap, steps, (guests) => {
        const beyond = guests.filter(({ charge, allowed }) => charge >= (allowed.may_usd ?? 0));
        const turns = beyond.reduce((sum, { turn }) => sum + turn, 0);
        const total = guests.reduce((sum, { charge }) => sum + charge, 0);
        expect(total).toBeLessThanOrEqual(cap + turns + 1e-9);
      });
    }),
    { numRuns: 300 },
  );
});

test("a call alone may spend all of the cap, and ends with the turn that reaches it", () => {
  const turns = fc.array(fc.double({ min: 0.000_1, max: 1, noNaN: true }), { maxLength: 200, size: "max" });
  fc.assert(
    fc.property(caps, turns, (cap, costs) => {
      const books = new Books(cap);
      books.on.set(0, { usd: 0, granted_usd: 0 });
      const guest = new Guest(0, books.hear(0, 0, false));
      for (const usd of costs) {
        expect(guest.ended).toBe(guest.charge >= cap);
        if (guest.ended) return;
        guest.take(usd);
        guest.told(guest.charge, books.hear(0, guest.charge, false));
      }
    }),
  );
});

test("calls that are answered at once are ended only where no more is left than is set aside for the others", () => {
  const talk = fc.record({ which: fc.nat(7), usd: fc.double({ min: 0.000_1, max: 0.5, noNaN: true }) });
  const talks = fc.array(talk, { maxLength: 200, size: "max" });
  fc.assert(
    fc.property(caps, fc.integer({ min: 1, max: 8 }), talks, (cap, n, talks) => {
      const books = new Books(cap);
      for (let id = 0; id < n; id++) books.on.set(id, { usd: 0, granted_usd: 0 });
      const guests = Array.from({ length: n }, (_, id) => new Guest(id, books.hear(id, 0, false)));
      for (const { which, usd } of talks) {
        const guest = guests[which % n];
        if (!guest?.mayTurn) continue;
        guest.take(usd);
        guest.told(guest.charge, books.hear(guest.id, guest.charge, false));
        if (!guest.ended) continue;
        const total = guests.reduce((sum, { charge }) => sum + charge, 0);
        expect(total).toBeGreaterThanOrEqual(cap - (n - 1) * portionOf(cap) - 1e-9);
      }
    }),
  );
});

test("what a call gives back when it is over is there for the next, and what it has spent is not", () => {
  const cap = 0.1;
  const idle = { usd: 0.01, granted_usd: 0.09 };
  expect(grantFor(cap, 0, { usd: 0, granted_usd: 0 }, [idle])).toBeCloseTo(0.01, 9);
  expect(grantFor(cap, 0.01, { usd: 0, granted_usd: 0 }, [{ usd: 0, granted_usd: 0.09 }])).toBe(0);
  expect(grantFor(cap, 0.01, { usd: 0, granted_usd: 0 }, [])).toBeCloseTo(0.01, 9);
  expect(grantFor(cap, 0.095, { usd: 0, granted_usd: 0 }, [])).toBeCloseTo(0.005, 9);
});

test("beyond what was set aside a call asks first; beyond what the others have left it ends at once", () => {
  const allowed = { may_usd: 0.05, share_usd: 0.3, asked_usd: 0.04 };
  expect(isUsedUp(0.049, allowed)).toBe(false);
  expect(isUsedUp(0.06, allowed)).toBe(false);
  expect(isUsedUp(0.06, { ...allowed, asked_usd: 0.06 })).toBe(true);
  expect(isUsedUp(0.3, allowed)).toBe(true);
  expect(isUsedUp(99, { may_usd: null, share_usd: null, asked_usd: 99 })).toBe(false);
});

test("of several caps the lowest holds, and none where there is none", () => {
  expect(lowest(null, 3, undefined, 2)).toBe(2);
  expect(lowest(null, undefined)).toBeNull();
});

test("right PINs between the wrong ones help for twenty a day, and no more", () => {
  expect([1, 10, 19].map((today) => lockAfter(1, today))).toEqual([0, 0, 0]);
  expect([20, 21, 22].map((today) => lockAfter(1, today))).toEqual([30_000, 60_000, 120_000]);
  expect(lockAfter(8, 20)).toBe(lockAfter(8, 8));
});

test("the lock grows with every wrong PIN: all PINs of four digits take years", () => {
  expect([1, 2, 3, 4].map((wrong) => lockAfter(wrong, wrong))).toEqual([0, 0, 0, 0]);
  expect([5, 6, 7].map((wrong) => lockAfter(wrong, wrong))).toEqual([30_000, 60_000, 120_000]);
  let ms = 0;
  for (let wrong = 1; wrong <= 10_000; wrong++) ms += lockAfter(wrong, 0);
  expect(ms).toBeGreaterThan(3 * 365 * 24 * 3_600_000);
});
