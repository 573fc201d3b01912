/** The Agents SDK inside workerd, with the transport its extensions have for it: another Worker as a client of Luna. */
import { exports } from "cloudflare:workers";
import { afterEach, expect, test, vi } from "vitest";
import { agentsInWorker } from "../support/workerd/agents-in-worker.mjs";

afterEach(() => vi.restoreAllMocks());

test("CloudflareRealtimeTransportLayer holds a conversation of several turns with a call of its own tool", async () => {
  // What that Worker fetches comes to Luna; there is no network in between.
  vi.spyOn(globalThis, "fetch").mockImplementation((input, init) => exports.default.fetch(new Request(input, init)));
  const agents = await agentsInWorker("ws://localhost:8787/v1/realtime?model=gpt-realtime-2.1", "any-key");
  const said = (pattern: RegExp) =>
    vi.waitFor(() => expect(agents.said().join("\n")).toMatch(pattern), { timeout: 20_000, interval: 20 });
  agents.say("Say exactly: the lamp is green");
  await said(/lamp is green/i);
  agents.say("What is the weather in Lisbon?");
  await said(/21/);
  agents.say("Say exactly: good night");
  await said(/good night/i);
  expect(agents.asked).toHaveLength(1);
  expect(agents.errors).toEqual([]);
  agents.close();
});
