/** The browser's part of coming back: sockets to open, hints of network and page, and what a reload must find again. */
import { call, microphoneMuted, onHold, tell } from "../state/store.ts";
import { forgetCall, type KeptCall, keepCall, keptCall, marksOf } from "./kept-call.ts";
import type { SocketListener, Wire } from "./socket.ts";

export type Talk = typeof import("./talk.ts");

let talk: Promise<Talk> | null = null;
/** What a call is made of here; fetched once, and again when that failed. */
export function fetchTalk(): Promise<Talk> {
  talk ??= import("./talk.ts").catch((failure: unknown) => {
    talk = null;
    throw failure;
  });
  return talk;
}

/** What is known of a call when its first socket is opened. */
export type Way = Pick<KeptCall, "call_id" | "socket" | "token" | "typing" | "ai" | "scenario" | "title"> &
  Partial<Pick<KeptCall, "grace_ms">>;

/** The call on screen, as a reload would find it; `null` while there is no way back. */
let current: (Way & { grace_ms: number }) | null = null;

/** The call this tab was in a moment ago, at this address: a guest's page and the bank's own do not take over each other's. */
export function leftCall(): KeptCall | null {
  const kept = withShelf((shelf) => keptCall(shelf, Date.now())) ?? null;
  return (kept?.page ?? location.pathname) === location.pathname ? kept : null;
}

/** A reload would come back into the call. */
export function comesBack(): boolean {
  return current !== null;
}

export function lastingWire({ LastingWire, CallSocket }: Talk, way: Way, listener: SocketListener): Wire {
  if (way.grace_ms !== undefined) current = { ...way, grace_ms: way.grace_ms };
  const first = way.grace_ms === undefined ? { token: way.token } : { token: way.token, grace_ms: way.grace_ms };
  return new LastingWire(
    {
      dial: (token, link) => new CallSocket(way.socket, token, link),
      keep: (token, grace_ms) => {
        current = { ...way, token, grace_ms };
        write();
      },
      now: () => Date.now(),
      watch,
    },
    first,
    listener,
  );
}

/** The call is over for this tab. */
export function forgetWay(): void {
  current = null;
  withShelf(forgetCall);
}

/** Shows the way in, before anything is loaded. */
export function showReturning({ scenario, title, marks }: KeptCall): void {
  tell({ type: "local.returning", scenario, title, marks });
}

function write(): void {
  if (current === null) return;
  const kept: KeptCall = {
    ...current,
    page: location.pathname,
    muted: microphoneMuted.peek(),
    held: onHold.peek(),
    at: Date.now(),
    marks: { ...call.peek().marks, ...marksOf(call.peek().rows) },
  };
  withShelf((shelf) => keepCall(shelf, kept));
}
addEventListener("pagehide", write);

function watch(on: (what: "online" | "offline" | "visible") => void): () => void {
  const visible = () => {
    if (document.visibilityState === "visible") on("visible");
  };
  const online = () => on("online");
  const offline = () => on("offline");
  addEventListener("online", online);
  addEventListener("offline", offline);
  addEventListener("pageshow", visible);
  document.addEventListener("visibilitychange", visible);
  return () => {
    removeEventListener("online", online);
    removeEventListener("offline", offline);
    removeEventListener("pageshow", visible);
    document.removeEventListener("visibilitychange", visible);
  };
}

/** Blocked site data makes the very mention of the store throw. */
function withShelf<T>(use: (shelf: Storage) => T): T | undefined {
  try {
    return use(sessionStorage);
  } catch {
    return undefined;
  }
}
