/** The page speaks by itself: as soon as its voice is there. Until then Luna's words wait, but not for ever, or are read. */
import type { LocalEvent } from "../state/call-state.ts";
import type { Mouth } from "./mouth.ts";
import type { SessionPorts } from "./session-ports.ts";

/** Luna's first words wait this long for a voice that is still loading; then they are read instead. */
const VOICE_PATIENCE_MS = 20_000;
/** How often a loading voice is asked whether it can speak yet. */
const VOICE_GLANCE_MS = 150;

interface OwnVoicePorts extends Pick<SessionPorts, "voice" | "onVoiceLoading"> {
  mouth: Mouth;
  show(event: LocalEvent): void;
  /** The call is on, and its engine leaves the speaking to the page. */
  wanted(): boolean;
  /** The call is over. */
  over(): boolean;
}

export class OwnVoice {
  readonly #ports: OwnVoicePorts;
  readonly #typingOnly: boolean;
  /** The person would rather read than see the voice load. */
  #reading = false;
  #patience: ReturnType<typeof setTimeout> | undefined;
  #glance: ReturnType<typeof setInterval> | undefined;

  constructor(ports: OwnVoicePorts, typingOnly: boolean) {
    this.#ports = ports;
    this.#typingOnly = typingOnly;
  }

  /** From now on Luna's words are spoken here. */
  begin(): void {
    const { voice, mouth, onVoiceLoading } = this.#ports;
    if (this.#typingOnly && !voice.ready) return mouth.use("read");
    if (voice.ready) return mouth.use("page");
    mouth.use("held");
    this.#patience = setTimeout(() => this.#giveUpWaiting(), VOICE_PATIENCE_MS);
    this.#glance = setInterval(() => {
      if (voice.canSpeak) this.#speakAloud();
    }, VOICE_GLANCE_MS);
    voice
      .load((progress) => {
        if (!this.#reading && !this.#ports.over()) onVoiceLoading(progress.what === "ready" ? null : progress);
      })
      .then(
        () => {
          onVoiceLoading(null);
          this.#speakAloud();
        },
        (failure: unknown) => this.#failed(failure),
      );
  }

  /** The person would rather read than wait. */
  readInstead(): void {
    this.#reading = true;
    this.stopWaiting();
    this.#giveUpWaiting();
  }

  stopWaiting(): void {
    clearTimeout(this.#patience);
    clearInterval(this.#glance);
    this.#ports.onVoiceLoading(null);
  }

  #speakAloud(): void {
    clearTimeout(this.#patience);
    clearInterval(this.#glance);
    if (this.#ports.wanted()) this.#ports.mouth.use("page");
  }

  /** The first words have waited long enough; later ones are spoken when the voice is there. */
  #giveUpWaiting(): void {
    if (!this.#ports.voice.canSpeak) this.#ports.mouth.use("read");
  }

  #failed(failure: unknown): void {
    this.stopWaiting();
    if (this.#ports.over()) return;
    this.#ports.mouth.use("read");
    const why = failure instanceof Error ? failure.message : "Luna's voice could not be loaded.";
    this.#ports.show({ type: "local.notice", code: "voice_failed", tone: "warning", message: `${why} Type to go on.` });
  }
}
