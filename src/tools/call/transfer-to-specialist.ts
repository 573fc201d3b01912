import { z } from "zod";
import { words } from "../arguments.ts";
import { done, tool } from "../tool.ts";

const TEAMS = {
  lending: "a specialist from our lending team",
  cards: "a specialist from our card team",
  mortgage: "a specialist from our mortgage team",
  wires: "a specialist from our wire team",
  // Also where no bank answers.
  general: "a colleague",
} as const;

export const transferToSpecialist = tool({
  name: "transfer_to_specialist",
  description:
    "Hand the call over to a human specialist: whenever the caller asks for a person, when a tool answers needs_specialist or " +
    "locked, or when you cannot help. Say so first.",
  schema: z.strictObject({
    reason: words(300).describe("One sentence: what the caller wants and what is still open"),
    department: z.enum(["lending", "cards", "mortgage", "wires", "general"]).optional(),
  }),
  gate: "open",
  effect: "call",
  working: "Connecting you with a specialist",
  async run({ department = "general" }) {
    return {
      ...done(
        `I'm connecting you with ${TEAMS[department]} now, and they'll have my notes. One moment, please.`,
        `The call goes to ${TEAMS[department]}.`,
        { department },
      ),
      then: "transfer" as const,
    };
  },
});
