/**
 * Recorded vendors as the provider of a call, manners and all. What is said is held against the recording itself; the dialogue
 * goes on only while Luna says what a client has to say, so every test also shows that she did.
 */
import { afterEach, describe, expect, test, vi } from "vitest";
import { addResponse, newTally } from "../../../src/call/money.ts";
import { Handshake } from "../../../src/engines/handshake.ts";
import type { ServerEvent, SessionConfig } from "../../../src/realtime/events.ts";
import { readServerEvents } from "../../../src/realtime/read.ts";
import { capturesMissing, connectionsOf, type Line, linesOf } from "../../realtime/captures.ts";
import { askedLike, RecordedCall, saidIn } from "./recorded-call.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const XAI = "ga-like-xai-audio-turn.jsonl";
const XAI_TOOL = "ga-like-xai-message-plus-tool-one-response.jsonl";
const XAI_DROP = "ga-like-xai-drop-and-resume.jsonl";
const AZURE = "ga-azure-audio-turn-transcription.jsonl";
const AZURE_FAILED = "ga-azure-transcription-failed.jsonl";
const AZURE_TOOL = "ga-azure-tool-call-round.jsonl";
const AZURE_SPOKEN_TOOL = "ga-azure-spoken-turn-tool-audio-answer.jsonl";
const GATEWAY = "ga-gateway-openai-text-in-audio-out.jsonl";
const VOICE_LIVE = "beta-azure-voicelive-audio-turn.jsonl";
const VOICE_LIVE_TOOL = "beta-azure-voicelive-tool-call.jsonl";

type Json = Record<string, unknown>;
const replay = (file: string, manners = {}) => new RecordedCall(file, manners).play();
const isTranscript = ({ event }: Line) => event.type.startsWith("conversation.item.input_audio_transcription.");

describe.skipIf(capturesMissing)("the session that a vendor says is in force", () => {
  /** Luna's own settings against the recorded echo, as it is or changed. */
  function echoed(file: string, change: (session: Json) => void = () => {}, asked: SessionConfig = askedLike(file)) {
    const handshake = new Handshake(asked);
    const lines = linesOf(file).filter(({ dir }) => dir === "s");
    const [created, updated] = ["session.created", "session.updated"].map((type) => {
      const line = structuredClone(lines.find(({ event }) => event.type === type)?.event) as Json;
      if (type === "session.updated") change(line.session as Json);
      return readServerEvents(JSON.stringify(line))[0] as ServerEvent;
    }) as [ServerEvent, ServerEvent];
    handshake.take(created);
    const step = handshake.take(updated);
    return { step: step.step, differences: "differences" in step ? step.differences.sort() : [] };
  }
  /** What none of them has been asked for by the recorded client, and so has its own of. */
  const OWN = ["noise_reduction", "transcription.language", "transcription.model"].map((name) => `audio.input.${name}`);
  const detection = (...names: string[]) => names.map((name) => `audio.input.turn_detection.${name}`);

  test.each([
    ["Azure", AZURE, [...OWN, ...detection("silence_duration_ms"), "audio.output.voice"]],
    ["Azure with a tool", AZURE_SPOKEN_TOOL, [...OWN, ...detection("silence_duration_ms"), "audio.output.voice"]],
    ["a gateway", GATEWAY, [...OWN, ...detection("silence_duration_ms"), "audio.output.voice"]],
    [
      "xAI, which does not tell its tools, its voice or the numbers of its voice detection, and tells much of its own",
      XAI,
      [
        ...OWN,
        ...detection("prefix_padding_ms", "silence_duration_ms", "threshold"),
        "audio.output.speed",
        "audio.output.voice",
      ],
    ],
    [
      "xAI with a tool, which it wraps as chat completions do",
      XAI_TOOL,
      [
        ...OWN,
        ...detection("prefix_padding_ms", "silence_duration_ms", "threshold"),
        "audio.output.speed",
        "audio.output.voice",
      ],
    ],
    [
      "Azure Voice Live, flat and with a voice that is an object",
      VOICE_LIVE,
      [...OWN, ...detection("prefix_padding_ms"), "audio.output.speed", "audio.output.voice"],
    ],
    [
      "Azure Voice Live in writing, with a tool",
      VOICE_LIVE_TOOL,
      [...OWN, ...detection("prefix_padding_ms"), "audio.output.speed", "audio.output.voice"],
    ],
  ])(
    "is taken where it differs in nothing a call depends on, and the difference is told: %s",
    (_, file, differences) => {
      expect(echoed(file)).toEqual({ step: "configured", differences: differences.sort() });
    },
  );

  const off = { flat: { type: null }, none: { type: "none" } };
  const nested = (session: Json) => (session.audio as { input: Json }).input;

  test.each([
    [
      "xAI that leaves its ears as they were in session.created",
      XAI,
      (s: Json) => Object.assign(s, { turn_detection: off.flat }),
    ],
    ["Voice Live in push to talk", VOICE_LIVE, (s: Json) => Object.assign(s, { turn_detection: off.none })],
    ["Azure in push to talk", AZURE, (s: Json) => Object.assign(nested(s), { turn_detection: null })],
    ["Azure that does not say how it listens", AZURE, (s: Json) => delete nested(s).turn_detection],
  ])("is refused where nobody would notice that the caller has spoken: %s", (_, file, change) => {
    expect(echoed(file, change)).toEqual({
      step: "refused",
      differences: expect.arrayContaining(["audio.input.turn_detection"]),
    });
  });

  test("is refused where it listens by itself although the client hands its turns in", () => {
    const { audio, ...rest } = askedLike(AZURE);
    const pushToTalk = { ...rest, audio: { ...audio, input: { ...audio?.input, turn_detection: null } } };
    expect(echoed(AZURE, () => {}, pushToTalk).step).toBe("refused");
    expect(echoed(AZURE, (s) => Object.assign(nested(s), { turn_detection: null }), pushToTalk).step).toBe(
      "configured",
    );
  });

  test.each([
    ["Azure that tells nothing of sound", AZURE, (s: Json) => delete s.audio, "audio"],
    [
      "Azure that answers in writing",
      AZURE,
      (s: Json) => Object.assign(s, { output_modalities: ["text"] }),
      "output_modalities[0]",
    ],
    ["Azure that has no such tool", AZURE_TOOL, (s: Json) => Object.assign(s, { tools: [] }), "tools.get_weather"],
    ["xAI that has no tools, though asked", XAI_TOOL, (s: Json) => delete s.tools, "tools"],
    [
      "Voice Live with telephone sound",
      VOICE_LIVE,
      (s: Json) => Object.assign(s, { output_audio_format: "g711_ulaw" }),
      "audio.output.format.type",
    ],
    [
      "a gateway with words of its own",
      GATEWAY,
      (s: Json) => Object.assign(s, { instructions: "You are an assistant." }),
      "instructions",
    ],
  ])("is refused, by name, where the call would run by other rules: %s", (_, file, change, path) => {
    const { step, differences } = echoed(file, change);
    expect(step).toBe("refused");
    expect(differences).toContain(path);
  });
});

describe.skipIf(capturesMissing)("a recorded vendor as the provider of a call", () => {
  test.each([
    ["xAI", XAI],
    ["xAI with a tool", XAI_TOOL],
    ["Azure", AZURE],
    ["Azure with a tool, in writing", AZURE_TOOL],
    ["Azure with a tool, spoken", AZURE_SPOKEN_TOOL],
    ["a gateway before OpenAI", GATEWAY],
    ["Azure Voice Live, with beta names", VOICE_LIVE],
    ["Azure Voice Live with a tool, with beta names", VOICE_LIVE_TOOL],
  ])("%s: every turn is there once, whole and in its order, and nothing is left to wait for", async (_, file) => {
    const call = await replay(file);
    expect(call.said()).toEqual(saidIn(file));
    expect(call.said().every(({ text }) => text !== "")).toBe(true);
    expect(call.states()).toEqual(call.said().map(() => "final"));
    expect(call.rules.state.gate).toMatchObject({ at: "free", owed: null, asked: null });
    expect(call.lost).toEqual([]);
    // None of them tells what is left of a limit; nothing may wait for it.
    expect(call.provider.log).not.toContain("s rate_limits.updated");
  });

  test.each([
    ["xAI: a sentence and a call in one response, both first in it", XAI_TOOL],
    ["Azure: a call whose output is in before the response is over", AZURE_TOOL],
    ["Azure: a call out of a spoken turn", AZURE_SPOKEN_TOOL],
    ["Voice Live: a call that is never said to be done, only its item", VOICE_LIVE_TOOL],
  ])(
    "%s: it runs once, its output goes back once, and one answer is asked for, when the response is over",
    async (_, file) => {
      const call = await replay(file);
      const made = linesOf(file).find(({ event }) => event.type === "response.function_call_arguments.done")
        ?.event as Json;
      expect(call.ran).toHaveLength(1);
      expect(call.ran[0]).toMatchObject({ call_id: made.call_id, name: made.name, arguments: made.arguments });
      const outputs = call.provider
        .of("conversation.item.create")
        .filter(({ item }) => (item as Json).call_id === made.call_id);
      expect(outputs).toHaveLength(1);
      const { log } = call.provider;
      const over = log.indexOf("s response.done");
      expect(log.slice(0, over).filter((entry) => entry === "c response.create")).toHaveLength(
        file.includes("spoken") ? 0 : 1,
      );
      expect(log.slice(over).filter((entry) => entry === "c response.create")).toHaveLength(1);
    },
  );

  test("Azure: a call that is told again, in its response and after it, is not made again", async () => {
    const isCall = ({ dir, event }: Line) =>
      dir === "s" && event.type === "response.output_item.done" && (event.item as Json).type === "function_call";
    const edit = (lines: Line[]) => {
      const twice = lines.flatMap((line) => (isCall(line) ? [line, line] : [line]));
      return [...twice, ...lines.filter(isCall)];
    };
    const call = await replay(AZURE_TOOL, { edit });
    expect(call.provider.log.filter((entry) => entry === "s response.output_item.done")).toHaveLength(3);
    expect(call.ran).toHaveLength(1);
    expect(call.provider.of("conversation.item.create")).toHaveLength(2);
    expect(call.provider.of("response.create")).toHaveLength(2);
    expect(call.said()).toEqual(saidIn(AZURE_TOOL));
  });

  test("xAI: a sentence and a call in one response are a turn and a tool, the sentence before the tool's answer", async () => {
    const call = await replay(XAI_TOOL);
    expect(call.said().map(({ who }) => who)).toEqual(["caller", "luna", "luna"]);
    const { order } = call.rules.state.transcript;
    const places = [...call.sound.keys(), call.ran[0]?.item_id].map((id) => order.findIndex((item) => item.id === id));
    expect(places).toHaveLength(3);
    const [sentence = -1, answer = -1, made = -1] = places;
    expect(sentence).toBeLessThan(made);
    expect(made).toBeLessThan(answer);
  });

  test("xAI: words that are 'completed' three times, first in the middle of the sentence, are one turn with the last of them", async () => {
    const completed = linesOf(XAI).filter(({ event }) => event.type.endsWith("transcription.completed"));
    expect(completed).toHaveLength(3);
    expect(new Set(completed.map(({ event }) => event.transcript)).size).toBe(3);
    const call = await replay(XAI);
    const [caller, luna, ...more] = call.said();
    expect(caller).toEqual({ who: "caller", text: completed.at(-1)?.event.transcript });
    expect(luna?.who).toBe("luna");
    expect(more).toEqual([]);
  });

  test("xAI: what a response has used stands beside it and not in it, and is counted all the same", async () => {
    const told = linesOf(XAI_TOOL).filter(({ event }) => event.type === "response.done");
    expect(told.map(({ event }) => (event.response as Json).usage)).toEqual([{}, {}]);
    const call = await replay(XAI_TOOL);
    const tally = newTally();
    for (const event of call.events) {
      if (event.type === "response.done") addResponse(tally, event.response, "grok-voice-latest");
    }
    const sum = (name: string) => told.reduce((all, { event }) => all + Number((event.usage as Json)[name]), 0);
    expect(sum("output_tokens")).toBeGreaterThan(0);
    expect(tally.tokens.text_out + tally.tokens.audio_out).toBe(sum("output_tokens"));
    expect(tally.tokens.text_in + tally.tokens.audio_in).toBe(sum("input_tokens"));
    // No price is known for it: the dearest counts against a cap.
    expect(tally).toMatchObject({ unmeasured: 0, unpriced: true });
    expect(tally.charge_usd).toBeGreaterThan(0);
  });

  test("Azure: the caller's words, which come while she answers, stand before the answer", async () => {
    const call = await replay(AZURE);
    const { log } = call.provider;
    const words = log.indexOf("s conversation.item.input_audio_transcription.completed");
    expect(log.indexOf("s response.created")).toBeLessThan(words);
    expect(call.said().map(({ who }) => who)).toEqual(["caller", "luna"]);
  });

  test("Azure: the caller's words, when they come after all of the answer, still stand before it", async () => {
    const edit = (lines: Line[]) => [...lines.filter((line) => !isTranscript(line)), ...lines.filter(isTranscript)];
    const call = await replay(AZURE, { edit });
    expect(call.said()).toEqual(saidIn(AZURE));
    expect(call.states()).toEqual(["final", "final"]);
  });

  test("Azure: words of the caller that never come leave an unclear turn and a whole answer", async () => {
    const call = await replay(AZURE, { edit: (lines: Line[]) => lines.filter((line) => !isTranscript(line)) });
    call.rules.wait(10_000);
    expect(call.said()).toEqual([{ who: "caller", text: "" }, saidIn(AZURE)[1]]);
    expect(call.states()).toEqual(["unclear", "final"]);
    expect(call.lost).toEqual([]);
  });

  test("Azure: a transcription model that is not deployed costs the words of the turn, and neither the answer nor the line", async () => {
    const failed = linesOf(AZURE_FAILED).find(({ event }) => event.type.endsWith("transcription.failed"));
    expect(failed?.event.error).toMatchObject({ code: "DeploymentNotFound" });
    const call = await replay(AZURE_FAILED);
    expect(call.states()).toEqual(["unclear", "final"]);
    expect(call.said()[1]).toEqual(saidIn(AZURE_FAILED)[1]);
    expect(call.lost).toEqual([]);
  });

  test("Azure and a gateway: fields that no protocol has do not change a word", async () => {
    for (const file of [AZURE, GATEWAY]) {
      const edit = (lines: Line[]) =>
        lines.map((line) =>
          line.dir === "c"
            ? line
            : { ...line, event: { ...line.event, x_trace: 'a"b', content: { nested: [1] }, ts: 1 } },
        );
      const [plain, changed] = [await replay(file), await replay(file, { edit })];
      expect(changed.said()).toEqual(plain.said());
      expect([...changed.sound.values()]).toEqual([...plain.sound.values()]);
    }
  });

  test("Voice Live: an item that is told in the beta's way and in GA's is one item", async () => {
    const ids = linesOf(VOICE_LIVE).flatMap(({ event }) =>
      /^conversation\.item\.(created|done)$/.test(event.type) ? [(event.item as Json).id] : [],
    );
    expect(new Set(ids).size).toBeLessThan(ids.length);
    const call = await replay(VOICE_LIVE);
    expect(call.rules.state.transcript.order.map(({ id }) => id)).toEqual([...new Set(ids)]);
  });

  test.each([
    ["xAI", XAI],
    ["Azure", AZURE],
    ["a gateway", GATEWAY],
    ["Voice Live", VOICE_LIVE],
  ])("%s: every piece of her voice is there, under the turn it belongs to", async (_, file) => {
    const pieces = linesOf(file).filter(({ event }) => /^response\.(output_)?audio\.delta$/.test(event.type));
    const call = await replay(file);
    expect(pieces.length).toBeGreaterThan(3);
    expect([...call.sound]).toEqual([[pieces[0]?.event.item_id, pieces.length]]);
  });
});

describe.skipIf(capturesMissing)("xAI that closes with 1011 in the middle of a call", () => {
  test("is dialled again, told what was said, and asked on: no turn is lost or doubled by what it has kept itself", async () => {
    const [before, after] = connectionsOf(XAI_DROP);
    expect(before?.close?.code).toBe(1011);
    // What it has kept, which nobody of ours asked it to keep.
    const kept = after?.lines.find(({ event }) => event.type === "conversation.item.added")?.event.item as Json;
    expect(kept).toMatchObject({ role: "assistant", status: "completed" });
    const call = await replay(XAI_DROP);
    expect(call.provider.connections).toHaveLength(2);
    expect(call.lost).toEqual([{ code: "server_error", message: expect.any(String), retriable: true, again: true }]);
    expect(call.said().map(({ who }) => who)).toEqual(["caller", "luna", "caller", "luna"]);
    const text = (kept.content as Json[])[0]?.text;
    expect(call.said()).toEqual(
      saidIn(XAI_DROP).filter(
        (turn, at, all) => turn.text !== text || all.findIndex((other) => other.text === text) === at,
      ),
    );
    expect(call.states()).toEqual(["final", "final", "final", "final"]);
  });

  test("is told the past before it may answer by itself, and is asked for nothing twice", async () => {
    const call = await replay(XAI_DROP);
    const { log, received } = call.provider;
    const second = log.lastIndexOf("s session.created");
    expect(log.slice(second).filter((entry) => entry.startsWith("c "))).toEqual([
      "c session.update",
      "c conversation.item.create",
      "c session.update",
      "c conversation.item.create",
      "c response.create",
    ]);
    const answering = received
      .filter(({ type }) => type === "session.update")
      .map(({ session }) => (session as SessionConfig).audio?.input?.turn_detection?.create_response);
    expect(answering).toEqual([true, false, true]);
    const told = call.provider.of("conversation.item.create").map(({ item }) => (item as Json).role);
    expect(told).toEqual(["user", "user", "assistant", "user"]);
    expect(call.provider.of("response.create")).toHaveLength(2);
  });
});
