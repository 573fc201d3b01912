/** What can go wrong with sound, named, with a sentence for the person and what to do about it. */

export type Trouble =
  | "insecure"
  | "no_permission"
  | "no_microphone"
  | "microphone_busy"
  | "microphone_gone"
  | "microphone_ended"
  | "microphone_failed"
  | "microphone_silent"
  | "no_output"
  | "interrupted"
  | "frozen"
  | "playback_failed";

export interface Fault {
  code: Trouble;
  /** One plain sentence: what is wrong. */
  message: string;
  /** One plain sentence: what to do. */
  remedy: string;
}

const typing = "You can also type; the call works the same.";

export const FAULTS: Readonly<Record<Trouble, Fault>> = {
  insecure: {
    code: "insecure",
    message: "Browsers give no microphone to pages without https.",
    remedy: `Open this page with https:// or on localhost. ${typing}`,
  },
  no_permission: {
    code: "no_permission",
    message: "This page may not use the microphone.",
    remedy: `Allow it with the microphone sign beside the address, then try again. ${typing}`,
  },
  no_microphone: {
    code: "no_microphone",
    message: "No microphone was found.",
    remedy: `Plug one in or connect a headset, then try again. ${typing}`,
  },
  microphone_busy: {
    code: "microphone_busy",
    message: "The microphone would not start; another program may be using it.",
    remedy: `Close other calls and recorders, then try again. ${typing}`,
  },
  microphone_gone: {
    code: "microphone_gone",
    message: "The microphone you chose is not connected any more.",
    remedy: "Choose another one in the settings or plug it in again.",
  },
  microphone_ended: {
    code: "microphone_ended",
    message: "The microphone was unplugged during the call.",
    remedy: "Luna goes on with the standard one; choose another in the settings.",
  },
  microphone_failed: {
    code: "microphone_failed",
    message: "The microphone's sound could not be read.",
    remedy: `Choose another microphone in the settings or reload the page. ${typing}`,
  },
  microphone_silent: {
    code: "microphone_silent",
    message: "The microphone is on, but no sound comes from it.",
    remedy: "Check its mute switch and say something, or choose another one in the settings.",
  },
  no_output: {
    code: "no_output",
    message: "No speaker or headphones were found.",
    remedy: "Connect one to hear Luna; until then you can read along.",
  },
  interrupted: {
    code: "interrupted",
    message: "The device took the sound away.",
    remedy: "Tap to go on when it is free.",
  },
  frozen: {
    code: "frozen",
    message: "The sound stands still.",
    remedy: "Tap to start it again.",
  },
  playback_failed: {
    code: "playback_failed",
    message: "The browser could not play Luna's voice.",
    remedy: "Reload the page; until then you can read along and type.",
  },
};

/** Thrown by `AudioLine.open` and `setInput`: the microphone could not be had. Playback works all the same. */
export class LineTrouble extends Error {
  readonly code: Trouble;
  constructor(code: Trouble, cause?: unknown) {
    super(FAULTS[code].message, { cause });
    this.name = "LineTrouble";
    this.code = code;
  }
}

/** Which fault a refusal of `getUserMedia` means. */
export function troubleOf(error: unknown): Trouble {
  const name = error instanceof Error || error instanceof DOMException ? error.name : "";
  switch (name) {
    case "NotAllowedError":
    case "PermissionDeniedError":
      return "no_permission";
    case "SecurityError":
      return "insecure";
    case "NotFoundError":
    case "DevicesNotFoundError":
      return "no_microphone";
    case "NotReadableError":
    case "TrackStartError":
    case "AbortError":
      return "microphone_busy";
    case "OverconstrainedError":
      return "microphone_gone";
    default:
      return "microphone_failed";
  }
}
