/** The engine behind a call that a client leads: a provider's socket with the session as the client makes it, or the offline server. */
import { type Agent, agentWith } from "../../call/agent-session.ts";
import type { EngineListener, Retell } from "../../engines/engine.ts";
import { OfflineEngine } from "../../engines/offline.ts";
import { ProviderEngine } from "../../engines/provider.ts";
import { BrainByTools, pickBrain, specialistBrain } from "../../engines/scripted/brains.ts";
import { EnergyEars } from "../../engines/scripted/energy-ears.ts";
import type { Voice } from "../../engines/scripted/response.ts";
import type { LunaSettings } from "../../env.ts";
import type { FunctionTool, SessionConfig } from "../../realtime/events.ts";
import { restorable } from "../../realtime/restorable.ts";
import { scenarioById } from "../../scenarios/index.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { type OpenedEngine, sessionFor } from "./engines.ts";
import type { Opened, Progress } from "./record.ts";

/** Scenario of a call in which a client talks to a model as it is. */
export const RAW = "realtime";

/** A call that a client leads, to a Luna agent. */
export function agentOf(opened: Pick<Opened, "agent">): Scenario | undefined {
  return opened.agent === undefined ? undefined : scenarioById(opened.agent);
}

/** The agent's session before a client has said anything, in sound. */
export function agentSession(scenario: Scenario, opened: Pick<Opened, "settings">, settings: LunaSettings) {
  return sessionFor(scenario, opened, { text: false, transcription: settings.transcriptionModel });
}

/** What of the session is the agent's for good. */
export function agentPart(scenario: Scenario, opened: Pick<Opened, "settings">, settings: LunaSettings): Agent {
  const { instructions = "", tools = [] }: SessionConfig = agentSession(scenario, opened, settings);
  return { instructions, tools: tools.filter((tool): tool is FunctionTool => tool.type === "function") };
}

export interface LedWanted {
  opened: Opened;
  progress: Progress;
  /** Absent: the offline server. */
  key: string | undefined;
  settings: LunaSettings;
  listener: EngineListener;
  /** The conversation so far; absent for the first engine of a call. */
  retell: Retell | undefined;
  /** Speaks for the offline server. */
  voice: Voice;
}

/** The first engine of a model as it is gets no session of Luna's: what it says first goes straight to the client. */
export function openLedEngine(wanted: LedWanted): OpenedEngine {
  const { opened, progress, settings, key, listener } = wanted;
  const config = configOf(wanted);
  // Nothing has been said to an engine that never had a session.
  const retell = progress.session ? wanted.retell : undefined;
  const given = { listener, ...(config ? { config } : {}), ...(retell ? { retell } : {}) };
  const specialist = progress.speaker === "specialist";
  if (key !== undefined && !specialist) {
    const provider = { ...settings.provider, model: opened.model };
    const engine = new ProviderEngine({ provider, key, led: true, ...given });
    return { engine, mode: "ai", model: opened.model, text: false, silence_ms: null };
  }
  const scenario = agentOf(opened);
  const own = scenario && (specialist ? specialistBrain(scenario) : pickBrain(scenario));
  const brain = own ?? new BrainByTools();
  const { voice } = wanted;
  const engine = new OfflineEngine({ brain, model: opened.model, ears: new EnergyEars(), voice, ...given });
  return { engine, mode: "scripted", model: opened.model, text: false, silence_ms: null };
}

function configOf({ opened, progress, settings }: LedWanted): SessionConfig | undefined {
  if (progress.session) return restorable(progress.session);
  const scenario = agentOf(opened);
  if (!scenario || !opened.bound) return scenario ? agentSession(scenario, opened, settings) : opened.bound;
  return agentWith(agentSession(scenario, opened, settings), agentPart(scenario, opened, settings), opened.bound);
}
