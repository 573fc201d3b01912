/**
 * The small HTTP door: what a request says to a call, what it is answered, and the server-sent events in between. A caller
 * by HTTP reads: what stands there whole has been heard.
 */
import { z } from "zod";
import { type LunaError, problemOf } from "../errors.ts";
import { OpenCall } from "./open-call.ts";
import type { CallEnded, Mode, Notice, PageEvent, PageMessage, PersonaStatus, ToolStatus, TurnStatus } from "./wire.ts";

/** `POST /ai/say`. The scenario and the mode count where the words open a call. */
export const Say = z.strictObject({
  text: z.string().trim().min(1, "say something").max(2_000, "2,000 characters at most"),
  scenario: OpenCall.shape.scenario
    .optional()
    .describe("What the call is about, where the words open one; freeform if absent"),
  mode: OpenCall.shape.mode
    .unwrap()
    .optional()
    .describe("scripted: the built-in Luna answers, whatever keys there are"),
  /** The visitor's own. It is in the call's memory alone: a call that slept needs it again. */
  key: OpenCall.shape.key.describe("The visitor's own provider key; it stays in the call's memory"),
});
export type Say = z.output<typeof Say>;

/** `POST /ai/calls/{id}/say`. */
export const SayInCall = Say.pick({ text: true, key: true });

/** What came of the words. */
export interface SayAnswer {
  call_id: string;
  scenario: string;
  /** Who answers now. */
  persona: Pick<PersonaStatus, "key" | "title" | "speaker" | "voice">;
  mode: Mode;
  /** Identity has been proved in this call. */
  verified: boolean;
  /** All that was said to the words, in order; as far as it was heard where somebody cut it off. */
  answer: string;
  /** The caller's words and what came after them. */
  turns: Omit<TurnStatus, "type">[];
  tools: Pick<ToolStatus, "call_id" | "name" | "label" | "state" | "summary" | "ms">[];
  /** What a page would have shown beside it. */
  notices: Omit<Notice, "type">[];
  /** The call has ended with this answer. */
  ended: Pick<CallEnded, "reason" | "outcome" | "seconds"> | null;
  /** From the words to the end of the answer. */
  ms: number;
}

/** One server-sent event of `POST /ai/say` with `Accept: text/event-stream`. The last one is `done` or `error`. */
export type SayEvent =
  | { event: "delta"; data: { item_id: string; text: string } }
  | { event: "tool"; data: SayAnswer["tools"][number] }
  | { event: "done"; data: SayAnswer }
  | { event: "error"; data: ReturnType<typeof problemOf> };

/** `GET /ai/healthz` */
export interface Health {
  /** `degraded`: something that is configured does not work. Calls go on: the built-in Luna answers, records wait. */
  status: "ok" | "degraded";
  /** Who answers calls that the host pays for. */
  engine: { mode: "ai" | "scripted"; model: string };
  /** Null where no key is configured: nobody is asked. */
  upstream: Upstream | null;
  d1: { ok: boolean; ms: number };
  /** Settings that do not fit, by name: what they are for is closed. */
  unfit: string[];
  version: string;
}

export interface Upstream {
  reachable: boolean;
  /** Of its answer; null where there was none. */
  status: number | null;
  ms: number;
  /** Unix ms. */
  checked_at: number;
}

const UTF8 = new TextEncoder();
/** A proxy hangs up on a stream that says nothing for a minute or less. */
export const HEARTBEAT_MS = 10_000;
/** A comment: clients of the protocol pass over it. */
export const HEARTBEAT = UTF8.encode(": still here\n\n");

/** As it goes over the line. JSON holds no bare line break, so one `data:` line is enough. */
export function encodeEvent({ event, data }: SayEvent): Uint8Array {
  return UTF8.encode(`event: ${event}\ndata: ${JSON.stringify(data)}\n\n`);
}

export function errorOf(error: LunaError): SayEvent {
  return { event: "error", data: problemOf(error) };
}

/** Whether this request wants the answer as it comes. */
export function wantsStream(request: Request): boolean {
  const accepted = (request.headers.get("accept") ?? "").toLowerCase().split(",");
  return accepted.some((type) => type.split(";", 1)[0]?.trim() === "text/event-stream");
}

/** Reports to the call what a page would report that speaks as fast as it is told. */
export class Reader {
  #reading: { item_id: string; content_index: number; chars: number } | undefined;

  take(event: PageEvent): PageMessage | undefined {
    switch (event.type) {
      case "response.output_text.delta":
        this.#read(event.item_id, event.content_index, event.delta.length);
        return undefined;
      case "response.output_text.done":
        this.#reading = undefined;
        return playback(event.item_id, event.content_index, "done", event.text.length);
      case "luna.flush":
        return this.#cut();
      default:
        return undefined;
    }
  }

  #read(item_id: string, content_index: number, length: number): void {
    const before = this.#reading?.item_id === item_id ? this.#reading.chars : 0;
    this.#reading = { item_id, content_index, chars: before + length };
  }

  #cut(): PageMessage | undefined {
    const at = this.#reading;
    this.#reading = undefined;
    return at && playback(at.item_id, at.content_index, "flushed", at.chars);
  }
}

function playback(item_id: string, content_index: number, state: "done" | "flushed", heard_chars: number): PageMessage {
  return { type: "luna.playback", item_id, content_index, state, heard_ms: 0, heard_chars };
}
