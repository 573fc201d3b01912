/** What an AudioWorklet finds in its global scope; the DOM types leave it out. */
declare const sampleRate: number;
declare class AudioWorkletProcessor {
  readonly port: MessagePort;
}
declare function registerProcessor(name: string, processor: new (options?: unknown) => AudioWorkletProcessor): void;
