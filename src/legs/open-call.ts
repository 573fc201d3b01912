/** How a page asks for a call, and what it is answered: `POST /api/calls`, before there is a wire. */
import { z } from "zod";
import { agentName, apiKey, modelName } from "./names.ts";
import { type Mode, speed, vad, voice } from "./wire.ts";

/** `POST /api/calls`. The key is used for this call and kept nowhere. */
export const OpenCall = z.strictObject({
  scenario: agentName,
  mode: z.enum(["auto", "scripted"]).default("auto"),
  key: apiKey.optional(),
  settings: z
    .strictObject({
      model: modelName.optional(),
      voice: voice.optional(),
      speed: speed.optional(),
      vad: vad.optional(),
      /** How sound travels: over the page's socket, or by WebRTC straight to the provider. Absent: `relay`. */
      method: z.enum(["relay", "ephemeral", "direct"]).optional(),
      /** Keep the sound of both sides. Only calls whose sound passes through Luna can be recorded. */
      record: z.boolean().optional(),
    })
    .default({}),
});
export type OpenCallInput = z.input<typeof OpenCall>;
export type OpenCall = z.output<typeof OpenCall>;
export type CallSettings = OpenCall["settings"];

/** Answer to `POST /api/calls` (201). The token opens the socket once, within a minute. */
export interface CallOpened {
  call_id: string;
  token: string;
  socket: string;
  expires_at: number;
  mode: Mode;
  /** Sound goes by WebRTC: the page brings its offer to `POST /v1/realtime/calls`, with this secret where there is one. */
  method?: "ephemeral" | "direct";
  secret?: string;
}
