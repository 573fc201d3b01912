import { describe, expect, it } from "vitest";
import { checkClientEvent } from "../../src/realtime/parse.ts";
import { type SessionWish, sameSession, sessionConfig } from "../../src/realtime/session.ts";
import type { Session, SessionConfig } from "../../src/realtime/session-config.ts";

const TOOL = {
  type: "function",
  name: "block_card",
  description: "Blocks a card.",
  parameters: { type: "object" },
} as const;
const wish: SessionWish = { instructions: "Be brief.", tools: [TOOL], modality: "audio" };

describe("the session a call asks for", () => {
  it("says everything that servers have different defaults for", () => {
    expect(sessionConfig(wish)).toEqual({
      type: "realtime",
      instructions: "Be brief.",
      output_modalities: ["audio"],
      audio: {
        input: {
          format: { type: "audio/pcm", rate: 24000 },
          noise_reduction: { type: "near_field" },
          transcription: { model: "gpt-transcribe", language: "en" },
          turn_detection: {
            type: "server_vad",
            threshold: 0.5,
            prefix_padding_ms: 300,
            silence_duration_ms: 500,
            create_response: true,
            interrupt_response: true,
          },
        },
        output: { format: { type: "audio/pcm", rate: 24000 }, voice: "marin", speed: 1 },
      },
      tools: [TOOL],
      tool_choice: "auto",
    });
  });

  it("takes the caller's settings over", () => {
    const config = sessionConfig({
      ...wish,
      modality: "text",
      voice: "cedar",
      speed: 1.1,
      vad: { type: "semantic_vad" },
      transcription: { model: "whisper-1" },
    });
    expect(config).toMatchObject({
      output_modalities: ["text"],
      audio: {
        input: {
          transcription: { model: "whisper-1", language: "en" },
          turn_detection: { type: "semantic_vad", eagerness: "auto", create_response: true, interrupt_response: true },
        },
        output: { voice: "cedar", speed: 1.1 },
      },
    });
  });

  it("fills in what a partly set voice detection leaves open", () => {
    const config = sessionConfig({ ...wish, vad: { type: "server_vad", threshold: 0.7 } });
    expect(config.audio.input.turn_detection).toMatchObject({
      threshold: 0.7,
      prefix_padding_ms: 300,
      silence_duration_ms: 500,
    });
  });

  it("holds nothing that GA no longer knows, and passes our own strict reading", () => {
    for (const modality of ["audio", "text"] as const) {
      const event = { type: "session.update", session: sessionConfig({ ...wish, modality }) };
      expect(checkClientEvent(event)).toEqual({ ok: true, event });
      expect(JSON.stringify(event)).not.toMatch(/temperature|"modalities"|input_audio_format|OpenAI-Beta/);
    }
  });
});

describe("the session a server echoes", () => {
  const vad = { type: "server_vad", threshold: 0.6 } as const;
  const asked = { ...sessionConfig({ ...wish, vad }), model: "gpt-realtime" };

  function echo(change: (session: Session) => void = () => {}): Session {
    const session: Session = structuredClone({
      ...asked,
      tools: [...asked.tools],
      output_modalities: [...asked.output_modalities],
    });
    Object.assign(session, { id: "sess_1", object: "realtime.session", expires_at: 1, tracing: null, prompt: null });
    change(session);
    return session;
  }
  const paths = (session: Session, config: SessionConfig = asked) => {
    const verdict = sameSession(config, session);
    return verdict.ok ? [] : verdict.differences.map(({ path }) => path);
  };

  it("may say more than was asked, name a dated model and round a fraction", () => {
    const session = echo((s) => {
      s.model = "gpt-realtime-2025-08-28";
      Object.assign(s.audio?.input?.turn_detection ?? {}, { idle_timeout_ms: null, threshold: 0.6000000238418579 });
      Object.assign(s.audio?.input?.transcription ?? {}, { prompt: null });
    });
    expect(sameSession(asked, session)).toEqual({ ok: true });
  });

  it("may have its default where an empty text was asked", () => {
    expect(
      paths(
        echo((s) => {
          s.instructions = "Default words.";
        }),
        { type: "realtime", instructions: "" },
      ),
    ).toEqual([]);
  });

  it("may leave out what was cleared", () => {
    const cleared: SessionConfig = { type: "realtime", audio: { input: { turn_detection: null } } };
    expect(paths({ type: "realtime", audio: { input: {} } }, cleared)).toEqual([]);
    expect(paths(echo(), cleared)).toEqual(["audio.input.turn_detection"]);
  });

  it.each<[string, string, (session: Session) => void]>([
    [
      "other instructions",
      "instructions",
      (s) => {
        s.instructions = "You are a pirate.";
      },
    ],
    [
      "no instructions",
      "instructions",
      (s) => {
        delete s.instructions;
      },
    ],
    [
      "another model",
      "model",
      (s) => {
        s.model = "gpt-realtime2";
      },
    ],
    [
      "text for audio",
      "output_modalities[0]",
      (s) => {
        s.output_modalities = ["text"];
      },
    ],
    [
      "G.711 for PCM",
      "audio.output.format.type",
      (s) => {
        if (s.audio?.output) s.audio.output.format = { type: "audio/pcmu" };
      },
    ],
    [
      "no voice detection",
      "audio.input.turn_detection",
      (s) => {
        if (s.audio?.input) s.audio.input.turn_detection = null;
      },
    ],
    [
      "no tools",
      "tools.block_card",
      (s) => {
        s.tools = [];
      },
    ],
    [
      "a tool too many",
      "tools.rob_bank",
      (s) => {
        s.tools?.push({ type: "function", name: "rob_bank" });
      },
    ],
    [
      "a changed schema",
      "tools.block_card.parameters.type",
      (s) => {
        s.tools = [{ ...TOOL, parameters: { type: "string" } }];
      },
    ],
    [
      "another type",
      "type",
      (s) => {
        Object.assign(s, { type: "transcription" });
      },
    ],
  ])("is not ours with %s", (_, path, change) => {
    expect(paths(echo(change))).toContain(path);
  });

  it("may have the tools in another order", () => {
    const two: SessionConfig = { type: "realtime", tools: [TOOL, { type: "function", name: "end_call" }] };
    expect(paths({ type: "realtime", tools: [{ type: "function", name: "end_call" }, TOOL] }, two)).toEqual([]);
  });

  it("shows what was asked and what came instead", () => {
    expect(
      sameSession(
        asked,
        echo((s) => {
          if (s.audio?.output) s.audio.output.voice = "alloy";
        }),
      ),
    ).toEqual({
      ok: false,
      differences: [{ path: "audio.output.voice", asked: "marin", got: "alloy" }],
    });
  });
});
