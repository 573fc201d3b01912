/** The scenarios, as the page shows them: cards and presenter notes, never prompts. */
import { Hono } from "hono";
import type { Bindings } from "../env.ts";
import { SCENARIOS } from "../scenarios/index.ts";

export const scenarios = new Hono<{ Bindings: Bindings }>().get("/", (c) =>
  c.json(
    SCENARIOS.map(({ id, title, tagline, icon, caller, objective, resolution, specialist, tools, notes }) => ({
      id,
      title,
      tagline,
      icon,
      caller,
      objective,
      resolution,
      specialist,
      tools,
      notes,
    })),
    200,
    { "cache-control": "public, max-age=300" },
  ),
);
