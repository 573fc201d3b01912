import { afterEach, describe, expect, expectTypeOf, it, vi } from "vitest";
import { type BankSnapshot, getConfig, openCall, type ScenarioCard } from "../../src/client/api.ts";
import type { Scenario } from "../../src/scenarios/scenario.ts";
import type { Snapshot } from "../../src/tools/bank.ts";

it("the bank's snapshot and the scenarios are what the page reads (held by the compiler)", () => {
  expectTypeOf<Snapshot>().toExtend<BankSnapshot>();
  expectTypeOf<Scenario>().toExtend<ScenarioCard>();
});

describe("the host token", () => {
  const sent: Headers[] = [];
  const answering = () =>
    vi.stubGlobal("fetch", (_path: string, init: RequestInit) => {
      sent.push(new Headers(init.headers));
      return Promise.resolve(Response.json({}));
    });
  afterEach(() => {
    sent.length = 0;
    vi.unstubAllGlobals();
  });

  it("goes with the calls of who has one, and with the question whether it fits", async () => {
    answering();
    await openCall({ scenario: "block-card" }, "a-long-host-token");
    await getConfig("a-long-host-token");
    expect(sent.map((headers) => headers.get("luna-host-token"))).toEqual(["a-long-host-token", "a-long-host-token"]);
    expect(sent[0]?.get("content-type")).toBe("application/json");
  });

  it("is no header at all for everybody else", async () => {
    answering();
    await openCall({ scenario: "block-card" });
    await getConfig();
    expect(sent.map((headers) => headers.has("luna-host-token"))).toEqual([false, false]);
  });
});
