/**
 * The switchboard of one link: who may come in, how often, for how much, and who watches. Admission is decided here and
 * nowhere else: an object does one thing at a time, so the numbers are exact however many come at once. The same class under
 * another name counts the calls on the server's own key.
 */
import { DurableObject } from "cloudflare:workers";
import { type Leave, linkState } from "../call/allowance.ts";
import { type Bindings, readSettings } from "../env.ts";
import type { LinkChange, LinkOpening, LinkShown } from "../legs/links.ts";
import { log } from "../log.ts";
import { LOGGED_A_DAY, noteOpening, saveLink } from "../store/links.ts";
import { PING, Wakes } from "./call/wakes.ts";
import { Count, type Guest, HELD_MS, lookAt, type OnCall } from "./switchboard/count.ts";
import { LinkDay, tomorrow } from "./switchboard/day.ts";
import {
  closedAs,
  type Door,
  doorOf,
  endOf,
  type KeptLink,
  rowOf,
  type Standing,
  shownLink,
} from "./switchboard/kept.ts";
import { Lines } from "./switchboard/lines.ts";
import { PinDoor } from "./switchboard/pin.ts";
import { type Scene, Spectators, WATCH_ADDRESS } from "./switchboard/spectators.ts";

/** Who wants to come in. */
export interface Arrival {
  call_id: string;
  pin?: string;
  /** Of the network. Hashed here, and kept nowhere. */
  address: string;
  /** Who may come back to the call while it is on, and to what is left of it. */
  guest?: Guest;
}

/** Over RPC an error would lose its kind, so what went wrong is an answer. */
export type Admitted =
  | {
      ok: true;
      link: Door;
      keep_days: number | null;
      /** Of the link's money; null is no limit. `may_usd` 0: all that is left is set aside for calls that are on. */
      leave: Leave | null;
    }
  | {
      ok: false;
      why: Exclude<LinkOpening["result"], "opened" | "robot"> | "unknown" | "pin_wanted" | "waiting";
      /** Try again then, Unix ms; null where that is of no use or not known. */
      until: number | null;
      id: string | null;
    };

const HOUR_MS = 3_600_000;
/** Of one address. Each holds a use, and a line on the server's key: a household takes its calls, a script takes none. */
const HELD_BY_ONE = 5;
/** Who is asked for the microphone has not gone: a page takes the line after ten seconds in any case. */
const COMING_MS = 15_000;
/** What could not be done is tried again. */
const AGAIN_MS = 5_000;

export class Switchboard extends DurableObject<Bindings> {
  readonly #count: Count;
  readonly #pins: PinDoor;
  readonly #day: LinkDay;
  readonly #spectators: Spectators;
  readonly #lines: Lines;
  readonly #wakes: Wakes;

  constructor(ctx: DurableObjectState, env: Bindings) {
    super(ctx, env);
    ctx.setWebSocketAutoResponse(PING);
    this.#count = new Count(ctx.storage);
    this.#pins = new PinDoor(ctx.storage);
    this.#day = new LinkDay(ctx.storage, () => this.#count.forgetVisits());
    this.#spectators = new Spectators(ctx);
    this.#lines = new Lines(ctx.storage);
    this.#wakes = new Wakes(ctx, () => undefined);
  }

  // The host ---------------------------------------------------------------------------------------------------------

  /** A new link, and its copy in D1: without that nobody would find it again. */
  async make(link: KeptLink): Promise<LinkShown> {
    await saveLink(this.env.DB, rowOf(link, { used: { calls: 0, usd: 0 }, running: 0, watching: 0 }));
    this.#count.begin();
    this.#link = link;
    if (link.expires_at !== null) this.#wakes.alarmBy(link.expires_at);
    return shownLink(link, this.#standing, Date.now());
  }

  show(): LinkShown | null {
    const link = this.#link;
    return link ? shownLink(link, this.#standing, Date.now()) : null;
  }

  /** Null: there is no such link. */
  change({ label, note, expires_in_hours }: LinkChange): LinkShown | null {
    const link = this.#link;
    if (!link) return null;
    const now = Date.now();
    if (label !== undefined) link.label = label;
    if (note !== undefined) link.note = note;
    if (expires_in_hours !== undefined) {
      link.expires_at = expires_in_hours === null ? null : now + Math.round(expires_in_hours * HOUR_MS);
      if (link.expires_at !== null) this.#wakes.alarmBy(link.expires_at);
    }
    this.#changed(link);
    return shownLink(link, this.#standing, now);
  }

  /** Nobody comes in any more, and whoever is in is told so and hung up on within two seconds. */
  async revoke(): Promise<LinkShown | null> {
    const link = this.#link;
    if (!link) return null;
    const now = Date.now();
    link.revoked_at ??= now;
    this.#changed(link);
    await this.#tend(now);
    return shownLink(link, this.#standing, Date.now());
  }

  // The guest --------------------------------------------------------------------------------------------------------

  door(): Door | null {
    const link = this.#link;
    const now = Date.now();
    return link ? doorOf(link, this.#count.used, this.#pins.lockedUntil(now), now) : null;
  }

  /** Lets a call in, and counts it; or says why not. From the look at what is left to the count there is no waiting. */
  async admit(arrival: Arrival): Promise<Admitted> {
    const { call_id, pin, address } = arrival;
    const known = this.#link;
    if (!known) return { ok: false, why: "unknown", until: null, id: null };
    const who = await this.#day.mark(address, Date.now());
    if (known.pin) {
      if (pin === undefined) return { ok: false, why: "pin_wanted", until: null, id: known.id };
      const verdict = await this.#pins.check(pin, known.pin);
      if (!verdict.ok) return this.#refused(known, who, verdict.why, verdict.until);
    }
    const now = Date.now();
    const link = this.#link;
    if (!link) return { ok: false, why: "unknown", until: null, id: null };
    const { used } = this.#count;
    const state = linkState(link, used, now);
    if (state !== "open") return this.#refused(link, who, state, null);
    const held = this.#count.heldBy(who, now - COMING_MS);
    if (held.n >= HELD_BY_ONE) {
      return { ...this.#refused(link, who, "too_many", held.since + HELD_MS), why: "waiting" };
    }
    const { linkCallsADay, guestCallsADay } = readSettings(this.env);
    if (this.#day.opened(now) >= linkCallsADay || this.#count.visit(who) > guestCallsADay) {
      return this.#refused(link, who, "too_many", tomorrow(now));
    }
    this.#day.noteOpened(now);
    this.#count.hold(call_id, now, who, arrival.guest);
    this.#wakes.alarmBy(now + HELD_MS);
    this.#log(link, { at: now, result: "opened", call_id, who });
    this.#changed(link);
    const leave = this.#paysFor(link) ? this.#count.grant(call_id, link.cap_usd) : null;
    return { ok: true, link: doorOf(link, used, null, now), keep_days: link.keep_days, leave };
  }

  /** The call of this guest's browser that is on, or was a moment ago. @param visitor SHA-256 of its cookie, hex. */
  callOf(visitor: string): { call_id: string; postcard: string; ends_at: number } | null {
    const link = this.#link;
    const call = link && this.#count.callOf(visitor);
    if (!call) return null;
    const { call_id, postcard, opened_at } = call;
    return { call_id, postcard, ends_at: endOf(link, opened_at, readSettings(this.env).maxCallMs) };
  }

  /** Something at the rim has turned a guest away. */
  async turnedAway(result: LinkOpening["result"], address: string): Promise<void> {
    const link = this.#link;
    if (!link) return;
    const at = Date.now();
    this.#log(link, { at, result, call_id: null, who: await this.#day.mark(address, at) });
  }

  // The call ---------------------------------------------------------------------------------------------------------

  /**
   * The guest is there. Gives whether somebody watches; and why the call cannot go on, where it is none of the link's any
   * more: the link was closed while the call was being opened, when there was nothing to hang up on yet.
   */
  connected(call_id: string): { watched: boolean; closed: "revoked" | "expired" | null } {
    const link = this.#link;
    if (!link || !this.#count.connect(call_id)) {
      const expired = link !== undefined && linkState(link, this.#count.used, Date.now()) === "expired";
      return { watched: false, closed: expired ? "expired" : "revoked" };
    }
    if (!this.#shown) this.#shown = call_id;
    this.#changed(link);
    return { watched: this.#shown === call_id && this.#spectators.count > 0, closed: null };
  }

  /** The call has cost so much in all, US dollars; or is over. Gives what it may cost from here on; null is no limit. */
  report(call_id: string, usd: number, over: boolean): Leave | null {
    const link = this.#link;
    if (!link) return null;
    this.#count.charge(call_id, usd);
    const leave = over ? null : this.#count.grant(call_id, link.cap_usd);
    if (over) this.#over(call_id);
    this.#changed(link);
    return leave;
  }

  /** Its calls can cost something: nothing is set aside for the built-in Luna. */
  #paysFor({ mode }: KeptLink): boolean {
    return mode !== "scripted" && readSettings(this.env).serverKey !== undefined;
  }

  /** What happens in the call that is shown. Gives how many watch it: 0 and nothing more need be sent. */
  relay(call_id: string, scene: Scene): number {
    if (this.#shown !== call_id) return 0;
    this.#spectators.show(scene);
    return this.#spectators.count;
  }

  #over(call_id: string): void {
    this.#count.drop(call_id);
    if (this.#shown !== call_id) return;
    const next = this.#count.all().findLast((call) => call.connected);
    this.#shown = next?.call_id;
    this.#spectators.turn(next === undefined);
    const link = this.#link;
    if (next) this.#lookIn(next.call_id);
    // Who watches a link whose calls are all made waits for nothing. A call that is held may still give its use back.
    else if (link && this.#count.all().length === 0 && !this.#mayBeWatched(link)) this.#spectators.close();
  }

  // Who watches ------------------------------------------------------------------------------------------------------

  /** A watching page's socket. */
  override async fetch(request: Request): Promise<Response> {
    const link = this.#link;
    if (request.url !== WATCH_ADDRESS || !link?.watch_token || !this.#mayBeWatched(link)) {
      return new Response(null, { status: 404 });
    }
    if (this.#spectators.full) return new Response(null, { status: 429 });
    const shown = this.#shown;
    const response = this.#spectators.accept(request, shown !== undefined);
    if (shown !== undefined) this.#lookIn(shown);
    return response;
  }

  /** The calls that are not over, or have not told of it. */
  calls(): string[] {
    return this.#link ? this.#count.all().map(({ call_id }) => call_id) : [];
  }

  /** The call that is shown, if one is. */
  watched(): { call_id: string; opened_at: number } | null {
    const shown = this.#shown;
    const call = shown === undefined ? undefined : this.#count.on(shown);
    return call ? { call_id: call.call_id, opened_at: call.opened_at } : null;
  }

  /** Nobody who watches has anything to say. */
  override webSocketMessage(): void {}

  override webSocketClose(socket: WebSocket, code: number): void {
    try {
      socket.close(code === 1005 || code === 1006 ? 1000 : code);
    } catch {
      // Closed from both ends already.
    }
  }

  /** The last call of a link that is used up is still worth watching. */
  #mayBeWatched(link: KeptLink): boolean {
    return this.#shown !== undefined || linkState(link, this.#count.used, Date.now()) === "open";
  }

  #lookIn(call_id: string): void {
    const told = this.env.CALLS.getByName(call_id).lookIn();
    this.ctx.waitUntil(told.catch(() => log.warn("Watched call did not answer", { call: call_id })));
  }

  // The server's own key ---------------------------------------------------------------------------------------------

  /** @param until the call is over then at the latest, Unix ms. False: all lines are taken. */
  takeLine(call_id: string, most: number, until: number): boolean {
    return this.#lines.take(call_id, most, until, Date.now());
  }

  giveLine(call_id: string): void {
    this.#lines.give(call_id);
  }

  // Looking after it -------------------------------------------------------------------------------------------------

  override async alarm(): Promise<void> {
    await this.#tend(Date.now());
  }

  /** Ends the calls of a link that is closed, finds those that never told of their end, and brings the copy up to date. */
  async #tend(now: number): Promise<void> {
    const link = this.#link;
    if (!link) return;
    const closed = closedAs(link, now);
    await Promise.all(this.#count.all().map((call) => this.#look(call, link, closed, now)));
    if (closed && !this.#shown) this.#spectators.close();
    if (this.#copied !== link.version) await this.#copy();
    const times = this.#count
      .all()
      .map((call) => (closed ? now + AGAIN_MS : Math.max(lookAt(call, link), now + AGAIN_MS)));
    if (link.expires_at !== null && link.expires_at > now && !closed) times.push(link.expires_at);
    if (this.#copied !== this.#link?.version) times.push(now + AGAIN_MS);
    if (times.length > 0) this.#wakes.alarmBy(Math.min(...times));
  }

  async #look(call: OnCall, link: KeptLink, closed: "revoked" | "expired" | null, now: number): Promise<void> {
    if (!closed && lookAt(call, link) > now) return;
    const stub = this.env.CALLS.getByName(call.call_id);
    try {
      const standing = closed ? await stub.closeLink(closed) : await stub.standing();
      if (standing === "on") this.#count.connect(call.call_id);
      // Told of nowhere and not on: it has never come to be, or its last report was lost with its object.
      if (standing === "over") this.#over(call.call_id);
    } catch (thrown) {
      log.error("Call of a link did not answer", { call: call.call_id, error: (thrown as Error).name });
    }
  }

  #refused(
    link: KeptLink,
    who: string,
    why: Exclude<LinkOpening["result"], "opened" | "robot">,
    until: number | null,
  ): Extract<Admitted, { ok: false }> {
    log.warn("Guest turned away", { link: link.id, why });
    this.#log(link, { at: Date.now(), result: why, call_id: null, who });
    return { ok: false, why, until, id: link.id };
  }

  #log(link: KeptLink, opening: LinkOpening): void {
    if (opening.result !== "opened" && !this.#day.mayLog(opening.at, LOGGED_A_DAY)) return;
    const lost = (thrown: unknown) =>
      log.error("Opening of a link not logged", { link: link.id, error: (thrown as Error).name });
    this.ctx.waitUntil(noteOpening(this.env.DB, link.id, opening).catch(lost));
  }

  #changed(link: KeptLink): void {
    link.version += 1;
    this.#link = link;
    this.ctx.waitUntil(this.#copy());
  }

  /** D1 may be away; what it has not got is brought later. */
  async #copy(): Promise<void> {
    const link = this.#link;
    if (!link) return;
    try {
      await saveLink(this.env.DB, rowOf(link, this.#standing));
      this.#copied = link.version;
    } catch (thrown) {
      log.error("Link not copied, will try again", { link: link.id, error: (thrown as Error).name });
      this.#wakes.alarmBy(Date.now() + AGAIN_MS);
    }
  }

  get #standing(): Standing {
    return { used: this.#count.used, running: this.#count.all().length, watching: this.#spectators.count };
  }

  get #link(): KeptLink | undefined {
    return this.ctx.storage.kv.get<KeptLink>("link");
  }
  set #link(link: KeptLink) {
    this.ctx.storage.kv.put("link", link);
  }

  /** The call that watchers see. */
  get #shown(): string | undefined {
    return this.ctx.storage.kv.get<string>("shown");
  }
  set #shown(call_id: string | undefined) {
    if (call_id === undefined) this.ctx.storage.kv.delete("shown");
    else this.ctx.storage.kv.put("shown", call_id);
  }

  /** The version that D1 has. */
  get #copied(): number {
    return this.ctx.storage.kv.get<number>("copied") ?? 0;
  }
  set #copied(version: number) {
    this.ctx.storage.kv.put("copied", version);
  }
}
