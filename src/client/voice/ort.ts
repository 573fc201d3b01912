/**
 * The one place that names the inference runtime: its plain WebAssembly build, which needs neither WebGPU nor JSEP and is
 * the only one under the 25 MiB limit of a static file.
 */
import { env, InferenceSession, Tensor } from "onnxruntime-web/wasm";

export type Session = InferenceSession;
export type Model = ArrayBuffer | Uint8Array;

/** Prepares the runtime; call once, before any session. Without arguments the runtime finds its own files (Node). */
export function prepareRuntime(options: { wasm?: ArrayBuffer; mjs?: string; threads: number }): void {
  env.wasm.numThreads = options.threads;
  env.logLevel = "error";
  if (options.wasm) env.wasm.wasmBinary = options.wasm;
  if (options.mjs) env.wasm.wasmPaths = { mjs: options.mjs };
}

/** Opens a model from its bytes. */
export function openModel(model: Model): Promise<Session> {
  const bytes = model instanceof Uint8Array ? model : new Uint8Array(model);
  return InferenceSession.create(bytes, { executionProviders: ["wasm"], graphOptimizationLevel: "all" });
}

let last: Promise<unknown> = Promise.resolve();

/**
 * Runs a model. The runtime does one run at a time, of all models together; a run that begins inside another fails
 * without a word. So they queue here.
 */
export function run(
  session: Session,
  feeds: Readonly<Record<string, Tensor>>,
): Promise<Readonly<Record<string, unknown>>> {
  const turn = last.then(() => session.run(feeds));
  last = turn.catch(() => undefined);
  return turn;
}

export function floats(data: Float32Array, dims: readonly number[]): Tensor {
  return new Tensor("float32", data, dims);
}

export function integers(values: readonly number[], dims: readonly number[]): Tensor {
  return new Tensor("int64", BigInt64Array.from(values, BigInt), dims);
}

export function flag(value: boolean): Tensor {
  return new Tensor("bool", [value], [1]);
}

/** The named output, or an error that names what the model gave instead. */
export function output(results: Readonly<Record<string, unknown>>, name: string): Tensor {
  const tensor = results[name];
  if (tensor instanceof Tensor) return tensor;
  throw new Error(`The model has no output "${name}", only ${Object.keys(results).join(", ")}.`);
}

export type { Tensor };
