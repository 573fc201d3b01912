/**
 * Who may use which address: what the operations of the API say of themselves, and the pages. A test holds this list against the
 * routes of the app, both ways, and walks all of them as each kind of person; `docs/reference/routes.md` is written from it.
 */
import type { Operation } from "./openapi/operation.ts";
import { OPERATIONS } from "./openapi/operations.ts";

export type Whom = Operation["for"];

export interface Rule {
  /** In capitals, as the router has it. */
  method: string;
  path: string;
  whom: Whom;
  title: string;
}

/** What each word of the list means. */
export const WHOM: Record<Whom, string> = {
  anybody: "whoever asks",
  visitor: "the browser that the thing belongs to, known by its cookie; whoever has none yet gets one",
  guest: "whoever holds the link (or the postcard), which is a token of 128 random bits",
  spectator: "whoever holds the spectator link, another such token",
  key: "programs, with a Luna API key or a client secret",
  operator: "operators and hosts, signed in",
  host: "hosts, signed in or with the host token",
};

/** Addresses that answer with a page: they are no operations of the API, and no part of its document. */
export const PAGES: Rule[] = [
  page("/sign-in", "anybody", "Where the host and the operators sign in"),
  page("/c/:token", "guest", "The page behind a link: to call"),
  page("/w/:token", "spectator", "The page behind a spectator link: to watch"),
  page("/p/:token", "guest", "A postcard"),
  page("/host", "operator", "The host's first page"),
  page("/host/links", "operator", "Links"),
  page("/host/history", "operator", "History"),
  page("/host/calls/:id", "operator", "A call"),
  page("/host/audit", "operator", "The audit trail; its deeds are for hosts"),
];

/** Whether it changes something: then no other site may make a browser ask for it. */
export function changes({ method }: Rule): boolean {
  return method !== "GET";
}

/** Every address there is. */
export function allRules(): Rule[] {
  const api = OPERATIONS.map(({ method, path, for: whom, title }) => ({
    method: method.toUpperCase(),
    path,
    whom,
    title,
  }));
  return [...PAGES, ...api];
}

function page(path: string, whom: Whom, title: string): Rule {
  return { method: "GET", path, whom, title };
}
