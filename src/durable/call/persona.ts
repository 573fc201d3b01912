/** Who answers, at the call's object: the cast of the rules as sessions and tools of an engine, and requests by API. */
import { type Cast, markOf } from "../../call/cast.ts";
import { personaRefusal, personaStatus } from "../../call/machine.ts";
import type { Command, Input, ToolCall } from "../../call/state.ts";
import type { LunaSettings } from "../../env.ts";
import type { ErrorKind } from "../../errors.ts";
import type { PersonaStatus } from "../../legs/wire.ts";
import type { SessionUpdate } from "../../realtime/events.ts";
import { instructionsFor, scenarioAs, scenarioById } from "../../scenarios/index.ts";
import { speakingIn } from "../../scenarios/language.ts";
import { firstPersona, PERSONAS } from "../../scenarios/personas/index.ts";
import { scenarioNow, sessionFor } from "./engines.ts";
import { beforeGuest } from "./guest.ts";
import type { Live } from "./live.ts";
import type { Opened } from "./record.ts";

/** Everybody can answer in every call; who does so first depends on what it was opened for. */
export function castFor(scenario: string, settings: LunaSettings, language?: string): Cast {
  const words = (key: string) => markOf(speakingIn(wordsOf(key, scenario), language));
  return {
    members: PERSONAS.map(({ key, title, speaker }) => ({ key, title, speaker, words: words(key) })),
    first: firstPersona(scenario).key,
    rotates: settings.personaVoice === "rotate",
  };
}

/** What whoever answers is told in a call that was opened for this. */
function wordsOf(persona: string, id: string): string {
  const scenario = scenarioById(id);
  return scenario ? instructionsFor(scenarioAs(persona, scenario)) : "";
}

/** The one update that makes an engine somebody else: instructions, exactly their tools, and the voice while it is free. */
export function castUpdate(opened: Opened, command: Extract<Command, { do: "cast" }>): SessionUpdate {
  const { key, voice, event_id } = command;
  const { instructions, tools, audio } = sessionFor(scenarioNow(opened, key), opened, {
    text: false,
    transcription: "",
  });
  const named = voice ? { audio: { output: { voice: audio?.output?.voice ?? "" } } } : {};
  return {
    type: "session.update",
    event_id,
    session: { type: "realtime", instructions: instructions ?? "", tools: tools ?? [], ...named },
  };
}

/** Errors lose their class on the way between objects, so a refusal is an answer like the other. */
export type PersonaReply = { ok: true; persona: PersonaStatus } | { ok: false; error: ErrorKind; detail: string };

/** Somebody else is asked for by API. @param live absent: there is no such call, or it is over. */
export function askPersona(live: Live | undefined, key: string, take: (input: Input) => void): PersonaReply {
  const keys = PERSONAS.map((persona) => persona.key);
  if (!keys.includes(key)) {
    return { ok: false, error: "not_found", detail: `Nobody here is called "${key}". There are: ${keys.join(", ")}.` };
  }
  if (!live) return { ok: false, error: "not_found", detail: "There is no such call, or it is over." };
  const { state } = live.progress;
  const refusal = beforeGuest(live) ?? personaRefusal(state, key);
  if (refusal !== null) return { ok: false, error: "forbidden", detail: refusal };
  take({ from: "persona", key, by: "api" });
  return { ok: true, persona: personaStatus(state) };
}

/** The tools that a call of the engine may use: those of whoever answered when it was made. */
export function toolsOf({ opened, progress }: Live, call: ToolCall): string[] {
  return scenarioNow(opened, call.persona ?? progress.state.persona.key).tools;
}
