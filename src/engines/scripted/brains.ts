/** Brains for the scripted server: Luna for a scenario, Luna for whatever tools a session has, and the specialist. */
import type { Item } from "../../realtime/events.ts";
import { ERRANDS, SCENARIOS, scenarioById } from "../../scenarios/index.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { AnswerContext, AsideContext, Brain, Step } from "./brain.ts";
import { DialogueBrain } from "./dialogue/machine.ts";
import { SpecialistBrain } from "./specialist.ts";

/** Luna for a call of this scenario. */
export function pickBrain(scenario: Scenario): Brain {
  const primary = scenario.dialogue.steps.length > 0 ? scenario.id : null;
  return new DialogueBrain({ scenario, primary, errands: ERRANDS });
}

/** The colleague a call of this scenario is handed to. */
export function specialistBrain(scenario: Scenario): Brain {
  return new SpecialistBrain(scenario);
}

/** The scenario whose tools are exactly these; freeform where no scenario's are. */
export function scenarioForTools(tools: string[]): Scenario {
  const key = [...tools].sort().join(" ");
  const exact = SCENARIOS.find((scenario) => [...scenario.tools].sort().join(" ") === key);
  const freeform = exact ?? scenarioById("freeform");
  if (!freeform) throw new Error("There is no freeform scenario.");
  return freeform;
}

/** Luna for a server that learns only from its session what the call is about, as a provider does. */
export class BrainByTools implements Brain {
  #luna: Brain | null = null;
  #past: Item[] = [];

  hear(item: Item): void {
    if (this.#luna) this.#luna.hear(item);
    else this.#past.push(item);
  }

  answer(context: AnswerContext): Step {
    return this.#brain(context.tools).answer(context);
  }

  aside(context: AsideContext): Step {
    return this.#brain(context.tools).aside?.(context) ?? { say: [], calls: [] };
  }

  #brain(tools: string[]): Brain {
    if (this.#luna) return this.#luna;
    const luna = pickBrain(scenarioForTools(tools));
    for (const item of this.#past) luna.hear(item);
    this.#past = [];
    this.#luna = luna;
    return luna;
  }
}
