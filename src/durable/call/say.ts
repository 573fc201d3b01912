/**
 * A caller by HTTP: says something, and reads what comes of it. The words enter the call like typed ones, whether or not a
 * page is connected too; the answer is there when the engine has said all of it and nothing is owed any more. Where nobody
 * listens, what is written counts as heard. Where a page does, its ear counts, and nobody waits for its voice.
 */
import { personaStatus } from "../../call/machine.ts";
import type { CallState, Input } from "../../call/state.ts";
import { toolsRunning } from "../../call/tool-calls.ts";
import { highestOrder, turnsInOrder } from "../../call/transcript.ts";
import { type ErrorKind, LunaError } from "../../errors.ts";
import {
  encodeEvent,
  errorOf,
  HEARTBEAT,
  HEARTBEAT_MS,
  Reader,
  type SayAnswer,
  type SayEvent,
} from "../../legs/http.ts";
import { REFUSALS } from "../../legs/pace.ts";
import type { CallEnded, Notice, PageEvent, PageMessage, ToolStatus } from "../../legs/wire.ts";
import { beforeGuest } from "./guest.ts";
import type { Live } from "./live.ts";
import { askPersona } from "./persona.ts";
import type { CallMemory } from "./record.ts";

/** A model that has not answered by then will not; a shell that waits longer looks broken. */
const ANSWER_WITHIN_MS = 30_000;
/** Between two requests nobody is on the line. Before five minutes are over Luna would ask whether somebody is. */
export const READER_GRACE_MS = 270_000;
/** Notices kept for the next request. */
const MISSED = 8;

export interface Words {
  /** Absent: nothing is said, somebody else is asked for. */
  text?: string;
  /** Who is to answer from here on. */
  persona?: string;
  /** A visitor's own key, shown again. */
  key?: string | undefined;
  stream: boolean;
}

/** Errors lose their class on the way between objects, so a refusal is an answer like the others. */
export type SayReply =
  | { kind: "answer"; answer: SayAnswer }
  | { kind: "stream"; events: ReadableStream<Uint8Array> }
  | { kind: "refused"; error: ErrorKind; detail: string };

function refused(error: ErrorKind, detail: string): SayReply {
  return { kind: "refused", error, detail };
}

const NOT_YOURS = refused("not_found", "There is no such call, or it was made from another browser.");
/** Its client says everything itself. */
const LED = refused("forbidden", "This call is led by its own client: say it there, or on a sideband of it.");
const OVER = refused("call_ended", "This call has ended. Start a new one.");

/** Why nothing can be said by HTTP in this object's call. */
export function notSaid({ opened, ended }: CallMemory, visitor: string): SayReply {
  if (opened?.visitor !== visitor) return NOT_YOURS;
  return opened.led && !ended ? LED : OVER;
}

/** What reading needs of the call. */
export interface ReadingContext {
  take(input: Input): void;
  memory: CallMemory;
  /** The call has to look around then, Unix ms. */
  wakeBy(time: number): void;
}

/** The place of the HTTP caller in a call. */
export class Reading {
  readonly #live: Live;
  readonly #context: ReadingContext;
  readonly #reader = new Reader();
  #saying: Saying | undefined;
  /** Told between two requests. */
  #missed: SayAnswer["notices"] = [];

  constructor(live: Live, context: ReadingContext) {
    this.#live = live;
    this.#context = context;
  }

  /** Somebody reads what is written, and no page listens. */
  get attends(): boolean {
    return this.#live.leg === undefined && (this.#saying !== undefined || this.#live.opened.text === true);
  }

  tell(event: PageEvent): void {
    if (this.#saying) this.#saying.tell(event);
    else if (event.type === "luna.notice" && this.#missed.length < MISSED) this.#missed.push(plain(event));
    const report = this.attends ? this.#reader.take(event) : undefined;
    if (report) this.#context.take({ from: "page", message: report });
  }

  /** After each step of the rules. */
  look(): void {
    const { progress, leg } = this.#live;
    if (this.#saying?.begun && isSettled(progress.state, leg !== undefined)) this.#saying.settle();
  }

  say(words: Words): Promise<SayReply> | SayReply {
    if (this.#saying) return refused("busy", "This call is answering another request. Wait for it, then say this.");
    const early = beforeGuest(this.#live);
    if (early) return refused("forbidden", early);
    const refusal = this.#live.words.take(words.text?.length ?? 0, Date.now());
    if (refusal) return refused("too_many", REFUSALS[refusal]);
    const inputs = this.#inputsOf(words);
    if ("kind" in inputs) return inputs;
    const { away } = this.#live.progress.state;
    const events = words.stream ? new EventStream() : undefined;
    const saying = new Saying(this.#live, this.#missed.splice(0), (event) => events?.write(event));
    this.#saying = saying;
    this.#come();
    const settled = saying.settled.finally(() => {
      this.#saying = undefined;
      this.wait();
      // As before: the page is still to come back.
      if (away && !this.#live.leg) this.#context.take({ from: "leg_gone" });
    });
    if (words.key !== undefined) this.#live.answering.keyShown(words.key);
    for (const input of inputs) this.#context.take(input);
    saying.begun = true;
    this.#live.answering.earIsThere();
    this.look();
    if (events) {
      void settled.then(
        (answer) => events.end({ event: "done", data: answer }),
        (error: LunaError) => events.end(errorOf(error)),
      );
      return { kind: "stream", events: events.readable };
    }
    return settled.then(
      (answer) => ({ kind: "answer", answer }),
      (error: LunaError) => refused(error.kind, error.message),
    );
  }

  /** A call that a reader opened waits a while for the next request; nobody greets into the void. */
  wait(): void {
    const { opened, progress } = this.#live;
    if (!opened.text || progress.status === "ended") return;
    progress.state.setup.greeting = false;
    Object.assign(progress, { status: "live", left_at: Date.now() });
    this.#context.memory.progress = progress;
    this.#context.wakeBy(Date.now() + READER_GRACE_MS);
  }

  #come(): void {
    const { opened, progress } = this.#live;
    if (!opened.text) return;
    progress.left_at = null;
    this.#context.memory.progress = progress;
  }

  /** What the request means for the rules; or why it cannot be. */
  #inputsOf({ text, persona }: Words): Input[] | SayReply {
    // Words show that somebody is there; who only asks for somebody reads what they say, too.
    const inputs: Input[] = text === undefined && this.#live.progress.state.away ? [{ from: "leg_back" }] : [];
    if (persona !== undefined) {
      const reply = askPersona(this.#live, persona, (input) => void inputs.push(input));
      if (!reply.ok) return refused(reply.error, reply.detail);
    }
    if (text !== undefined) inputs.push({ from: "page", message: typed(text) });
    return inputs;
  }
}

function typed(text: string): PageMessage {
  const id = `http_${crypto.randomUUID().replaceAll("-", "").slice(0, 20)}`;
  const item = { id, type: "message" as const, role: "user" as const };
  const content: [{ type: "input_text"; text: string }] = [{ type: "input_text", text }];
  return { type: "conversation.item.create", item: { ...item, content }, luna_how: "typed" };
}

/** All that was owed has been said. A page may still be speaking it; nobody else is waited for. */
function isSettled(state: CallState, page: boolean): boolean {
  const { gate, ear, engine, playback, farewell, handing_over, persona, rest } = state;
  // Nothing was said that would wake it: whoever answers next waits for a word.
  if (rest.parked && gate.owed === null) return true;
  if (!engine.ready || persona.line_owed || handing_over || gate.at !== "free" || gate.owed !== null || ear.awaiting)
    return false;
  if (toolsRunning(state)) return false;
  const open = playback.sounds.filter((sound) => sound.state === "waiting" || sound.state === "playing");
  return page ? open.every((sound) => sound.complete) : open.length === 0 && farewell === null;
}

function plain({ code, tone, message }: Notice): SayAnswer["notices"][number] {
  return { code, tone, message };
}

/** One request, from its words to the end of the answer. */
class Saying {
  /** What the request asks for has been done; before that the call is settled by chance. */
  begun = false;
  /** Rejects with a `LunaError`. */
  readonly settled: Promise<SayAnswer>;
  readonly #live: Live;
  readonly #emit: (event: SayEvent) => void;
  readonly #at = Date.now();
  /** Turns known before it. */
  readonly #before: number;
  readonly #tools = new Map<string, SayAnswer["tools"][number]>();
  readonly #notices: SayAnswer["notices"];
  readonly #limit: ReturnType<typeof setTimeout>;
  #resolve: (answer: SayAnswer) => void;
  #reject: (error: LunaError) => void;
  #ended: CallEnded | null = null;

  constructor(live: Live, notices: SayAnswer["notices"], emit: (event: SayEvent) => void) {
    this.#live = live;
    this.#notices = notices;
    this.#before = highestOrder(live.progress.state);
    this.#emit = emit;
    const { promise, resolve, reject } = Promise.withResolvers<SayAnswer>();
    this.settled = promise;
    this.#resolve = resolve;
    this.#reject = reject;
    this.#limit = setTimeout(() => this.#tooLate(), ANSWER_WITHIN_MS);
  }

  tell(event: PageEvent): void {
    switch (event.type) {
      case "response.output_text.delta":
      case "response.output_audio_transcript.delta":
        return this.#emit({ event: "delta", data: { item_id: event.item_id, text: event.delta } });
      case "luna.tool":
        return this.#tool(event);
      case "luna.notice":
        this.#notices.push(plain(event));
        return;
      case "luna.ended":
        this.#ended = event;
        return this.settle();
      default:
    }
  }

  #tool({ call_id, name, label, state, summary, ms }: ToolStatus): void {
    const tool = { call_id, name, label, state, summary, ms };
    this.#tools.set(call_id, tool);
    this.#emit({ event: "tool", data: tool });
  }

  settle(): void {
    const answer = this.#answer();
    const problem = this.#notices.findLast((notice) => notice.tone === "problem");
    clearTimeout(this.#limit);
    if (problem && answer.answer === "") this.#reject(new LunaError("unavailable", problem.message));
    else this.#resolve(answer);
  }

  #answer(): SayAnswer {
    const { opened, progress, answering } = this.#live;
    const { key, title, speaker, voice } = personaStatus(progress.state);
    const turns = this.#turns();
    const said = turns.filter((turn) => turn.who !== "caller");
    const words = said.map((turn) => (turn.state === "interrupted" ? turn.heard : turn.text));
    return {
      call_id: opened.id,
      scenario: opened.scenario,
      persona: { key, title, speaker, voice },
      mode: answering.engine?.mode ?? opened.mode,
      verified: progress.policy.identity !== null,
      answer: words.filter((text) => text !== "").join(" "),
      turns,
      tools: [...this.#tools.values()],
      notices: this.#notices,
      ended: this.#ended && { reason: this.#ended.reason, outcome: this.#ended.outcome, seconds: this.#ended.seconds },
      ms: Date.now() - this.#at,
    };
  }

  /** From the words on. */
  #turns(): SayAnswer["turns"] {
    const turns = turnsInOrder(this.#live.progress.state).filter(({ order }) => order > this.#before);
    return turns.map(({ item_id, order, who, speaker, how, text, heard, state }) => {
      return { item_id, order, who, ...(speaker === undefined ? {} : { speaker }), how, text, heard, state };
    });
  }

  #tooLate(): void {
    const seconds = ANSWER_WITHIN_MS / 1_000;
    const detail = `Luna has not finished answering within ${seconds} seconds. The call is still on: ask again, or read it at /api/calls/${this.#live.opened.id}.`;
    this.#reject(new LunaError("no_answer", detail));
  }
}

/** Server-sent events to somebody who may stop reading at any time. */
class EventStream {
  readonly readable: ReadableStream<Uint8Array>;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #beat: ReturnType<typeof setInterval>;

  constructor() {
    // Only a stream of bytes may pass from one object to another.
    const { readable, writable } = new IdentityTransformStream();
    this.readable = readable;
    this.#writer = writable.getWriter();
    this.#beat = setInterval(() => this.#put(HEARTBEAT), HEARTBEAT_MS);
  }

  write(event: SayEvent): void {
    this.#put(encodeEvent(event));
  }

  end(event: SayEvent): void {
    clearInterval(this.#beat);
    this.write(event);
    this.#writer.close().catch(() => undefined);
  }

  /** Whoever hung up misses the rest; the call does not. */
  #put(bytes: Uint8Array): void {
    this.#writer.write(bytes).catch(() => clearInterval(this.#beat));
  }
}
