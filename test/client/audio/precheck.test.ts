import { afterEach, describe, expect, it, vi } from "vitest";
import { openMicrophone } from "../../../src/client/audio/microphone.ts";
import { precheck } from "../../../src/client/audio/precheck.ts";
import { FAULTS, LineTrouble, type Trouble, troubleOf } from "../../../src/client/audio/trouble.ts";

const quick = () => Promise.resolve();

function line(options: { open?: () => Promise<void>; mic?: number[]; outputs?: number }) {
  const levels = [...(options.mic ?? [])];
  return {
    open: options.open ?? (() => Promise.resolve()),
    levels: () => ({ mic: levels.shift() ?? 0, luna: 0 }),
    devices: () =>
      Promise.resolve({
        inputs: [{ id: "m", label: "Mic" }],
        outputs: Array.from({ length: options.outputs ?? 1 }, (_, i) => ({ id: `o${i}`, label: "Speaker" })),
      }),
  };
}

afterEach(() => vi.unstubAllGlobals());

describe("the check before a call", () => {
  it("finds nothing wrong with a microphone that hears", async () => {
    const seen: number[] = [];
    const result = await precheck(line({ mic: [0.001, 0.05, 0.002] }), {}, (rms) => seen.push(rms), quick);
    expect(result).toEqual({ faults: [], canSpeak: true, loudest: 0.05 });
    expect(seen.slice(0, 3)).toEqual([0.001, 0.05, 0.002]);
  });

  it("listens for a second and a half", async () => {
    const pauses: number[] = [];
    await precheck(
      line({ mic: [0.1] }),
      {},
      () => {},
      (ms) => {
        pauses.push(ms);
        return Promise.resolve();
      },
    );
    expect(pauses.reduce((sum, ms) => sum + ms, 0)).toBe(1_500);
  });

  it("names a microphone that is on but silent", async () => {
    const result = await precheck(line({ mic: [0, 0.00001] }), {}, () => {}, quick);
    expect(result.faults.map((f) => f.code)).toEqual(["microphone_silent"]);
    expect(result.canSpeak).toBe(false);
  });

  it.each(["no_permission", "no_microphone", "microphone_busy", "insecure", "playback_failed"] as Trouble[])(
    "names %s",
    async (code) => {
      const result = await precheck(line({ open: () => Promise.reject(new LineTrouble(code)) }), {}, () => {}, quick);
      expect(result.faults[0]).toEqual(FAULTS[code]);
      expect(result.canSpeak).toBe(false);
    },
  );

  it("names missing speakers where the browser could list them, and leaves others in peace", async () => {
    expect((await precheck(line({ mic: [0.1], outputs: 0 }), {}, () => {}, quick)).faults).toEqual([]);
    vi.stubGlobal(
      "HTMLMediaElement",
      class {
        setSinkId() {}
      },
    );
    const result = await precheck(line({ mic: [0.1], outputs: 0 }), {}, () => {}, quick);
    expect(result.faults.map((f) => f.code)).toEqual(["no_output"]);
    expect(result.canSpeak).toBe(true);
  });
});

describe("every fault", () => {
  it.each(Object.entries(FAULTS))("%s is told in one sentence, with what to do", (code, fault) => {
    expect(fault.code).toBe(code);
    expect(fault.message).toMatch(/^[A-Z][^.!?]*\.$/);
    expect(fault.remedy).toMatch(/^[A-Z].*\.$/);
  });
});

describe("getting the microphone", () => {
  const refusal = (name: string) => Object.assign(new Error("no"), { name });
  const track = () => ({
    stop: vi.fn(),
    getCapabilities: () => ({}),
    applyConstraints: vi.fn(() => Promise.resolve()),
  });
  const stream = (of = track()) => ({ getAudioTracks: () => [of], getTracks: () => [of] });
  function browser(getUserMedia: (constraints: MediaStreamConstraints) => Promise<unknown>) {
    vi.stubGlobal("isSecureContext", true);
    vi.stubGlobal("navigator", { mediaDevices: { getUserMedia } });
  }

  it.each([
    ["NotAllowedError", "no_permission"],
    ["NotFoundError", "no_microphone"],
    ["NotReadableError", "microphone_busy"],
    ["AbortError", "microphone_busy"],
    ["SecurityError", "insecure"],
    ["OverconstrainedError", "microphone_gone"],
    ["TypeError", "microphone_failed"],
  ])("a %s means %s", (name, code) => expect(troubleOf(refusal(name))).toBe(code));

  it("asks for echo cancelling and one channel, and for no rate", async () => {
    const asked: MediaStreamConstraints[] = [];
    browser((constraints) => {
      asked.push(constraints);
      return Promise.resolve(stream());
    });
    await openMicrophone("mic-2");
    expect(asked[0]?.audio).toEqual({
      channelCount: 1,
      echoCancellation: true,
      noiseSuppression: true,
      autoGainControl: true,
      deviceId: { exact: "mic-2" },
    });
  });

  it("lets the browser cancel all it plays where it can", async () => {
    const able = { ...track(), getCapabilities: () => ({ echoCancellation: [true, false, "all"] }) };
    browser(() => Promise.resolve(stream(able as never)));
    await openMicrophone();
    expect(able.applyConstraints).toHaveBeenCalledWith(
      expect.objectContaining({ echoCancellation: { ideal: "all" }, noiseSuppression: true }),
    );
  });

  it("takes the standard microphone when the chosen one is gone, and tells", async () => {
    browser((constraints) => {
      const chosen = (constraints.audio as MediaTrackConstraints).deviceId;
      return chosen ? Promise.reject(refusal("OverconstrainedError")) : Promise.resolve(stream());
    });
    expect((await openMicrophone("gone")).gone).toBe(true);
    expect((await openMicrophone("default")).gone).toBe(false);
  });

  it("does not ask twice when the person said no", async () => {
    const ask = vi.fn(() => Promise.reject(refusal("NotAllowedError")));
    browser(ask);
    await expect(openMicrophone("mic-2")).rejects.toMatchObject({ code: "no_permission" });
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("says that the page is not secure where there is no microphone to ask for", async () => {
    vi.stubGlobal("isSecureContext", false);
    await expect(openMicrophone()).rejects.toMatchObject({ code: "insecure" });
  });
});
