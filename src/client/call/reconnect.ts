/**
 * A wire that outlives its sockets. A socket that is lost is opened again with the call's resume token, at once and then at
 * growing waits, until the call would not wait any longer; what this page said meanwhile is said then. Sound of the
 * microphone is not kept: words that come a minute late answer nothing.
 */
import type { PageEvent, PageMessageInput } from "../../legs/wire.ts";
import { Outbox } from "./outbox.ts";
import type { Lost, SocketListener, Wire } from "./socket.ts";

/** The runtime answers the text "ping" with "pong" without waking the call. */
export const PING_MS = 10_000;
/** No sign of life for so long after a ping: the socket is dead, whatever it says of itself. */
export const PONG_MS = 10_000;
/** After a sleep of this machine, or another network, there is reason to doubt. */
const DOUBT_MS = 3_000;
/** A try that has not come through by then is given up. */
export const TRY_MS = 5_000;
const FIRST_WAIT_MS = 500;
const LONGEST_WAIT_MS = 4_000;
/** A replay that does not come to its end has ended by then. */
const REPLAY_MS = 1_000;

/** Close codes of the call after which it does not come back (see `src/errors.ts`). */
const ELSEWHERE = 4409;
const OVER: readonly number[] = [4401, 4403, 4404, 4410];
const UNFIT: readonly number[] = [4400, 4426];

const SAYS = {
  elsewhere: "This call went on in another tab or window. Go on there.",
  over: "The call ended while this page was away. What Luna did stays done. Call again to go on.",
  late: "The connection was gone for too long, and the call has ended. What Luna did stays done. Call again to go on.",
  lost: "The connection to Luna was lost. Call again to go on.",
} as const;

/** One socket, as `CallSocket` is. */
export interface Link {
  /** false: not open, nothing was sent. */
  send(text: string): boolean;
  hear(frame: ArrayBuffer): void;
  close(): void;
}

export interface LinkListener {
  onOpen(): void;
  onEvent(event: PageEvent): void;
  onAudio(n: number, pcm: Int16Array<ArrayBuffer>): void;
  onPong(): void;
  /** `code` as WebSockets close; 0 where the page itself gave it up. Not reported after `close()`. */
  onGone(code: number, reason: string): void;
}

export interface ReconnectPorts {
  dial(token: string, listener: LinkListener): Link;
  /** The way back in, each time it changes. */
  keep(token: string, grace_ms: number): void;
  /** Unix ms. */
  now(): number;
  /** Tells when the network or the page comes back or goes; gives what ends it. */
  watch(on: (what: "online" | "offline" | "visible") => void): () => void;
}

export interface FirstToken {
  token: string;
  /** Given when the page comes back into a call after a reload; then the first socket is a resume already. */
  grace_ms?: number;
}

export class LastingWire implements Wire {
  readonly #ports: ReconnectPorts;
  readonly #listener: SocketListener;
  readonly #outbox = new Outbox();
  readonly #unwatch: () => void;
  #token: string;
  /** `null`: the call has not said that it waits. */
  #grace: number | null;
  #link: Link | null = null;
  /** Counts sockets: news of an older one is for nobody. */
  #number = 0;
  /** The socket has been taken by the call: it says something, and no refusal. */
  #proven = false;
  /** Since when there is no proven socket, Unix ms; `null` while there is one, or never was. */
  #awaySince: number | null = null;
  #tries = 0;
  #replaying = false;
  /** The replay itself is here: what came before it was said to nobody while the page was away, and may be stale. */
  #retold = false;
  /** Something has come since the last ping. */
  #alive = false;
  /** What had been said at each ping that waits for its pong. */
  #marks: number[] = [];
  #closed = false;
  #retry: Timer;
  #patience: Timer;
  #pinging: Timer;
  #doubt: Timer;

  constructor(ports: ReconnectPorts, first: FirstToken, listener: SocketListener) {
    this.#ports = ports;
    this.#listener = listener;
    this.#token = first.token;
    this.#grace = first.grace_ms ?? null;
    this.#unwatch = ports.watch((what) => this.#world(what));
    if (first.grace_ms !== undefined) this.#leave();
    else this.#dial();
  }

  /** Said now, or after the way back is found. */
  tell(message: PageMessageInput): void {
    if (this.#closed) return;
    const now = this.#awaySince === null && !this.#replaying;
    this.#outbox.add(message, now && (this.#link?.send(JSON.stringify(message)) ?? false));
  }

  hear(frame: ArrayBuffer): void {
    if (this.#proven) this.#link?.hear(frame);
  }

  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#unwatch();
    clearTimeout(this.#retry);
    this.#hangUp();
  }

  #dial(): void {
    this.#hangUp();
    const number = this.#number;
    const mine = () => number === this.#number;
    this.#link = this.#ports.dial(this.#token, {
      onOpen: () => mine() && this.#opened(),
      onEvent: (event) => mine() && this.#event(event),
      onAudio: (n, pcm) => {
        if (!mine()) return;
        this.#alive = true;
        this.#listener.onAudio(n, pcm);
      },
      onPong: () => mine() && this.#pong(),
      onGone: (code, reason) => mine() && this.#gone(code, reason),
    });
    if (this.#awaySince !== null) this.#patience = setTimeout(() => this.#leave(), TRY_MS);
  }

  /** Lets go of the socket, if there is one, without a word to the session. */
  #hangUp(): void {
    this.#number += 1;
    this.#proven = false;
    this.#replaying = false;
    this.#marks = [];
    for (const timer of [this.#patience, this.#pinging, this.#doubt]) clearTimeout(timer);
    this.#link?.close();
    this.#link = null;
  }

  /** A first socket may say at once what waits; a later one is proven by what it says, and hears after the replay. */
  #opened(): void {
    if (this.#awaySince !== null) return;
    this.#listener.onOpen();
    this.#sayAll();
  }

  #event(event: PageEvent): void {
    // A refusal says why, and closes: the code says what to do.
    if (!this.#proven && this.#awaySince !== null && event.type === "error") return;
    this.#alive = true;
    if (!this.#proven) this.#prove();
    if (event.type === "luna.recording") this.#retold = true;
    this.#outbox.news(event);
    if (event.type === "luna.resume") {
      this.#token = event.token;
      this.#grace = event.grace_ms;
      this.#ports.keep(event.token, event.grace_ms);
      return;
    }
    this.#listener.onEvent(event);
    // The replay's last words: whether sound is kept, the open question, the state of the line.
    if (this.#replaying && this.#retold && event.type === "luna.line") this.#replayed();
  }

  #prove(): void {
    this.#proven = true;
    clearTimeout(this.#patience);
    this.#ping();
    if (this.#awaySince === null) return;
    this.#awaySince = null;
    this.#tries = 0;
    this.#replaying = true;
    this.#retold = false;
    this.#listener.onBack();
    this.#patience = setTimeout(() => this.#replayed(), REPLAY_MS);
  }

  #replayed(): void {
    clearTimeout(this.#patience);
    this.#replaying = false;
    this.#listener.onReplayed();
    this.#sayAll();
  }

  #sayAll(): void {
    for (const message of this.#outbox.due()) this.#link?.send(JSON.stringify(message));
  }

  #gone(code: number, reason: string): void {
    this.#link = null;
    if (code === ELSEWHERE) return this.#finish({ message: SAYS.elsewhere, elsewhere: true });
    if (this.#grace === null || UNFIT.includes(code))
      return this.#finish({ message: reason === "" ? SAYS.lost : reason });
    if (OVER.includes(code)) return this.#finish({ message: SAYS.over });
    this.#leave();
  }

  /** There is no socket that works: the next try, or the end of trying. */
  #leave(): void {
    this.#hangUp();
    const now = this.#ports.now();
    if (this.#awaySince === null) {
      this.#awaySince = now;
      this.#tries = 0;
      this.#listener.onAway();
    }
    const wait = this.#tries === 0 ? 0 : Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (this.#tries - 1));
    this.#tries += 1;
    clearTimeout(this.#retry);
    // The last try may come a little late: it is the call that knows whether it still waits.
    if (now - this.#awaySince > (this.#grace ?? 0)) this.#finish({ message: SAYS.late });
    else if (wait === 0) this.#dial();
    else this.#retry = setTimeout(() => this.#dial(), wait);
  }

  #finish(lost: Lost): void {
    this.close();
    this.#listener.onGone(lost);
  }

  #ping(): void {
    clearTimeout(this.#pinging);
    this.#pinging = setTimeout(() => {
      this.#ask(PONG_MS);
      this.#ping();
    }, PING_MS);
  }

  /** A sign of life is wanted within so many ms. */
  #ask(patience: number): void {
    if (!this.#proven || this.#link === null) return;
    this.#alive = false;
    this.#marks.push(this.#outbox.mark());
    this.#link.send("ping");
    clearTimeout(this.#doubt);
    this.#doubt = setTimeout(() => {
      if (!this.#alive) this.#leave();
    }, patience);
  }

  #pong(): void {
    this.#alive = true;
    this.#outbox.arrived(this.#marks.shift() ?? 0);
    if (this.#grace !== null) this.#ports.keep(this.#token, this.#grace);
  }

  /** What the browser says of network and page is a hint: only the socket knows. */
  #world(what: "online" | "offline" | "visible"): void {
    if (this.#closed || this.#grace === null) return;
    if (what === "offline") {
      if (this.#awaySince === null) this.#leave();
    } else if (this.#awaySince !== null) {
      // A try under way may have spent the token already: a second one would come with a stale one.
      if (this.#link !== null) return;
      clearTimeout(this.#retry);
      this.#tries = 1;
      this.#dial();
    } else this.#ask(DOUBT_MS);
  }
}

type Timer = ReturnType<typeof setTimeout> | undefined;
