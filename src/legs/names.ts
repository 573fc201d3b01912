/** What names and keys look like where they come in. */
import { z } from "zod";

/** A scenario, or who answers: `block-card`, `waiter`. */
export const agentName = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, "a name such as waiter");

/** A model as its provider calls it: `gpt-realtime-2.1`, `org/model:tag`. */
export const modelName = z.string().regex(/^[\w.:/-]{1,80}$/, "a name such as gpt-realtime-2.1");

/** A provider's key. */
export const apiKey = z
  .string()
  .trim()
  .min(8, "a key has 8 characters or more")
  .max(512)
  .regex(/^[\x21-\x7e]+$/, "a key has no spaces");
