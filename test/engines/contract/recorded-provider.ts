/**
 * A provider that says again what a real one said: each line of the server comes when Luna has said what the recorded client
 * had said before it. So a recording is a dialogue here: what Luna does not say, or says too soon, shows.
 */
import { vi } from "vitest";
import { connectionsOf, type Line } from "../../realtime/captures.ts";

type Json = Record<string, unknown>;

export interface Manners {
  /** Changes what the server says, before it is said. */
  edit?: (lines: Line[]) => Line[];
  /** Items that Luna names get names of the server's own, as in the recording, where the client had named none. */
  namesItems?: boolean;
}

export class RecordedProvider {
  /** `s response.done`, `c response.create`, in the order in which they went over the wire; sound once for a run of it. */
  readonly log: string[] = [];
  /** Client events of all connections, sound apart. */
  readonly received: Json[] = [];
  readonly connections: Connection[] = [];
  readonly #scripts: Script[];

  constructor(file: string, manners: Manners = {}) {
    const { edit = (lines) => lines, namesItems = false } = manners;
    this.#scripts = connectionsOf(file).map(({ lines, close }) => ({ lines: edit(lines), close, namesItems }));
    vi.stubGlobal("fetch", async () => this.#answer());
  }

  /** What is still to be said, or waited for. */
  get left(): string[] {
    const playing = this.connections.flatMap((connection) => connection.left);
    return [...playing, ...this.#scripts.flatMap(({ lines }) => lines)].map(
      ({ dir, event, number }) => `${number} ${dir} ${event.type}`,
    );
  }

  of(type: string): Json[] {
    return this.received.filter((event) => event.type === type);
  }

  #answer(): Response {
    const script = this.#scripts.shift();
    if (!script) return { status: 503, webSocket: null } as Response;
    const connection = new Connection(script, this);
    this.connections.push(connection);
    return { status: 101, webSocket: connection as unknown as WebSocket } as Response;
  }
}

interface Script {
  lines: Line[];
  close?: { code: number; reason: string };
  namesItems: boolean;
}

/** The server's end; to Luna it is her outbound socket. */
class Connection {
  readonly #script: Script;
  readonly #provider: RecordedProvider;
  readonly #listeners: { type: string; listener: (event: object) => void }[] = [];
  /** Said by Luna and not yet matched with a line of the recorded client. */
  #said: Json[] = [];
  #frames = 0;
  /** Ids of the recording, and what Luna calls the same items. */
  readonly #names = new Map<string, string>();
  #echo: Json | undefined;
  #asked: Json = {};
  closed: { code: number } | undefined;

  constructor(script: Script, provider: RecordedProvider) {
    this.#script = script;
    this.#provider = provider;
  }

  get left(): Line[] {
    return this.#script.lines;
  }

  // What Luna sees of a socket ---------------------------------------------------------------------------------------

  addEventListener(type: string, listener: (event: object) => void): void {
    this.#listeners.push({ type, listener });
  }

  accept(): void {
    this.#later();
  }

  close(code: number): void {
    this.closed ??= { code };
  }

  send(text: string): void {
    const event = JSON.parse(text) as Json;
    this.#note("c", String(event.type));
    if (event.type === "input_audio_buffer.append") this.#frames += 1;
    else {
      this.#provider.received.push(event);
      this.#said.push(event);
    }
    this.#later();
  }

  // The dialogue -------------------------------------------------------------------------------------------------------

  #later(): void {
    queueMicrotask(() => this.#play());
  }

  #play(): void {
    const { lines, close } = this.#script;
    this.#echoAgain();
    for (let next = lines[0]; next && !this.closed; next = lines[0]) {
      if (next.dir === "c" && !this.#hasSaid(next.event)) return;
      lines.shift();
      if (next.dir === "s") this.#emit(next.event);
    }
    if (!close || this.closed || lines.length > 0) return;
    this.closed = { code: close.code };
    this.#tell("close", close);
  }

  /** Whether Luna has said the same as the recorded client, in her own way. */
  #hasSaid(line: Json): boolean {
    if (line.type === "input_audio_buffer.append") return this.#frames > 0;
    const at = this.#said.findIndex((event) => event.type === line.type && sameItem(event.item, line.item));
    if (at < 0) return false;
    const [event] = this.#said.splice(at, 1);
    if (line.type === "session.update") this.#asked = event?.session as Json;
    return true;
  }

  /** Updates beyond those of the recording are answered as it answered the last one. */
  #echoAgain(): void {
    const more = this.#said.findIndex(({ type }) => type === "session.update");
    if (more < 0 || !this.#echo || this.#script.lines.some(({ event }) => event.type === "session.update")) return;
    const [event] = this.#said.splice(more, 1);
    this.#asked = event?.session as Json;
    this.#emit(this.#echo);
  }

  #emit(event: Json): void {
    if (event.type === "session.updated") this.#echo = event;
    if (!this.#script.namesItems) this.#learnName(event);
    const said = event.type === "session.updated" ? withAnswering(event, this.#asked) : event;
    let data = JSON.stringify(said);
    for (const [theirs, ours] of this.#names) data = data.replaceAll(theirs, ours);
    this.#note("s", String(event.type));
    this.#tell("message", { data });
  }

  /** Real servers keep the id that a client gives; the recorded clients gave none. */
  #learnName(event: Json): void {
    const item = event.item as Json | undefined;
    if (!item || !/^conversation\.item\.(added|created)$/.test(String(event.type))) return;
    const created = this.#provider.of("conversation.item.create").map((made) => made.item as Json);
    const ours = created.find((made) => sameItem(made, item) && ![...this.#names.values()].includes(String(made.id)));
    if (ours && item.status !== "in_progress") this.#names.set(String(item.id), String(ours.id));
  }

  #note(dir: "c" | "s", type: string): void {
    const entry = `${dir} ${type}`;
    if (this.#provider.log.at(-1) !== entry) this.#provider.log.push(entry);
  }

  #tell(type: string, event: object): void {
    for (const each of this.#listeners.filter((known) => known.type === type)) each.listener(event);
  }
}

/** The same words of the caller, or the output of the same call; events without an item are alike. */
function sameItem(one: unknown, other: unknown): boolean {
  const [a, b] = [one, other] as (Json | undefined)[];
  if (!a || !b) return a === b;
  if (a.type !== b.type || a.role !== b.role) return a.type === "function_call_output" && a.call_id === b.call_id;
  if (a.type === "function_call_output") return a.call_id === b.call_id;
  const text = ({ content }: Json) => (content as Json[] | undefined)?.[0]?.text;
  return a.type === "message" && a.role === "user" && text(a) === text(b);
}

/** The recorded echo; only whether it answers by itself is what Luna has asked for, which the recorded client never changed. */
function withAnswering(event: Json, asked: Json): Json {
  const wanted = detectionOf((asked.audio as Json | undefined)?.input)?.create_response;
  if (typeof wanted !== "boolean") return event;
  const said = structuredClone(event);
  const session = said.session as Json;
  for (const holder of [session, (session.audio as Json | undefined)?.input]) {
    const detection = detectionOf(holder);
    if (detection) detection.create_response = wanted;
  }
  return said;
}

function detectionOf(holder: unknown): Json | undefined {
  const detection = (holder as Json | undefined)?.turn_detection;
  return typeof detection === "object" && detection !== null ? (detection as Json) : undefined;
}
