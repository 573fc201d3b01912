import { describe, expect, test } from "vitest";
import { decodeG711 } from "../../src/audio/g711.ts";
import { rmsOfInt16 } from "../../src/audio/rms.ts";
import { SdkClient } from "../support/workerd/sdk-client.ts";

function bytesOf(base64: string): Uint8Array {
  return Uint8Array.from(atob(base64), (char) => char.charCodeAt(0));
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

/** PCM16 at 24 kHz of a steady voice, or of silence. */
function sound(ms: number, peak: number): Uint8Array {
  const samples = Int16Array.from({ length: ms * 24 }, (_, i) => peak * Math.sin((2 * Math.PI * 220 * i) / 24_000));
  return new Uint8Array(samples.buffer);
}

async function open(audio: object = {}): Promise<SdkClient> {
  const client = await SdkClient.open({ model: "luna-scripted" });
  await client.created();
  client.send({ type: "session.update", session: { type: "realtime", audio } });
  await client.nth("session.updated", 1);
  return client;
}

/** All sound of the answers so far, in the format it came in. */
function heard(client: SdkClient): Uint8Array {
  const parts = client.of("response.output_audio.delta").map(({ delta }) => bytesOf(delta));
  const all = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}

describe("a client of the offline server, in sound", () => {
  test("hears the answer, with a transcript beside it", async () => {
    const client = await open();
    client.say("Say exactly: One thousand two hundred dollars.");
    client.send({ type: "response.create" });
    const { response } = await client.nth("response.done", 1);
    expect(response).toMatchObject({
      status: "completed",
      output: [{ content: [{ type: "output_audio", transcript: "One thousand two hundred dollars." }] }],
    });
    const pcm = heard(client);
    const ms = pcm.length / 48;
    expect(ms).toBeGreaterThan(1_200);
    expect(ms).toBeLessThan(5_000);
    expect(rmsOfInt16(new Int16Array(pcm.slice().buffer))).toBeGreaterThan(0.02);
    expect(response.usage?.output_token_details?.audio_tokens).toBe(Math.ceil(ms / 50));
    client.socket.close(1000);
  });

  test("hears it as a telephone would, where it asked for that", async () => {
    const client = await open({ output: { format: { type: "audio/pcmu" } } });
    client.say("Say exactly: One thousand two hundred dollars.");
    client.send({ type: "response.create" });
    await client.nth("response.done", 1);
    const bytes = heard(client);
    expect(bytes.length / 8).toBeGreaterThan(1_200);
    expect(rmsOfInt16(decodeG711("mu", bytes))).toBeGreaterThan(0.02);
    client.socket.close(1000);
  });

  test("is heard, not understood, and told so", async () => {
    const client = await open({ input: { transcription: { model: "gpt-transcribe" } } });
    for (const [ms, peak] of [
      [300, 0],
      [900, 8_000],
      [900, 0],
    ] as const) {
      const bytes = sound(ms, peak);
      for (let from = 0; from < bytes.length; from += 1_920) {
        client.send({ type: "input_audio_buffer.append", audio: base64(bytes.slice(from, from + 1_920)) });
      }
    }
    const { response } = await client.nth("response.done", 1);
    expect(response.output).toMatchObject([
      { content: [{ transcript: expect.stringMatching(/^I heard 1\.7 seconds of sound/) }] },
    ]);
    expect(client.of("conversation.item.input_audio_transcription.failed")[0]?.error.code).toBe("no_recogniser");
    expect(client.of("error")).toEqual([]);
    client.socket.close(1000);
  });

  test("can cut an answer off while it is made", async () => {
    const client = await open();
    client.say(`Say exactly: ${"one hundred dollars and ".repeat(12)} nothing.`);
    client.send({ type: "response.create" });
    await client.nth("response.output_audio.delta", 1);
    client.send({ type: "response.cancel" });
    const { response } = await client.nth("response.done", 1);
    expect(response).toMatchObject({ status: "cancelled", status_details: { reason: "client_cancelled" } });
    expect(client.of("error")).toEqual([]);
    client.socket.close(1000);
  });
});
