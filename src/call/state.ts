/**
 * What a call knows, what comes in and what goes out. `CallState` is plain JSON: it survives storage and a rebuilt object.
 * The rules in this folder take it, change it in place and push commands; the shell carries the commands out in order.
 */

import type { CallEnded, LineState, PageEvent, PageMessage, Speaker } from "../legs/wire.ts";
import type { AudioDelta } from "../realtime/audio-delta.ts";
import type { ClientEvent, ServerEvent } from "../realtime/events.ts";
import type { Cast } from "./cast.ts";
import type { Ear } from "./ear.ts";
import type { Farewell } from "./farewell.ts";
import type { Gate } from "./gate.ts";
import type { Missed } from "./missed.ts";
import type { PersonaState } from "./persona.ts";
import type { Playback } from "./playback.ts";
import type { Rehearing } from "./rehearing.ts";
import type { Rest } from "./rest.ts";
import type { Silence } from "./silence.ts";
import type { ToolTurns } from "./tool-calls.ts";
import type { Transcript } from "./transcript.ts";
import type { GenerationSetting, Tuning } from "./tuning.ts";
import type { ToolRun, Turn } from "./turn.ts";

export interface Setup {
  /** Text engines: quiet after which Luna asks whether the caller is still there; null never asks. */
  silence_ms: number | null;
  /** Luna speaks first. */
  greeting: boolean;
  /** The engine gives text and the page speaks it. */
  text: boolean;
  /** Quiet after which an engine outside is closed until it is needed; null never. */
  rest_ms: number | null;
  /** When the engine has to make room for another one (Unix ms); null never. */
  rotate_at: number | null;
  /** What it has beyond the protocol and lets be tuned. */
  generation?: readonly GenerationSetting[];
  /** Who can answer; absent: Luna alone. */
  cast?: Cast;
}

/** How the engine that is ready now was configured. */
export interface EngineSetup {
  text: boolean;
  speaker: Speaker;
  silence_ms: number | null;
  rest_ms: number | null;
  rotate_at: number | null;
  generation?: readonly GenerationSetting[];
  /** Key of whom it was configured as; absent: as whoever answers. */
  persona?: string;
  /** `peer`: sound goes by WebRTC between the caller and the provider. Absent: `socket`. */
  media?: "socket" | "peer";
  /** The caller's sound has woken the call, and nobody has heard yet what it said. */
  woken?: boolean;
}

/** A completed function call of the engine, to be run once. */
export interface ToolCall {
  call_id: string;
  name: string;
  /** JSON text as the engine wrote it: not checked, not redacted. */
  arguments: string;
  item_id: string;
  response_id: string;
  /** Key of who made it: only the tools of that one run. Absent where nobody can take over. */
  persona?: string;
}

export type Input =
  | { from: "engine"; event: ServerEvent }
  | { from: "page"; message: PageMessage }
  /** A tool has finished. `then`: the call ends or is handed over once what is being said has been heard. */
  | { from: "tool"; call_id: string; output: string; run: ToolRun; then?: "end" | "transfer"; persona?: string }
  /** By API: somebody else answers from here on. */
  | { from: "persona"; key: string; by: "caller" | "api" }
  /** The engine is configured, and was told `seeds(state)` if there was anything to tell. */
  | { from: "engine_ready"; setup: EngineSetup }
  /** `again`: another one like it is being opened and will be given the caller's last words as sound. */
  | { from: "engine_gone"; again?: boolean }
  /** The line to an engine whose sound goes past Luna was lost and is there again; what it told meanwhile is not known. */
  | { from: "engine_back" }
  /** A second engine has taken over under the running call; null: it could not, the first one goes on. */
  | { from: "engine_swapped"; setup: EngineSetup | null }
  | { from: "leg_gone" }
  | { from: "leg_back" }
  /** The call has cost what it may: it ends when what is being said has been heard. */
  | { from: "spent" }
  /** So is the link that the caller came by: a few words, and the end. */
  | { from: "link_closed"; why: "revoked" | "expired" }
  /** A `wake` has come due; earlier or later does no harm. */
  | { from: "clock" };

export type Command =
  | { do: "send"; event: ClientEvent }
  /** Configure the engine as somebody else: one `session.update` with this event id. `voice`: name theirs in it. */
  | { do: "cast"; key: string; voice: boolean; event_id: string }
  | { do: "tell"; event: PageEvent }
  /** Play now: audio that was held back for its turn in `output_index` order. */
  | { do: "play"; delta: AudioDelta }
  | { do: "run"; call: ToolCall }
  /** A tool that a leading client has run by itself is back: it goes into the record. */
  | { do: "ran"; run: ToolRun; output: string }
  /** The turn as it stands; repeated with the same `item_id` when something comes late. The last one wins. */
  | { do: "record"; turn: Turn }
  /** The engine hears speech, and nothing more comes of the caller: give it the silence that ends the sentence. */
  | { do: "hush" }
  /** Step with `clock` at this time (Unix ms). The earliest wins. */
  /** Unix ms; null: no longer. */
  | { do: "wake"; at: number | null }
  /** Replace the engine by the specialist. The call treats the old engine as gone from here on. */
  | { do: "hand_over" }
  /** Close the engine on purpose; nothing is under way. */
  | { do: "park" }
  /** Open it again. */
  | { do: "unpark" }
  /** Open a second engine and swap: the provider ends the first one soon. */
  | { do: "rotate" }
  | { do: "end"; reason: CallEnded["reason"] };

export interface EngineState {
  ready: boolean;
  /** Counts engines of this call: items and tool calls of an earlier one are not known to this one. */
  number: number;
  text: boolean;
  speaker: Speaker;
  /** Sound goes between the caller and the provider, and past Luna. */
  far?: boolean;
}

export interface CallState {
  setup: Setup;
  /** Source of ids: counts up over the whole call. */
  count: number;
  engine: EngineState;
  ear: Ear;
  gate: Gate;
  tools: ToolTurns;
  farewell: Farewell | null;
  playback: Playback;
  transcript: Transcript;
  silence: Silence;
  rest: Rest;
  line: LineState["state"];
  /** The specialist has been called for and is not there yet. */
  handing_over: boolean;
  /** A hand-over has taken place in this call. */
  escalated: boolean;
  /** The engine, or the page, was lost while the caller waited for a reply. */
  reply_owed: boolean;
  /** The page is gone, and nobody reads in its place: what is said now is heard by nobody. */
  away: boolean;
  /** Another engine like the lost one is being opened. */
  reconnecting: boolean;
  rehearing: Rehearing;
  /** Looked for after the line to the session was away; null where it never was. */
  missed: Missed | null;
  tuning: Tuning;
  persona: PersonaState;
  /** Caller's items that came while no engine was there to be told. */
  unsent: string[];
  /** Calls whose output came while no engine was there to be told. */
  unsent_outputs: string[];
  wake_at: number | null;
  /** When the last thing happened, Unix ms: what comes before it comes from a clock that was set back. */
  stepped_at: number | null;
  ended: CallEnded["reason"] | null;
}
