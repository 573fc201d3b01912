import { z } from "zod";
import { PERSONAS, personaById } from "../../scenarios/personas/index.ts";
import { words } from "../arguments.ts";
import { done, refused, tool } from "../tool.ts";

export const switchPersona = tool({
  name: "switch_persona",
  description:
    "Let somebody else of the house answer from here on, in the same call: whenever the caller asks for them or for something only they do. Say in a few words whom you are putting through, and nothing more.",
  schema: z.strictObject({
    persona: z.enum(PERSONAS.map((persona) => persona.key)),
    reason: words(200).optional().describe("What the caller wants of them"),
  }),
  gate: "open",
  effect: "call",
  working: "Putting you through",
  async run({ persona: key }) {
    const persona = personaById(key);
    if (!persona) return refused("not_found", "There is nobody of that name in the house.");
    return {
      ...done(`${persona.speaker} answers from here on.`, `${persona.speaker} answers from here on.`, { persona: key }),
      persona: key,
    };
  },
});
