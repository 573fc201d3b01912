/** One of each kind of person who may ask Luna for something, and what each of them holds: for the walk over all routes. */
import { env } from "cloudflare:workers";
import { expect, vi } from "vitest";
import type { GuestCallOpened } from "../../../src/legs/links.ts";
import type { CallOpened } from "../../../src/legs/open-call.ts";
import { TOKEN_PROTOCOL, WIRE_PROTOCOL } from "../../../src/legs/wire.ts";
import type { Rule, Whom } from "../../../src/routes/who-may.ts";
import { recordingKey } from "../../../src/store/recordings.ts";
import { Caller } from "./caller.ts";
import { OFFER } from "./rtc.ts";
import { type AccessTeam, ask, THERE } from "./staff.ts";

export const KINDS = ["stranger", "guest", "spectator", "operator", "host", "program"] as const;
export type Kind = (typeof KINDS)[number];

/** Who gets past the door of a route. A `visitor` route that names nothing is about one's own browser: everybody has one. */
export function mayIn({ whom, path }: Rule, kind: Kind): boolean {
  const inside: Record<Whom, readonly Kind[]> = {
    anybody: KINDS,
    visitor: isOfOneCall(path) ? ["guest"] : KINDS,
    guest: ["guest"],
    spectator: ["spectator"],
    key: ["program"],
    operator: ["operator", "host"],
    host: ["host"],
  };
  return inside[whom].includes(kind);
}

/** What belongs to a call that is on: to talk to it, or to watch it. */
function ofLiveCall({ whom, path }: Rule): boolean {
  return whom === "visitor" || path === "/api/calls/:id/watch";
}

/** `/ai/end` names no call, but ends the newest. */
function isOfOneCall(path: string): boolean {
  return path.includes("/:") || path === "/ai/end";
}

/** 128 random bits that nobody has been given. */
const NO_TOKEN = "AAAAAAAAAAAAAAAAAAAAAA";
const ONE_CALL = { scenario: "block-card" };
const SOCKET = /\/(socket|watch)$|^\/v1\/realtime$/;

/** Bodies without which an address refuses before it looks at who asks. */
const BODIES: Record<string, { type?: string; body: string }> = {
  "POST /ai/calls/:id/say": { body: '{"text":"Hello"}' },
  "POST /ai/calls/:id/persona": { body: '{"key":"waiter"}' },
  "POST /api/calls/:id/persona": { body: '{"key":"waiter"}' },
  "POST /v1/realtime/calls": { type: "application/sdp", body: OFFER },
};
const QUERIES: Record<string, string> = { "GET /v1/realtime": "?model=luna-scripted" };

export class People {
  readonly #team: AccessTeam;
  readonly #headers = new Map<Kind, Record<string, string>>();
  #link: { id: string; guest: string; spectator: string } | undefined;
  #asked = 0;

  private constructor(team: AccessTeam) {
    this.#team = team;
  }

  static async gather(team: AccessTeam): Promise<People> {
    const people = new People(team);
    const staff = async (email: string) => ({ "cf-access-jwt-assertion": await team.assertion(email) });
    people.#headers.set("operator", await staff("ben@aurora.example"));
    people.#headers.set("host", await staff("ada@aurora.example"));
    people.#headers.set("guest", { cookie: `__Host-luna_visitor=${"g".repeat(32)}` });
    people.#headers.set("spectator", { cookie: `__Host-luna_visitor=${"s".repeat(32)}` });
    const made = await people.send("host", "POST", "/api/host/keys", {
      label: "Walk",
      scopes: ["realtime", "secrets", "calls"],
    });
    people.#headers.set("program", { authorization: `Bearer ${(await made.json<{ key: string }>()).key}` });
    return people;
  }

  /** Each request from an address of its own: what is counted by address is not what is walked here. */
  send(kind: Kind, method: string, path: string, body?: unknown, more: Record<string, string> = {}): Promise<Response> {
    const address = `2001:db8:${(++this.#asked).toString(16)}::1`;
    const json: Record<string, string> = body === undefined ? {} : { "content-type": "application/json" };
    const headers = { "cf-connecting-ip": address, ...json, ...this.#headers.get(kind), ...more };
    const sent = body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) };
    const settings = { ...this.#team.settings, HOSTS: "ada@aurora.example", OPERATORS: "ben@aurora.example" };
    return ask(settings, THERE + path, { method, headers, ...sent });
  }

  /** Asks for the address of a rule, with what this person holds and what belongs to the guest. */
  async use(rule: Rule, kind: Kind, more: Record<string, string> = {}): Promise<Response> {
    const { method } = rule;
    const name = `${method} ${rule.path}`;
    const own = isOfOneCall(rule.path) && ofLiveCall(rule) ? await this.#callOfGuest() : undefined;
    const path = (await this.#path(rule, kind, own?.call_id)) + (QUERIES[name] ?? "");
    const { type, body } = BODIES[name] ?? { body: "{}" };
    const headers = {
      ...(type ? { "content-type": type } : {}),
      ...(SOCKET.test(rule.path) ? upgrade(own) : {}),
      ...more,
    };
    return this.send(kind, method, path, method === "GET" || method === "DELETE" ? undefined : body, headers);
  }

  async #path({ path }: Rule, kind: Kind, call?: string): Promise<string> {
    let filled = path;
    if (path.includes("/:token")) filled = filled.replace("/:token", `/${await this.#tokenOf(kind, path)}`);
    if (path.startsWith("/v1/models/")) return filled.replace(":id", "luna");
    return filled.replace(/:(id|call)\b/, call ?? "01ARZ3NDEKTSV4RRFFQ69G5FAV");
  }

  /** What this person would try here: their own token, else one that nobody has. */
  async #tokenOf(kind: Kind, path: string): Promise<string> {
    if (kind !== "guest" && kind !== "spectator") return NO_TOKEN;
    this.#link ??= await this.#makeLink();
    if (kind === "spectator") return this.#link.spectator;
    // The way back is there while a call is on.
    if (path.endsWith("/back")) await this.send("guest", "POST", `/api/guest/${this.#link.guest}/calls`, {});
    return /postcards|^\/p\//.test(path) ? this.#postcard(this.#link.guest) : this.#link.guest;
  }

  async #makeLink(): Promise<{ id: string; guest: string; spectator: string }> {
    const wish = { label: "Walk", host_name: "Ada", scenario: "block-card", watch: true };
    const made = await this.send("host", "POST", "/api/links", wish);
    const { id, url, watch_url } = await made.json<{ id: string; url: string; watch_url: string }>();
    return { id, guest: url.replace("/c/", ""), spectator: watch_url.replace("/w/", "") };
  }

  /** Of a call in which something was said, and that is over and written down. */
  async #postcard(link: string): Promise<string> {
    const opened = await (await this.send("guest", "POST", `/api/guest/${link}/calls`, {})).json<GuestCallOpened>();
    await env.RECORDINGS.put(recordingKey(opened.call_id), new Uint8Array(4_800));
    const { webSocket } = await this.send("guest", "GET", opened.socket, undefined, upgrade(opened));
    if (!webSocket) throw new Error("the guest's call took no socket");
    const caller = new Caller(opened, webSocket);
    await caller.ask("Hello");
    caller.send({ type: "luna.end" });
    await caller.until(() => caller.ended !== undefined);
    const card = opened.postcard.replace("/p/", "");
    const written = async () => expect((await this.send("stranger", "GET", `/api/postcards/${card}`)).status).toBe(200);
    await vi.waitFor(written, { timeout: 8_000, interval: 50 });
    return card;
  }

  /** A call that is on, with sound. */
  async #callOfGuest(): Promise<CallOpened> {
    const opened = await (await this.send("guest", "POST", "/api/calls", ONE_CALL)).json<CallOpened>();
    await env.RECORDINGS.put(recordingKey(opened.call_id), new Uint8Array(4_800));
    return opened;
  }
}

function upgrade(call: CallOpened | undefined): Record<string, string> {
  const plain = { upgrade: "websocket" };
  return call ? { ...plain, "sec-websocket-protocol": `${WIRE_PROTOCOL}, ${TOKEN_PROTOCOL}${call.token}` } : plain;
}

/** Whether this answer comes from behind the door. A page that sends somebody to sign in is shut. */
export async function isIn({ whom }: Rule, response: Response): Promise<boolean> {
  const { status, webSocket } = response;
  if (webSocket) return opened(webSocket);
  if (status >= 300 && status < 400) return !(response.headers.get("location") ?? "").startsWith("/sign-in");
  if (status === 401 || status === 403) return false;
  if (status === 429 || (status >= 500 && status !== 503)) throw new Error(`no answer to judge: ${status}`);
  // Staff have passed the door before anything is looked for; for others what is not theirs is not there.
  if (status === 404) return whom === "operator" || whom === "host";
  return !(await isUnknownLink(response));
}

async function isUnknownLink(response: Response): Promise<boolean> {
  if (!response.headers.get("content-type")?.includes("json")) return false;
  const answer = await response.json<{ state?: string } | null>().catch(() => null);
  return answer?.state === "unknown";
}

/** A refusal is an error as the first word and a close. */
function opened(socket: WebSocket): Promise<boolean> {
  return new Promise((resolve) => {
    const judged = (isOpen: boolean) => {
      clearTimeout(silent);
      resolve(isOpen);
      try {
        socket.close(1000);
      } catch {
        // Closed from the other end.
      }
    };
    const silent = setTimeout(() => judged(true), 500);
    socket.addEventListener("message", ({ data }) => {
      const { type } = JSON.parse(String(data)) as { type: string };
      judged(type !== "error");
    });
    socket.addEventListener("close", () => judged(false));
    socket.accept();
  });
}
