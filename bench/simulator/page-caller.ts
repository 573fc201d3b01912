/** A caller in Luna's page: opens a call, connects with its token, sends PCM16, and reports what it plays as the page does. */
import { BYTES_PER_MS } from "../../src/audio/pcm.ts";
import { AUDIO_HEADER_BYTES } from "../../src/legs/frames.ts";
import type { CallOpened } from "../../src/legs/open-call.ts";
import { TOKEN_PROTOCOL, WIRE_PROTOCOL } from "../../src/legs/wire.ts";
import { type Dial, opened, openSocket } from "./caller.ts";
import { FrameMaker } from "./frames.ts";

/** The page tells so often how far the ear is. */
const PROGRESS_MS = 250;
const KEY = "sk-bench-no-such-key";

/** What the page's speaker would be playing. */
interface Sounding {
  item: string;
  part: number;
  receivedMs: number;
  heardMs: number;
}

export const dialPage: Dial = async (address, call, { frameMs, faster = 1 }, ear) => {
  const frames = new FrameMaker(frameMs * BYTES_PER_MS);
  const { opened: answer, cookie } = await openCall(address, call);
  const url = address.replace("http", "ws") + answer.socket;
  const socket = openSocket(url, [WIRE_PROTOCOL, TOKEN_PROTOCOL + answer.token], { cookie });
  let sounding: Sounding | undefined;
  const report = (state: "started" | "progress" | "done" | "flushed") => {
    if (!sounding || socket.readyState !== socket.OPEN) return;
    const heard = `"item_id":"${sounding.item}","content_index":${sounding.part},"heard_ms":${Math.floor(sounding.heardMs)}`;
    socket.send(`{"type":"luna.playback","state":"${state}",${heard}}`);
    if (state === "done" || state === "flushed") sounding = undefined;
  };
  const told = (text: string, at: number) => {
    if (text.startsWith('{"type":"luna.flush"')) {
      ear.onFlush?.(at);
      report("flushed");
    } else if (text.startsWith('{"type":"luna.audio"')) {
      report("done");
      const { item_id, content_index } = JSON.parse(text) as { item_id: string; content_index: number };
      sounding = { item: item_id, part: content_index, receivedMs: 0, heardMs: 0 };
      report("started");
    }
  };
  socket.on("message", (data: Buffer, isBinary: boolean) => {
    const at = performance.now();
    if (!isBinary) return told(data.toString("latin1"), at);
    if (sounding) sounding.receivedMs += (data.length - AUDIO_HEADER_BYTES) / BYTES_PER_MS;
    ear.onFrame(data.readUInt32LE(AUDIO_HEADER_BYTES), at);
  });
  const clock = setInterval(() => {
    if (!sounding || sounding.heardMs === sounding.receivedMs) return;
    sounding.heardMs = Math.min(sounding.receivedMs, sounding.heardMs + PROGRESS_MS);
    report("progress");
  }, PROGRESS_MS / faster);
  socket.on("close", () => {
    clearInterval(clock);
    ear.onGone?.();
  });
  await opened(socket);
  return {
    send: (number) => socket.send(frames.binary(number)),
    close: () => socket.terminate(),
  };
};

/** Opens a call with a key of its own, as a visitor's page does. */
export async function openCall(address: string, call: number): Promise<{ opened: CallOpened; cookie: string }> {
  const response = await fetch(`${address}/api/calls`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ scenario: "block-card", key: KEY, settings: { model: `bench-${call}` } }),
  });
  if (response.status !== 201) throw new Error(`Luna answered ${response.status}: ${await response.text()}`);
  const cookie = (response.headers.get("set-cookie") ?? "").split(";")[0] ?? "";
  return { opened: (await response.json()) as CallOpened, cookie };
}
