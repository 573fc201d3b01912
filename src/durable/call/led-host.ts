/** What a call that a client leads needs of its object. */
import type { Bindings } from "../../env.ts";
import type { Filing } from "./filing.ts";
import type { Gallery } from "./gallery.ts";
import type { CallMemory } from "./record.ts";
import type { ToolDesk } from "./tool-desk.ts";
import type { Wakes } from "./wakes.ts";

export interface LedHost {
  ctx: DurableObjectState;
  env: Bindings;
  memory: CallMemory;
  tools: ToolDesk;
  wakes: Wakes;
  filing: Filing;
  gallery: Gallery;
}
