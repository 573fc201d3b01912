import fc from "fast-check";
import { describe, expect, it, test } from "vitest";
import { de } from "../../../src/client/guest/words/de.ts";
import { en } from "../../../src/client/guest/words/en.ts";
import { es } from "../../../src/client/guest/words/es.ts";
import { fill } from "../../../src/client/guest/words/fill.ts";
import { fr } from "../../../src/client/guest/words/fr.ts";
import { languageWanted, wordsOf } from "../../../src/client/guest/words/index.ts";
import { LANGUAGES } from "../../../src/legs/links.ts";

const OTHERS = { de, es, fr };
const places = (text: string) => [...text.matchAll(/\{\w+\}/g)].map(([name]) => name).toSorted();

describe.each(Object.entries(OTHERS))("the words in %s", (_, words) => {
  it("say everything that the English ones say", () => {
    expect(Object.keys(words).toSorted()).toEqual(Object.keys(en).toSorted());
    expect(Object.entries(words).filter(([, text]) => text.trim() === "")).toEqual([]);
  });

  it("have the same blanks to fill, and none of their own", () => {
    const differ = Object.entries(words).filter(([name, text]) => {
      const here = new Set(places(text));
      const there = new Set(places(en[name as keyof typeof en]));
      // A language may name somebody twice, but nobody whom the others do not know.
      return [...here].some((one) => !there.has(one)) || [...there].some((one) => !here.has(one));
    });
    expect(differ).toEqual([]);
  });

  it("are not English left over", () => {
    const same = Object.entries(words).filter(
      ([name, text]) => text === en[name as keyof typeof en] && text.split(" ").length > 2,
    );
    expect(same).toEqual([]);
  });
});

test("every language that a link may have has words of its own", () => {
  expect(LANGUAGES.map((language) => wordsOf(language).language)).toEqual([...LANGUAGES]);
});

describe("a language is found", () => {
  it.each([
    ["de-AT,de;q=0.9,en;q=0.5", "de"],
    ["fi, fr;q=0.3, es;q=0.8", "es"],
    ["nl,sv", "en"],
    ["de;q=0,fr", "fr"],
    ["", "en"],
    [undefined, "en"],
    ["*", "en"],
    ["constructor,__proto__,toString", "en"],
  ])("from %j: %s", (header, language) => {
    expect(languageWanted(header)).toBe(language);
  });

  it("in whatever a browser sends", () => {
    fc.assert(
      fc.property(fc.string(), (header) => {
        expect(["en", "de", "es", "fr"]).toContain(languageWanted(header));
        expect(["en", "de", "es", "fr"]).toContain(wordsOf(header).language);
      }),
    );
  });
});

describe("a text with blanks", () => {
  it("takes what is given, and leaves what is not", () => {
    expect(fill("{host} calls {name}.", { host: "Robin" })).toBe("Robin calls {name}.");
  });

  it("reads nothing in what was filled in", () => {
    expect(fill("{host} calls", { host: "{note} $& $1", note: "no" })).toBe("{note} $& $1 calls");
  });

  it("knows no blanks but its own", () => {
    expect(fill("{constructor} {__proto__}", {})).toBe("{constructor} {__proto__}");
  });
});
