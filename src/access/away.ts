import { LunaError } from "../errors.ts";

/** Nobody is let in on the word of a database that does not answer. @throws LunaError `unavailable`, with this sentence */
export async function unlessAway<T>(asking: Promise<T>, sentence: string): Promise<T> {
  try {
    return await asking;
  } catch {
    throw new LunaError("unavailable", sentence);
  }
}
