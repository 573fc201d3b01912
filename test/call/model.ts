/**
 * A whole call in a box: the rules in the middle, a model of the engine and of the page on either side, tools that finish
 * when they like, and a caller who does what he wants. Everything between them waits in queues; a list of moves says which
 * queue goes on next, so that a test can try every order in which things can happen.
 */
import fc from "fast-check";
import { audioArrived, type Command, owesAnswer, seeds, turnsInOrder } from "../../src/call/machine.ts";
import { Line, page as say } from "./events.ts";
import { ModelEngine, type Plan } from "./model-engine.ts";
import { type Down, ModelPage } from "./model-page.ts";

export type Move =
  | "engine works"
  | "engine event arrives"
  | "page works"
  | "page message arrives"
  | "tool finishes"
  | "caller speaks"
  | "caller pauses"
  | "caller mutes, or does so no more"
  | "caller types"
  | "caller presses Esc"
  | "page asks for an answer"
  | "time passes"
  | "engine dies"
  | "page leaves"
  | "page comes back";

const OFTEN: Move[] = ["engine works", "engine event arrives", "page works", "page message arrives"];
const SELDOM: Move[] = [
  "tool finishes",
  "caller speaks",
  "caller pauses",
  "caller mutes, or does so no more",
  "caller types",
  "caller presses Esc",
  "page asks for an answer",
  "time passes",
];

export const anyMove = fc.oneof(
  { weight: 16, arbitrary: fc.constantFrom(...OFTEN) },
  { weight: 4, arbitrary: fc.constantFrom(...SELDOM) },
);
/** Everybody but the caller. */
export const quietMove = fc.constantFrom<Move>(...OFTEN, "tool finishes");
export const anyMoveOrDeath = fc.oneof(
  { weight: 60, arbitrary: anyMove },
  { weight: 1, arbitrary: fc.constant<Move>("engine dies") },
);

const absence = { weight: 1, arbitrary: fc.constantFrom<Move>("page leaves", "page comes back") };
export const anyMoveOrAbsence = fc.oneof({ weight: 30, arbitrary: anyMove }, absence);
export const quietMoveOrAbsence = fc.oneof({ weight: 30, arbitrary: quietMove }, absence);

const plan: fc.Arbitrary<Plan> = fc.constantFrom<Plan[]>(
  ["message"],
  ["message", "message"],
  ["call"],
  ["message", "call"],
  ["call", "call"],
  ["message", "call", "message"],
);
export const plans = fc.array(plan, { maxLength: 6 });

export class Box {
  readonly line: Line;
  engine: ModelEngine;
  readonly engines: ModelEngine[];
  readonly page: ModelPage;
  readonly runs: string[] = [];
  readonly faults: string[] = [];
  readonly #waiting: string[] = [];
  /** Our `response.create` whose fate the call does not know yet. */
  #outstanding: string | null = null;
  #askedAt = 0;
  #cancelledAt = Number.POSITIVE_INFINITY;
  #active = false;
  #pageSpeaking = false;
  #away = false;
  #muted = false;
  readonly #text: boolean;

  constructor(text: boolean, responses: Plan[]) {
    this.#text = text;
    this.engine = new ModelEngine(responses, { text, detects: !text });
    this.engines = [this.engine];
    this.page = new ModelPage(text);
    this.line = new Line({ text, greeting: true, ready: false });
    this.#carryOut(this.line.ready({ text }));
  }

  move(move: Move): void {
    this.line.now += 7;
    switch (move) {
      case "engine works":
        this.engine.work();
        break;
      case "engine event arrives":
        this.#engineEvent();
        break;
      case "page works":
        this.page.work();
        break;
      case "page message arrives":
        this.#pageMessage();
        break;
      case "tool finishes":
        this.#toolFinishes();
        break;
      case "time passes":
        this.#carryOut(this.line.wait(400));
        break;
      case "engine dies":
        this.#engineDies();
        break;
      case "page leaves":
        this.#pageLeaves();
        break;
      case "page comes back":
        this.#pageComesBack();
        break;
      default:
        this.#caller(move);
    }
  }

  /** What was on its way is lost in both directions, and nothing more comes or goes. */
  #pageLeaves(): void {
    if (this.#away) return;
    this.#away = true;
    this.page.leave();
    if (this.#text) this.#pageSpeaking = false;
    this.#carryOut(this.line.take({ from: "leg_gone" }));
  }

  #pageComesBack(): void {
    if (!this.#away) return;
    this.#away = false;
    this.#carryOut(this.line.take({ from: "leg_back" }));
    if (this.#muted) this.page.outgoing.push({ type: "luna.mute", microphone: true });
  }

  #caller(move: Move): void {
    // What is said into a page that has no line goes nowhere.
    if (this.#away) return;
    if (move === "caller types") this.page.outgoing.push(say.typed("And my other card?"));
    if (move === "page asks for an answer") this.page.outgoing.push({ type: "response.create" });
    if (move === "caller presses Esc") this.page.pressEsc();
    if (move === "caller mutes, or does so no more") this.#mutes();
    if (this.#muted) return;
    if (move === "caller speaks") {
      if (!this.#text) this.engine.callerStarts();
      else if (!this.#pageSpeaking) this.page.callerStarts();
      this.#pageSpeaking = true;
    }
    if (move === "caller pauses" && this.#pageSpeaking) {
      this.#pageSpeaking = false;
      if (this.#text) this.page.outgoing.push(say.speech("stopped"), say.spoken("Block my card."));
      else this.engine.callerStops();
    }
  }

  /** The page's ear closes with the microphone; an engine outside just hears nothing more, not even silence. */
  #mutes(): void {
    this.#muted = !this.#muted;
    this.page.outgoing.push({ type: "luna.mute", microphone: this.#muted });
    if (this.#text) this.#pageSpeaking = false;
  }

  #engineEvent(): void {
    const next = this.engine.outgoing.shift();
    if (next === undefined) return;
    if ("audio" in next) {
      if (this.#away) return;
      const ready = audioArrived(this.line.state, next.audio, next.ms, this.line.now);
      for (const piece of ready) this.page.incoming.push({ play: piece, ms: next.ms });
      return;
    }
    const { event } = next;
    if (event.type === "response.created") {
      this.#active = true;
      this.#cancelledAt = Number.POSITIVE_INFINITY;
      this.#outstanding = null;
    }
    if (event.type === "response.done") this.#active = false;
    if (event.type === "error" && event.error.event_id === this.#outstanding) this.#outstanding = null;
    this.#carryOut(this.line.engine(event));
  }

  #pageMessage(): void {
    const next = this.page.outgoing.shift();
    if (next !== undefined) this.#carryOut(this.line.page(next));
  }

  #toolFinishes(): void {
    const call_id = this.#waiting.shift();
    if (call_id !== undefined) this.#carryOut(this.line.tool(call_id));
  }

  #engineDies(): void {
    this.#carryOut(this.line.take({ from: "engine_gone" }));
    const prefix = String.fromCharCode(97 + this.engines.length);
    this.engine = new ModelEngine([], { text: this.#text, detects: !this.#text, prefix });
    this.engines.push(this.engine);
    this.#outstanding = null;
    this.#active = false;
    // What only the engine had heard is lost with it.
    if (!this.#text) this.#pageSpeaking = false;
    this.engine.incoming.push(...seeds(this.line.state));
    this.#carryOut(this.line.ready({ text: this.#text }));
  }

  #carryOut(commands: Command[]): void {
    for (const command of commands) {
      if (command.do === "send") this.#send(command.event);
      else if (command.do === "tell") this.#toPage({ tell: command.event });
      else if (command.do === "play") this.#toPage({ play: command.delta, ms: 230.5 });
      else if (command.do === "hush") this.#silence();
      else if (command.do === "run") {
        this.runs.push(command.call.call_id);
        this.#waiting.push(command.call.call_id);
      }
    }
  }

  #silence(): void {
    this.#pageSpeaking = false;
    this.engine.callerStops();
  }

  #toPage(down: Down): void {
    if (!this.#away) this.page.incoming.push(down);
  }

  #send(event: ModelEngine["incoming"][number]): void {
    if (event.event_id === undefined) this.faults.push(`${event.type} without an event id`);
    if (event.type === "response.create") {
      if (this.#away) this.faults.push("create while nobody is there");
      // After 4 s without any answer the call may try again.
      const waiting = this.#outstanding !== null && this.line.now < this.#askedAt + 4_000;
      if (waiting) this.faults.push("two creates under way");
      this.#askedAt = this.line.now;
      // After 4 s a cancelled response counts as over.
      const running = this.#active && this.line.now < this.#cancelledAt + 4_000;
      if (running) this.faults.push("create while a response is active");
      this.#outstanding = event.event_id ?? null;
    }
    if (event.type === "response.cancel") this.#cancelledAt = this.line.now;
    this.engine.incoming.push(event);
  }

  /** Everybody finishes what they are at; the caller says nothing more. */
  settle(): void {
    this.move("page comes back");
    this.move("caller pauses");
    for (let quiet = 0, round = 0; quiet < 40; round += 1) {
      quiet = this.#busy() ? 0 : quiet + 1;
      if (quiet > 0) this.#carryOut(this.line.wait(500));
      for (const move of [...OFTEN, "tool finishes"] as const) this.move(move);
      if (round < 3_000) continue;
      this.faults.push("the call never comes to rest");
      return;
    }
  }

  #busy(): boolean {
    const { engine, page } = this;
    const queued = engine.outgoing.length + page.outgoing.length + this.#waiting.length;
    return queued > 0 || engine.busy || page.busy;
  }

  get owes(): boolean {
    return owesAnswer(this.line.state);
  }

  /** All faults anybody found. */
  allFaults(): string[] {
    return [...this.faults, ...this.page.faults, ...this.engines.flatMap((engine) => engine.faults)];
  }

  turns() {
    return turnsInOrder(this.line.state);
  }
}
