/** The session of a scripted server: its first configuration, and partial updates merged into it as a GA server does. */
import type {
  AudioFormat,
  FunctionTool,
  InputAudioConfig,
  OutputAudioConfig,
  OutputModality,
  Session,
  SessionConfig,
  Tool,
  ToolChoice,
  TurnDetection,
} from "../../realtime/events.ts";
import { VOICES } from "../../realtime/session.ts";

/** A session lasts an hour, like the provider's. */
const SESSION_SECONDS = 3_600;

export interface Refusal {
  code: string;
  message: string;
  param: string | null;
}

/** The session a new connection starts with. `now` is Unix ms. */
export function firstSession(id: string, model: string, now: number): Session {
  return {
    type: "realtime",
    object: "realtime.session",
    id,
    model,
    output_modalities: ["audio"],
    instructions: "",
    tools: [],
    tool_choice: "auto",
    max_output_tokens: "inf",
    tracing: null,
    truncation: "auto",
    prompt: null,
    expires_at: Math.floor(now / 1_000) + SESSION_SECONDS,
    audio: {
      input: {
        format: { type: "audio/pcm", rate: 24_000 },
        transcription: null,
        noise_reduction: null,
        turn_detection: {
          type: "server_vad",
          threshold: 0.5,
          prefix_padding_ms: 300,
          silence_duration_ms: 500,
          idle_timeout_ms: null,
          create_response: true,
          interrupt_response: true,
        },
      },
      output: { format: { type: "audio/pcm", rate: 24_000 }, voice: "marin", speed: 1 },
    },
    include: null,
  };
}

/**
 * The session after an update, or why the update is refused as a whole.
 * `heard`: assistant audio exists already, so the voice can no longer change.
 */
export function mergeSession(
  session: Session,
  update: SessionConfig,
  heard: boolean,
): { ok: true; session: Session } | { ok: false; refusal: Refusal } {
  const refusal = refuse(session, update, heard);
  if (refusal) return { ok: false, refusal };
  const { audio, ...plain } = update;
  const merged: Session = { ...session, ...defined(plain) };
  merged.audio = {
    input: mergeInput(session.audio?.input, audio?.input),
    output: mergeOutput(session.audio?.output, audio?.output),
  };
  return { ok: true, session: merged };
}

function mergeInput(before: InputAudioConfig = {}, asked: InputAudioConfig = {}): InputAudioConfig {
  const input = { ...before, ...defined(asked) };
  if (asked.turn_detection) input.turn_detection = wholeDetection(asked.turn_detection);
  if (asked.format) input.format = formatOf(asked.format);
  if (asked.transcription) {
    input.transcription = { language: null, prompt: null, ...before.transcription, ...defined(asked.transcription) };
  }
  if (asked.noise_reduction) {
    const { strength } = { strength: 1, ...before.noise_reduction, ...defined(asked.noise_reduction) };
    input.noise_reduction = { ...before.noise_reduction, ...defined(asked.noise_reduction), strength };
  }
  return input;
}

function mergeOutput(before: OutputAudioConfig = {}, asked: OutputAudioConfig = {}): OutputAudioConfig {
  const output = { ...before, ...defined(asked) };
  return asked.format ? { ...output, format: formatOf(asked.format) } : output;
}

/** A format as it is echoed: PCM names its rate, of which there is one. */
export function formatOf(asked: AudioFormat | undefined): AudioFormat {
  return asked && asked.type !== "audio/pcm" ? { type: asked.type } : { type: "audio/pcm", rate: 24_000 };
}

const SERVER_VAD = {
  threshold: 0.5,
  prefix_padding_ms: 300,
  silence_duration_ms: 500,
  idle_timeout_ms: null,
  create_response: true,
  interrupt_response: true,
};
const SEMANTIC_VAD = { eagerness: "auto", create_response: true, interrupt_response: true } as const;

/** A turn detector is replaced, not merged: the kinds share few values. Absent ones take the documented defaults. */
function wholeDetection(asked: TurnDetection): TurnDetection {
  return asked.type === "server_vad"
    ? { ...SERVER_VAD, ...defined(asked), type: "server_vad" }
    : { ...SEMANTIC_VAD, ...defined(asked), type: "semantic_vad" };
}

function refuse(session: Session, update: SessionConfig, heard: boolean): Refusal | null {
  if (update.model !== undefined && update.model !== session.model) {
    return {
      code: "cannot_update_model",
      message: "The model of a session cannot be changed.",
      param: "session.model",
    };
  }
  if (update.output_modalities && update.output_modalities.length !== 1) {
    return {
      code: "invalid_value",
      message: "Invalid modalities: choose either 'text' or 'audio'.",
      param: "session.output_modalities",
    };
  }
  const voice = update.audio?.output?.voice;
  if (heard && voice !== undefined && voiceName(voice) !== voiceName(session.audio?.output?.voice)) {
    return {
      code: "cannot_update_voice",
      message: "Cannot update a conversation's voice if assistant audio is present.",
      param: "session.audio.output.voice",
    };
  }
  if (session.tracing && update.tracing !== undefined && !alike(session.tracing, update.tracing)) {
    const message = "Cannot update tracing once it is on.";
    return { code: "cannot_update_tracing", message, param: "session.tracing" };
  }
  return twice(update.tools) ?? unknownTool(update.tool_choice, update.tools ?? session.tools, "session");
}

/** Which of two functions of one name is called nobody could tell. */
function twice(tools: Tool[] | undefined): Refusal | null {
  const names = functionsOf(tools).map(({ name }) => name);
  const second = names.find((name, at) => names.indexOf(name) < at);
  if (second === undefined) return null;
  return { code: "invalid_value", message: `There are two tools named '${second}'.`, param: "session.tools" };
}

function alike(a: unknown, b: unknown): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

/** Why a `tool_choice` cannot be: it names a function that is not offered. `where`: the object that it stands in. */
export function unknownTool(
  choice: ToolChoice | undefined,
  tools: Tool[] | undefined,
  where: "session" | "response",
): Refusal | null {
  if (typeof choice !== "object" || choice.type !== "function") return null;
  if (functionsOf(tools).some((tool) => tool.name === choice.name)) return null;
  const message = `Tool choice '${choice.name}' not found in 'tools' parameter.`;
  return { code: "invalid_value", message, param: `${where}.tool_choice` };
}

/** Why a voice cannot be: nobody has it. One of somebody's own, `{ id }`, is taken by its word. */
export function unknownVoice(
  voice: string | { id: string } | undefined,
  where: "session" | "response" = "session",
): Refusal | null {
  if (typeof voice !== "string" || VOICES.includes(voice)) return null;
  const message = `Invalid value: '${voice.slice(0, 64)}'. Supported values are: ${VOICES.map((name) => `'${name}'`).join(", ")}.`;
  return { code: "invalid_value", message, param: `${where}.audio.output.voice` };
}

export function voiceName(voice: string | { id: string } | undefined): string {
  return typeof voice === "object" ? voice.id : (voice ?? "");
}

function defined<T extends object>(part: T): Partial<T> {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** The one modality answers are given in. */
export function modalityOf(modalities: OutputModality[] | undefined): OutputModality {
  return modalities?.[0] ?? "audio";
}

/** The functions a response may call; tools on other people's servers are not among them. */
export function functionsOf(tools: Tool[] | undefined): FunctionTool[] {
  return (tools ?? []).filter((tool) => tool.type === "function");
}
