/**
 * The browser's own speech, for those who ask for it: other languages, or a better voice than Luna's. Nothing here is
 * touched before the person has chosen it: asking some browsers what they can do is enough to bring the page down, and
 * recognition may send the sound to the browser's maker.
 *
 * It stands in for the local voice with less: it takes its own microphone, there is no exact heard time, and its sound
 * does not pass through our echo cancelling, so it does not listen while it speaks.
 */

/** What the browser offers. "server": the sound leaves the computer; say so and ask before using it. */
export type Hearing = "on_device" | "needs_download" | "server" | "none";

interface RecognitionResult {
  readonly isFinal: boolean;
  readonly [index: number]: { readonly transcript: string } | undefined;
}
interface RecognitionEvent {
  readonly resultIndex: number;
  readonly results: { readonly length: number; readonly [index: number]: RecognitionResult | undefined };
}
interface Recognition {
  lang: string;
  continuous: boolean;
  interimResults: boolean;
  processLocally?: boolean;
  onresult: ((event: RecognitionEvent) => void) | null;
  onspeechstart: (() => void) | null;
  onspeechend: (() => void) | null;
  onerror: ((event: { readonly error: string }) => void) | null;
  onend: (() => void) | null;
  start(): void;
  stop(): void;
  abort(): void;
}
interface RecognitionClass {
  new (): Recognition;
  available?(options: { langs: string[]; processLocally: boolean }): Promise<string>;
  install?(options: { langs: string[]; processLocally: boolean }): Promise<boolean>;
}

/** Errors after which listening again is of no use. */
const FINAL_ERRORS: Readonly<Record<string, string>> = {
  "not-allowed": "This page may not use the microphone.",
  "service-not-allowed": "This browser does not allow speech recognition here.",
  "audio-capture": "No microphone was found.",
  network: "The browser's speech service could not be reached.",
  "language-not-supported": "The browser does not recognise this language.",
};
/** Some browsers stop in the middle of long texts and never say so. */
const LONGEST_SENTENCE = 200;
const WATCHDOG_PER_CHAR = 120;
const WATCHDOG_LEAST = 4_000;
/** A recogniser that ends again and again at once is broken, not idle. */
const FASTEST_RESTART = 300;

interface Piece {
  item_id: string;
  text: string;
  /** End of the sentence in the item's text, for the piece that ends it. */
  end: number | undefined;
  last: boolean;
}

function recognition(): RecognitionClass | undefined {
  const scope = globalThis as { SpeechRecognition?: RecognitionClass; webkitSpeechRecognition?: RecognitionClass };
  return scope.SpeechRecognition ?? scope.webkitSpeechRecognition;
}

/** Whether the browser has any speech of its own, found out without calling it. */
export function hasSystemVoice(): { speaks: boolean; hears: boolean } {
  return { speaks: "speechSynthesis" in globalThis, hears: recognition() !== undefined };
}

/** What recognition would mean for `lang` ("en-US"). Only to be called once the person has chosen system speech. */
export async function systemHearing(lang: string): Promise<Hearing> {
  const own = recognition();
  if (!own) return "none";
  const state = await own.available?.({ langs: [lang], processLocally: true }).catch(() => "unavailable");
  if (state === "available") return "on_device";
  return state === "downloadable" || state === "downloading" ? "needs_download" : "server";
}

/** Fetches the browser's own recogniser for `lang`; true when it is there. */
export async function installSystemHearing(lang: string): Promise<boolean> {
  return (
    (await recognition()
      ?.install?.({ langs: [lang], processLocally: true })
      .catch(() => false)) ?? false
  );
}

export class SystemVoice {
  onSpeech: (state: "started" | "stopped", at: number) => void = () => {};
  onWords: (text: string, heard: { ms: number; ended_at: number }) => void = () => {};
  /** A sound that was taken for speech has made no words. */
  onUnclear: () => void = () => {};
  /** Speaking of an item began or ended; there is no exact heard time. `chars` of its text have been spoken. */
  onSpoken: (item_id: string, state: "started" | "done", chars: number) => void = () => {};
  /** One plain sentence; hearing or speaking has ended for good. */
  onTrouble: (message: string) => void = () => {};

  readonly #lang: string;
  readonly #onDevice: boolean;
  #recognition: Recognition | undefined;
  #listening = false;
  #startedAt = 0;
  #queue: Piece[] = [];
  /** Kept here: an utterance nobody refers to may be collected before it has ended, and then never tells. */
  #utterance: SpeechSynthesisUtterance | undefined;
  #watchdog: ReturnType<typeof setTimeout> | undefined;
  #chars = new Map<string, number>();
  #speed = 1;

  /** `onDevice`: recognise without sending sound away (`systemHearing` said "on_device"). */
  constructor(options: { lang: string; onDevice: boolean }) {
    this.#lang = options.lang;
    this.#onDevice = options.onDevice;
  }

  /** 1 = the voice's own pace; counts from the next sentence on. */
  setSpeed(speed: number): void {
    this.#speed = speed;
  }

  /** Starts to listen; goes on, with restarts where the browser gives up by itself, until `deafen`. */
  listen(): void {
    this.#listening = true;
    if (!this.#utterance) this.#startRecognition();
  }

  deafen(): void {
    this.#listening = false;
    const ears = this.#recognition;
    this.#recognition = undefined;
    ears?.abort();
  }

  /** Speaks one sentence of an item; `end` is its end in the item's text. Sentences queue up. */
  say(item_id: string, sentence: string, end: number, last = false): void {
    const pieces = split(sentence);
    for (const [i, text] of pieces.entries()) {
      const whole = i === pieces.length - 1;
      this.#queue.push({ item_id, text, end: whole ? end : undefined, last: last && whole });
    }
    if (!this.#utterance) this.#speakNext();
  }

  /** Silence now; the rest is dropped. */
  stop(): void {
    this.#queue = [];
    clearTimeout(this.#watchdog);
    this.#utterance = undefined;
    globalThis.speechSynthesis?.cancel();
    if (this.#listening) this.#startRecognition();
  }

  /** Characters of the item's text spoken so far, by whole sentences. */
  heardChars(item_id: string): number {
    return this.#chars.get(item_id) ?? 0;
  }

  close(): void {
    this.deafen();
    this.stop();
  }

  #speakNext(): void {
    const next = this.#queue.shift();
    if (!next) {
      this.#utterance = undefined;
      if (this.#listening) this.#startRecognition();
      return;
    }
    this.#recognition?.abort();
    const utterance = new SpeechSynthesisUtterance(next.text);
    utterance.lang = this.#lang;
    utterance.rate = this.#speed;
    const own = globalThis.speechSynthesis.getVoices().filter((voice) => voice.lang.startsWith(this.#lang.slice(0, 2)));
    utterance.voice = own.find((voice) => voice.localService) ?? own[0] ?? null;
    this.#utterance = utterance;
    const over = () => this.#spoken(utterance, next);
    utterance.onend = over;
    utterance.onerror = over;
    this.#watchdog = setTimeout(
      over,
      (WATCHDOG_LEAST + next.text.length * WATCHDOG_PER_CHAR) / Math.min(1, this.#speed),
    );
    if (!this.#chars.has(next.item_id)) {
      this.#chars.set(next.item_id, 0);
      this.onSpoken(next.item_id, "started", 0);
    }
    globalThis.speechSynthesis.cancel();
    globalThis.speechSynthesis.speak(utterance);
  }

  #spoken(utterance: SpeechSynthesisUtterance, { item_id, end, last }: Piece): void {
    if (utterance !== this.#utterance) return;
    clearTimeout(this.#watchdog);
    if (end !== undefined) this.#chars.set(item_id, end);
    if (last) this.onSpoken(item_id, "done", this.heardChars(item_id));
    this.#speakNext();
  }

  #startRecognition(): void {
    const Own = recognition();
    if (!Own || this.#recognition) return;
    const ears = new Own();
    this.#recognition = ears;
    ears.lang = this.#lang;
    // Where it is said to go on by itself it often never ends; one utterance at a time works everywhere.
    ears.continuous = false;
    ears.interimResults = false;
    if (this.#onDevice) ears.processLocally = true;
    let endedAt = 0;
    /** Speech that has made no words yet. */
    let wordless = false;
    ears.onspeechstart = () => {
      wordless = true;
      this.onSpeech("started", performance.now());
    };
    ears.onspeechend = () => {
      endedAt = performance.now();
      this.onSpeech("stopped", endedAt);
    };
    ears.onresult = (event) => {
      const text = event.results[event.resultIndex]?.[0]?.transcript.trim() ?? "";
      const now = performance.now();
      if (!text) return;
      wordless = false;
      this.onWords(text, { ms: endedAt ? Math.round(now - endedAt) : 0, ended_at: endedAt || now });
    };
    ears.onerror = ({ error }) => {
      const why = FINAL_ERRORS[error];
      if (!why) return;
      this.#listening = false;
      this.onTrouble(why);
    };
    ears.onend = () => {
      // A cough, a door: it ends without a result.
      if (wordless && ears === this.#recognition) this.onUnclear();
      this.#recognitionEnded(ears);
    };
    this.#startedAt = performance.now();
    ears.start();
  }

  #recognitionEnded(ears: Recognition): void {
    if (ears !== this.#recognition) return;
    this.#recognition = undefined;
    if (!this.#listening || this.#utterance) return;
    const soon = performance.now() - this.#startedAt < FASTEST_RESTART;
    setTimeout(
      () => {
        if (this.#listening && !this.#utterance) this.#startRecognition();
      },
      soon ? FASTEST_RESTART : 0,
    );
  }
}

/** Pieces no longer than the browsers can bear, cut at spaces. */
function split(sentence: string): string[] {
  const pieces: string[] = [];
  let rest = sentence.trim();
  while (rest.length > LONGEST_SENTENCE) {
    const cut = rest.lastIndexOf(" ", LONGEST_SENTENCE);
    const at = cut > 0 ? cut : LONGEST_SENTENCE;
    pieces.push(rest.slice(0, at));
    rest = rest.slice(at).trim();
  }
  return rest ? [...pieces, rest] : pieces;
}
