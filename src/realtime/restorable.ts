/** A session in force, as the update that makes another connection the same: a provider takes back not all that it echoes. */
import type { Session, SessionConfig } from "./session-config.ts";

/** Fields a client may set, of those that say something. The model is in the address; tracing is begun once. */
export function restorable(session: Session): SessionConfig {
  const { instructions, output_modalities, audio, tools, tool_choice, max_output_tokens } = session;
  const { parallel_tool_calls, reasoning, truncation, include } = session;
  const { input, output } = audio ?? {};
  const heard = {
    format: input?.format,
    noise_reduction: input?.noise_reduction,
    transcription: input?.transcription ? said(input.transcription) : input?.transcription,
    turn_detection: input?.turn_detection ? said(input.turn_detection) : input?.turn_detection,
  };
  const spoken = { format: output?.format, voice: output?.voice, speed: output?.speed };
  const sides = { input: given(heard), output: said(spoken) };
  return {
    type: "realtime",
    ...said({ instructions, output_modalities, tools, tool_choice, max_output_tokens }),
    ...said({ parallel_tool_calls, reasoning, truncation, include }),
    ...(audio ? { audio: sides } : {}),
  };
}

/** Without what is absent; null is a value: "off". */
function given<T extends object>(part: T): Partial<T> {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined)) as Partial<T>;
}

/** Without what is absent or null, which servers echo for what nobody has set. */
function said<T extends object>(part: T): T {
  return Object.fromEntries(Object.entries(part).filter(([, value]) => value !== undefined && value !== null)) as T;
}
