/** Captions, read back by a parser that takes nothing but what the W3C's syntax allows. */
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { asWebVtt } from "../../../src/client/export/web-vtt.ts";
import type { CallState } from "../../../src/client/state/call-state.ts";
import { noCall } from "../../../src/client/state/call-state.ts";
import { reduce } from "../../../src/client/state/reduce.ts";
import { ended, START, turn } from "./a-call.ts";

interface Cue {
  from: number;
  until: number;
  voice: string;
  text: string;
}

const TIME = /^(?:(\d{2,}):)?([0-5]\d):([0-5]\d)\.(\d{3})$/;

function timeOf(text: string): number {
  const match = TIME.exec(text);
  if (match === null) throw new Error(`no time: ${text}`);
  const [, h = "0", m, s, ms] = match;
  return ((Number(h) * 60 + Number(m)) * 60 + Number(s)) * 1_000 + Number(ms);
}

/** @throws where the file breaks a rule of section 4 of the standard. */
function parse(file: string): { cues: Cue[]; notes: string[] } {
  if (file.includes("\0")) throw new Error("a zero");
  const [head, ...blocks] = file.split(/\n{2,}/).map((block) => block.replace(/\n+$/, ""));
  if (head !== "WEBVTT") throw new Error("no signature");
  const cues: Cue[] = [];
  const notes: string[] = [];
  for (const block of blocks.filter((one) => one !== "")) {
    if (/^NOTE[ \n]/.test(block)) {
      if (block.includes("-->")) throw new Error("an arrow in a comment");
      notes.push(block.slice(5));
      continue;
    }
    cues.push(cueOf(block));
  }
  cues.reduce((before, { from }) => {
    if (from < before) throw new Error("a cue that begins before the one above it");
    return from;
  }, 0);
  return { cues, notes };
}

function cueOf(block: string): Cue {
  const lines = block.split("\n");
  const [id, timing, ...payload] = lines[0]?.includes("-->") ? ["", ...lines] : lines;
  if (id?.includes("-->")) throw new Error("an arrow in an identifier");
  const times = /^(\S+) --> (\S+)$/.exec(timing ?? "");
  const [from, until] = [timeOf(times?.[1] ?? ""), timeOf(times?.[2] ?? "")];
  if (until <= from) throw new Error("a cue that ends before it begins");
  const text = payload.join("\n");
  if (text === "" || text.includes("-->")) throw new Error("no cue text");
  const spoken = /^<v ([^\n\r<>]+)>([^<>]*)$/.exec(text);
  if (spoken === null) throw new Error(`no voice span: ${text}`);
  const [, voice = "", said = ""] = spoken;
  for (const part of [voice, said]) {
    if (/&(?!(?:amp|lt|gt|lrm|rlm|nbsp|quot|#\d+);)/.test(part)) throw new Error("a bare ampersand");
  }
  return { from, until, voice: plain(voice), text: plain(said) };
}

function plain(text: string): string {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

describe("captions", () => {
  it("are one cue a turn with its speaker and its time, with tools as comments", () => {
    const { cues, notes } = parse(asWebVtt(ended()));
    expect(cues).toEqual([
      { from: 1_000, until: 2_200, voice: "Luna", text: "Your card is —" },
      { from: 5_000, until: 6_200, voice: "You", text: "Wait." },
    ]);
    expect(notes).toEqual([
      "Block a card, 2026-11-21T09:00:00.000Z",
      "Blocking your card: The card ending in 4829 is blocked.",
    ]);
  });

  it("of a call in which nothing was said are a file without cues", () => {
    expect(parse(asWebVtt(noCall())).cues).toEqual([]);
  });

  it("stay valid whatever is said, whenever, in whatever order it arrives", () => {
    const words = fc.oneof(
      fc.string({ minLength: 1, maxLength: 200, unit: "binary" }),
      fc.constantFrom(
        "a --> b",
        "1 < 2 & 3 > 2",
        "<v Eve>hi",
        "&amp;",
        "line\r\n\r\nNOTE x",
        "WEBVTT\0",
        "  \n ",
        "\0",
      ),
    );
    const turns = fc.array(fc.record({ words, at: fc.integer({ min: 0, max: 4_000_000 }), caller: fc.boolean() }), {
      maxLength: 20,
    });
    fc.assert(
      fc.property(turns, fc.string({ unit: "binary" }), (said, title) => {
        const call = { type: "luna.call", call_id: "01C", scenario: "freeform", verified: false, lit: null } as const;
        let state: CallState = reduce(noCall(), { ...call, title, started_at: 0 }, START);
        said.forEach(({ words: text, at, caller }, index) => {
          const who = caller ? ("caller" as const) : ("luna" as const);
          state = reduce(state, turn({ item_id: `i${index}`, order: index, who, text, heard: text }), START + at);
        });
        const { cues } = parse(asWebVtt(state));
        const spoken = said.map((one) => one.words.replace(/[\s\0]+/g, " ").trim()).filter((one) => one !== "");
        expect(cues.map((cue) => cue.text)).toEqual(spoken);
      }),
    );
  });

  it.each([
    ["no signature", "NOTE x"],
    ["end before begin", "WEBVTT\n\n00:02.000 --> 00:01.000\n<v A>x"],
    ["an arrow in the text", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>x --> y"],
    ["a bare ampersand", "WEBVTT\n\n00:01.000 --> 00:02.000\n<v A>x & y"],
    ["out of order", "WEBVTT\n\n00:03.000 --> 00:04.000\n<v A>x\n\n00:01.000 --> 00:02.000\n<v A>y"],
  ])("with %s would be caught", (_, file) => {
    expect(() => parse(file)).toThrow();
  });
});
