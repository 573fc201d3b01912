/** Who spoke in Luna's place, by name: rows keep the key of the persona alone. */
import type { Turn } from "../call/turn.ts";
import { personaById } from "../scenarios/personas/index.ts";

/** Luna's own turns stay without a name; so do those of a persona that is not there any more. */
export function withSpeakers(turns: readonly Turn[]): Turn[] {
  return turns.map((turn) => {
    if (turn.speaker !== undefined || turn.persona == null || turn.persona === "luna") return turn;
    const speaker = personaById(turn.persona)?.speaker;
    return speaker === undefined ? turn : { ...turn, speaker };
  });
}
