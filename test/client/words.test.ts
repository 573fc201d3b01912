import { describe, expect, it } from "vitest";
import { noCall } from "../../src/client/state/call-state.ts";
import {
  ENDED_SAYS,
  type Hearing,
  lineHint,
  lineLook,
  packWords,
  seconds,
  toolLook,
  usd,
} from "../../src/client/words.ts";
import type { CallEnded, EngineStatus, PersonaStatus, TransferStatus } from "../../src/legs/wire.ts";

describe("what loads", () => {
  const pack = { loaded: 12_000_000, total: 39_000_000, what: "download", speaks: false } as const;

  it("is Luna's voice until she speaks, and her ears from then on", () => {
    expect(packWords(pack)).toBe("Getting Luna's voice, 12 of 39 MB");
    expect(packWords({ ...pack, what: "prepare" })).toBe("Luna's voice is warming up");
    for (const what of ["download", "prepare"] as const) {
      expect(packWords({ ...pack, what, speaks: true })).toMatch(/^(Getting )?Luna's ears.*type\.$/);
    }
  });

  const look = (loading: Hearing["loading"], shown: "listening" | "thinking" | "speaking", typing = false) =>
    lineLook({ ...noCall(), phase: "live", line: { shown, next: null } }, { muted: false, typing, loading }).word;

  it("is said in the line only while the call waits for it", () => {
    expect(look("voice", "thinking")).toBe("Getting the voice ready");
    expect(look("ears", "listening")).toBe("Getting ready to listen");
    expect(look("ears", "thinking")).toBe("Thinking");
    expect(look("ears", "speaking")).toBe("Luna is speaking");
    expect(look("ears", "listening", true)).toBe("Your turn to type");
    expect(look(null, "listening")).toBe("Listening");
  });
});

it("a wait is told in tenths of a second, and never as none at all", () => {
  expect([null, 0, 49, 50, 840, 12_300].map(seconds)).toEqual(["–", "< 0.1 s", "< 0.1 s", "0.1 s", "0.8 s", "12 s"]);
});

describe("the word for the line", () => {
  const heard: Hearing = { muted: false, typing: false, loading: null };
  const live = { ...noCall(), phase: "live", line: { shown: "listening", next: null } } as const;

  it("is Reconnecting for as long as the socket is away, in whatever state the call is", () => {
    for (const link of ["away", "replaying"] as const) {
      expect(lineLook({ ...live, link }, heard).word).toBe("Reconnecting…");
      expect(lineLook({ ...live, phase: "connecting", link }, heard).word).toBe("Reconnecting…");
    }
    expect(lineLook(live, heard).word).toBe("Listening");
  });

  it("says of a resting call what brings Luna back", () => {
    expect(lineLook({ ...live, line: { shown: "asleep", next: null } }, heard).word).toBe("Resting");
    expect(lineHint("asleep", heard, "Felix")).toBe("Speak or type and Felix is there");
    expect(lineHint("asleep", { ...heard, typing: true }, "Luna")).toBe("Type and Luna is there");
  });

  it("says of a resting call that nobody is heard, where the microphone is off", () => {
    const muted = { ...heard, muted: true };
    expect(lineLook({ ...live, line: { shown: "asleep", next: null } }, muted)).toEqual({
      word: "Resting, muted",
      icon: "mic-off",
    });
    expect(lineHint("asleep", muted, "Luna")).toBe("Unmute or type and Luna is there");
    expect([heard, muted].map((one) => lineHint("speaking", one, "Luna"))).toEqual(["Talk any time to interrupt", ""]);
  });

  it("names whoever speaks: Luna, the one she gave the call to, or the specialist", () => {
    const speaking = { ...live, line: { shown: "speaking", next: null } } as const;
    const persona = {
      type: "luna.persona",
      key: "waiter",
      title: "The waiter",
      speaker: "Felix Arden",
    } as PersonaStatus;
    const engine = { type: "luna.engine", speaker: "specialist" } as EngineStatus;
    const transfer = { state: "connected", specialist: "Ines Calloway" } as TransferStatus;
    expect(lineLook(speaking, heard).word).toBe("Luna is speaking");
    expect(lineLook({ ...speaking, persona }, heard).word).toBe("Felix is speaking");
    expect(lineLook({ ...speaking, persona, engine, transfer }, heard).word).toBe("Ines is speaking");
    const ended = { reason: "luna_ended" } as CallEnded;
    expect(lineLook({ ...live, phase: "ended", ended, persona }, heard).word).toBe("Felix ended the call");
  });

  it("does not call a call failed that went on in another tab", () => {
    expect(lineLook({ ...live, phase: "failed", elsewhere: true }, heard).word).toBe("In another tab");
  });
});

describe("what came of a tool", () => {
  it("has the shield only where the bank's rules held it back", () => {
    for (const code of ["identity_required", "confirmation_required", "limit_exceeded", undefined]) {
      expect(toolLook({ state: "refused", ...(code ? { code } : {}) })).toEqual({ icon: "shield", word: "held back" });
    }
    for (const code of ["not_found", "invalid_arguments", "already_done", "unavailable"]) {
      const { icon, word } = toolLook({ state: "refused", code });
      expect(icon).toBe("info");
      expect(word).not.toMatch(/held/);
    }
    expect(toolLook({ state: "refused", code: "not_found" }).word).toBe("not found");
    expect(toolLook({ state: "failed" }).word).toBe("failed");
  });
});

it("a call that ended by itself says why and what to do, in two sentences at most", () => {
  for (const reason of ["silent", "spent", "too_long"] as const) {
    expect(ENDED_SAYS[reason]).toMatch(/^[A-Z][^.]*\.[^.]*\.$/);
    expect(ENDED_SAYS[reason]).toMatch(/call again/i);
  }
});

it("dollars of an AI are told to a tenth of a cent, and from one dollar on to the cent", () => {
  expect([null, 0, 0.0421, 0.9996, 1.2].map(usd)).toEqual(["–", "$0.000", "$0.042", "$1.00", "$1.20"]);
});
