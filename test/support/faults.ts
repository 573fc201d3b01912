/**
 * What can go wrong on a line, and when: a wire between Luna and her provider that breaks off, closes with any code, stalls,
 * delays, repeats, cuts, bloats or babbles. Pure: it knows no socket and no runtime, so it stands around a Node socket as well
 * as around one inside workerd. What it does follows from a seed, and it keeps a log of it.
 */
import { seeded } from "./chance.ts";

export type Fault =
  /** 1006 breaks off without a goodbye, 1005 closes without a code. The event itself is not sent any more. */
  | { do: "close"; code: number; reason?: string }
  /** The socket stays open and nothing more comes: for a while, or (null) for ever. */
  | { do: "stall"; ms: number | null }
  /** This event and all behind it come later, in order. */
  | { do: "delay"; ms: number }
  /** The event comes twice. */
  | { do: "repeat" }
  /** Only the first half of the message comes: no JSON. */
  | { do: "garble" }
  /** The event has this many bytes more. */
  | { do: "bloat"; bytes: number }
  /** The event comes so many times more: with a piece of audio, a voice without end. */
  | { do: "babble"; times: number };

/** An event as it is about to be sent; everything but its type is the test's business. */
export interface Passing {
  type: string;
  [field: string]: unknown;
}

export type Decide = (event: Passing, index: number) => Fault | null;

export interface Happened {
  index: number;
  event: string;
  fault: Fault;
  /** Unix ms. */
  at: number;
}

/** Decides for one connection and writes down what it decided. */
export class Faults {
  readonly log: Happened[] = [];
  readonly #decide: Decide;
  #index = 0;

  constructor(decide: Decide) {
    this.#decide = decide;
  }

  next(event: Passing): Fault | null {
    const index = this.#index++;
    const fault = this.#decide(event, index);
    if (fault) this.log.push({ index, event: event.type, fault, at: Date.now() });
    return fault;
  }
}

/** Once, at the event for which `when` holds. */
export function once(when: (event: Passing, index: number) => boolean, fault: Fault): Faults {
  let done = false;
  return new Faults((event, index) => {
    if (done || !when(event, index)) return null;
    done = true;
    return fault;
  });
}

/** What providers were seen to close with, and what nobody should. */
export const CLOSES: readonly Extract<Fault, { do: "close" }>[] = [
  { do: "close", code: 1006 },
  { do: "close", code: 1005 },
  { do: "close", code: 1000, reason: "" },
  { do: "close", code: 1001, reason: "Your session hit the maximum duration of 60 minutes." },
  { do: "close", code: 1011, reason: "server_error" },
  { do: "close", code: 1012, reason: "service restart" },
  { do: "close", code: 1013, reason: "try again later" },
];

/** One of everything; `ms` keeps a test short. */
export function misfortunes(ms: number): readonly Fault[] {
  return [
    ...CLOSES,
    { do: "stall", ms: 4 * ms },
    { do: "delay", ms },
    { do: "repeat" },
    { do: "garble" },
    { do: "bloat", bytes: 300_000 },
    { do: "babble", times: 40 },
  ];
}

export interface Weather {
  seed: number;
  /** Of each event, 0..1. A piece of a word or of sound counts a tenth: there are many of them. */
  probability: number;
  kinds: readonly Fault[];
  /** Faults on this connection, at most. */
  most?: number;
  /** Events that never meet any. */
  spared?: (event: Passing) => boolean;
}

/** The same faults for the same events, on every run. */
export function weather({ seed, probability, kinds, most = Number.POSITIVE_INFINITY, spared }: Weather): Faults {
  const chance = seeded(seed);
  let met = 0;
  return new Faults((event) => {
    const hit = chance() < (event.type.endsWith(".delta") ? probability / 10 : probability);
    const which = Math.floor(chance() * kinds.length);
    if (!hit || met >= most || spared?.(event)) return null;
    met += 1;
    return kinds[which] ?? null;
  });
}

/** One end of a socket, whatever it is made of. */
export interface Sink {
  send(text: string): void;
  close(code: number, reason: string): void;
  /** Closes without a code. */
  closeBare(): void;
  /** Breaks off without a goodbye. */
  drop(): void;
}

/** Sends events through the faults, in order. After a close nothing is sent any more. */
export class FaultyWire {
  readonly #sink: Sink;
  readonly #faults: Faults | undefined;
  readonly #queue: Passing[] = [];
  #waits = false;
  over = false;

  constructor(sink: Sink, faults?: Faults) {
    this.#sink = sink;
    this.#faults = faults;
  }

  send(event: object): void {
    if (this.over) return;
    this.#queue.push(event as Passing);
    this.#pump();
  }

  close(code: number, reason = ""): void {
    if (this.over) return;
    this.over = true;
    if (code === 1006) this.#sink.drop();
    else if (code === 1005) this.#sink.closeBare();
    else this.#sink.close(code, reason);
  }

  #pump(): void {
    while (!this.#waits && !this.over) {
      const event = this.#queue.shift();
      if (!event) return;
      this.#pass(event, this.#faults?.next(event) ?? null);
    }
  }

  #pass(event: Passing, fault: Fault | null): void {
    const text = JSON.stringify(event);
    switch (fault?.do) {
      case undefined:
        return this.#sink.send(text);
      case "close":
        return this.close(fault.code, fault.reason);
      case "stall":
      case "delay":
        return this.#wait(text, fault.ms);
      case "garble":
        return this.#sink.send(text.slice(0, text.length >> 1));
      case "bloat":
        return this.#sink.send(JSON.stringify({ ...event, padding: "x".repeat(fault.bytes) }));
      case "repeat":
      case "babble": {
        const times = fault.do === "repeat" ? 1 : fault.times;
        for (let n = 0; n <= times; n++) this.#sink.send(text);
      }
    }
  }

  #wait(text: string, ms: number | null): void {
    this.#waits = true;
    if (ms === null) return;
    setTimeout(() => {
      this.#waits = false;
      if (this.over) return;
      this.#sink.send(text);
      this.#pump();
    }, ms);
  }
}
