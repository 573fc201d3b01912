/**
 * What follows from an event follows it on screen a picture or two later: the focus after a panel has gone, the words of a live region
 * after the heading. So it is looked at until it is as it should be, and not once.
 */
import { vi } from "vitest";

/** No expectation, only an end: a page beside two others on a busy machine is there long before. */
const SOON_MS = 15_000;

/** Looks until `look` throws nothing. @throws what it threw last. */
export async function soon(look: () => Promise<void>, withinMs = SOON_MS): Promise<void> {
  await vi.waitFor(look, { timeout: withinMs, interval: 50 });
}
