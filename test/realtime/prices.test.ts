import { expect, test } from "vitest";
import {
  DEAREST,
  DEAREST_TRANSCRIPTION,
  PRICES_READ,
  realtimePrice,
  transcriptionPrice,
} from "../../src/realtime/prices.ts";

const OFFERED = ["gpt-realtime-2.1", "gpt-realtime-2.1-mini", "gpt-realtime-2", "gpt-realtime-1.5"];

test.each(OFFERED)("%s, which the page offers, has a price, and cached input is the cheapest of it", (model) => {
  const price = realtimePrice(model);
  if (!price) throw new Error("no price");
  for (const { input, cached, output } of [price.text, price.audio]) {
    expect(cached).toBeLessThan(input);
    expect(input).toBeLessThan(output);
  }
  expect(price.image.cached).toBeLessThan(price.image.input);
});

test("a dated snapshot costs what its model costs", () => {
  expect(realtimePrice("gpt-realtime-2025-08-28")).toEqual(realtimePrice("gpt-realtime"));
  expect(realtimePrice("gpt-realtime-mini-2025-12-15")).toEqual(realtimePrice("gpt-realtime-mini"));
  expect(transcriptionPrice("gpt-4o-mini-transcribe-2025-12-15")).toEqual(transcriptionPrice("gpt-4o-mini-transcribe"));
});

test.each(["my-deployment", "", "toString", "__proto__", "gpt-realtime-2.1-", "gpt-realtime-3"])(
  "nothing is guessed for %j",
  (model) => {
    expect(realtimePrice(model)).toBeUndefined();
    expect(transcriptionPrice(model)).toBeUndefined();
  },
);

test("the default transcription model has a price, and the dearest known is no cheaper", () => {
  expect(transcriptionPrice("gpt-transcribe")).toEqual({ by: "minute", usd: 0.0045 });
  expect(DEAREST_TRANSCRIPTION).toEqual({ by: "minute", usd: 0.017 });
  expect(DEAREST.audio).toEqual({ input: 32, cached: 0.4, output: 64 });
  expect(DEAREST.text.output).toBe(24);
});

test("prices are whole cents per million tokens, so that sums do not drift", () => {
  for (const model of OFFERED) {
    const { text, audio, image } = realtimePrice(model) ?? DEAREST;
    for (const usd of [...Object.values(text), ...Object.values(audio), ...Object.values(image)]) {
      expect(Math.abs(usd * 100 - Math.round(usd * 100))).toBeLessThan(1e-9);
    }
  }
});

test("the table has a date", () => {
  expect(new Date(PRICES_READ).toISOString().slice(0, 10)).toBe(PRICES_READ);
});
