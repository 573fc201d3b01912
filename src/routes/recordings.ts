/** The sound of a call, for the browser that made it. */
import { Hono } from "hono";
import type { Bindings } from "../env.ts";
import { LunaError } from "../errors.ts";
import { callId } from "./calls.ts";
import { hasMade } from "./owner.ts";
import { recordingFile } from "./recording-file.ts";
import { knownVisitor } from "./visitor.ts";

export const recordings = new Hono<{ Bindings: Bindings }>()
  /** A WAV file, caller left, Luna right; there once the call has ended. Parts are given, so that a player can seek. */
  .get("/:id/recording", async (c) => {
    const id = callId(c.req.param("id"));
    const visitor = knownVisitor(c);
    if (!visitor || !(await hasMade(c.env, visitor, id))) {
      throw new LunaError("not_found", "There is no recording here, or the call was made from another browser.");
    }
    return recordingFile(c, id);
  });
