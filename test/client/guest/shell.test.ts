import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { PageData } from "../../../src/client/guest/page-data.ts";
import { escaped, shell } from "../../../src/client/guest/shell.ts";
import { wordsOf } from "../../../src/client/guest/words/index.ts";
import type { LinkDoor, Postcard, WatchDoor } from "../../../src/legs/links.ts";

const OPEN: LinkDoor = {
  state: "open",
  host_name: "Robin Example",
  note: "Have fun!",
  scenario: {
    id: "block-card",
    title: "Block a card",
    tagline: "A lost card is stopped in under a minute",
    icon: "block-card",
    caller: { name: "Maya", about: "She has lost her wallet." },
    goal: "Block the card.",
    say: ["I lost my card."],
  },
  persona: null,
  mode: "scripted",
  language: "en",
  minutes: 5,
  pin: false,
  locked_until: null,
  record: false,
  watched: false,
  turnstile: null,
  yours: false,
};
const WATCH: WatchDoor = { state: "open", host_name: "Robin Example", call: null };
const CARD: Postcard = {
  call_id: "01J00000000000000000000000",
  scenario: "Block a card",
  host_name: "Robin Example",
  started_at: Date.UTC(2026, 10, 21, 12),
  seconds: 61,
  outcome: "contained",
  reason: "caller_ended",
  turns: [{ who: "caller", text: "I lost my card.", at: Date.UTC(2026, 10, 21, 12, 0, 5) }],
  done: [],
  recording: false,
  kept_until: Date.UTC(2026, 11, 21),
};
const ORIGIN = "https://luna.example";

const call = (door: Partial<LinkDoor> = {}, language = "en"): PageData => ({
  page: "call",
  ...wordsOf(language),
  door: { ...OPEN, ...door },
  asked: true,
  voice_bytes: 66_303_205,
});
const watch = (door: Partial<WatchDoor> = {}): PageData => ({
  page: "watch",
  ...wordsOf("en"),
  door: { ...WATCH, ...door },
});
const postcard = (card: Postcard | null): PageData => ({ page: "postcard", ...wordsOf("en"), card, on: false });

/** The document without its texts and values: elements and attributes alone; and its data block. */
function parsed(html: string): { bones: string; data: unknown } {
  const [before = "", rest = ""] = html.split('<script type="application/json" id="given">');
  const [block = "", after = ""] = rest.split("</script>");
  const bones = (before + after).replace(/"[^"]*"/g, '""').replace(/>[^<>]*</g, "><");
  return { bones, data: JSON.parse(block) };
}

const meta = (html: string, name: string) =>
  new RegExp(`<meta (?:property|name)="${name}" content="([^"]*)"`).exec(html)?.[1];

describe("a guest's page before any script has run", () => {
  it("says who invites and to what, also to a chat app", () => {
    const { html, status } = shell(call(), ORIGIN);
    expect(status).toBe(200);
    expect(meta(html, "og:title")).toBe("Robin Example invites you to call Luna");
    expect(meta(html, "og:description")).toContain("Block a card: A lost card is stopped in under a minute.");
    expect(meta(html, "og:image")).toBe("https://luna.example/og.png");
    expect(html).toMatch(/<h1[^>]*>Call Luna\. Just talk\.<\/h1>/);
    expect(meta(html, "robots")).toContain("noindex");
  });

  it("speaks the language of the link", () => {
    const { html } = shell(call({}, "de"), ORIGIN);
    expect(html).toContain('<html lang="de">');
    expect(meta(html, "og:title")).toBe("Robin Example lädt Sie ein, Luna anzurufen");
  });

  it("holds the words of one language, and its data as it was given", () => {
    const data = call({}, "fr");
    expect(parsed(shell(data, ORIGIN).html).data).toEqual(data);
    expect(shell(data, ORIGIN).html).not.toContain("Sie sind eingeladen");
  });

  it("tells nothing of a call in the preview of a watching link or a postcard", () => {
    const secret = { ...CARD, scenario: "Restructure a loan" };
    for (const data of [
      postcard(secret),
      watch({ call: { id: CARD.call_id, started_at: 0, scenario: secret.scenario } }),
    ]) {
      const { html } = shell(data, ORIGIN);
      const told = ["og:title", "og:description", "description"].map((name) => meta(html, name)).join(" ");
      expect(told).not.toContain("Restructure");
    }
  });
});

describe("a link whose call is on in this browser", () => {
  it.each(["open", "used_up"] as const)("leads back to the call before anything else: %s", (state) => {
    const { html, status } = shell(call({ state, yours: true }), ORIGIN);
    expect(status).toBe(200);
    expect(html).toMatch(/<h1[^>]*>Go back to your call with Luna<\/h1>/);
    expect(html).not.toContain("Ask Robin Example for a new one</p>");
  });
});

describe("a closed link", () => {
  it.each([
    ["expired", 410, "This invitation has expired"],
    ["revoked", 410, "This invitation was withdrawn"],
    ["used_up", 410, "This invitation is used up"],
    ["spent", 410, "This invitation has spent its budget"],
    ["unknown", 404, "Nobody answers at this address"],
  ] as const)("that is %s answers %i with a page of its own", (state, status, title) => {
    const page = shell(call({ state, scenario: state === "unknown" ? null : OPEN.scenario }), ORIGIN);
    expect(page.status).toBe(status);
    expect(page.html).toContain(`<h1 class="g-title">${title}</h1>`);
    expect(page.html).toMatch(/<p class="g-lead">.{20,}<\/p>/);
  });

  it("names nobody where nobody is known", () => {
    const { html } = shell(call({ state: "expired", host_name: "" }), ORIGIN);
    expect(html).toContain("Ask the person who sent it for a new one");
    expect(html.split("<noscript>")[0]).not.toMatch(/\{\w+\}/);
  });

  it("may still be watched when only its calls are used up", () => {
    expect(shell(watch({ state: "used_up" }), ORIGIN).status).toBe(200);
    expect(shell(watch({ state: "revoked" }), ORIGIN).status).toBe(410);
    expect(shell(watch({ state: "unknown" }), ORIGIN).status).toBe(404);
  });
});

describe("a postcard", () => {
  it("that is gone answers 404", () => {
    const { html, status } = shell(postcard(null), ORIGIN);
    expect(status).toBe(404);
    expect(html).toContain("This postcard is not here");
  });

  it("that is there has the name of its call", () => {
    expect(shell(postcard(CARD), ORIGIN).html).toContain('<h1 class="g-title">Block a card</h1>');
  });
});

describe("whatever somebody has typed", () => {
  const nasty = fc.oneof(
    fc.string({ unit: "grapheme" }),
    fc.constantFrom(
      "</script><script>alert(1)</script>",
      "<!--<script>",
      '"><img src=x onerror=alert(1)>',
      "' onload='alert(1)",
      "{host}{speaker}",
      "$& $1 $`",
      "\u2028\u2029\u0000",
      "]]>",
    ),
  );
  const clean = parsed(shell(call(), ORIGIN).html).bones;

  it("makes no element and no attribute, and arrives as it is", () => {
    fc.assert(
      fc.property(nasty, nasty, nasty, (host_name, note, title) => {
        const scenario = { ...(OPEN.scenario as NonNullable<LinkDoor["scenario"]>), title, say: [note] };
        const data = call({ host_name, note, scenario });
        const { bones, data: arrived } = parsed(shell(data, ORIGIN).html);
        expect(bones).toBe(clean);
        expect(arrived).toEqual(data);
      }),
    );
  });

  it("is text on a postcard too", () => {
    const clean = parsed(shell(postcard(CARD), ORIGIN).html).bones;
    fc.assert(
      fc.property(nasty, nasty, (text, scenario) => {
        const card: Postcard = { ...CARD, scenario, turns: [{ who: "caller", text, at: CARD.started_at }] };
        const found = parsed(shell(postcard(card), ORIGIN).html);
        expect(found.bones).toBe(clean);
        expect((found.data as { card: Postcard }).card).toEqual(card);
      }),
    );
  });

  it("is escaped in every mark that HTML knows", () => {
    expect(escaped(`<a href="x" b='y'>&`)).toBe("&#60;a href=&#34;x&#34; b=&#39;y&#39;&#62;&#38;");
  });
});
