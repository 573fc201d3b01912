/** A caller who speaks the Realtime protocol itself: straight to the upstream, or through a relay that only copies. */
import { BYTES_PER_MS } from "../../src/audio/pcm.ts";
import { type Dial, opened, openSocket } from "./caller.ts";
import { FrameMaker, numberAt } from "./frames.ts";

const DELTA = '{"type":"response.output_audio.delta"';
const SOUND = '"delta":"';

export const dialRealtime: Dial = async (address, call, { frameMs }, ear) => {
  const frames = new FrameMaker(frameMs * BYTES_PER_MS);
  const socket = openSocket(`${address}?model=bench-${call}`, [], { Authorization: "Bearer any-key" });
  socket.on("message", (data: Buffer) => {
    const at = performance.now();
    const text = data.toString("latin1");
    if (text.startsWith(DELTA)) ear.onFrame(numberAt(text, text.indexOf(SOUND, DELTA.length) + SOUND.length), at);
    else if (text.startsWith('{"type":"input_audio_buffer.speech_started"')) ear.onFlush?.(at);
    else if (text.startsWith('{"type":"session.created"'))
      socket.send('{"type":"session.update","session":{"type":"realtime"}}');
    else if (text.startsWith('{"type":"session.updated"')) socket.send('{"type":"response.create"}');
  });
  socket.on("close", () => ear.onGone?.());
  await opened(socket);
  return {
    send: (number) => socket.send(`{"type":"input_audio_buffer.append","audio":"${frames.base64(number)}"}`),
    close: () => socket.terminate(),
  };
};
