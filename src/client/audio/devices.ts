/** Microphones and speakers that can be chosen. */
import { Speaker } from "./speaker.ts";

export interface AudioDevice {
  id: string;
  label: string;
}
export interface AudioDevices {
  inputs: AudioDevice[];
  /** Empty where the browser cannot choose a speaker. */
  outputs: AudioDevice[];
}

export async function listDevices(): Promise<AudioDevices> {
  const all = (await navigator.mediaDevices?.enumerateDevices?.().catch(() => [])) ?? [];
  const of = (kind: MediaDeviceKind, word: string) =>
    named(
      all.filter((device) => device.kind === kind),
      word,
    );
  return { inputs: of("audioinput", "Microphone"), outputs: Speaker.canChoose ? of("audiooutput", "Speaker") : [] };
}

/** Before permission there are no labels, and often no ids either. */
function named(devices: readonly MediaDeviceInfo[], word: string): AudioDevice[] {
  return devices
    .filter((device) => device.deviceId !== "communications")
    .map((device, i) => ({ id: device.deviceId, label: device.label || `${word} ${i + 1}` }));
}
