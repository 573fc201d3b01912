/** What one scenario is: who calls, what they want, which tools serve it, how it ends, and what the scripted engine says. */
import type { Dialogue } from "./dialogue.ts";

/** Who answers in Luna's place, and by what. */
export interface Answering {
  speaker: string;
  place: string;
  /** Voice at a provider. */
  voice: string;
  /** First words of the scripted engine. */
  greeting: string;
  /** The whole instructions, in place of the bank's. */
  instructions: string;
}

export interface Scenario {
  /** Kebab-case id of the feature table: `block-card`. */
  id: string;
  title: string;
  /** One line on the card in the page. */
  tagline: string;
  /** Name of the icon in the page's sprite. */
  icon: string;
  caller: { name: string; tier: string; phone: string; about: string };
  objective: string;
  /** The scenario's part of the instructions; the shared base prompt comes before it. Never holds anything that would verify the caller. */
  prompt: string;
  /** Exactly the tools `session.update` offers, by name. */
  tools: string[];
  /** How the call should end: solved by Luna, or with a human specialist. */
  resolution: "contained" | "escalated";
  /** The specialist a call is handed to. */
  specialist: { name: string; department: string };
  dialogue: Dialogue;
  /** Where somebody else than the bank's Luna answers. */
  answers?: Answering;
  /** For the presenter: lines to say, what to point at, tools to expect. */
  notes: { say: string[]; point: string[]; expect: string[] };
}
