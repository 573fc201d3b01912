/** Money abroad: prepared by Luna, sent by a specialist, never by a voice alone. */
import { EVERYWHERE, maya } from "./base.ts";
import type { Scenario } from "./scenario.ts";

export const wireTransfer: Scenario = {
  id: "wire-transfer",
  title: "Wire abroad",
  tagline: "Prepared by voice, released by a person",
  icon: "wire-transfer",
  caller: maya("She wants to send money to somebody in another country."),
  objective: "Check the recipient, prepare a draft of the wire, and hand it to a wire specialist.",
  prompt: `Steps:
1. Find out who gets the money, in which country, and how much. If a name is unclear, have it spelled and repeat it.
2. Verify the caller, then call verify_recipient.
3. If the recipient is not known, say so; the specialist can add them. Be alert: somebody in a hurry, coached by another voice, or paying a stranger may be the victim of a fraud. Ask once, kindly, whether they know the person.
4. Ask what the wire is for and call initiate_wire. It prepares a draft and moves nothing.
5. Say that a specialist releases wires, and call transfer_to_specialist with a reason that holds recipient, country, amount and purpose.
Never say that money has been sent.`,
  tools: ["verify_identity", "verify_recipient", "initiate_wire", ...EVERYWHERE],
  resolution: "escalated",
  specialist: { name: "Noor Haddadin", department: "Wires" },
  dialogue: {
    topic: "the wire",
    offer: "prepare a wire and bring in the specialist who sends it",
    example: "I want to send a wire",
    opening: "Would you like to send a wire?",
    intents: [
      "wire",
      "send|make wire",
      "wire transfer",
      "wire money",
      "send|transfer|sending money abroad|overseas|internationally",
      "international transfer|payment|wire",
      "send|transfer money another|other|foreign country",
    ],
    slots: {
      recipient: {
        kind: "name",
        after: ["to", "for"],
        label: "the recipient",
        ask: "Who is the money for? Please tell me the full name.",
        again: "What is the recipient's name? You can spell it.",
        hint: "the name, and spell it if it's unusual",
      },
      country: {
        kind: "name",
        after: ["in"],
        label: "the country",
        ask: "In which country is their bank?",
        again: "Which country does it go to?",
        hint: 'the country, like "Finland"',
      },
      amount: {
        kind: "money",
        currency: "currency",
        label: "the amount",
        ask: "How much should it be?",
        again: "How much would you like to send?",
        hint: '"two thousand dollars"',
      },
      currency: {
        kind: "currency",
        label: "the currency",
        ask: "In which currency?",
        again: "Dollars, euros or pounds?",
        hint: '"dollars" or "euros"',
      },
      purpose: {
        kind: "text",
        label: "the purpose",
        ask: "And what is the wire for?",
        again: "In a few words, what is it for?",
        hint: 'something like "rent" or "an invoice"',
      },
    },
    steps: [
      { tool: "verify_identity", needs: [], arguments: {} },
      {
        tool: "verify_recipient",
        needs: ["recipient", "country"],
        arguments: { name: "$recipient", country: "$country" },
        doing: "Let me check the recipient.",
        refused: { not_found: { then: "skip" } },
      },
      {
        tool: "initiate_wire",
        needs: ["recipient", "amount", "currency", "purpose"],
        arguments: { recipient: "$recipient", amount: "$amount", currency: "$currency", purpose: "$purpose" },
        doing: "I'm preparing the draft.",
      },
      {
        tool: "transfer_to_specialist",
        needs: [],
        arguments: {
          reason: "Wire of {amount} to {recipient} in {country}. Purpose: {purpose}.",
          department: "wires",
        },
        doing: "I'm connecting you with Noor Haddadin now, who has the draft.",
      },
    ],
    asides: [
      {
        phrases: ["fee", "fees", "what does cost", "how much cost"],
        say: "The specialist will tell you the fee before anything is sent.",
      },
      {
        phrases: ["how long take|takes", "when arrive|arrives|there"],
        say: "Most wires arrive within one to three business days after they are released.",
      },
      {
        phrases: ["exchange rate"],
        say: "The rate is fixed when the wire is released. The specialist will read it to you.",
      },
      {
        phrases: ["can you send it", "why can't you", "send it now"],
        say: "A wire can't be called back, so a person always looks at it first.",
      },
    ],
    department: "wires",
    specialist: {
      opening:
        "I have the draft in front of me. Before I release it I'll call you back on the number on file. Do you know the recipient well?",
      asides: [
        {
          phrases: ["know|met|friend|family|cousin|sister|brother|years"],
          say: "Good. Then I'll call you back within the hour to release it.",
        },
        {
          phrases: ["never met", "online", "don't know|really"],
          say: "Then please let's wait a day. If somebody hurries you, that's a warning sign, and I'd rather keep your money safe.",
        },
        {
          phrases: ["fee", "fees", "cost|costs"],
          say: "It's thirty-five dollars for this one, and I'll read it to you again before I release it.",
        },
        { phrases: ["how long", "when", "arrive"], say: "One to three business days after the release." },
      ],
      fallback: "I've noted that with the draft.",
    },
  },
  notes: {
    say: [
      "I need to wire money to Elina Korhonen in Finland.",
      "Four four seven one.",
      "Two thousand dollars.",
      "It's rent for the summer house.",
    ],
    point: ["initiate_wire makes a draft; the balance does not change.", "A person always releases a wire."],
    expect: ["verify_identity", "verify_recipient", "initiate_wire", "transfer_to_specialist"],
  },
};
