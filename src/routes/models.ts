/** Who answers to which model name over `/v1`: Luna's agents, the offline server, and the provider's models. */
import { SCRIPTED_MODEL } from "../durable/call/engines.ts";
import type { LunaSettings } from "../env.ts";
import { modelName } from "../legs/names.ts";
import { FREEFORM } from "../scenarios/freeform.ts";
import { SCENARIOS, scenarioById } from "../scenarios/index.ts";
import { OTHERS } from "../scenarios/personas/index.ts";

/** The bank with all its tools. */
const LUNA = "luna";
/** Current Realtime models; the first is the default where none is configured. */
export const PROVIDER_MODELS = ["gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime-2", "gpt-realtime-1.5"];

/** Who answers. */
export interface Answerer {
  /** A Luna agent: its scenario or persona. Absent: a model as it is. */
  agent?: string;
  /** The provider's model, where the caller may spend a key on it; absent: never one. */
  upstream?: string;
  /** What the session says it is without a provider. */
  offline: string;
}

/**
 * Undefined for a name nobody answers to. With a key the provider judges names that Luna does not know; without one, names
 * that look like those of Realtime models are answered offline, so that a client needs no change for it.
 */
export function answererOf(name: string, settings: LunaSettings, paid: boolean): Answerer | undefined {
  const { model } = settings.provider;
  const agent = name === LUNA ? FREEFORM : scenarioById(name)?.id;
  if (agent !== undefined) return { agent, upstream: model, offline: SCRIPTED_MODEL };
  if (name === SCRIPTED_MODEL) return { offline: SCRIPTED_MODEL };
  if (!modelName.safeParse(name).success) return undefined;
  return paid || /realtime/i.test(name) || name === model ? { upstream: name, offline: name } : undefined;
}

export interface ListedModel {
  id: string;
  object: "model";
  /** Unix seconds. */
  created: number;
  owned_by: "luna" | "provider";
}

/** Luna has no birthday for each agent. */
const CREATED = Date.UTC(2026, 10, 1) / 1_000;

export function modelList({ provider }: LunaSettings): ListedModel[] {
  const own = [LUNA, ...[...SCENARIOS, ...OTHERS].map(({ id }) => id), SCRIPTED_MODEL];
  const outside = [provider.model, ...PROVIDER_MODELS].filter((name) => !own.includes(name));
  const listed = (names: string[], owned_by: ListedModel["owned_by"]) =>
    [...new Set(names)].map((id): ListedModel => ({ id, object: "model", created: CREATED, owned_by }));
  return [...listed(own, "luna"), ...listed(outside, "provider")];
}
