/** The microphone's worklet: hands the framer's frames and levels to the page. */
import { Framer } from "./framing.ts";
import { CAPTURE, type FromCapture, type ToCapture } from "./worklet-messages.ts";

class Capture extends AudioWorkletProcessor {
  readonly #framer: Framer;
  #closed = false;

  constructor() {
    super();
    const post = (message: FromCapture, transfer: Transferable[] = []) => this.port.postMessage(message, transfer);
    this.#framer = new Framer(sampleRate, {
      frame: (pcm) => post({ type: "frame", pcm }, [pcm]),
      level: (rms) => post({ type: "level", rms }),
    });
    this.port.onmessage = ({ data }: MessageEvent<ToCapture>) => {
      if (data.type === "mute") this.#framer.mute(data.muted);
      else if (data.type === "frame_ms") this.#framer.frameMs(data.ms);
      else this.#closed = true;
    };
  }

  process(inputs: Float32Array[][]): boolean {
    const microphone = inputs[0]?.[0];
    if (microphone) this.#framer.push(microphone);
    return !this.#closed;
  }
}

registerProcessor(CAPTURE, Capture);
