import { afterEach, beforeEach, expect, it, vi } from "vitest";
import type { LabHost, Now } from "../../../src/client/lab/host.ts";
import { attach, runNow, stepsOf } from "../../../src/client/lab/state.ts";
import { type CallEvent, noCall } from "../../../src/client/state/call-state.ts";
import type { Settings } from "../../../src/client/state/settings.ts";
import type { EngineStatus } from "../../../src/legs/wire.ts";

beforeEach(() => {
  vi.useFakeTimers({ now: 1_000 });
});
afterEach(() => {
  vi.useRealTimers();
});

it("a call by WebRTC that fell back is set up when the relay's engine listens", () => {
  let watching: (now: Now) => void = () => undefined;
  let hearing: (event: CallEvent) => void = () => undefined;
  const host: LabHost = {
    watch: (listener) => {
      watching = listener;
    },
    hear: (listener) => {
      hearing = listener;
    },
    tell: () => undefined,
    choose: () => undefined,
    stats: async () => null,
    notice: () => undefined,
  };
  attach(host);
  const steps = [{ step: "begin", at: 1_000 }];
  const engine = (voice: EngineStatus["voice"]): EngineStatus => {
    return { type: "luna.engine", mode: "ai", voice, speaker: "luna", model: "m", ready: true };
  };
  const show = (status: EngineStatus | null) =>
    watching({
      call: { ...noCall(), phase: "live", usedAi: true, engine: status },
      settings: { method: "ephemeral" } as Settings,
      config: null,
      steps,
      ai: true,
      waking: false,
    });
  hearing({ type: "local.opening", scenario: "freeform", title: "Just talk", microphone: true });
  show(null);
  vi.setSystemTime(2_050);
  hearing(engine("peer"));
  steps.push({ step: "configured", at: 2_050 });
  show(engine("peer"));
  expect(runNow()).toMatchObject({ method: "ephemeral", setup_ms: 1_050 });
  vi.setSystemTime(10_450);
  hearing(engine("call"));
  show(engine("call"));
  vi.setSystemTime(20_000);
  hearing(engine("call"));
  expect(runNow()).toMatchObject({ method: "relay", instead_of: "ephemeral", setup_ms: 9_450 });
  expect(stepsOf(steps).at(-1)).toEqual({ step: "relay", at: 10_450 });
});
