import { describe, expect, it } from "vitest";
import { EnergyEars } from "../../../src/engines/scripted/energy-ears.ts";
import { bytesOf, Encoder } from "../../../src/engines/scripted/formats.ts";
import type { Later } from "../../../src/engines/scripted/server.ts";
import { standInBrain } from "../../../src/engines/scripted/stand-in.ts";
import type { AudioFormat, ServerEvent } from "../../../src/realtime/events.ts";
import { concat, silence, tone } from "../../support/speech.ts";
import { create, serve } from "./serving.ts";

const settle = async () => {
  for (let i = 0; i < 5; i++) await new Promise<void>((done) => setImmediate(done));
};
/** Half a second of quiet, 800 ms of voice, a second of quiet. */
const SENTENCE = concat(silence(500), tone(220, 800, 0.2), silence(1_000));

const PCM = { type: "audio/pcm", rate: 24_000 } as const;

function talk(input: object = {}, format: AudioFormat = PCM) {
  const clock: { ms: number; work: () => void }[] = [];
  const later: Later = (ms, work) => {
    const entry = { ms, work };
    clock.push(entry);
    return () => clock.splice(clock.indexOf(entry), 1);
  };
  const line = serve(standInBrain(), { ears: new EnergyEars(), later });
  const session = { type: "realtime", output_modalities: ["text"], audio: { input: { format, ...input } } };
  line.server.receive({ type: "session.update", session });
  const encoder = new Encoder(format);
  const append = (sound: Int16Array) => {
    const bytes = encoder.encode(bytesOf(sound));
    for (let from = 0; from < bytes.length; from += 800) {
      const audio = Buffer.from(bytes.slice(from, from + 800)).toString("base64");
      line.server.receive({ type: "input_audio_buffer.append", audio });
    }
  };
  const said = () => line.events.flatMap((e) => (e.type === "response.output_text.done" ? [e.text] : []));
  const of = <T extends ServerEvent["type"]>(type: T) =>
    line.events.filter((e) => e.type === type) as Extract<ServerEvent, { type: T }>[];
  return { ...line, append, said, of, clock };
}

describe.each([PCM, { type: "audio/pcmu" }, { type: "audio/pcma" }] as const)("a turn spoken as $type", (format) => {
  it("is heard, has no words, says why, and is answered", async () => {
    const { append, types, said, of, server } = talk({ transcription: { model: "gpt-transcribe" } }, format);
    append(SENTENCE);
    await settle();
    expect(types().slice(2, 8)).toEqual([
      "input_audio_buffer.speech_started",
      "input_audio_buffer.speech_stopped",
      "input_audio_buffer.committed",
      "conversation.item.added",
      "conversation.item.done",
      "response.created",
    ]);
    expect(Math.abs((of("input_audio_buffer.speech_started")[0]?.audio_start_ms ?? 0) - 200)).toBeLessThanOrEqual(20);
    expect(Math.abs((of("input_audio_buffer.speech_stopped")[0]?.audio_end_ms ?? 0) - 1_800)).toBeLessThanOrEqual(20);
    const [failed] = of("conversation.item.input_audio_transcription.failed");
    expect(failed?.error).toMatchObject({ code: "no_recogniser", message: expect.stringContaining("input_text") });
    expect(said()).toEqual([expect.stringMatching(/^I heard 1\.6 seconds of sound/)]);
    const item_id = of("input_audio_buffer.committed")[0]?.item_id;
    server.receive({ type: "conversation.item.retrieve", item_id });
    const retrieved = of("conversation.item.retrieved")[0]?.item;
    const part = retrieved?.type === "message" ? retrieved.content[0] : undefined;
    const bytes = Buffer.from(part?.type === "input_audio" ? (part.audio ?? "") : "", "base64").length;
    expect(Math.abs(bytes / (format.type === "audio/pcm" ? 48 : 8) - 1_600)).toBeLessThanOrEqual(20);
  });
});

describe("sound without words", () => {
  it("counts as what it is in the usage: the turn, not the quiet around it", async () => {
    const { append, done } = talk();
    append(concat(silence(20_000), SENTENCE));
    await settle();
    expect(done()[0]?.usage?.input_token_details?.audio_tokens).toBe(16);
  });

  it("that is followed by words is answered by these", async () => {
    const { append, said, server } = talk({ turn_detection: { type: "server_vad", create_response: false } });
    append(SENTENCE);
    await settle();
    const item = { type: "message", role: "user", content: [{ type: "input_text", text: "Good morning" }] };
    server.receive({ type: "conversation.item.create", item });
    server.receive(create);
    expect(said()).toEqual(["You said: Good morning."]);
  });

  it("that a client puts into an item is heard all the same, and comes back whole", async () => {
    const { said, server, of } = talk();
    const audio = Buffer.from(bytesOf(tone(220, 2_500))).toString("base64");
    const item = { id: "spoken", type: "message", role: "user", content: [{ type: "input_audio", audio }] };
    server.receive({ type: "conversation.item.create", item });
    server.receive(create);
    expect(said()).toEqual([expect.stringMatching(/^I heard 2\.5 seconds of sound/)]);
    expect(JSON.stringify(of("conversation.item.added")[0])).not.toContain(audio);
    server.receive({ type: "conversation.item.retrieve", item_id: "spoken" });
    expect(of("conversation.item.retrieved")[0]?.item).toMatchObject({ content: [{ type: "input_audio", audio }] });
  });

  it("in push to talk is committed by the client, and is then a turn", async () => {
    const { append, types, said, server } = talk({ turn_detection: null });
    append(SENTENCE);
    expect(types()).not.toContain("input_audio_buffer.speech_started");
    server.receive({ type: "input_audio_buffer.commit" });
    server.receive(create);
    await settle();
    expect(said()).toEqual([expect.stringMatching(/^I heard 2\.3 seconds of sound/)]);
  });
});

describe("the idle timeout", () => {
  const idle = { turn_detection: { type: "server_vad", idle_timeout_ms: 6_000 } };

  it("turns a silence into an item that is answered, after the answer before has been played", async () => {
    const { append, server, clock, types, said, of } = talk(idle);
    expect(clock).toEqual([]);
    server.receive(create);
    expect(clock.map(({ ms }) => ms)).toEqual([6_000]);
    append(silence(6_000));
    const from = types().length;
    clock[0]?.work();
    await settle();
    expect(types().slice(from, from + 5)).toEqual([
      "input_audio_buffer.timeout_triggered",
      "input_audio_buffer.committed",
      "conversation.item.added",
      "conversation.item.done",
      "response.created",
    ]);
    expect(of("input_audio_buffer.timeout_triggered")[0]).toMatchObject({ audio_start_ms: 0, audio_end_ms: 6_000 });
    expect(said().at(-1)).toBe("Are you still there?");
  });

  it("is off while somebody speaks or is answered, and where it was not asked for", async () => {
    const { append, server, clock } = talk(idle);
    server.receive(create);
    append(concat(silence(300), tone(220, 400, 0.2)));
    expect(clock).toEqual([]);
    append(silence(600));
    await settle();
    expect(clock).toHaveLength(1);
    server.receive({
      type: "session.update",
      session: { type: "realtime", audio: { input: { turn_detection: { type: "semantic_vad" } } } },
    });
    expect(clock).toEqual([]);
    server.receive(create);
    expect(clock).toEqual([]);
  });
});
