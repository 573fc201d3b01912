/**
 * Somebody who calls the bank: knows what they want, listens to what Luna says and answers her questions, by typing or by
 * speaking. Everything is read from what the page itself was told, so a caller waits exactly as long as a person would.
 */
import type { CallEnded, PageEvent, ToolStatus, TurnStatus } from "../../src/legs/wire.ts";
import type { LunaPage } from "./page.ts";

/** What to answer when Luna's last question fits; a function looks it up first. Rules are tried in order, as often as they fit. */
export type Rule = [says: RegExp, answer: string | (() => Promise<string>)];

/** The call as it stands, folded from the page's own events. */
export interface Standing {
  turns: TurnStatus[];
  tools: ToolStatus[];
  line: string;
  confirming: boolean;
  speaker: "luna" | "specialist";
  mode: "ai" | "scripted";
  ended: CallEnded | undefined;
}

export function standing(events: PageEvent[]): Standing {
  const turns = new Map<string, TurnStatus>();
  const tools = new Map<string, ToolStatus>();
  const now: Standing = {
    turns: [],
    tools: [],
    line: "connecting",
    confirming: false,
    speaker: "luna",
    mode: "scripted",
    ended: undefined,
  };
  for (const event of events) {
    if (event.type === "luna.turn") turns.set(event.item_id, event);
    else if (event.type === "luna.tool") tools.set(event.call_id, event);
    else if (event.type === "luna.line") now.line = event.state;
    else if (event.type === "luna.confirm") now.confirming = event.pending !== null;
    else if (event.type === "luna.ended") now.ended = event;
    else if (event.type === "luna.engine") {
      now.speaker = event.speaker;
      now.mode = event.mode;
    }
  }
  now.turns = [...turns.values()].sort((a, b) => a.order - b.order);
  now.tools = [...tools.values()];
  return now;
}

export async function standingOf(luna: LunaPage): Promise<Standing> {
  return standing((await luna.down()).map((note) => note.message));
}

/** Words of the bank's side after the caller's last turn, in order. */
function answerIn(now: Standing): string {
  const last = now.turns.findLastIndex((turn) => turn.who === "caller");
  return now.turns
    .slice(last + 1)
    .map((turn) => turn.text)
    .join(" ");
}

/** Luna has answered and waits: nobody speaks, no tool runs, for long enough that nothing more comes. */
const CALM_MS = 500;

/**
 * Waits until it is the caller's turn, or the call is over; gives what the bank's side said since the caller's last words.
 * @param after turns of the caller that must be there.
 */
export async function callersTurn(luna: LunaPage, after: number, withinMs: number): Promise<string> {
  let calmSince = 0;
  let told = -1;
  return luna.until(
    "the caller's turn",
    async () => {
      // The event log goes on while nobody says anything.
      const down = (await luna.down()).filter(({ message }) => message.type !== "luna.trace");
      const now = standing(down.map((note) => note.message));
      if (now.ended) return answerIn(now) || " ";
      const answer = answerIn(now);
      const callers = now.turns.filter((turn) => turn.who === "caller").length;
      const busy =
        callers < after ||
        answer.trim() === "" ||
        now.line !== "listening" ||
        now.turns.some((turn) => turn.state === "live") ||
        now.tools.some((tool) => tool.state === "running");
      if (busy || down.length !== told) {
        told = down.length;
        calmSince = performance.now();
        return undefined;
      }
      return performance.now() - calmSince > CALM_MS ? answer : undefined;
    },
    withinMs,
  );
}

/** What one answers to: the last sentence that asks, else the last one, and the one before it, which says what about. */
function questionIn(answer: string): string {
  const sentences = answer.match(/[^.!?]+(?:[.!?](?!\s)[^.!?]+)*[.!?]*/g)?.map((sentence) => sentence.trim()) ?? [];
  const asks = sentences.findLastIndex((sentence) => sentence.endsWith("?"));
  const at = asks >= 0 ? asks : sentences.length - 1;
  return sentences.slice(Math.max(0, at - 1), at + 1).join(" ");
}

/** The first rule that fits what Luna asks. */
export function ruleFor(answer: string, rules: readonly Rule[]): Rule | undefined {
  const question = questionIn(answer);
  return rules.find(([says]) => says.test(question));
}

/** How a caller makes words: types them, or speaks them. */
export type Utter = (words: string) => Promise<void>;

export interface Conversation {
  /** The first words, after the greeting. */
  opening: string;
  rules: Rule[];
  /** How long Luna may take for one answer, ms. */
  patienceMs?: number;
  /** Enough when this says so; else the call goes on until it ends. */
  until?: (now: Standing) => boolean;
}

/** After the last words Luna hangs up; on a busy machine that takes a moment. */
function hangsUp(luna: LunaPage): Promise<boolean> {
  return luna.until("the end", async () => (await standingOf(luna)).ended !== undefined, 3_000).catch(() => false);
}

/** More turns than any honest call needs. */
export const MOST_TURNS = 18;
/** Answers in a row that nothing fits to which a caller says the same once more, as people do who were not understood. */
export const SAYS_AGAIN = 2;

/**
 * Talks with Luna until the call has ended, or `until` is content. To something no rule answers the last words are said again.
 * @throws when that does not help either, with the whole call as it went.
 */
export async function converse(luna: LunaPage, utter: Utter, conversation: Conversation): Promise<Standing> {
  const { rules, patienceMs = 20_000, until } = conversation;
  let words = conversation.opening;
  let unanswerable = 0;
  await callersTurn(luna, 0, patienceMs);
  for (let turn = 0; turn < MOST_TURNS; turn++) {
    const before = (await standingOf(luna)).turns.filter((one) => one.who === "caller").length;
    await utter(words);
    const answer = await callersTurn(luna, before + 1, patienceMs);
    const now = await standingOf(luna);
    if (now.ended || until?.(now)) return now;
    const rule = ruleFor(answer, rules);
    if (!rule && (await hangsUp(luna))) return standingOf(luna);
    unanswerable = rule ? 0 : unanswerable + 1;
    if (unanswerable > SAYS_AGAIN) throw new Error(`Nothing to answer to: "${answer}"\n${await luna.story()}`);
    if (rule) words = typeof rule[1] === "string" ? rule[1] : await rule[1]();
  }
  throw new Error(`The call does not come to an end.\n${await luna.story()}`);
}
