/** Opens the engine a call wants: the provider with the caller's or the server's key, or the scripted one. */
import type { EngineSetup } from "../../call/state.ts";
import type { Engine, EngineListener, Retell } from "../../engines/engine.ts";
import { ProviderEngine } from "../../engines/provider.ts";
import { pickBrain, specialistBrain } from "../../engines/scripted/brains.ts";
import { ScriptedEngine } from "../../engines/scripted/engine.ts";
import type { LunaSettings } from "../../env.ts";
import type { Mode, Speaker } from "../../legs/wire.ts";
import type { SessionConfig } from "../../realtime/events.ts";
import { sessionConfig } from "../../realtime/session.ts";
import { functionTool } from "../../realtime/tool-schema.ts";
import { instructionsFor, scenarioById } from "../../scenarios/index.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { toolSchemas } from "../../tools/registry.ts";
import type { Opened } from "./record.ts";

export const SCRIPTED_MODEL = "luna-scripted";
/** In a text call the page speaks by itself; after this long without a word Luna asks whether somebody is there. */
const SILENCE_MS = 15_000;

export interface Wanted {
  opened: Opened;
  speaker: Speaker;
  /** Absent: scripted. */
  key: string | undefined;
  settings: LunaSettings;
  listener: EngineListener;
  /** The conversation so far; absent for the first engine of a call. */
  retell: Retell | undefined;
}

/** How the call has to treat the engine: who speaks, whether the page speaks its text, when silence is asked about. */
export interface OpenedEngine {
  engine: Engine;
  mode: Mode;
  model: string;
  text: boolean;
  silence_ms: number | null;
}

/** What the rules of the call have to know of it. */
export function setupOf(engine: OpenedEngine, speaker: Speaker, settings: LunaSettings): EngineSetup {
  const outside = engine.engine.kind === "provider";
  return {
    text: engine.text,
    speaker,
    silence_ms: engine.silence_ms,
    rest_ms: outside ? settings.sleepAfterMs : null,
    rotate_at: outside ? Date.now() + settings.rotateAfterMs : null,
  };
}

export function openEngine(wanted: Wanted): OpenedEngine {
  const scenario = scenarioOf(wanted.opened);
  return wanted.key === undefined || wanted.speaker === "specialist"
    ? openScripted(wanted, scenario)
    : openProvider(wanted, wanted.key, scenario);
}

/** The scenario was checked before the call was opened. */
export function scenarioOf(opened: Opened): Scenario {
  const scenario = scenarioById(opened.scenario);
  if (!scenario) throw new Error("a call was opened for a scenario that does not exist");
  return scenario;
}

/** What `session.update` holds for this scenario: its instructions, exactly its tools, and the caller's settings. */
export function sessionFor(
  scenario: Scenario,
  opened: Pick<Opened, "settings">,
  options: { text: boolean; transcription: string },
): SessionConfig {
  const { voice, speed, vad } = opened.settings;
  return sessionConfig({
    instructions: instructionsFor(scenario),
    tools: toolSchemas(scenario.tools).map((t) => functionTool(t.name, t.description, t.parameters)),
    modality: options.text ? "text" : "audio",
    transcription: { model: options.transcription, language: "en" },
    voice,
    speed,
    vad,
  });
}

function openProvider(wanted: Wanted, key: string, scenario: Scenario): OpenedEngine {
  const { settings, opened, listener, retell } = wanted;
  const config = sessionFor(scenario, opened, { text: false, transcription: settings.transcriptionModel });
  const provider = { ...settings.provider, model: opened.model };
  const engine = new ProviderEngine({ provider, key, config, listener, ...(retell ? { retell } : {}) });
  return { engine, mode: "ai", model: opened.model, text: false, silence_ms: null };
}

function openScripted(wanted: Wanted, scenario: Scenario): OpenedEngine {
  const { settings, opened, listener, retell, speaker } = wanted;
  const config = sessionFor(scenario, opened, { text: true, transcription: settings.transcriptionModel });
  const brain = speaker === "specialist" ? specialistBrain(scenario) : pickBrain(scenario);
  const engine = new ScriptedEngine({
    brain,
    config,
    listener,
    model: SCRIPTED_MODEL,
    ...(retell ? { retell } : {}),
  });
  return { engine, mode: "scripted", model: SCRIPTED_MODEL, text: true, silence_ms: SILENCE_MS };
}
