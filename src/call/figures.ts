/** The figures of a call that go into its record: what it cost, how quickly it answered, how often it was talked over. */
import { costOfCall, costOfTurn, type Tally, type Tokens } from "./money.ts";
import { type Spread, serverMs, spreadOf, type Timing } from "./timing.ts";
import type { Turn } from "./turn.ts";

export interface Figures {
  /** US dollars; null where not all of it has a price, or nothing was charged. */
  cost_usd: number | null;
  tokens: Tokens;
  talk_overs: number;
  /** End of the caller's speech to first sound at the ear, by the page. */
  ear: Spread;
  /** End of the caller's speech to first audio byte, by the object. */
  server: Spread;
}

/** The turns with what is known of each: server's view and cost. */
export function turnsWithFigures(turns: readonly Turn[], tally: Tally, timing: Timing): Turn[] {
  return turns.map((turn) => ({
    ...turn,
    server_ms: turn.who === "caller" ? null : serverMs(timing, turn.item_id),
    cost_usd: costOfTurn(tally, turn.item_id),
  }));
}

/** @param turns as `turnsWithFigures` gives them. */
export function figuresOf(turns: readonly Turn[], tally: Tally, timing: Timing): Figures {
  const known = (of: (turn: Turn) => number | null | undefined) => turns.flatMap((turn) => of(turn) ?? []);
  return {
    cost_usd: costOfCall(tally),
    tokens: tally.tokens,
    talk_overs: timing.talk_overs,
    ear: spreadOf(known((turn) => turn.latency_ms)),
    server: spreadOf(known((turn) => turn.server_ms)),
  };
}
