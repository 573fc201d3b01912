/** Where each provider is dialled, and by which header it knows the key: from settings alone. */
import { afterEach, describe, expect, test, vi } from "vitest";
import { ProviderEngine } from "../../../src/engines/provider.ts";
import { SidebandEngine } from "../../../src/engines/sideband.ts";
import type { ProviderSettings } from "../../../src/env.ts";
import { LunaError } from "../../../src/errors.ts";
import { sessionConfig } from "../../../src/realtime/session.ts";
import { AZURE, COMPATIBLE, KEY, LUNA_STYLE, OPENAI, providerOf, VENDORS, wayOut } from "./vendors.ts";

afterEach(() => {
  vi.unstubAllGlobals();
});

const config = sessionConfig({ instructions: "Be Luna.", tools: [], modality: "audio" });
const NOBODY = { onReady() {}, onEvent() {}, onAudio() {} };

/** Dials, is refused, and gives what was asked for on the way. */
async function dialled(provider: ProviderSettings, rtcId?: string) {
  const left = wayOut(() => new Response(null, { status: 401 }));
  await new Promise<void>((resolve) => {
    const listener = { ...NOBODY, onGone: () => resolve() };
    if (rtcId === undefined) new ProviderEngine({ provider, key: KEY, config, listener });
    else new SidebandEngine({ provider, key: KEY, session: () => config, rtcId, listener });
  });
  expect(left).toHaveLength(1);
  const [request] = left;
  if (!request) throw new Error("nobody was dialled");
  return request;
}

describe.each(VENDORS)("$name", ({ settings, address, model, header }) => {
  test("is dialled at its own address, with the model or deployment in it and nothing else", async () => {
    const { url, method } = await dialled(providerOf(settings));
    expect(`${url.origin}${url.pathname}`).toBe(`${address}/realtime`);
    expect([...url.searchParams]).toEqual([["model", model]]);
    expect(method).toBe("GET");
  });

  test("gets the key in its own header, and no other: no beta, no subprotocol, nothing of another vendor", async () => {
    const { headers, url } = await dialled(providerOf(settings));
    expect(headers).toEqual({ upgrade: "websocket", ...header });
    expect(url.href).not.toContain(KEY);
  });

  test("is joined in a WebRTC call under the same address, by the call's id instead of the model", async () => {
    const { url, headers } = await dialled(providerOf(settings), "rtc_u2_demo");
    expect(`${url.origin}${url.pathname}`).toBe(`${address}/realtime`);
    expect([...url.searchParams]).toEqual([["call_id", "rtc_u2_demo"]]);
    expect(headers).toEqual({ upgrade: "websocket", ...header });
  });
});

describe("the address in the settings", () => {
  const at = (REALTIME_BASE_URL: string) => providerOf({ REALTIME_BASE_URL });

  test.each([
    ["https://voice.example/v1", "https://voice.example/v1/realtime"],
    ["https://voice.example/v1/", "https://voice.example/v1/realtime"],
    ["https://voice.example/v1//", "https://voice.example/v1/realtime"],
    ["https://aurora-demo.openai.azure.com/openai/v1/", "https://aurora-demo.openai.azure.com/openai/v1/realtime"],
    ["http://127.0.0.1:9099/v1", "http://127.0.0.1:9099/v1/realtime"],
    ["https://gateway.example/proxy/openai/v1", "https://gateway.example/proxy/openai/v1/realtime"],
  ])("%s leads to %s", async (base, expected) => {
    const { url } = await dialled(at(base));
    expect(`${url.origin}${url.pathname}`).toBe(expected);
  });

  test("is taken as it is written: a server without /v1 is not given one", async () => {
    const { url } = await dialled(at("https://voice.example"));
    expect(url.pathname).toBe("/realtime");
  });

  test("that is left empty is OpenAI's", () => {
    expect(providerOf({ REALTIME_BASE_URL: "", REALTIME_MODEL: "", REALTIME_AUTH: "" })).toEqual(providerOf({}));
    expect(providerOf({})).toEqual({ baseUrl: OPENAI.address, model: OPENAI.model, auth: "bearer" });
  });

  test.each([
    // An upgrade begins as a request.
    "wss://voice.example/v1",
    "voice.example/v1",
    // As it stands in old examples for Azure: `/realtime` would be put behind the query.
    "https://aurora-demo.openai.azure.com/openai?api-version=2025-04-01-preview",
    "https://voice.example/v1#realtime",
  ])("%s is refused with the name of the setting, and without its value", (base) => {
    const refused = () => at(base);
    expect(refused).toThrow(LunaError);
    expect(refused).toThrow(/REALTIME_BASE_URL/);
    expect(refused).not.toThrow(/voice\.example|azure/);
  });

  test("a way for the key that nobody has is refused", () => {
    expect(() => providerOf({ REALTIME_AUTH: "basic" })).toThrow(/REALTIME_AUTH/);
  });
});

test("the name of a model or deployment is told whole, whatever is in it", async () => {
  for (const name of ["org/voice:latest", "ein modell", "a&call_id=rtc_1", "größe+1"]) {
    const { url } = await dialled(providerOf({ ...COMPATIBLE.settings, REALTIME_MODEL: name }));
    expect([...url.searchParams]).toEqual([["model", name]]);
  }
});

test("the key of one vendor is never shown in the way of another", async () => {
  const ways = new Set<string>();
  for (const { settings } of [OPENAI, AZURE, LUNA_STYLE]) {
    const { headers } = await dialled(providerOf(settings));
    const holding = Object.entries(headers).filter(([, value]) => value.includes(KEY));
    expect(holding).toHaveLength(1);
    ways.add(holding[0]?.[0] ?? "");
  }
  expect(ways).toEqual(new Set(["authorization", "api-key", "x-luna-key"]));
});
