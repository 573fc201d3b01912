/** The browser's sound system, as a call wants it. */

/** Made and resumed; browsers let it run only after a gesture. */
export function newContext(): AudioContext {
  const context = new AudioContext({ latencyHint: "interactive" });
  context.resume().catch(() => undefined);
  return context;
}

/** Safari routes and levels sound by what the page says it does. */
export function setAudioSession(type: "auto" | "play-and-record"): void {
  const session = (navigator as { audioSession?: { type: string } }).audioSession;
  if (session) session.type = type;
}

export interface LineOptions {
  inputId?: string;
  outputId?: string;
  /** false: no permission is asked for, the line only plays. */
  microphone: boolean;
  /** Length of one microphone frame, 40 by default; 20 where the page itself listens for barge-in. */
  frameMs?: 20 | 40;
}

/** Sound of the call that comes by another way than the line's own queue: muted with it, and sent to the same speaker. */
export interface Beside {
  mute(muted: boolean): void;
  choose(outputId: string): void;
}
