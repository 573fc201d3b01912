/**
 * What D1 has of a call already. A call is filed once a minute while it goes on: of a long one only what is new is sent.
 * Forgotten with the object; then all of it goes once more, and D1 passes over what it knows. So it does at the end of the call.
 */
import type { CallRecord } from "../../store/calls.ts";

export class Taken {
  /** JSON of a turn or tool run, by its id. */
  readonly #rows = new Map<string, string>();

  /** The record with those turns and tool runs that D1 does not have, or has otherwise. */
  news(record: CallRecord): CallRecord {
    if (record.ended_at !== null) return record;
    const isNew = (id: string, row: object) => this.#rows.get(id) !== JSON.stringify(row);
    return {
      ...record,
      turns: record.turns.filter((turn) => isNew(turn.item_id, turn)),
      tools: record.tools.filter((run) => isNew(run.call_id, run)),
    };
  }

  /** D1 has taken what `news` gave. */
  note({ turns, tools }: CallRecord): void {
    for (const turn of turns) this.#rows.set(turn.item_id, JSON.stringify(turn));
    for (const run of tools) this.#rows.set(run.call_id, JSON.stringify(run));
  }
}
