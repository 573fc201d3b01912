/** The engine behind a call that a client leads: a provider's socket with the session as the client makes it, or the offline server. */
import { type Agent, agentWith } from "../../call/agent-session.ts";
import type { EngineListener, Retell } from "../../engines/engine.ts";
import { OfflineEngine } from "../../engines/offline.ts";
import { ProviderEngine } from "../../engines/provider.ts";
import { BrainByTools, ledBrain, specialistBrain } from "../../engines/scripted/brains.ts";
import { EnergyEars } from "../../engines/scripted/energy-ears.ts";
import type { Voice } from "../../engines/scripted/response.ts";
import { SidebandEngine } from "../../engines/sideband.ts";
import type { LunaSettings } from "../../env.ts";
import type { FunctionTool, SessionConfig } from "../../realtime/events.ts";
import { restorable } from "../../realtime/restorable.ts";
import { scenarioById } from "../../scenarios/index.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import { type OpenedEngine, sessionFor } from "./engines.ts";
import type { Opened, Progress } from "./record.ts";

/** Scenario of a call in which a client talks to a model as it is. */
export const RAW = "realtime";

/** The client has said by `model` who answers: nobody else does in its session. */
const NOT_LED = ["switch_persona"];
/** Nobody can be put through where the sound is between the client and the provider: the specialist sits here. */
const NOT_BY_PEER = [...NOT_LED, "transfer_to_specialist"];

/** A call that a client leads, to a Luna agent. */
export function agentOf(opened: Pick<Opened, "agent" | "peer">): Scenario | undefined {
  const scenario = opened.agent === undefined ? undefined : scenarioById(opened.agent);
  const not = opened.peer ? NOT_BY_PEER : NOT_LED;
  return scenario && { ...scenario, tools: scenario.tools.filter((name) => !not.includes(name)) };
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
  const rtcId = progress.media?.rtc_id;
  if (key !== undefined && rtcId) {
    const provider = { ...settings.provider, model: opened.model };
    // The client may have changed its session by itself: nothing is asked for but to hear of it.
    const session = (): SessionConfig => ({ type: "realtime" });
    const resumed = wanted.retell !== undefined;
    const engine = new SidebandEngine({ provider, key, session, listener, rtcId, resumed, led: true });
    return { engine, mode: "ai", model: opened.model, text: false, silence_ms: null, peer: true };
  }
  const specialist = progress.speaker === "specialist";
  if (key !== undefined && !specialist) {
    const provider = { ...settings.provider, model: opened.model };
    const engine = new ProviderEngine({ provider, key, led: true, ...given });
    return { engine, mode: "ai", model: opened.model, text: false, silence_ms: null };
  }
  const scenario = agentOf(opened);
  const own = scenario && (specialist ? specialistBrain(scenario) : ledBrain(scenario));
  const brain = own ?? new BrainByTools();
  const { voice } = wanted;
  const engine = new OfflineEngine({ brain, model: opened.model, ears: new EnergyEars(), voice, ...given });
  return { engine, mode: "scripted", model: opened.model, text: false, silence_ms: null };
}

function configOf({ opened, progress, settings }: LedWanted): SessionConfig | undefined {
  return progress.session ? restorable(progress.session) : sessionWanted(opened, settings);
}

/** The session before its client has said anything in it; undefined: as the provider makes it. */
export function sessionWanted(
  opened: Pick<Opened, "agent" | "peer" | "settings" | "bound" | "asked">,
  settings: LunaSettings,
): SessionConfig | undefined {
  const asked = opened.bound ?? opened.asked;
  const scenario = agentOf(opened);
  if (!scenario || !asked) return scenario ? agentSession(scenario, opened, settings) : asked;
  return agentWith(agentSession(scenario, opened, settings), agentPart(scenario, opened, settings), asked);
}
