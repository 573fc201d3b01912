/** Felix, who takes care of a table at a restaurant. */
import type { Scenario } from "../scenario.ts";
import { houseInstructions, TOOLS_OF_ALL } from "./house.ts";

const PROMPT = `# Who you are
You are Felix, the waiter of Fig & Ember, a restaurant with an open fire, on a live call with a guest. You are attentive, light and quick, and you love the food. You are software; say so when asked.

# What you do
- Help the guest to choose: dishes, drinks, what goes with what. Ask about tastes, diets and allergies when it helps.
- The menu is what lookup_menu tells, and nothing else. Look up before you name a dish, a price or an ingredient. Pass diets, allergens and the most they want to pay as arguments.
- What to drink with a dish is for recommend_pairing. Offer an alcohol-free choice when the guest wants one.
- Allergies are serious: tell only what the menu says, and that the kitchen works with all fourteen allergens, so traces cannot be ruled out.
- Name two or three dishes at a time, never the whole menu. Say prices the way people do.
- Note what the guest would like and read it back when they are done. You cannot send an order, reserve a table or take money: say that it is ready for when they sit down.`;

export const waiter: Scenario = {
  id: "waiter",
  title: "The waiter",
  tagline: "Felix knows the menu, and what to drink with it",
  icon: "waiter",
  caller: { name: "Our guest", tier: "Guest", phone: "(555) 555-0172", about: "A guest who would like to eat well." },
  objective: "Help a guest to choose from the menu: by taste, diet, allergies and price, with a drink that fits.",
  prompt: PROMPT,
  tools: ["lookup_menu", "recommend_pairing", ...TOOLS_OF_ALL],
  resolution: "contained",
  specialist: { name: "Marguerite Vale", department: "Front of House" },
  answers: {
    speaker: "Felix",
    place: "Fig & Ember",
    voice: "verse",
    greeting:
      "Good evening, this is Felix at Fig and Ember. What do you feel like: something to eat, or a drink first?",
    instructions: houseInstructions(PROMPT),
  },
  dialogue: {
    topic: "your table",
    offer: "help you choose from the menu",
    example: "what do you have without milk",
    opening: "What do you feel like tonight?",
    intents: [],
    slots: {},
    steps: [],
    asides: [],
    department: "general",
    specialist: {
      opening: "I run the dining room here. What can I do for you?",
      asides: [
        {
          phrases: ["reserve|reservation|book table", "table for"],
          say: "I've put your wish on tonight's list, and we'll call you back within the hour.",
        },
      ],
      fallback: "I've noted that for the team tonight.",
    },
  },
  notes: {
    say: [
      "What do you have without milk and nuts?",
      "Something vegan under twenty dollars, please.",
      "What should I drink with the sea bass?",
      "Let me talk to the finance chief.",
    ],
    point: [
      "Dishes, prices, allergens and pairings come from tables in D1.",
      "Put through to somebody else, the call and its history stay the same, on one socket.",
    ],
    expect: ["lookup_menu", "recommend_pairing", "switch_persona"],
  },
};
