/** Links in tests: made by the host, opened by guests, watched by others. */
import { expect } from "vitest";
import type { GuestCallInput, GuestCallOpened, LinkShown, NewLinkInput } from "../../../src/legs/links.ts";
import { WATCH_PROTOCOL, type WatchEvent } from "../../../src/legs/watcher.ts";
import { Browser, Caller } from "./caller.ts";

/** Each guest from an address of their own: opening calls is limited per address. */
let addresses = 0;
export function address(): Record<string, string> {
  addresses += 1;
  return { "cf-connecting-ip": `2001:db8:11:${addresses.toString(16)}::1` };
}

export async function makeLink(wish: Partial<NewLinkInput> = {}): Promise<LinkShown> {
  const asked = { label: "For Maya", host_name: "Ada", scenario: "block-card", ...wish };
  const response = await new Browser().post("/api/links", asked);
  expect(response.status, await response.clone().text()).toBe(201);
  return response.json<LinkShown>();
}

export async function shown(link: LinkShown): Promise<LinkShown> {
  return (await new Browser().fetch(`/api/links/${link.id}`)).json<LinkShown>();
}

export function tokenOf(url: string | null): string {
  return url?.split("/").at(-1) ?? "";
}

export function knock(
  link: Pick<LinkShown, "url">,
  body: GuestCallInput = {},
  browser = new Browser(),
  headers = address(),
): Promise<Response> {
  return browser.post(`/api/guest/${tokenOf(link.url)}/calls`, body, headers);
}

export interface Visit {
  browser: Browser;
  caller: Caller;
  opened: GuestCallOpened;
}

/** A guest who opens the link and connects. */
export async function visit(link: LinkShown, body: GuestCallInput = {}): Promise<Visit> {
  const browser = new Browser();
  const response = await knock(link, body, browser);
  expect(response.status, await response.clone().text()).toBe(201);
  const opened = await response.json<GuestCallOpened>();
  return { browser, opened, caller: new Caller(opened, await browser.socket(opened.socket, opened.token)) };
}

export class Watcher {
  readonly told: WatchEvent[] = [];
  readonly errors: { code: string; message: string }[] = [];
  readonly binary: unknown[] = [];
  closed: number | undefined;
  readonly socket: WebSocket;

  constructor(socket: WebSocket) {
    this.socket = socket;
    socket.addEventListener("message", ({ data }) => {
      if (typeof data !== "string") return void this.binary.push(data);
      const event = JSON.parse(data) as WatchEvent | { type: "error"; error: { code: string; message: string } };
      if (event.type === "error") this.errors.push(event.error);
      else this.told.push(event);
    });
    socket.addEventListener("close", ({ code }) => {
      this.closed = code;
    });
    socket.accept();
  }

  static async at(path: string, headers: Record<string, string> = {}): Promise<Watcher> {
    const response = await new Browser().fetch(path, {
      headers: { upgrade: "websocket", "sec-websocket-protocol": WATCH_PROTOCOL, ...headers },
    });
    if (!response.webSocket) throw new Error(`no socket, HTTP ${response.status}`);
    return new Watcher(response.webSocket);
  }

  static of(link: LinkShown): Promise<Watcher> {
    return Watcher.at(`/api/watch/${tokenOf(link.watch_url)}/socket`);
  }

  of<T extends WatchEvent["type"]>(type: T): Extract<WatchEvent, { type: T }>[] {
    return this.told.filter((event) => event.type === type) as Extract<WatchEvent, { type: T }>[];
  }

  get text(): string {
    return JSON.stringify(this.told);
  }

  async until(what: () => boolean, timeout = 6_000): Promise<void> {
    await expect.poll(what, { timeout, interval: 20 }).toBe(true);
  }
}
