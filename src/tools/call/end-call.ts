import { z } from "zod";
import { words } from "../arguments.ts";
import { done, tool } from "../tool.ts";

export const endCall = tool({
  name: "end_call",
  description: "End the call, after the caller has said goodbye or wants nothing more. Say goodbye in the same answer.",
  schema: z.strictObject({ reason: words(200).optional() }),
  gate: "open",
  effect: "call",
  working: "Ending the call",
  async run() {
    return {
      ...done("Thank you for calling Aurora Bank. Goodbye.", "Luna ended the call."),
      then: "end" as const,
    };
  },
});
