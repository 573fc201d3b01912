/** What links leave behind: calls that a link keeps for a shorter time than the host keeps all, and the log of its openings. */
import type { Bindings } from "../env.ts";
import { forgetCalls } from "./forget.ts";
import { deleteOpeningsBefore } from "./links.ts";
import { overdueCalls } from "./postcards.ts";

/** A night's work at most; what is left goes in the next. */
const ROUNDS = 50;
const BATCH = 500;

/**
 * Deletes calls whose link has set them an end that is past, and openings from before this time (Unix ms). Gives how many calls.
 * @throws LunaError `unavailable` as `forgetCalls`; what is not deleted is found again.
 */
export async function forgetOfLinks(env: Bindings, now: number, before: number): Promise<number> {
  for (let round = 0; round < ROUNDS; round++) {
    if ((await deleteOpeningsBefore(env.DB, before, BATCH)) < BATCH) break;
  }
  let calls = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const overdue = await overdueCalls(env.DB, now, BATCH);
    calls += await forgetCalls(env, overdue);
    if (overdue.length < BATCH) break;
  }
  return calls;
}
