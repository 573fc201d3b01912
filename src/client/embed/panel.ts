/** The panel: a native modal dialog with the guest's page in a frame. Made anew for each opening, so that closing it leaves nothing. */
import { type CallState, readFromFrame, type ToFrame } from "./between.ts";
import type { EmbedWords } from "./words.ts";

/** The frame says that it is there within this time, or the person is shown another way. */
const READY_WITHIN_MS = 12_000;
/** The frame hangs up before it goes: then the line is closed at once and not after the call's patience. */
const GOODBYE_MS = 400;

export interface PanelOptions {
  framed: string;
  page: string;
  title: string;
  words: EmbedWords;
  /** Where the dialog is put. */
  into: ParentNode & Node;
  onState(state: CallState): void;
  onClosed(): void;
}

export interface Panel {
  /** In a call the person is asked first. */
  close(): void;
}

export function openPanel(options: PanelOptions): Panel {
  const { words, title, page } = options;
  const dialog = element("dialog", { part: "panel", "aria-labelledby": "t" });
  const heading = element("h2", { id: "t" }, title);
  const elsewhere = element("a", { href: page, target: "_blank", rel: "noopener", part: "elsewhere" });
  const close = element("button", { type: "button", part: "close" });
  named(elsewhere, words.elsewhere, "M14 4h6v6M20 4l-9 9M18 14v6H4V6h6");
  named(close, words.close, "M6 6l12 12M18 6L6 18");
  const bar = element("div", { part: "bar" });
  bar.append(heading, elsewhere, close);
  const note = element("p", { part: "note", role: "status" }, words.opening);
  const frame = element("iframe", {
    part: "frame",
    title,
    allow: "microphone; autoplay; speaker-selection; screen-wake-lock",
    hidden: "",
  });
  const body = element("div", { class: "body" });
  const ask = element("div", { part: "ask", role: "alertdialog", "aria-labelledby": "q", hidden: "" });
  const stay = element("button", { type: "button" }, words.stay);
  const leave = element("button", { type: "button" }, words.hang_up);
  ask.append(element("p", { id: "q" }, words.on_call), stay, leave);
  body.append(note, frame, ask);
  dialog.append(bar, body);
  options.into.append(dialog);

  let state: CallState = "door";
  let gone = false;
  const luna = new URL(page).origin;
  const late = setTimeout(() => {
    note.textContent = "";
    note.append(`${words.not_here} `, element("a", { href: page, target: "_blank", rel: "noopener" }, words.elsewhere));
  }, READY_WITHIN_MS);

  const heard = ({ source, origin, data }: MessageEvent): void => {
    if (source !== frame.contentWindow || origin !== luna) return;
    const message = readFromFrame(data);
    if (message?.luna === "ready") {
      clearTimeout(late);
      note.hidden = true;
      frame.hidden = false;
      frame.focus();
    } else if (message?.luna === "escape") wish();
    else if (message?.luna === "state") {
      state = message.state;
      if (state !== "on") ask.hidden = true;
      options.onState(state);
    }
  };

  /** The person wants to close it. */
  const wish = (): void => {
    if (state !== "on") return go();
    ask.hidden = false;
    stay.focus();
  };

  const go = (): void => {
    if (gone) return;
    gone = true;
    clearTimeout(late);
    const wait = state === "on" ? GOODBYE_MS : 0;
    if (wait > 0) frame.contentWindow?.postMessage({ luna: "hang_up" } satisfies ToFrame, luna);
    dialog.close();
    setTimeout(() => {
      removeEventListener("message", heard);
      dialog.remove();
    }, wait);
    options.onClosed();
  };

  addEventListener("message", heard);
  close.onclick = wish;
  leave.onclick = go;
  stay.onclick = () => {
    ask.hidden = true;
    frame.focus();
  };
  dialog.oncancel = (event) => {
    event.preventDefault();
    if (ask.hidden) wish();
    else stay.click();
  };
  // Browsers close a dialog at the second Escape whatever the page says to the first.
  dialog.onclose = go;
  dialog.onclick = (event) => {
    if (event.target === dialog && outside(dialog, event)) wish();
  };
  frame.src = options.framed;
  dialog.showModal();
  close.focus();
  return { close: wish };
}

function outside(dialog: HTMLElement, { clientX, clientY }: MouseEvent): boolean {
  const { left, right, top, bottom } = dialog.getBoundingClientRect();
  return clientX < left || clientX > right || clientY < top || clientY > bottom;
}

function named(control: HTMLElement, name: string, path: string): void {
  control.setAttribute("aria-label", name);
  control.title = name;
  control.append(icon(path));
}

/** Lines in a square of 24. */
export function icon(path: string): SVGElement {
  const made = (name: string, attributes: Record<string, string>) => {
    const one = document.createElementNS("http://www.w3.org/2000/svg", name);
    for (const [key, value] of Object.entries(attributes)) one.setAttribute(key, value);
    return one as SVGElement;
  };
  const lines = { fill: "none", stroke: "currentColor", "stroke-width": "2", "stroke-linecap": "round" };
  const svg = made("svg", { viewBox: "0 0 24 24", "aria-hidden": "true", ...lines });
  svg.append(made("path", { d: path }));
  return svg;
}

/** Text goes in as text: whatever a site names its button, none of it becomes markup. */
export function element<Name extends keyof HTMLElementTagNameMap>(
  name: Name,
  attributes: Record<string, string> = {},
  text = "",
): HTMLElementTagNameMap[Name] {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  if (text !== "") made.textContent = text;
  return made;
}
