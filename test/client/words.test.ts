import { describe, expect, it } from "vitest";
import { noCall } from "../../src/client/state/call-state.ts";
import { type Hearing, lineLook, packWords, seconds } from "../../src/client/words.ts";

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
