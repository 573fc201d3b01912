/** Who answers and how they are tuned, both changed at the same time: two kinds of `session.update` on their way to one engine. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { markOf } from "../../src/call/cast.ts";
import type { Command } from "../../src/call/machine.ts";
import { configOf, type Update } from "../../src/call/tuning.ts";
import { firstSession, mergeSession } from "../../src/engines/scripted/session-merge.ts";
import type { SessionStatus } from "../../src/legs/wire.ts";
import type { ServerEvent, Session, SessionConfig } from "../../src/realtime/events.ts";
import { sessionConfig } from "../../src/realtime/session.ts";
import { Line, told } from "./events.ts";

const KEYS = ["luna", "waiter", "cfo"] as const;
type Key = (typeof KEYS)[number];
const wordsOf = (key: string) => `You are ${key}.`;
const members = KEYS.map((key) => ({ key, title: key, speaker: key, words: markOf(wordsOf(key)) }));

/** What an engine does with an update: takes it, refuses it by name or without one, or says nothing and drops it. */
type Fate = "taken" | "refused" | "nameless" | "dropped";
interface Manners {
  /** What becomes of an update that makes somebody else of it. */
  persona: Record<Key, Fate>;
  /** Of changes, one after the other. */
  tuning: Fate[];
  /** From an update to its echo, ms. */
  latency: number;
}

class Engine {
  session: Session = {
    ...firstSession("sess_1", "model", 0),
    ...sessionConfig({ instructions: wordsOf("luna"), tools: [], modality: "audio" }),
  };
  readonly #manners: Manners;
  #tuned = 0;
  #due: { at: number; event: ServerEvent }[] = [];

  constructor(manners: Manners) {
    this.#manners = manners;
  }

  take(command: Command, now: number): void {
    if (command.do === "cast") {
      const fate = this.#manners.persona[command.key as Key];
      this.#update({ type: "realtime", instructions: wordsOf(command.key) }, command.event_id, fate, now);
    } else if (command.do === "send" && command.event.type === "session.update") {
      const { session, event_id = "" } = command.event;
      const fate = this.#manners.tuning[this.#tuned++ % this.#manners.tuning.length] ?? "taken";
      if (session.type === "realtime") this.#update(session, event_id, fate, now);
    }
  }

  /** What it has said by now. */
  says(now: number): ServerEvent[] {
    const due = this.#due.filter(({ at }) => at <= now);
    this.#due = this.#due.filter(({ at }) => at > now);
    return due.map(({ event }) => event);
  }

  get next(): number | null {
    return this.#due[0]?.at ?? null;
  }

  #update(update: SessionConfig, event_id: string, fate: Fate, now: number): void {
    const at = now + this.#manners.latency;
    if (fate === "dropped") return;
    if (fate !== "taken") {
      const error = { type: "invalid_request_error", code: "invalid_value", message: "No.", param: "session.tools" };
      const about = fate === "refused" ? event_id : null;
      this.#due.push({ at, event: { type: "error", event_id: "event_e", error: { ...error, event_id: about } } });
      return;
    }
    const merged = mergeSession(this.session, update, false);
    if (!merged.ok) throw new Error(merged.refusal.message);
    this.session = merged.session;
    this.#due.push({ at, event: { type: "session.updated", event_id: "event_u", session: merged.session } });
  }
}

/** A call and its engine, and the time between them. */
class Together {
  readonly line = new Line({ ready: false });
  readonly engine: Engine;
  answers = 0;

  constructor(manners: Manners) {
    this.engine = new Engine(manners);
    this.line.state.setup.cast = { members, first: "luna", rotates: false };
    this.line.ready({ persona: "luna" });
    this.line.engine({ type: "session.updated", event_id: "event_first", session: this.engine.session });
  }

  asks(key: Key): void {
    this.#carry(this.line.page({ type: "luna.persona", key }));
  }

  tunes(update: Update): void {
    this.#carry(this.line.page({ type: "luna.session", update }));
  }

  wait(ms: number): void {
    const until = this.line.now + ms;
    for (;;) {
      const wake = this.line.state.wake_at;
      const next = Math.min(this.engine.next ?? until + 1, wake ?? until + 1);
      if (next > until) break;
      this.line.now = Math.max(this.line.now, next);
      for (const event of this.engine.says(this.line.now)) this.#carry(this.line.engine(event));
      if (wake !== null && wake <= this.line.now) this.#carry(this.line.take({ from: "clock" }));
    }
    this.line.now = until;
  }

  #carry(commands: Command[]): void {
    this.answers += (told(commands, "luna.session") as SessionStatus[]).length;
    for (const command of commands) {
      this.engine.take(command, this.line.now);
      // Nothing is said in these calls: an answer that is asked for is refused at once.
      if (command.do === "send" && command.event.type === "response.create") {
        const error = { type: "invalid_request_error", code: "nothing", message: "No.", param: null };
        const event_id = command.event.event_id ?? "";
        this.#carry(this.line.engine({ type: "error", event_id: "event_r", error: { ...error, event_id } }));
      }
    }
  }
}

const fates = (...of: Fate[]) => fc.constantFrom<Fate>(...of);
const manners: fc.Arbitrary<Manners> = fc.record({
  persona: fc.record({
    luna: fc.constant<Fate>("taken"),
    waiter: fates("taken", "taken", "refused", "nameless", "dropped"),
    cfo: fates("taken", "taken", "refused", "nameless", "dropped"),
  }),
  tuning: fc.array(fates("taken", "taken", "refused", "nameless", "dropped"), { minLength: 1, maxLength: 4 }),
  latency: fc.integer({ min: 1, max: 2_500 }),
});
const happenings = fc.array(
  fc.oneof(
    fc.record({ persona: fc.constantFrom(...KEYS) }),
    fc.record({ speed: fc.integer({ min: 1, max: 6 }).map((n) => n / 4) }),
    fc.record({ wait: fc.integer({ min: 0, max: 4_000 }) }),
  ),
  { maxLength: 14 },
);

describe("however changes of both kinds fall together, and whatever the engine makes of them", () => {
  test("in the end the rules believe of the engine what it is, and every change was answered", () => {
    fc.assert(
      fc.property(manners, happenings, (kind, list) => {
        const both = new Together(kind);
        let tunes = 0;
        for (const each of list) {
          if ("persona" in each) both.asks(each.persona);
          else if ("speed" in each) {
            tunes += 1;
            both.tunes({ speed: each.speed });
            // Two that wait for the same pause are one change, and answered once.
            both.wait(1);
            if (both.line.state.tuning.asked?.event_id === null) both.wait(15_000);
          } else both.wait(each.wait);
        }
        both.wait(40_000);
        const { persona, tuning } = both.line.state;
        expect(persona.sent).toEqual([]);
        expect(tuning.asked).toBeNull();
        expect(wordsOf(persona.in_force)).toBe(both.engine.session.instructions);
        expect(persona.key).toBe(persona.in_force);
        expect(tuning.tuned.speed ?? 1).toBe(both.engine.session.audio?.output?.speed ?? 1);
        // One that was given up, and shows later after all, is answered again.
        expect(both.answers).toBeGreaterThanOrEqual(tunes);
        expect(both.answers).toBeLessThanOrEqual(2 * tunes);
      }),
      { numRuns: 1_000 },
    );
  });

  test("a change waits until whoever takes over is there, and is answered by its own echo", () => {
    const taken = { luna: "taken", waiter: "taken", cfo: "taken" } as const;
    const both = new Together({ persona: taken, tuning: ["taken"], latency: 200 });
    both.asks("waiter");
    both.tunes({ speed: 1.25 });
    expect(both.line.state.tuning.asked?.event_id).toBeNull();
    both.wait(200);
    expect(both.line.state.persona.in_force).toBe("waiter");
    expect(both.line.state.tuning.asked?.event_id).not.toBeNull();
    both.wait(200);
    expect(both.line.state.tuning.tuned).toEqual({ speed: 1.25 });
    expect(both.engine.session).toMatchObject({ instructions: wordsOf("waiter"), audio: { output: { speed: 1.25 } } });
  });

  test("an engine that says nothing about who takes over is asked once more, and then the one before goes on", () => {
    const deaf = { luna: "taken", waiter: "dropped", cfo: "taken" } as const;
    const both = new Together({ persona: deaf, tuning: ["taken"], latency: 50 });
    both.asks("waiter");
    both.wait(3_100);
    expect(both.line.all.filter((command) => command.do === "cast")).toHaveLength(2);
    both.wait(3_100);
    expect(both.line.state.persona).toMatchObject({ key: "luna", in_force: "luna", sent: [] });
    expect(told(both.line.all, "error").at(-1)).toMatchObject({ error: { code: "persona_refused" } });
  });

  test("a change that was given up and shows in the echo of who takes over is remembered, and so are they", () => {
    const line = new Line({ ready: false });
    line.state.setup.cast = { members, first: "luna", rotates: false };
    line.ready({ persona: "luna" });
    const first = new Engine({ persona: { luna: "taken", waiter: "taken", cfo: "taken" }, tuning: [], latency: 0 })
      .session;
    line.engine({ type: "session.updated", event_id: "event_first", session: first });
    line.page({ type: "luna.session", update: { speed: 1.25 } });
    line.wait(3_100);
    line.page({ type: "luna.persona", key: "waiter" });
    const both = mergeSession(first, { ...configOf({ speed: 1.25 }), instructions: wordsOf("waiter") }, false);
    if (!both.ok) throw new Error("no session");
    line.engine({ type: "session.updated", event_id: "event_u", session: both.session });
    expect(line.state.tuning.tuned).toEqual({ speed: 1.25 });
    expect(line.state.persona).toMatchObject({ in_force: "waiter", sent: [] });
  });
});
