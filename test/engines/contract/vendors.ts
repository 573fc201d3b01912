/** The providers that are had by settings alone, and a way out of the house that leads to none of them. */
import { vi } from "vitest";
import { type Bindings, type ProviderSettings, readSettings } from "../../../src/env.ts";

export const KEY = "sk-planted-51c7";

export interface Vendor {
  name: string;
  /** As they stand in `.dev.vars`. */
  settings: { REALTIME_BASE_URL?: string; REALTIME_MODEL?: string; REALTIME_AUTH?: string };
  /** Before `/realtime`. */
  address: string;
  model: string;
  /** The only header besides `Upgrade`. */
  header: Record<string, string>;
}

export const OPENAI: Vendor = {
  name: "OpenAI",
  settings: {},
  address: "https://api.openai.com/v1",
  model: "gpt-realtime-2.1",
  header: { authorization: `Bearer ${KEY}` },
};

export const AZURE: Vendor = {
  name: "Azure OpenAI",
  settings: {
    REALTIME_BASE_URL: "https://aurora-demo.openai.azure.com/openai/v1",
    REALTIME_MODEL: "aurora-voice",
    REALTIME_AUTH: "api-key",
  },
  address: "https://aurora-demo.openai.azure.com/openai/v1",
  model: "aurora-voice",
  header: { "api-key": KEY },
};

export const LUNA_STYLE: Vendor = {
  name: "a Luna-style provider",
  settings: { REALTIME_BASE_URL: "https://voice.example/v1", REALTIME_MODEL: "luna-2", REALTIME_AUTH: "x-luna-key" },
  address: "https://voice.example/v1",
  model: "luna-2",
  header: { "x-luna-key": `Bearer ${KEY}` },
};

export const COMPATIBLE: Vendor = {
  name: "a compatible server",
  settings: { REALTIME_BASE_URL: "http://127.0.0.1:9099/v1", REALTIME_MODEL: "org/voice:latest" },
  address: "http://127.0.0.1:9099/v1",
  model: "org/voice:latest",
  header: { authorization: `Bearer ${KEY}` },
};

export const VENDORS = [OPENAI, AZURE, LUNA_STYLE, COMPATIBLE];

/** What Luna makes of these settings. @throws LunaError where they do not fit */
export function providerOf(settings: Vendor["settings"]): ProviderSettings {
  return readSettings(settings as Bindings).provider;
}

/** One request as it left. */
export interface Left {
  url: URL;
  method: string;
  /** Names in lower case. */
  headers: Record<string, string>;
  body: string;
}

type Answer = (request: Left) => Response | Promise<Response>;

/** Replaces the way out: every request is noted down and answered by `answers`, the first by the first, the last again and again. */
export function wayOut(...answers: Answer[]): Left[] {
  const left: Left[] = [];
  vi.stubGlobal("fetch", async (input: string, init: RequestInit = {}) => {
    const headers = Object.fromEntries(new Headers(init.headers));
    const { upgrade: _, ...plain } = headers;
    // A form gets its content type, with the boundary, when the request is made of it.
    const sent = new Request(input, { ...init, headers: plain });
    const request: Left = {
      url: new URL(input),
      method: sent.method,
      headers: { ...headers, ...Object.fromEntries(sent.headers) },
      body: await sent.text(),
    };
    left.push(request);
    const answer = answers[Math.min(left.length, answers.length) - 1];
    if (!answer) throw new TypeError("nobody is there");
    return answer(request);
  });
  return left;
}
