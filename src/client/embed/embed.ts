/**
 * `<script src="https://luna.example/embed.js" data-link="..." async></script>`: a button that opens a call in a panel, on any
 * site. Defines the element `<luna-call>`, and puts one on the page for each script that names a link. Until somebody opens
 * the panel nothing but this file is fetched, and nothing is stored.
 */
import { addressesOf } from "./link.ts";
import { element, icon, openPanel, type Panel } from "./panel.ts";
import { STYLE } from "./style.ts";
import { type EmbedWords, wordsIn } from "./words.ts";

const NAME = "luna-call";
/** What a script may say of its element, as `data-…`. */
const ATTRIBUTES = ["link", "label", "title", "place", "lang", "headless"] as const;
const HANDSET = "M5 4h4l2 5-2.5 1.5a11 11 0 0 0 5 5L15 13l5 2v4a2 2 0 0 1-2 2A16 16 0 0 1 3 6a2 2 0 0 1 2-2z";

const script = document.currentScript as HTMLScriptElement | null;
const luna = script?.src ? new URL(script.src).origin : location.origin;

/**
 * Attributes: `link` (a link's token or address), `label` (on the button), `title` (of the panel), `place="corner"`, `lang`, `headless`
 * (no button of its own). Methods: `open()`, `close()`. Events, which bubble: `luna-open`, `luna-close`, `luna-state` with
 * `detail.state` being `door`, `on` or `over`.
 */
class LunaCall extends HTMLElement {
  readonly #root = this.attachShadow({ mode: "open", delegatesFocus: true });
  readonly #button = element("button", { type: "button", part: "button", "aria-haspopup": "dialog" });
  readonly #label = element("span", { part: "label" });
  #panel: Panel | undefined;
  /** Had the focus before the panel opened. */
  #before: Element | null = null;

  static get observedAttributes(): readonly string[] {
    return ["label", "lang"];
  }

  connectedCallback(): void {
    if (this.#button.isConnected) return;
    const sheet = new CSSStyleSheet();
    sheet.replaceSync(STYLE);
    this.#root.adoptedStyleSheets = [sheet];
    this.#button.append(icon(HANDSET), this.#label);
    this.#button.onclick = () => this.open();
    this.#root.append(this.#button);
    this.attributeChangedCallback();
  }

  attributeChangedCallback(): void {
    this.#label.textContent = this.getAttribute("label") || this.#words.talk;
  }

  disconnectedCallback(): void {
    this.#panel?.close();
  }

  get #words(): EmbedWords {
    return wordsIn(this.lang || document.documentElement.lang || "en");
  }

  /** Gives false where no link of this Luna is named. Browsers let sound begin only after a click: call it from one. */
  open(): boolean {
    const addresses = addressesOf(this.getAttribute("link") ?? "", luna);
    if (!addresses) return false;
    if (this.#panel) return true;
    this.#before = document.activeElement;
    const words = this.#words;
    this.#panel = openPanel({
      ...addresses,
      words,
      title: this.getAttribute("title") || this.getAttribute("label") || words.talk,
      into: this.#root,
      onState: (state) => this.#tell("luna-state", { state }),
      onClosed: () => this.#closed(),
    });
    this.#tell("luna-open");
    return true;
  }

  /** In a call the person is asked first. */
  close(): void {
    this.#panel?.close();
  }

  #closed(): void {
    this.#panel = undefined;
    // Whoever opened it goes on where they were.
    if (this.#before === this || !this.hasAttribute("headless")) this.#button.focus();
    else if (this.#before instanceof HTMLElement) this.#before.focus();
    this.#tell("luna-close");
  }

  #tell(name: string, detail?: unknown): void {
    this.dispatchEvent(new CustomEvent(name, { bubbles: true, composed: true, detail }));
  }
}

// A site may have the script twice; an element can be defined once.
if (!customElements.get(NAME)) customElements.define(NAME, LunaCall);
if (script?.dataset.link) {
  const call = document.createElement(NAME);
  for (const name of ATTRIBUTES) {
    const value = script.dataset[name];
    if (value !== undefined) call.setAttribute(name, value);
  }
  if (call.getAttribute("place") === "inline") script.after(call);
  else {
    if (!call.hasAttribute("headless")) call.setAttribute("place", "corner");
    // A script in the head may run before there is a body.
    const put = () => document.body.append(call);
    if (document.body) put();
    else document.addEventListener("DOMContentLoaded", put);
  }
}
