/** Opens the engine a call wants: the provider with the caller's or the server's key, or the scripted one. */
import type { EngineSetup } from "../../call/state.ts";
import { type Update, withTuned } from "../../call/tuning.ts";
import type { Engine, EngineListener, Retell } from "../../engines/engine.ts";
import { ProviderEngine } from "../../engines/provider.ts";
import { BrainByTools, specialistBrain } from "../../engines/scripted/brains.ts";
import { ScriptedEngine } from "../../engines/scripted/engine.ts";
import { SidebandEngine } from "../../engines/sideband.ts";
import type { LunaSettings } from "../../env.ts";
import type { Mode, Speaker } from "../../legs/wire.ts";
import type { SessionConfig } from "../../realtime/events.ts";
import { sessionConfig } from "../../realtime/session.ts";
import { functionTool } from "../../realtime/tool-schema.ts";
import { instructionsFor, scenarioAs, scenarioById } from "../../scenarios/index.ts";
import { speakingIn } from "../../scenarios/language.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { toolSchemas } from "../../tools/registry.ts";
import type { Opened } from "./record.ts";

export const SCRIPTED_MODEL = "luna-scripted";
/** Where the page speaks by itself: after this long without a word Luna asks whether somebody is there. */
const SILENCE_MS = 15_000;

export interface Wanted {
  opened: Opened;
  /** Key of who answers now. */
  persona: string;
  speaker: Speaker;
  /** Absent: scripted. */
  key: string | undefined;
  settings: LunaSettings;
  listener: EngineListener;
  /** The conversation so far; absent for the first engine of a call. */
  retell: Retell | undefined;
  /** What was changed while the call ran. */
  tuned?: Update;
  /** The provider's WebRTC call to join, whether it has been joined before, and what it is to be as of now. */
  rtc?: { id: string; resumed: boolean; session: () => SessionConfig };
}

/** How the call has to treat the engine: who speaks, whether the page speaks its text, when silence is asked about. */
export interface OpenedEngine {
  engine: Engine;
  mode: Mode;
  model: string;
  text: boolean;
  silence_ms: number | null;
  /** Key of whom it was configured as. */
  persona?: string;
  /** Its sound goes by WebRTC, past Luna. */
  peer?: boolean;
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
    media: engine.peer ? "peer" : "socket",
    generation: outside ? settings.generation : [],
    ...(engine.persona === undefined ? {} : { persona: engine.persona }),
  };
}

export function openEngine(wanted: Wanted): OpenedEngine {
  const scenario = scenarioNow(wanted.opened, wanted.persona);
  return wanted.key === undefined || wanted.speaker === "specialist"
    ? openScripted(wanted, scenario)
    : openProvider(wanted, wanted.key);
}

/** The scenario was checked before the call was opened. */
export function scenarioOf(opened: Opened): Scenario {
  const scenario = scenarioById(opened.scenario);
  if (!scenario) throw new Error("a call was opened for a scenario that does not exist");
  return scenario;
}

/** By what this persona answers in the call. */
export function scenarioNow(opened: Opened, persona: string): Scenario {
  return scenarioAs(persona, scenarioOf(opened));
}

/** What `session.update` holds for this scenario: its instructions, exactly its tools, and the caller's settings. */
export function sessionFor(
  scenario: Scenario,
  opened: Pick<Opened, "settings" | "link">,
  options: { text: boolean; transcription: string },
): SessionConfig {
  const { voice, speed, vad } = opened.settings;
  const language = opened.link?.language ?? "en";
  return sessionConfig({
    instructions: speakingIn(instructionsFor(scenario), language),
    tools: toolSchemas(scenario.tools).map((t) => functionTool(t.name, t.description, t.parameters)),
    modality: options.text ? "text" : "audio",
    transcription: { model: options.transcription, language },
    // The caller chooses Luna's voice; everybody else has their own.
    voice: scenario.answers?.voice ?? voice,
    speed,
    vad,
  });
}

/** What a provider is asked for in this call. */
export function providerSession(wanted: Pick<Wanted, "opened" | "persona" | "settings" | "tuned">): SessionConfig {
  const { settings, opened, persona, tuned = {} } = wanted;
  const options = { text: opened.text === true, transcription: settings.transcriptionModel };
  return withTuned(sessionFor(scenarioNow(opened, persona), opened, options), tuned, settings.generation);
}

function openProvider(wanted: Wanted, key: string): OpenedEngine {
  const { settings, opened, persona, listener, retell, rtc } = wanted;
  const text = opened.text === true;
  const provider = { ...settings.provider, model: opened.model };
  const known = { mode: "ai", model: opened.model, text, silence_ms: null, persona } as const;
  if (rtc) {
    const { id: rtcId, resumed, session } = rtc;
    const engine = new SidebandEngine({ provider, key, session, listener, rtcId, resumed });
    return { ...known, engine, peer: true };
  }
  const config = providerSession(wanted);
  const engine = new ProviderEngine({ provider, key, config, listener, ...(retell ? { retell } : {}) });
  return { ...known, engine };
}

function openScripted(wanted: Wanted, scenario: Scenario): OpenedEngine {
  const { settings, opened, persona, listener, retell, speaker, tuned = {} } = wanted;
  const plain = sessionFor(scenario, opened, { text: true, transcription: settings.transcriptionModel });
  const config = withTuned(plain, tuned, []);
  const brain = speaker === "specialist" ? specialistBrain(scenario) : new BrainByTools();
  const engine = new ScriptedEngine({
    brain,
    config,
    listener,
    model: SCRIPTED_MODEL,
    ...(retell ? { retell } : {}),
  });
  const silence_ms = opened.text ? null : SILENCE_MS;
  return { engine, mode: "scripted", model: SCRIPTED_MODEL, text: true, silence_ms, persona };
}
