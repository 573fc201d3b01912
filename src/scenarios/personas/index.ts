/** Everybody who can answer a call, and be put through to in the middle of one. */
import type { Scenario } from "../scenario.ts";
import { cfo } from "./cfo.ts";
import { waiter } from "./waiter.ts";

export interface Persona {
  /** `luna`, `waiter`, `cfo`. */
  key: string;
  /** What they are, on a button: "The waiter". */
  title: string;
  tagline: string;
  icon: string;
  /** Their name, beside what they say. */
  speaker: string;
  place: string;
  /** Voice at a provider; null: the one that the caller chose. */
  voice: string | null;
  /** What they answer by; null: by whatever the call was opened for, or the freeform call. */
  scenario: Scenario | null;
}

/** Those who are not the bank's Luna: a call can be opened with each of them by its id. */
export const OTHERS: readonly Scenario[] = [waiter, cfo];

const luna: Persona = {
  key: "luna",
  title: "The bank",
  tagline: "Luna does everything that the bank can do",
  icon: "freeform",
  speaker: "Luna",
  place: "Aurora Bank",
  voice: null,
  scenario: null,
};

export const PERSONAS: readonly Persona[] = [luna, ...OTHERS.map(personaOf)];

/** @throws Error for a scenario in which nobody but Luna answers. */
function personaOf(scenario: Scenario): Persona {
  const { id: key, title, tagline, icon, answers } = scenario;
  if (!answers) throw new Error(`Nobody answers in ${key}.`);
  const { speaker, place, voice } = answers;
  return { key, title, tagline, icon, speaker, place, voice, scenario };
}

export function personaById(key: string): Persona | undefined {
  return PERSONAS.find((persona) => persona.key === key);
}

/** Who answers first in a call that was opened for this scenario. */
export function firstPersona(scenario: string): Persona {
  return personaById(scenario) ?? luna;
}
