/** The scenarios, as the page shows them: cards and presenter notes, never prompts. */
import { Hono } from "hono";
import type { Bindings } from "../env.ts";
import { SCENARIOS } from "../scenarios/index.ts";
import { OTHERS } from "../scenarios/personas/index.ts";
import type { Scenario } from "../scenarios/scenario.ts";

export const scenarios = new Hono<{ Bindings: Bindings }>().get("/", (c) =>
  c.json([...SCENARIOS, ...OTHERS].map(cardOf), 200, { "cache-control": "public, max-age=300" }),
);

function cardOf(scenario: Scenario) {
  const { id, title, tagline, icon, caller, objective, resolution, specialist, tools, notes, answers } = scenario;
  const card = { id, title, tagline, icon, caller, objective, resolution, specialist, tools, notes };
  return answers ? { ...card, persona: { key: id, speaker: answers.speaker, place: answers.place } } : card;
}
