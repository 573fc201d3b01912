/** A caller on Twilio's media stream: JSON both ways, mu-law, and every mark is sent back as Twilio does when it is reached. */
import { type Dial, opened, openSocket } from "./caller.ts";
import { FrameMaker, MULAW_BYTES_PER_MS, numberAt } from "./frames.ts";

const MEDIA = '{"event":"media"';
const PAYLOAD = '"payload":"';

export const dialPhone: Dial = async (address, call, { frameMs }, ear) => {
  const frames = new FrameMaker(frameMs * MULAW_BYTES_PER_MS);
  const socket = openSocket(`${address}?model=bench-${call}`);
  const streamSid = `MZ${String(call).padStart(32, "0")}`;
  let sent = 0;
  socket.on("message", (data: Buffer) => {
    const at = performance.now();
    const text = data.toString("latin1");
    if (text.startsWith(MEDIA)) ear.onFrame(numberAt(text, text.indexOf(PAYLOAD, MEDIA.length) + PAYLOAD.length), at);
    else if (text.startsWith('{"event":"mark"')) socket.send(text);
    else if (text.startsWith('{"event":"clear"')) ear.onFlush?.(at);
  });
  socket.on("close", () => ear.onGone?.());
  await opened(socket);
  const mediaFormat = { encoding: "audio/x-mulaw", sampleRate: 8000, channels: 1 };
  socket.send(JSON.stringify({ event: "connected", protocol: "Call", version: "1.0.0" }));
  socket.send(JSON.stringify({ event: "start", sequenceNumber: "1", streamSid, start: { streamSid, mediaFormat } }));
  return {
    send(number) {
      const media = `{"track":"inbound","chunk":"${++sent}","timestamp":"${sent * frameMs}","payload":"${frames.base64(number)}"}`;
      socket.send(`{"event":"media","sequenceNumber":"${sent + 1}","media":${media},"streamSid":"${streamSid}"}`);
    },
    close: () => socket.terminate(),
  };
};
