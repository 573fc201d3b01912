/** A call whose engine is a real one, dialled to a recorded provider: seat, handshake, reading and rules are Luna's own. */
import { vi } from "vitest";
import {
  audioArrived,
  type Command,
  type Input,
  seeds,
  type ToolCall,
  turnsInOrder,
} from "../../../src/call/machine.ts";
import { EngineSeat } from "../../../src/durable/call/seat.ts";
import type { Gone } from "../../../src/engines/engine.ts";
import { ProviderEngine } from "../../../src/engines/provider.ts";
import type { FunctionTool, ServerEvent, SessionConfig } from "../../../src/realtime/events.ts";
import { sessionConfig } from "../../../src/realtime/session.ts";
import { page, Line as Rules } from "../../call/events.ts";
import { connectionsOf, linesOf } from "../../realtime/captures.ts";
import { type Manners, RecordedProvider } from "./recorded-provider.ts";
import { COMPATIBLE, KEY, providerOf } from "./vendors.ts";

type Json = Record<string, unknown>;

/** A frame of silence, 40 ms. */
const FRAME = new Uint8Array(1_920);

/** Luna's own settings for a call, with the words and tools that the recorded client gave. */
export function askedLike(file: string): SessionConfig {
  const update = linesOf(file).find(({ dir, event }) => dir === "c" && event.type === "session.update");
  const session = (update?.event.session ?? {}) as Json;
  const modalities = (session.output_modalities ?? session.modalities ?? ["audio"]) as string[];
  return sessionConfig({
    instructions: String(session.instructions),
    tools: (session.tools ?? []) as FunctionTool[],
    modality: modalities.includes("audio") ? "audio" : "text",
  });
}

export interface Said {
  who: "caller" | "luna";
  text: string;
}

/** Who said what by the recording itself, in the order in which the turns began. */
export function saidIn(file: string): Said[] {
  return connectionsOf(file).flatMap(({ lines }) => {
    const turns = new Map<string, Said>();
    for (const { event } of lines.filter(({ dir }) => dir === "s")) {
      const item = event.item as Json | undefined;
      const id = String(event.item_id ?? item?.id ?? "");
      if (item?.type === "message" || event.type === "input_audio_buffer.speech_started") begin(turns, id, item);
      const turn = turns.get(id);
      if (turn) turn.text = wordsIn(event) ?? turn.text;
    }
    return [...turns.values()];
  });
}

function begin(turns: Map<string, Said>, id: string, item: Json | undefined): void {
  if (turns.has(id)) return;
  const [part] = (item?.content ?? []) as Json[];
  turns.set(id, { who: item?.role === "assistant" ? "luna" : "caller", text: String(part?.text ?? "") });
}

function wordsIn(event: Json): string | undefined {
  const type = String(event.type);
  if (/^response\.(output_)?audio_transcript\.done$|transcription\.completed$/.test(type))
    return String(event.transcript);
  return /^response\.(output_)?text\.done$/.test(type) ? String(event.text) : undefined;
}

/** What the recorded client typed, connection by connection, and what its tools gave, by call id. */
function scriptOf(file: string): { typed: string[][]; outputs: Map<string, string> } {
  const items = connectionsOf(file).map(({ lines }) =>
    lines
      .filter(({ dir, event }) => dir === "c" && event.type === "conversation.item.create")
      .map(({ event }) => event.item as Json),
  );
  const typed = items.map((each) =>
    each.flatMap(({ content }) => ((content as Json[] | undefined) ?? []).map(({ text }) => String(text))),
  );
  const outputs = items.flat().filter(({ type }) => type === "function_call_output");
  return { typed, outputs: new Map(outputs.map(({ call_id, output }) => [String(call_id), String(output)])) };
}

export class RecordedCall {
  readonly provider: RecordedProvider;
  readonly rules: Rules;
  readonly events: ServerEvent[] = [];
  readonly ran: ToolCall[] = [];
  /** Each engine that was lost, and whether another one like it was opened. */
  readonly lost: (Gone & { again: boolean })[] = [];
  /** Pieces of Luna's voice, by item. */
  readonly sound = new Map<string, number>();
  readonly #seat: EngineSeat;
  readonly #outputs: Map<string, string>;
  readonly #typed: string[][];
  readonly #audio: boolean;
  #sentences = 0;

  constructor(file: string, manners: Manners = {}) {
    this.provider = new RecordedProvider(file, manners);
    const config = askedLike(file);
    const text = config.output_modalities?.[0] === "text";
    this.rules = new Rules({ ready: false, text });
    const { typed, outputs } = scriptOf(file);
    this.#typed = typed;
    this.#outputs = outputs;
    this.#audio = linesOf(file).some(({ event }) => event.type === "input_audio_buffer.append");
    const provider = providerOf(COMPATIBLE.settings);
    this.#seat = new EngineSeat({
      open: (listener, retell, scripted) => {
        if (scripted) throw new Error(`the provider was given up: ${JSON.stringify(this.lost)}`);
        const engine = new ProviderEngine({ provider, key: KEY, config, listener, ...(retell ? { retell } : {}) });
        return { engine, mode: "ai", model: provider.model, text, silence_ms: null };
      },
      retell: async () => seeds(this.rules.state),
      onChange: () => {},
      onReady: () => {
        this.#take({ from: "engine_ready", setup: this.rules.setup() });
        this.#callerGoesOn();
      },
      onBack: () => {},
      onEvent: (event) => {
        this.events.push(event);
        this.#take({ from: "engine", event });
        if (event.type !== "response.done") return;
        for (const { item_id } of [...this.rules.state.playback.sounds]) this.#hear(item_id);
        this.#callerGoesOn();
      },
      onAudio: (delta) => {
        this.sound.set(delta.item_id, (this.sound.get(delta.item_id) ?? 0) + 1);
        audioArrived(this.rules.state, delta, 100, this.rules.now);
      },
      onLost: (gone, again) => {
        this.lost.push({ ...gone, again });
        this.#take({ from: "engine_gone", again });
      },
      items: () => this.rules.state.transcript.order.length,
      maySwap: () => false,
      onSwapped: () => {},
    });
  }

  /** From dialling to the last line of the recording; each answer is heard when it is whole. @throws with the line that was waited for in vain */
  async play(): Promise<this> {
    this.#seat.open(false);
    await this.until(() => this.provider.left.length === 0);
    return this;
  }

  async until(done: () => boolean): Promise<void> {
    await vi.waitFor(
      () => {
        if (!done()) throw new Error(`Not done; still in the recording: ${this.provider.left.slice(0, 3).join(", ")}`);
      },
      { timeout: 3_000, interval: 1 },
    );
  }

  /** In the order of the conversation. */
  said(): Said[] {
    return turnsInOrder(this.rules.state).map(({ who, text }) => ({ who: who === "caller" ? who : "luna", text }));
  }

  states(): string[] {
    return turnsInOrder(this.rules.state).map(({ state }) => state);
  }

  /** Sound all the time where the caller speaks; where they type, their next words when nothing is being said. */
  #callerGoesOn(): void {
    if (this.#audio) this.#seat.hear(FRAME);
    const { gate, tools } = this.rules.state;
    const busy = gate.at !== "free" || gate.owed !== null || tools.calls.some(({ output }) => output === null);
    const next = busy ? undefined : this.#typed[this.provider.connections.length - 1]?.shift();
    if (next === undefined) return;
    this.#sentences += 1;
    this.#carryOut(this.rules.page(page.typed(next, `typed_${this.#sentences}`)));
  }

  #hear(item_id: string): void {
    const turn = this.rules.turn(item_id);
    const sound = this.rules.state.playback.sounds.find((known) => known.item_id === item_id);
    const chars = sound?.text ? turn?.text.length : undefined;
    this.#carryOut(this.rules.page(page.playback(item_id, "done", Math.floor(sound?.received_ms ?? 0), chars)));
  }

  #take(input: Input): void {
    this.#carryOut(this.rules.take(input, 5));
  }

  #carryOut(commands: Command[]): void {
    for (const command of commands) {
      if (command.do === "send") this.#seat.send(command.event);
      if (command.do === "run") {
        this.ran.push(command.call);
        queueMicrotask(() => this.#ranTool(command.call));
      }
    }
  }

  #ranTool({ call_id, name }: ToolCall): void {
    this.#carryOut(this.rules.tool(call_id, { name, output: this.#outputs.get(call_id) ?? "{}" }));
  }
}
