/**
 * Shows the page what passes between the call and its engine, both ways, from the first `session.update` on. Off unless the
 * page asks: then a boolean is all that the audio path pays. Sound is told by its length; its bytes are never copied.
 */
import { BYTES_PER_MS } from "../../audio/pcm.ts";
import type { EngineListener } from "../../engines/engine.ts";
import type { Trace } from "../../legs/wire.ts";
import type { AudioDelta } from "../../realtime/audio-delta.ts";
import type { ClientEvent, ServerEvent } from "../../realtime/events.ts";
import { maskDigits } from "../../words/masked.ts";

/** Where callers' words and numbers are; ids and times have long runs of digits of their own. */
const SPOKEN = new Set(["text", "transcript", "delta", "arguments", "output"]);

export class Tracing {
  on = false;
  readonly #tell: (trace: Trace) => void;
  /** The last `session.updated`: with it a log begins that is switched on in the middle of a call. */
  #session: { at: number; event: ServerEvent } | undefined;

  constructor(tell: (trace: Trace) => void) {
    this.#tell = tell;
  }

  switch(on: boolean): void {
    const begins = on && !this.on;
    this.on = on;
    if (begins && this.#session) this.#show("down", shown(this.#session.event), this.#session.at);
  }

  /** The listener of an engine, listened in on. */
  around(listener: EngineListener): EngineListener {
    return {
      ...listener,
      onSent: (event) => {
        if (this.on) this.#show("up", shown(event));
        listener.onSent?.(event);
      },
      onEvent: (event) => {
        if (event.type === "session.updated") this.#session = { at: Date.now(), event };
        if (this.on) this.#show("down", shown(event));
        listener.onEvent(event);
      },
      onAudio: (delta) => {
        if (this.on) this.#sound(delta);
        listener.onAudio(delta);
      },
    };
  }

  /** Hot path. One frame of the caller goes to the engine. */
  hear(frame: Uint8Array): void {
    if (!this.on) return;
    this.#show("up", { type: "input_audio_buffer.append", audio_ms: Math.round(frame.byteLength / BYTES_PER_MS) });
  }

  #sound({ base64, ...where }: AudioDelta): void {
    const audio_ms = Math.round((base64.length * 0.75) / BYTES_PER_MS);
    this.#show("down", { type: "response.output_audio.delta", ...where, audio_ms });
  }

  #show(dir: Trace["dir"], event: Record<string, unknown>, at = Date.now()): void {
    this.#tell({ type: "luna.trace", dir, at, event });
  }
}

/** The event as a person may keep and pass on: account and card numbers by their last four. */
function shown(event: ClientEvent | ServerEvent): Record<string, unknown> {
  return masked(event, "") as Record<string, unknown>;
}

function masked(value: unknown, name: string): unknown {
  if (typeof value === "string") return SPOKEN.has(name) ? maskDigits(value) : value;
  if (Array.isArray(value)) return value.map((part) => masked(part, name));
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([key, part]) => [key, masked(part, key)]));
}
