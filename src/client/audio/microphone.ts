/** Getting the microphone's stream, with the constraints that suit a call. */
import { LineTrouble, troubleOf } from "./trouble.ts";

/** Not in the DOM types yet: "all" cancels everything the computer plays, not only calls. */
type EchoKinds = MediaTrackCapabilities & { echoCancellation?: (boolean | string)[] };

/**
 * The stream of one microphone. A chosen microphone that is gone gives way to the standard one (`gone` is then true).
 * Throws `LineTrouble`. The sample rate is never asked for: some browsers then cannot connect it.
 */
export async function openMicrophone(inputId?: string): Promise<{ stream: MediaStream; gone: boolean }> {
  if (!globalThis.isSecureContext || !navigator.mediaDevices?.getUserMedia) throw new LineTrouble("insecure");
  const chosen = inputId && inputId !== "default" ? inputId : undefined;
  try {
    return { stream: await ask(chosen), gone: false };
  } catch (error) {
    const code = troubleOf(error);
    const missing = code === "microphone_gone" || code === "no_microphone";
    if (!chosen || !missing) throw new LineTrouble(code, error);
  }
  try {
    return { stream: await ask(undefined), gone: true };
  } catch (error) {
    throw new LineTrouble(troubleOf(error), error);
  }
}

async function ask(inputId: string | undefined): Promise<MediaStream> {
  const audio: MediaTrackConstraints = {
    channelCount: 1,
    echoCancellation: true,
    noiseSuppression: true,
    autoGainControl: true,
    ...(inputId ? { deviceId: { exact: inputId } } : {}),
  };
  const stream = await navigator.mediaDevices.getUserMedia({ audio });
  const track = stream.getAudioTracks()[0];
  if (!track) throw new LineTrouble("microphone_failed");
  await cancelAllEcho(track, audio);
  return stream;
}

/** Where the browser can cancel everything it hears from the speaker, let it; `true` alone leaves the choice to it. */
async function cancelAllEcho(track: MediaStreamTrack, audio: MediaTrackConstraints): Promise<void> {
  const kinds = (track.getCapabilities?.() as EchoKinds | undefined)?.echoCancellation;
  if (!kinds?.includes("all")) return;
  const all = { ...audio, echoCancellation: { ideal: "all" } } as unknown as MediaTrackConstraints;
  await track.applyConstraints(all).catch(() => undefined);
}

/** One that was asked for and that nobody will use. @throws the trouble that is why. */
export function letGo(asked: ReturnType<typeof openMicrophone> | undefined, trouble: unknown): never {
  void asked?.then(({ stream }) => stopStream(stream)).catch(() => undefined);
  throw trouble;
}

export function stopStream(stream: MediaStream | undefined): void {
  for (const track of stream?.getTracks() ?? []) track.stop();
}
