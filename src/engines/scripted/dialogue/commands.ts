/** What a caller may say at any point, whatever is being talked about. */
import type { Aside } from "../../../scenarios/dialogue.ts";
import { bestPhrase, wordsOf } from "./match.ts";
import { asksForPerson, asksWhoLunaIs, besidesNoPerson } from "./person.ts";

export type Command = "human" | "repeat" | "help" | "goodbye" | "cancel" | "thanks";

const PHRASES: Record<Exclude<Command, "thanks">, string[]> = {
  human: [
    "human",
    "real person",
    "live person",
    "actual person",
    "agent",
    "representative",
    "specialist",
    "operator",
    "speak|talk|speaking|talking person|someone|somebody|people",
    "connect|put|transfer me someone|person|somebody|colleague",
    "a colleague please",
    "want|need|prefer|get|give person",
    "speak|talk manager|supervisor",
    "supervisor",
  ],
  repeat: [
    "repeat",
    "say again",
    "come again",
    "pardon",
    "what did you say",
    "what was that",
    "one more time",
    "didn't hear|catch you|that",
    "what was the question",
  ],
  help: [
    "what can you do",
    "what can you help",
    "what can i say|ask|do",
    "what are my options",
    "help me understand",
    "how does this work",
    "what do you do",
  ],
  goodbye: [
    "goodbye",
    "bye",
    "that's all",
    "that is all",
    "that's everything",
    "that will be all",
    "that's it thanks|thank",
    "nothing else",
    "hang up",
    "end the call",
    "all set",
    "i'm done",
    "have a nice|good day|evening|one",
  ],
  cancel: [
    "never mind",
    "nevermind",
    "cancel that|it|this|transfer|everything|request",
    "forget it|that|about",
    "leave it",
    "stop it|this|that",
  ],
};

const SHORT: [RegExp, Command][] = [
  [/^(sorry|what|pardon|excuse me|huh|say what|come again)$/, "repeat"],
  [/^(please )?(help|help me|menu|options)( please)?$/, "help"],
  [/^(stop|cancel|leave it|never mind)( please)?$/, "cancel"],
];
const THANKS =
  /^(okay |ok |great |perfect |wonderful |good |alright |lovely |super |yes |no )*(many |so )?(thanks?|thank you|thanks a lot|cheers)\b/;
/** A thanks with more than this after it is about something. */
const THANKS_WORDS = 8;

/** The command in a text, if it is one. */
export function commandIn(text: string): Command | undefined {
  const words = wordsOf(text);
  const joined = words.join(" ");
  const short = SHORT.find(([form]) => form.test(joined));
  if (short) return short[1];
  let best: { command: Command; score: number } | undefined;
  for (const [command, phrases] of Object.entries(PHRASES) as [Command, string[]][]) {
    if (command === "human" && !wantsPerson(text)) continue;
    const found = bestPhrase(words, phrases);
    if (found && found.score > (best?.score ?? 0)) best = { command, score: found.score };
  }
  if (best) return best.command;
  return THANKS.test(joined) && words.length <= THANKS_WORDS ? "thanks" : undefined;
}

function wantsPerson(text: string): boolean {
  return asksForPerson(text) && !asksWhoLunaIs(text) && besidesNoPerson(text) === undefined;
}

/** "One second", "hold on": the caller needs a moment. Checked only where the words hold no value. */
export function needsMoment(text: string): boolean {
  const words = wordsOf(text);
  const short = words.length <= 8;
  return (
    short &&
    /\b(hold on|hang on|wait|(a|one|two|just a|give me a) (second|sec|moment|minute|min)s?|let me (look|see|check|find|get|think))\b/.test(
      words.join(" "),
    )
  );
}

/** To anger, and to curses. */
export const CALM = "I'm sorry this is frustrating. I'd like to get it right for you.";

/** What Luna is, to who asks. */
export const WHO_LUNA_IS =
  "I'm Luna, Aurora Bank's voice assistant. I'm not a person, but I can bring one in whenever you say so.";

/** To who is asked for digits that say who they are, and gives none. */
export const IDENTITY_ASIDES: Aside[] = [
  {
    phrases: [
      "~why",
      "why need|want|ask|asking",
      "what for",
      "what do you need|want for",
      "is that|this|it necessary|needed",
      "do i have to|must",
    ],
    say: "That's how I know that it's really you. I only ever need the last four digits, never the whole number.",
  },
  {
    phrases: [
      "don't|not|can't|cannot have|find|see|read card|it|number|digits|that|them|one|any",
      "without card|it|them",
      "don't|not|can't|cannot|forgot|forgotten know|remember|forgot|forgotten",
      "forgot",
      "have no card",
      "no idea",
      "card at home",
    ],
    say: "They stand on every statement and in the app. If you have none at hand, a person can help you.",
  },
];

/** What a bank says to what is not its business, or never its answer. */
export const SMALL_TALK: Aside[] = [
  {
    phrases: [
      "are you robot|real|machine|computer|bot|ai",
      "talking robot|machine|computer|bot",
      "who are you",
      "what is your name",
      "what's your name",
    ],
    say: WHO_LUNA_IS,
  },
  { phrases: ["how are you"], say: "I'm doing well, thank you for asking." },
  {
    phrases: [
      "weather",
      "tell joke",
      "sing",
      "football|soccer|baseball score",
      "who won",
      "stock|crypto|bitcoin buy|price",
      "should i invest",
      "capital of",
      "recipe",
    ],
    say: "I'm afraid that's outside what I do. I look after banking here.",
  },
  {
    phrases: [
      "full card|account number",
      "whole card|account number",
      "what is my pin",
      "tell me pin|password",
      "cvv|cvc",
      "security code back",
    ],
    say: "For your safety I never say full numbers, PINs or passwords on a call. I only use the last four digits.",
  },
  {
    phrases: [
      "my husband's|wife's|mother's|father's|son's|daughter's|friend's account|card|balance",
      "someone else's account|card",
      "another customer",
    ],
    say: "I can only talk about your own accounts on this call.",
  },
  {
    phrases: ["is this call recorded", "are you recording"],
    say: "Yes, calls are written down so that you and the bank can look them up.",
  },
  {
    phrases: ["opening hours", "branch open|near|hours", "what time do you open|close"],
    say: "Branches are open on weekdays from nine to five, and I'm here around the clock.",
  },
  {
    phrases: ["is this safe|secure", "is it safe"],
    say: "Yes. I check who is calling before I tell or change anything, and nothing moves without your yes.",
  },
  {
    phrases: ["you're stupid|useless|terrible", "this is ridiculous", "so frustrating", "i'm angry|frustrated|upset"],
    say: CALM,
  },
];

/** The answer to small talk, or undefined. `asked`: phrases marked `~` count too. */
export function asideFor(text: string, asides: Aside[], asked = false): string | undefined {
  const words = wordsOf(text);
  let best: { say: string; score: number } | undefined;
  for (const aside of asides) {
    const score = bestPhrase(words, aside.phrases, asked)?.score ?? 0;
    if (score > (best?.score ?? 0)) best = { say: aside.say, score };
  }
  return best?.say;
}
