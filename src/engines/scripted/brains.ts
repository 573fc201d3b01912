/** Brains for the scripted server: Luna for a scenario, Luna for whatever tools a session has, and the specialist. */
import type { Item } from "../../realtime/events.ts";
import { ERRANDS, SCENARIOS } from "../../scenarios/index.ts";
import { OTHERS } from "../../scenarios/personas/index.ts";
import type { Scenario } from "../../scenarios/scenario.ts";
import type { AnswerContext, AsideContext, Brain, Sound, Step } from "./brain.ts";
import { BesideClientTools } from "./client-tools.ts";
import { DialogueBrain } from "./dialogue/machine.ts";
import { cfoPart } from "./personas/cfo.ts";
import { History } from "./personas/history.ts";
import { PuttingThrough } from "./personas/putting-through.ts";
import { TalkerBrain } from "./personas/talker.ts";
import { waiterPart } from "./personas/waiter.ts";
import { SpecialistBrain } from "./specialist.ts";
import { standInBrain } from "./stand-in.ts";

/** Whoever answers in a call of this scenario; they can put the caller through where they have the tool for it. */
export function pickBrain(scenario: Scenario): Brain {
  return new PuttingThrough(personaOf(scenario), brainOf(scenario));
}

/** The same in a call that a client leads, whose session may have tools of the client's own. */
export function ledBrain(scenario: Scenario): Brain {
  return new PuttingThrough(personaOf(scenario), new BesideClientTools(brainOf(scenario), scenario.tools));
}

function personaOf(scenario: Scenario): string {
  return scenario.answers ? scenario.id : "luna";
}

function brainOf(scenario: Scenario): Brain {
  const greeting = scenario.answers?.greeting ?? "";
  if (scenario.id === "waiter") return new TalkerBrain(waiterPart(greeting));
  if (scenario.id === "cfo") return new TalkerBrain(cfoPart(greeting));
  const primary = scenario.dialogue.steps.length > 0 ? scenario.id : null;
  return new DialogueBrain({ scenario, primary, errands: ERRANDS });
}

/** The colleague a call of this scenario is handed to. */
export function specialistBrain(scenario: Scenario): Brain {
  return new SpecialistBrain(scenario);
}

/** The scenario whose tools are exactly these; undefined where no scenario's are: then the tools are somebody else's. */
export function scenarioOfTools(tools: readonly string[]): Scenario | undefined {
  const key = keyOf(tools);
  return [...SCENARIOS, ...OTHERS].find((scenario) => keyOf(scenario.tools) === key);
}

function keyOf(tools: readonly string[]): string {
  return [...tools].sort().join(" ");
}

/** A brain in a conversation in which others answer too. */
interface Seat {
  brain: Brain;
  /** Null: hears everything. */
  persona: string | null;
  /** Items of the history it has been told. */
  told: number;
}

/**
 * For a server that learns only from its session what the call is about, as a provider does: Luna where the tools are those of
 * a scenario, the stand-in where they are somebody else's. Other tools in mid-call bring another brain, with all that was said;
 * where the history says who answered when, each hears their own part of it, and takes it up where they left it.
 */
export class BrainByTools implements Brain {
  readonly #history = new History();
  readonly #seats = new Map<string, Seat>();
  #seated: Seat | undefined;

  hear(item: Item, sound?: Sound): void {
    this.#history.add(item, sound);
  }

  answer(context: AnswerContext): Step {
    const before = this.#seated;
    const seat = this.#choose(context);
    return seat.brain.answer(before && before !== seat ? { ...context, takesOver: true } : context);
  }

  aside(context: AsideContext): Step {
    return this.#choose(context).brain.aside?.(context) ?? { say: [], calls: [] };
  }

  #choose({ tools, offered = tools }: AnswerContext): Seat {
    const scenario = scenarioOfTools(offered);
    const key = scenario?.id ?? "";
    const seat = this.#seats.get(key) ?? newSeat(scenario);
    this.#seats.set(key, seat);
    this.#seated = seat;
    for (const { item, sound } of this.#history.since(seat.told, seat.persona)) seat.brain.hear(item, sound);
    seat.told = this.#history.length;
    return seat;
  }
}

function newSeat(scenario: Scenario | undefined): Seat {
  const persona = scenario ? personaOf(scenario) : null;
  return { brain: scenario ? pickBrain(scenario) : standInBrain(), persona, told: 0 };
}
