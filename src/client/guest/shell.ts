/**
 * The document around a guest's page, as the Worker sends it: words for chat apps' previews, the data of the page, and its head
 * drawn already, so that the first picture waits for no script. Everything that somebody typed is escaped here, once.
 */
import type { LinkDoor } from "../../legs/links.ts";
import { DATA_ID, type PageData, ROOT_ID } from "./page-data.ts";
import { fill } from "./words/fill.ts";
import type { GuestWords } from "./words/index.ts";

/** What `Head` draws: see `head.tsx`. */
interface HeadWords {
  /** Of the page: its layout. */
  layout: "g-door" | "g-closed" | "g-card";
  kicker: string;
  title: string;
  lead: string;
}

export interface Shell {
  html: string;
  /** 404 for what was never there, 410 for what is closed, 503 for what is paused. */
  status: 200 | 404 | 410 | 503;
}

/** @param origin `https://host`, for addresses that a chat app reads elsewhere */
export function shell(data: PageData, origin: string): Shell {
  const { language, words } = data;
  const head = headOf(data);
  const { title, description } = preview(data, head);
  const html = `<!doctype html>
<html lang="${escaped(language)}">
  <head>
    <meta charset="utf-8" />
    <meta name="viewport" content="width=device-width, initial-scale=1, viewport-fit=cover, interactive-widget=resizes-content" />
    <title>${escaped(title)}</title>
    <meta name="description" content="${escaped(description)}" />
    <meta name="robots" content="noindex, nofollow" />
    <meta name="color-scheme" content="light dark" />
    <meta name="theme-color" content="#171d49" />
    <meta property="og:type" content="website" />
    <meta property="og:site_name" content="Luna" />
    <meta property="og:title" content="${escaped(title)}" />
    <meta property="og:description" content="${escaped(description)}" />
    <meta property="og:image" content="${escaped(origin)}/og.png" />
    <meta property="og:image:width" content="1200" />
    <meta property="og:image:height" content="630" />
    <meta property="og:image:alt" content="A warm moon in a night sky, and the words: Call Luna. Just talk." />
    <meta name="twitter:card" content="summary_large_image" />
    <link rel="icon" href="/favicon.svg" type="image/svg+xml" />
    <link rel="apple-touch-icon" href="/apple-touch-icon.png" />
    <link rel="stylesheet" href="/build/guest-styles.css" />
    <script src="/build/theme.js"></script>
    <script type="module" src="/build/guest.js"></script>
  </head>
  <body>
    <div id="${ROOT_ID}">${head === null ? '<div class="guest g-call"></div>' : drawn(head)}</div>
    <noscript><p class="g-noscript">${escaped(words.needs_script)}</p></noscript>
    <script type="application/json" id="${DATA_ID}">${inScript(data)}</script>
  </body>
</html>
`;
  return { html, status: statusOf(data) };
}

/** Text as HTML, in elements and in attributes with quotes. */
export function escaped(text: string): string {
  return text.replace(/[&<>"']/g, (mark) => `&#${mark.charCodeAt(0)};`);
}

/** JSON that can end no element and begin no comment. */
function inScript(value: unknown): string {
  return JSON.stringify(value).replace(/[<>&\u2028\u2029]/g, (mark) => {
    return `\\u${mark.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
}

function statusOf(data: PageData): Shell["status"] {
  if (data.page === "postcard") return data.card === null && !data.on ? 404 : 200;
  const { state } = data.door;
  if (state === "unknown") return 404;
  if (data.page === "call" && data.door.yours) return 200;
  if (state === "paused") return 503;
  // Nobody may call by a link whose calls are used up, but who watches may see the last of them.
  const still = data.page === "watch" && (state === "used_up" || state === "spent");
  return state === "open" || still ? 200 : 410;
}

/** `{host}` and its like. */
function namesIn({ words, ...data }: PageData): Record<string, string> {
  const somebody = words.somebody;
  if (data.page === "postcard") return { host: data.card?.host_name || somebody, speaker: "Luna" };
  const host = data.door.host_name || somebody;
  if (data.page === "watch") return { host, speaker: "Luna" };
  const { persona } = data.door;
  return { host, speaker: persona?.speaker ?? "Luna", place: persona?.place ?? words.bank };
}

/** The head of the page as its script will draw it; null where it begins with the call itself. */
function headOf(data: PageData): HeadWords | null {
  const { words } = data;
  const names = namesIn(data);
  const head = (layout: HeadWords["layout"], ...three: [keyof GuestWords, keyof GuestWords, keyof GuestWords]) => {
    const [kicker, title, lead] = three.map((name) => fill(words[name], names)) as [string, string, string];
    return { layout, kicker, title, lead };
  };
  if (data.page === "postcard") {
    if (data.on) return head("g-closed", "card_kicker", "card_call_on", "card_call_on_next");
    if (data.card === null) return head("g-closed", "card_kicker", "card_gone", "card_gone_next");
    return { ...head("g-card", "card_kicker", "card_kicker", "card_by"), title: data.card.scenario };
  }
  const { state } = data.door;
  if (data.page === "watch") {
    if (state === "unknown" || state === "revoked" || state === "expired") {
      return head("g-closed", "kicker_closed", `closed_${state}`, `closed_${state}_next`);
    }
    return data.door.call === null ? head("g-closed", "watch_kicker", "watch_none", "watch_none_next") : null;
  }
  if (data.door.yours) return head("g-closed", "still_kicker", "still_title", "still_lead");
  if (state === "open") return head("g-door", "kicker", "title", "lead");
  return head("g-closed", "kicker_closed", `closed_${state}`, `closed_${state}_next`);
}

function drawn({ layout, kicker, title, lead }: HeadWords): string {
  return `<div class="guest ${layout}"><header class="g-head"><p class="g-brand"><span class="brand-moon" aria-hidden="true"></span><span class="brand-name">Luna</span></p><div class="moon moon-idle" aria-hidden="true"><span class="moon-halo"></span><span class="moon-disc"><span class="moon-shade"></span></span></div><p class="g-kicker">${escaped(kicker)}</p><h1 class="g-title">${escaped(title)}</h1><p class="g-lead">${escaped(lead)}</p></header></div>`;
}

/** What a chat app shows of the address. A watching link and a postcard tell nothing of the call. */
function preview(data: PageData, head: HeadWords | null): { title: string; description: string } {
  const { words } = data;
  const names = namesIn(data);
  if (data.page === "postcard") return { title: words.card_page, description: words.card_lead };
  if (data.page === "watch") return { title: words.watch_page, description: fill(words.watch_lead, names) };
  if (data.door.state !== "open") return { title: head?.title ?? "Luna", description: head?.lead ?? "" };
  return {
    title: fill(words.page_title, names),
    description: fill(words.page_description, { ...names, about: about(data.door, words) }).trim(),
  };
}

function about({ scenario }: LinkDoor, words: GuestWords): string {
  return scenario === null ? words.anything : `${scenario.title}: ${scenario.tagline}.`;
}
