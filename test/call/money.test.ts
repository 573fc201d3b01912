import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  addResponse,
  addTranscription,
  addUnfinished,
  capFor,
  capState,
  costOf,
  costOfCall,
  costOfTurn,
  costStatus,
  newTally,
  type Tally,
  tokensOf,
  transcriptionCost,
} from "../../src/call/money.ts";
import type { Item, ServerEvent, TranscriptionUsage, Usage } from "../../src/realtime/events.ts";
import { readServerEvents } from "../../src/realtime/read.ts";
import { captureFiles, linesOf } from "../realtime/captures.ts";

const MODEL = "gpt-realtime-2.1";

/** Usage as providers send it: every kind told. */
function usage(
  into: { text?: number; audio?: number },
  cached: { text?: number; audio?: number },
  out: Usage["output_token_details"],
): Usage {
  const { text = 0, audio = 0 } = into;
  const { text_tokens = 0, audio_tokens = 0 } = out ?? {};
  return {
    total_tokens: text + audio + text_tokens + audio_tokens,
    input_tokens: text + audio,
    output_tokens: text_tokens + audio_tokens,
    input_token_details: {
      text_tokens: text,
      audio_tokens: audio,
      image_tokens: 0,
      cached_tokens: (cached.text ?? 0) + (cached.audio ?? 0),
      cached_tokens_details: { text_tokens: cached.text ?? 0, audio_tokens: cached.audio ?? 0, image_tokens: 0 },
    },
    output_token_details: { text_tokens, audio_tokens },
  };
}

function response(id: string, used: Usage | null | undefined, ...items: string[]) {
  const output: Item[] = items.map((item) =>
    item.startsWith("call")
      ? { id: item, type: "function_call", status: "completed", call_id: item, name: "check_balance", arguments: "{}" }
      : { id: item, type: "message", role: "assistant", status: "completed", content: [] },
  );
  return { id, usage: used, output };
}

const ONE_MINUTE_SAID = usage({}, {}, { audio_tokens: 1_200 });
const ONE_MINUTE_HEARD = usage({ audio: 600 }, {}, {});

describe("a response", () => {
  test("a minute of Luna costs 7.68 cents, a minute of the caller 1.92, as the facts say", () => {
    expect(costOf(ONE_MINUTE_SAID, MODEL)).toBe(0.0768);
    expect(costOf(ONE_MINUTE_HEARD, MODEL)).toBe(0.0192);
    expect(costOf(ONE_MINUTE_SAID, "gpt-realtime-2.1-mini")).toBe(0.024);
    expect(costOf(ONE_MINUTE_HEARD, "gpt-realtime-2.1-mini")).toBe(0.006);
  });

  test("cached tokens are part of the input and cost what cached tokens cost", () => {
    const used = usage({ text: 119, audio: 13 }, { text: 64 }, { text_tokens: 30, audio_tokens: 91 });
    const byHand = (55 * 4 + 64 * 0.4 + 13 * 32 + 30 * 24 + 91 * 64) / 1e6;
    expect(costOf(used, MODEL)).toBeCloseTo(byHand, 12);
  });

  test("cached tokens of no named kind are taken for text first, and never for more than came in", () => {
    const used: Usage = {
      input_tokens: 100,
      input_token_details: { text_tokens: 40, audio_tokens: 60, cached_tokens: 64 },
    };
    expect(tokensOf(used)).toMatchObject({ text_cached: 40, audio_cached: 24 });
    const boast: Usage = { input_tokens: 10, input_token_details: { text_tokens: 10, cached_tokens: 9_999 } };
    expect(tokensOf(boast)).toMatchObject({ text_in: 10, text_cached: 10, audio_in: 0 });
  });

  test("tokens of no named kind count as audio, the dearer", () => {
    expect(costOf({ input_tokens: 600, output_tokens: 1_200 }, MODEL)).toBe(0.096);
  });

  test("tokens that are only in the total are no free ones: they were made, unless those that were made are told", () => {
    expect(costOf({ total_tokens: 1_200 }, MODEL)).toBe(0.0768);
    expect(costOf({ total_tokens: 1_800, output_tokens: 1_200 }, MODEL)).toBe(0.096);
    expect(costOf({ total_tokens: 1_800, input_tokens: 600 }, MODEL)).toBe(0.096);
  });

  test("a cancelled response without figures, or an empty one, is no free response", () => {
    for (const nothing of [null, undefined, {}]) expect(costOf(nothing, MODEL)).toBeNull();
    expect(costOf(usage({}, {}, {}), MODEL)).toBe(0);
  });

  test("nonsense in place of numbers is no number", () => {
    const mad = { input_tokens: "many", output_tokens: -5, output_token_details: { audio_tokens: Number.NaN } };
    expect(costOf(mad as unknown as Usage, MODEL)).toBe(0);
  });
});

describe("a transcription", () => {
  const tokens: TranscriptionUsage = {
    type: "tokens",
    total_tokens: 35,
    input_tokens: 26,
    output_tokens: 9,
    input_token_details: { text_tokens: 0, audio_tokens: 26 },
  };

  test("is charged by the minute or by the token, as its model is", () => {
    expect(transcriptionCost({ type: "duration", seconds: 60 }, "gpt-transcribe")).toBe(0.0045);
    expect(transcriptionCost({ type: "duration", seconds: 3 }, "gpt-realtime-whisper")).toBe(0.00085);
    expect(transcriptionCost(tokens, "gpt-4o-transcribe")).toBeCloseTo((26 * 6 + 9 * 10) / 1e6, 9);
  });

  test("a model charged by the minute may tell tokens: 600 are a minute", () => {
    expect(transcriptionCost(tokens, "gpt-transcribe")).toBeCloseTo((26 / 600) * 0.0045, 9);
  });

  test("seconds say nothing of the cost by token", () => {
    expect(transcriptionCost({ type: "duration", seconds: 3 }, "gpt-4o-transcribe")).toBeNull();
    expect(transcriptionCost(null, "gpt-transcribe")).toBeNull();
  });
});

describe("the tally of a call", () => {
  test("the same response told twice is charged once, and so is a transcription", () => {
    const tally = newTally();
    for (let time = 0; time < 2; time++) {
      addResponse(tally, response("resp_1", ONE_MINUTE_SAID, "item_1"), MODEL);
      addTranscription(tally, "item_0", { type: "duration", seconds: 60 }, "gpt-transcribe");
    }
    expect(tally).toMatchObject({ usd: 0.0813, transcribed_s: 60, tokens: { audio_out: 1_200 } });
  });

  test("a response that only calls a tool is charged to the answer that comes of it", () => {
    const tally = newTally();
    addResponse(tally, response("resp_1", ONE_MINUTE_HEARD, "call_1"), MODEL);
    expect(tally.carried_usd).toBe(0.0192);
    addResponse(tally, response("resp_2", ONE_MINUTE_SAID, "item_1"), MODEL);
    expect(costOfTurn(tally, "item_1")).toBe(0.096);
    expect(costStatus(tally, 1)).toEqual({ type: "luna.cost", usd: 0.096, turn_usd: 0.0768, cap_usd: 1 });
  });

  test("what was cancelled is charged with what it used", () => {
    const tally = newTally();
    addResponse(tally, response("resp_1", ONE_MINUTE_SAID, "item_1"), MODEL);
    addResponse(tally, response("resp_2", usage({ audio: 10 }, {}, { audio_tokens: 20 })), MODEL);
    expect(tally.usd).toBeCloseTo(0.0768 + 0.0016, 9);
    addResponse(tally, response("resp_3", null), MODEL);
    expect(tally).toMatchObject({ unmeasured: 1, unpriced: false, turn_usd: null });
  });

  test("a provider that never tells what it used runs into the cap by the sound that it made", () => {
    const tally = newTally();
    addResponse(tally, response("resp_1", null, "item_1"), MODEL, 60_000);
    addResponse(tally, response("resp_2", {}, "item_2"), MODEL, 60_000);
    expect(tally).toMatchObject({ usd: 0, unmeasured: 2, turn_usd: null });
    expect(tally.charge_usd).toBeCloseTo(2 * 0.0768, 9);
    expect(capState(tally, 0.15)).toBe("spent");
  });

  test("what is still being said when the call ends counts against the cap by its sound, and is no part of what is known", () => {
    const tally = newTally();
    addResponse(tally, response("resp_1", ONE_MINUTE_SAID, "item_1"), MODEL);
    addUnfinished(tally, "resp_2", 30_000, MODEL);
    expect(tally.usd).toBe(0.0768);
    expect(tally.charge_usd).toBeCloseTo(0.0768 * 1.5, 9);
    expect(tally).toMatchObject({ unmeasured: 1, turn_usd: null });
    addUnfinished(tally, "resp_1", 30_000, MODEL);
    expect(tally.charge_usd).toBeCloseTo(0.0768 * 1.5, 9);
    addUnfinished(tally, "resp_3", 60_000, "my-deployment");
    expect(tally.charge_usd).toBeGreaterThan(0.0768 * 2);
  });

  test("what was taken for lost and comes to its end all the same is charged once, by its own figures", () => {
    const tally = newTally();
    addResponse(tally, response("resp_1", ONE_MINUTE_SAID, "item_1"), MODEL);
    addUnfinished(tally, "resp_2", 30_000, MODEL);
    addUnfinished(tally, "resp_2", 40_000, MODEL);
    expect(tally.charge_usd).toBeCloseTo(0.0768 * 1.5, 9);
    const woken: Tally = JSON.parse(JSON.stringify(tally));
    for (let time = 0; time < 2; time++) addResponse(woken, response("resp_2", ONE_MINUTE_SAID, "item_2"), MODEL);
    expect(woken).toMatchObject({ usd: 0.1536, charge_usd: 0.1536, unmeasured: 0, turn_usd: 0.0768 });
    expect(costOfTurn(woken, "item_2")).toBe(0.0768);
    addUnfinished(woken, "resp_2", 30_000, MODEL);
    expect(woken.charge_usd).toBe(0.1536);
    addResponse(tally, response("resp_2", null, "item_2"), MODEL, 60_000);
    expect(tally).toMatchObject({ usd: 0.0768, charge_usd: 0.1536, unmeasured: 1 });
  });

  test("a model without a price has no cost to show, and still runs into the cap", () => {
    const tally = newTally();
    addResponse(tally, response("resp_1", ONE_MINUTE_SAID, "item_1"), "my-deployment");
    expect(costOfCall(tally)).toBeNull();
    expect(costStatus(tally, 0.05)).toMatchObject({ usd: null, turn_usd: null });
    expect(tally.charge_usd).toBe(0.0768);
    expect(capState(tally, 0.05)).toBe("spent");
  });

  test("the engine inside costs nothing", () => {
    const tally = newTally();
    addResponse(tally, response("resp_1", ONE_MINUTE_SAID, "item_1"), "luna-scripted");
    expect(costOfCall(tally)).toBeNull();
    expect(tally).toMatchObject({ usd: 0, charge_usd: 0, unpriced: false });
    expect(capState(tally, 0.01)).toBe("ok");
  });

  test("an item named to break a table is an item like any other", () => {
    const tally = newTally();
    addResponse(tally, response("resp_1", ONE_MINUTE_SAID, "constructor"), MODEL);
    expect(costOfTurn(tally, "constructor")).toBe(0.0768);
    expect(costOfTurn(tally, "toString")).toBeNull();
  });
});

describe("a cap", () => {
  const spent = (usd: number): Tally => ({ ...newTally(), charge_usd: usd });

  test("warns once at 80 %, and is spent at 100 %", () => {
    const tally = spent(0.79);
    expect(capState(tally, 1)).toBe("ok");
    tally.charge_usd = 0.8;
    expect([capState(tally, 1), capState(tally, 1)]).toEqual(["warn", "ok"]);
    const woken: Tally = JSON.parse(JSON.stringify(tally));
    expect(capState(woken, 1)).toBe("ok");
    tally.charge_usd = 1;
    expect([capState(tally, 1), capState(tally, 1)]).toEqual(["spent", "spent"]);
  });

  test("a response that jumps over the warning ends the call without one", () => {
    expect(capState(spent(2), 1)).toBe("spent");
  });

  test("a call gets what others have left of the day, at most its own cap", () => {
    expect(capFor({ call: null, day: null }, 5)).toBeNull();
    expect(capFor({ call: 1, day: null }, 5)).toBe(1);
    expect(capFor({ call: null, day: 6 }, 5)).toBe(1);
    expect(capFor({ call: 2, day: 6 }, 5)).toBe(1);
    expect(capFor({ call: 2, day: 6 }, 9)).toBe(0);
    expect(capState(newTally(), 0)).toBe("spent");
    expect(capState(spent(1_000), null)).toBe("ok");
  });
});

const tokens = fc.nat(100_000);
const anyUsage: fc.Arbitrary<Usage | null> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc
      .tuple(tokens, tokens, tokens, tokens, tokens, tokens)
      .map(([a, b, c, d, e, f]) =>
        usage(
          { text: a, audio: b },
          { text: Math.min(a, c), audio: Math.min(b, d) },
          { text_tokens: e, audio_tokens: f },
        ),
      ),
  },
  { weight: 1, arbitrary: fc.constant(null) },
);
const anyModel = fc.constantFrom(MODEL, "gpt-realtime-2.1-mini", "gpt-realtime", "luna-scripted");
const anyResponse = fc.record({
  used: anyUsage,
  model: anyModel,
  item: fc.constantFrom("message", "call", "nothing"),
  repeat: fc.boolean(),
});

test("whatever the order: the turns and what is carried make the call, repeats count nothing, and JSON loses nothing", () => {
  fc.assert(
    fc.property(fc.array(anyResponse, { maxLength: 60 }), (responses) => {
      let tally = newTally();
      let truth = 0;
      responses.forEach(({ used, model, item, repeat }, index) => {
        const items = item === "nothing" ? [] : [`${item}_${index}`];
        const one = response(`resp_${index}`, used, ...items);
        truth += costOf(used, model) ?? 0;
        addResponse(tally, one, model);
        if (repeat) addResponse(tally, one, model);
        tally = JSON.parse(JSON.stringify(tally));
      });
      const turns = Object.values(tally.items).reduce((sum, usd) => sum + usd, 0);
      expect(tally.usd).toBeCloseTo(truth, 7);
      expect(turns + tally.carried_usd).toBeCloseTo(tally.usd, 7);
      expect(tally.charge_usd).toBe(tally.usd);
    }),
  );
});

test("more tokens never cost less, and caching never costs more", () => {
  fc.assert(
    fc.property(tokens, tokens, tokens, tokens, tokens, anyModel, (text, audio, out, cached, more, model) => {
      const cost = (u: Usage) => costOf(u, model) ?? Number.NaN;
      const plain = usage({ text, audio }, {}, { audio_tokens: out });
      expect(cost(usage({ text: text + more, audio }, {}, { audio_tokens: out }))).toBeGreaterThanOrEqual(cost(plain));
      expect(
        cost(usage({ text, audio }, { audio: Math.min(cached, audio) }, { audio_tokens: out })),
      ).toBeLessThanOrEqual(cost(plain));
    }),
  );
});

test("an unpriced model is never charged less than a priced one would be", () => {
  fc.assert(
    fc.property(anyUsage, anyModel, (used, model) => {
      const [known, unknown] = [newTally(), newTally()];
      addResponse(known, response("r", used, "m"), model);
      addResponse(unknown, response("r", used, "m"), "my-deployment");
      expect(unknown.charge_usd).toBeGreaterThanOrEqual(known.charge_usd);
    }),
  );
});

/** Every response and transcription of a recorded session, priced as its own models were. */
function recorded(file: string) {
  const tally = newTally();
  const told: Usage[] = [];
  let [model, ear] = ["", ""];
  for (const { dir, event } of linesOf(file)) {
    if (dir !== "s") continue;
    for (const read of readServerEvents(JSON.stringify(event))) {
      if (read.type === "unknown") continue;
      const session = sessionOf(read);
      model = session?.model ?? model;
      ear = session?.audio?.input?.transcription?.model ?? ear;
      if (read.type === "response.done") {
        addResponse(tally, read.response, model);
        if (read.response.usage) told.push(read.response.usage);
      } else if (read.type === "conversation.item.input_audio_transcription.completed") {
        addTranscription(tally, read.item_id, read.usage, ear);
      }
    }
  }
  return { tally, told, model };
}

function sessionOf(event: ServerEvent) {
  const known = event.type === "session.created" || event.type === "session.updated";
  return known && event.session.type === "realtime" ? event.session : undefined;
}

const files = captureFiles("ga-openai", "ga-azure", "ga-gateway").filter((file) => !file.includes("singletons"));
test.skipIf(files.length === 0).each(files)("recorded traffic adds up: %s", (file) => {
  const { tally, told } = recorded(file);
  const all = (of: (used: Usage) => number | undefined) => told.reduce((sum, used) => sum + (of(used) ?? 0), 0);
  expect(told.length).toBeGreaterThan(0);
  expect(tally.tokens.text_in + tally.tokens.audio_in).toBe(all((used) => used.input_tokens));
  expect(tally.tokens.text_out + tally.tokens.audio_out).toBe(all((used) => used.output_tokens));
  const cached = tally.tokens.text_cached + tally.tokens.audio_cached;
  expect(cached).toBe(all((used) => used.input_token_details?.cached_tokens));
  expect(tally.unpriced).toBe(false);
  expect(tally.usd).toBeGreaterThan(0);
  const turns = Object.values(tally.items).reduce((sum, usd) => sum + usd, 0);
  expect(turns + tally.carried_usd).toBeCloseTo(tally.usd, 8);
});

const three = "ga-openai-three-audio-turns.jsonl";
test.skipIf(!files.includes(three))("three recorded turns cost what they cost by hand", () => {
  const { tally, told, model } = recorded(three);
  expect(model).toBe("gpt-realtime");
  expect(told).toHaveLength(3);
  const { text_in, text_cached, text_out, audio_in, audio_cached, audio_out } = tally.tokens;
  const responses =
    ((text_in - text_cached) * 4 +
      text_cached * 0.4 +
      (audio_in - audio_cached) * 32 +
      audio_cached * 0.4 +
      text_out * 16 +
      audio_out * 64) /
    1e6;
  expect(tally.transcribed_s).toBeGreaterThan(0);
  expect(tally.usd).toBeCloseTo(responses + (tally.transcribed_s / 60) * 0.017, 8);
  expect(Object.keys(tally.items)).toHaveLength(6);
});
