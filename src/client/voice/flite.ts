/**
 * Flite: text to speech, 16 kHz mono, from one WebAssembly program that reads its command line and writes a WAV file.
 * Each sentence runs in a fresh instance of the once compiled module, on a file system in memory.
 */
import { ConsoleStdout, File, OpenFile, PreopenDirectory, WASI } from "@bjorn3/browser_wasi_shim";
import { readWav } from "../../audio/wav.ts";

/** slt: a woman (Luna). rms: a man (the specialist). awb: a Scottish man. kal: a man, small and machine-like. */
export type VoiceName = "slt" | "rms" | "awb" | "kal" | "kal16";

export interface SpeakOptions {
  voice: VoiceName;
  /** 1 = the voice's own pace; 1.5 = half as fast again. */
  speed?: number;
}
export interface Spoken {
  samples: Int16Array;
  rate: number;
}

export class Flite {
  readonly #module: WebAssembly.Module;

  constructor(module: WebAssembly.Module) {
    this.#module = module;
  }

  /** Says `text` (already written out as words; see `words/speakable.ts`). Throws when the program fails. */
  speak(text: string, options: SpeakOptions): Spoken {
    const disk = new PreopenDirectory("/out", new Map());
    const complaints: string[] = [];
    const quiet = new OpenFile(new File([]));
    const wasi = new WASI(
      command(text, options),
      [],
      [quiet, quiet, ConsoleStdout.lineBuffered((line) => complaints.push(line)), disk],
      { debug: false },
    );
    const instance = new WebAssembly.Instance(this.#module, { wasi_snapshot_preview1: wasi.wasiImport });
    const code = wasi.start(instance as unknown as Parameters<WASI["start"]>[0]);
    const wav = disk.dir.contents.get("o.wav");
    if (code !== 0 || !(wav instanceof File))
      throw new Error(`Speech failed (exit ${code}): ${complaints.join(" ").slice(0, 200) || "no sound written"}`);
    const { samples, rate } = readWav(wav.data);
    return { samples, rate };
  }
}

function command(text: string, { voice, speed = 1 }: SpeakOptions): string[] {
  const pace = speed === 1 ? [] : ["--setf", `duration_stretch=${(1 / speed).toFixed(3)}`];
  return ["flite", "-voice", voice, ...pace, "-t", text, "-o", "/out/o.wav"];
}
