/** The callers of the spoken tests with words misheard as recognisers mishear them: each still gets what they called for, once. */
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { type Aloud, BLOCKS_A_CARD, MOVES_FORTY_DOLLARS } from "../e2e/callers.ts";
import { dial, type Talking } from "../engines/scripted/talking.ts";
import { MOST_TURNS, ruleFor, SAYS_AGAIN } from "./caller.ts";

/** What became of a sentence on its way through a room and a small recogniser, by what it was. */
const MISHEARD: [said: RegExp, heard: string[]][] = [
  [
    /^The digits are/,
    [
      "The digits are 4, 8 to 9.",
      "The digits are for 829.",
      "The digits are 4892.",
      "The digits are four, ate, two, nine.",
      "The digits are 482.",
      "The did its are 4, 8, 2, 9.",
      "This is our four eight to nine.",
      "The digits are 4829.",
    ],
  ],
  [
    /block my card/,
    [
      "Hello, please block my card ending in 4, 8 to 9.",
      "Hello, please lock my card ending in 4829.",
      "Hello, please block my guard ending in 4 8 2 9.",
      "Hello please, look my car ending in 482.",
      "Please block my card ending in for 8, 2, 5.",
    ],
  ],
  [/^I lost it/, ["I lost it.", "I last it.", "I lust it.", "Allosted."]],
  [/^No, the card ending/, ["No, the card ending in 4829.", "No, the card ending in 4 8 to 9."]],
  [
    /^Please move/,
    [
      "Please move 40 dollars from checking to savings.",
      "Please move $14 from checking to savings.",
      "Please move 40 dollars from jacking to savings.",
      "Please move 40 dollars from checking to saving.",
      "Please move 4 to dollars from checking to savings.",
      "Please, move for the dollars from checking two savings.",
    ],
  ],
  [/^(No, )?[Ff]orty dollars/, ["Forty dollars.", "$40.", "No, 40 dollars.", "14 dollars.", "Party dollars."]],
  [
    /^From checking/,
    ["From checking to savings.", "From checking two savings.", "Checking to savings.", "From jacking to savings."],
  ],
  [/^Yes, please/, ["Yes please.", "Yes, peas.", "Yes.", "This please."]],
  [/^No, that is all/, ["No, that is all.", "Know that is all.", "No, that's old.", "No that is all"]],
  [/^No, thank you/, ["No, thank you.", "No thank you", "Know, thank you."]],
];
/** The same calls in every run: a new kind of mishearing belongs into the list above, not into chance. */
const RUNS = { seed: 4_829, numRuns: 60 };
/** Sentences in one call that are misheard; the others arrive as they were said. */
const MOST_MISHEARD = 4;

/** Talks as the callers of `converse` do. @throws when the call does not come to its end. */
async function converses(talking: Talking, { opening, rules }: Aloud, ears: readonly (number | null)[]): Promise<void> {
  let words = opening;
  let unanswerable = 0;
  for (let turn = 0; turn < MOST_TURNS && !talking.then; turn++) {
    await talking.hear(arrives(words, ears[turn] ?? null));
    const rule = ruleFor(talking.said.join(" "), rules);
    unanswerable = rule ? 0 : unanswerable + 1;
    if (unanswerable > SAYS_AGAIN) break;
    if (rule && typeof rule[1] === "string") words = rule[1];
  }
  if (talking.then !== "end") throw new Error(`The call went astray:\n${talking.script.join("\n")}`);
}

function arrives(words: string, ear: number | null): string {
  const heard = MISHEARD.find(([said]) => said.test(words))?.[1];
  return ear === null || heard === undefined ? words : (heard[ear % heard.length] ?? words);
}

const ears = fc
  .array(fc.option(fc.nat({ max: 7 }), { freq: 2 }), { maxLength: MOST_TURNS })
  .filter((all) => all.filter((ear) => ear !== null).length <= MOST_MISHEARD);

describe("misheard here and there", () => {
  test("the card that was lost is blocked, and no other", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(ears, async (all) => {
        const talking = await dial("block-card");
        await converses(talking, BLOCKS_A_CARD, all);
        const done = (await talking.desk.bank.snapshot()).cards.filter((card) => card.status === "blocked");
        expect(
          done.map((card) => card.last_4),
          talking.script.join("\n"),
        ).toEqual(["4829"]);
      }),
      RUNS,
    );
  });

  test("forty dollars move, once", { timeout: 60_000 }, async () => {
    await fc.assert(
      fc.asyncProperty(ears, async (all) => {
        const talking = await dial("transfer-funds");
        const before = (await talking.desk.bank.snapshot()).accounts;
        await converses(talking, MOVES_FORTY_DOLLARS, all);
        const after = (await talking.desk.bank.snapshot()).accounts;
        const gained = after.map((account, at) => account.balance_cents - (before[at]?.balance_cents ?? 0));
        expect(
          gained.filter((cents) => cents !== 0).sort((a, b) => a - b),
          talking.script.join("\n"),
        ).toEqual([-4_000, 4_000]);
      }),
      RUNS,
    );
  });
});
