/** The session that a call asks for, and whether the provider gave it. */
import { isJson } from "./json.ts";
import type {
  FunctionTool,
  SemanticVad,
  ServerVad,
  Session,
  SessionConfig,
  TranscriptionSession,
} from "./session-config.ts";

export interface SessionWish {
  instructions: string;
  tools: FunctionTool[];
  /** `audio` speaks (with a transcript); `text` writes. */
  modality: "audio" | "text";
  voice?: string;
  speed?: number;
  vad?:
    | Pick<ServerVad, "type" | "threshold" | "prefix_padding_ms" | "silence_duration_ms">
    | Pick<SemanticVad, "type" | "eagerness">;
  transcription?: { model?: string; language?: string };
}

/** The provider's voices by name; the first two are its own recommendation. */
export const VOICES = ["marin", "cedar", "alloy", "ash", "ballad", "coral", "echo", "sage", "shimmer", "verse"];
const DEFAULT_VOICE = "marin";
const DEFAULT_TRANSCRIPTION = { model: "gpt-transcribe", language: "en" };

const PCM = { type: "audio/pcm", rate: 24000 } as const;

/**
 * The `session` of a `session.update`. Every value of turn detection is sent, because servers disagree on the defaults
 * (`silence_duration_ms`: documented 500, seen 200). Never `temperature`, never beta fields: one field too many and the
 * whole update is dropped.
 */
export function sessionConfig(wish: SessionWish) {
  const { speed = 1, voice = DEFAULT_VOICE, transcription } = wish;
  return {
    type: "realtime",
    instructions: wish.instructions,
    output_modalities: [wish.modality],
    audio: {
      input: {
        format: PCM,
        noise_reduction: { type: "near_field" },
        transcription: {
          model: transcription?.model ?? DEFAULT_TRANSCRIPTION.model,
          language: transcription?.language ?? DEFAULT_TRANSCRIPTION.language,
        },
        turn_detection: turnDetection(wish.vad),
      },
      output: { format: PCM, speed, voice },
    },
    tools: wish.tools,
    tool_choice: "auto",
  } as const satisfies SessionConfig;
}

/** The whole of turn detection, every value of it. */
export function turnDetection(vad: SessionWish["vad"]) {
  const answer = { create_response: true, interrupt_response: true } as const;
  if (vad?.type === "semantic_vad") {
    return { type: "semantic_vad", eagerness: vad.eagerness ?? "auto", ...answer } as const;
  }
  return {
    type: "server_vad",
    threshold: vad?.threshold ?? 0.5,
    prefix_padding_ms: vad?.prefix_padding_ms ?? 300,
    silence_duration_ms: vad?.silence_duration_ms ?? 500,
    ...answer,
  } as const;
}

/** The same session, but one that answers nothing by itself: while a conversation is told to it again. */
export function silenced(config: SessionConfig): SessionConfig {
  const { audio } = config;
  const detection = audio?.input?.turn_detection;
  if (!detection) return config;
  const input = { ...audio.input, turn_detection: { ...detection, create_response: false } };
  return { ...config, audio: { ...audio, input } };
}

/** The part of the session that `silenced` took away. Nothing else is sent again: a voice may be set only once. */
export function listening(config: SessionConfig): SessionConfig {
  const detection = config.audio?.input?.turn_detection;
  return { type: "realtime", ...(detection ? { audio: { input: { turn_detection: detection } } } : {}) };
}

export interface Difference {
  /** `audio.input.turn_detection.threshold`; a tool is named: `tools.block_card.parameters`. */
  path: string;
  asked: unknown;
  got: unknown;
}

export type SessionVerdict = { ok: true } | { ok: false; differences: Difference[] };

/**
 * Compares what was asked with the configuration in force. What was not asked may be anything; everything asked must be
 * there. An empty text counts as "your default", as servers take it; a dated model counts as its family.
 */
export function sameSession(asked: SessionConfig, echoed: Session | TranscriptionSession): SessionVerdict {
  const differences: Difference[] = [];
  compare(asked, echoed, "", differences);
  return differences.length === 0 ? { ok: true } : { ok: false, differences };
}

function compare(asked: unknown, got: unknown, path: string, found: Difference[]): void {
  if (asked === undefined || alike(asked, got, path)) return;
  if (path === "tools" && Array.isArray(asked) && Array.isArray(got)) {
    compareTools(asked, got, found);
    return;
  }
  if (Array.isArray(asked) && Array.isArray(got) && asked.length === got.length) {
    asked.forEach((value, index) => {
      compare(value, got[index], `${path}[${index}]`, found);
    });
    return;
  }
  if (isJson(asked) && isJson(got)) {
    for (const key of Object.keys(asked)) compare(asked[key], got[key], path ? `${path}.${key}` : key, found);
    return;
  }
  found.push({ path, asked, got });
}

function alike(asked: unknown, got: unknown, path: string): boolean {
  if (asked === got || asked === "") return true;
  if (asked === null) return got === undefined;
  // xAI says nothing of tools where there are none.
  if (Array.isArray(asked) && asked.length === 0) return got === undefined || (Array.isArray(got) && got.length === 0);
  // Servers keep fractions in 32 bits: 0.6 comes back as 0.6000000238.
  if (typeof asked === "number" && typeof got === "number") return Math.abs(asked - got) < 1e-6;
  return path === "model" && typeof got === "string" && got.startsWith(`${String(asked)}-`);
}

/** By name, in any order; a tool too many is a difference as well, because the model could call it. */
function compareTools(asked: unknown[], got: unknown[], found: Difference[]): void {
  const left = new Map(got.map((tool) => [toolName(tool), tool]));
  for (const tool of asked) {
    compare(tool, left.get(toolName(tool)), `tools.${toolName(tool)}`, found);
    left.delete(toolName(tool));
  }
  for (const [name, tool] of left) found.push({ path: `tools.${name}`, asked: undefined, got: tool });
}

function toolName(tool: unknown): string {
  if (!isJson(tool)) return "?";
  return String(tool.name ?? tool.server_label ?? "?");
}
