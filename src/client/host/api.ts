/** What the host's pages ask of the Worker. Who is not signed in any more is sent to sign in; every other failure is an `ApiProblem`. */
import type {
  AuditPage,
  CallSeen,
  HistoryPage,
  OpeningsPage,
  Session,
  TodayShown,
  WaveformShown,
} from "../../legs/host.ts";
import type { LinkChange, LinkShown, NewLinkInput } from "../../legs/links.ts";
import { ApiProblem, ask as askAny } from "../api.ts";

async function ask<T>(method: "GET" | "POST" | "PATCH" | "DELETE", path: string, body?: unknown): Promise<T> {
  try {
    return await askAny<T>(method, path, body);
  } catch (thrown) {
    if (thrown instanceof ApiProblem && thrown.status === 401) toSignIn();
    throw thrown;
  }
}

/** The session has run out, or never was: sign in, and come back here. */
function toSignIn(): void {
  location.assign(`/sign-in?to=${encodeURIComponent(location.pathname + location.search)}`);
}

const of = (id: string) => encodeURIComponent(id);

export const getSession = () => ask<Session>("GET", "/api/session");
export const signOut = () => ask<{ leave: string | null }>("DELETE", "/api/session");
export const getToday = () => ask<TodayShown>("GET", "/api/host/today");
export const getHistory = (query: string) => ask<HistoryPage>("GET", `/api/history?${query}`);
export const getCall = (id: string) => ask<CallSeen>("GET", `/api/history/${of(id)}`);
export const getWaveform = (id: string) => ask<WaveformShown>("GET", `/api/history/${of(id)}/waveform`);
export const deleteCall = (id: string) => ask<null>("DELETE", `/api/history/${of(id)}`);
/** Every call of whoever made this one. */
export const deleteCallerOf = (id: string) => ask<{ deleted: number }>("DELETE", `/api/visitors/${of(id)}`);
export const recordingUrl = (id: string) => `/api/history/${of(id)}/recording`;
/** @param before id of the last link of the page before; "" for the newest. */
export const getLinks = (before = "") =>
  ask<{ links: LinkShown[]; next: string | null }>(
    "GET",
    before === "" ? "/api/links" : `/api/links?before=${of(before)}`,
  );
export const makeLink = (wish: NewLinkInput) => ask<LinkShown>("POST", "/api/links", wish);
export const changeLink = (id: string, change: LinkChange) => ask<LinkShown>("PATCH", `/api/links/${of(id)}`, change);
/** @param before `next` of the page before; "" for the newest. */
export const getOpenings = (id: string, before = "") =>
  ask<OpeningsPage>("GET", `/api/links/${of(id)}/openings${before === "" ? "" : `?before=${of(before)}`}`);
export const revokeLink = (id: string) => ask<LinkShown>("DELETE", `/api/links/${of(id)}`);
export const deleteLinkCalls = (id: string) => ask<{ deleted: number }>("DELETE", `/api/links/${of(id)}/calls`);
export const getAudit = (cursor: string) => ask<AuditPage>("GET", `/api/audit?cursor=${of(cursor)}`);

/** Where a call that is on can be watched. */
export function watchUrl(id: string): string {
  return `${location.origin.replace(/^http/, "ws")}/api/calls/${of(id)}/watch`;
}

/** What went wrong, one sentence. */
export function sentence(thrown: unknown): string {
  return thrown instanceof ApiProblem ? thrown.message : "That did not work. Try again in a moment.";
}
