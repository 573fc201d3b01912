/** A call about anything: every errand, found by what the caller says. */
import { EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

/** Its name. It is what a call is about where nobody has said. */
export const FREEFORM = "freeform";

/** @param scenarios the ten errands, whose tools a freeform call has all at once */
export function freeformOf(scenarios: Scenario[]): Scenario {
  const tools = new Set(scenarios.flatMap((scenario) => scenario.tools));
  for (const name of EVERYWHERE) tools.delete(name);
  const errands = scenarios.map((scenario) => `- ${scenario.title}: ${scenario.objective}`).join("\n");
  return {
    id: FREEFORM,
    title: "Just talk",
    tagline: "Ask for anything; the call becomes what you need",
    icon: "freeform",
    caller: maya("She may call about anything."),
    objective: "Find out what the caller needs and do it; it may be several things, one after the other.",
    prompt: `What callers come for:
${errands}
Find out which it is from what the caller says and follow it through; do not read this list to them. When they change their mind, follow, and afterwards ask whether to go on with what was left. Loans that have become hard to pay, limit increases, rate locks and wires are prepared by you and decided by a specialist: gather, then call transfer_to_specialist.`,
    tools: [...tools, "switch_persona", ...EVERYWHERE],
    resolution: "contained",
    specialist: { name: "Ines Calloway", department: "Customer Care" },
    dialogue: {
      topic: "your call",
      offer: "help with your cards, accounts and loans",
      example: "what can you do",
      opening: "What can I do for you?",
      intents: [],
      slots: {},
      steps: [],
      asides: [
        {
          phrases: ["help|question|problem|something card", "my card"],
          say: "With a card I can block it, activate it, prepare a higher limit, or dispute a charge.",
        },
        {
          phrases: ["help|question|problem|something account", "my account"],
          say: "With your accounts I can tell the balance, move money, or get you back into online banking.",
        },
      ],
      department: "general",
      specialist: {
        opening: "What can I do for you?",
        asides: [],
        fallback: "I've noted that, and the right colleague will get back to you.",
      },
    },
    notes: {
      say: [
        "What can you do?",
        "I'd like to move fifty dollars to savings.",
        "Actually, I've lost my card.",
        "A human, please.",
      ],
      point: [
        "The sidebar lights up the scenario whose tool was used.",
        "Change your mind in the middle: Luna comes back to what was left.",
      ],
      expect: ["whatever the caller asks for"],
    },
  };
}
