/** What the page asks of the Worker over HTTP. Every failure is an `ApiProblem` with one plain sentence. */
import type { Config } from "../legs/config.ts";
import type { CallOpened, OpenCallInput } from "../legs/open-call.ts";

export interface ScenarioCard {
  id: string;
  title: string;
  tagline: string;
  icon: string;
  caller: { name: string; tier: string; phone: string; about: string };
  objective: string;
  resolution: "contained" | "escalated";
  specialist: { name: string; department: string };
  notes: { say: string[]; point: string[]; expect: string[] };
  tools: string[];
  /** Where somebody else than the bank's Luna answers. */
  persona?: { key: string; speaker: string; place: string };
}

/** The part of the bank's snapshot that the panel shows (`test/client/api.test.ts` holds it against the bank's own type). */
export interface BankSnapshot {
  customer: { name: string; first_name: string; tier: string; online_locked: boolean };
  accounts: {
    kind: "checking" | "savings";
    name: string;
    last_4: string;
    balance_cents: number;
    available_cents: number;
  }[];
  cards: {
    kind: "credit" | "debit" | "virtual";
    name: string;
    last_4: string;
    status: "inactive" | "active" | "blocked";
    contactless: boolean;
    limit_cents: number | null;
    owed_cents: number | null;
    replaced_by: string | null;
  }[];
  loans: {
    type: "auto" | "personal" | "mortgage";
    name: string;
    last_4: string;
    balance_cents: number;
    next_payment: string;
  }[];
  transactions: {
    id: string;
    /** ISO day. */
    date: string;
    merchant: string;
    /** Negative: money out. */
    amount_cents: number;
    status: "pending" | "posted";
    last_4: string;
    disputed: boolean;
  }[];
  disputes: { reference: string; merchant: string; amount_cents: number; answer_by: string }[];
  messages: { id: string; channel: "email" | "sms"; to: string; subject: string; body: string; at: number }[];
}

/** RFC 9457 problem, or no answer at all. `message` is one sentence for the person. */
export class ApiProblem extends Error {
  readonly status: number;
  readonly code: string;
  constructor(status: number, code: string, message: string) {
    super(message);
    this.name = "ApiProblem";
    this.status = status;
    this.code = code;
  }
}

/** What the host token opens is told as open. @throws ApiProblem */
export const getConfig = (hostToken = "") => ask<Config>("GET", "/api/config", undefined, hostToken);
/** @throws ApiProblem */
export const getScenarios = () => ask<ScenarioCard[]>("GET", "/api/scenarios");
/** @throws ApiProblem */
export const getBank = () => ask<BankSnapshot>("GET", "/api/bank");
/** @throws ApiProblem */
export const resetBank = () => ask<unknown>("POST", "/api/bank/reset", {});
/** @throws ApiProblem */
export const testKey = (key: string) => ask<{ ok: boolean; message: string }>("POST", "/api/key/test", { key });
/** @param hostToken lets the call use the server's own key; "" for none. @throws ApiProblem */
export const openCall = (wish: OpenCallInput, hostToken = "") => ask<CallOpened>("POST", "/api/calls", wish, hostToken);

/** Deletes everything of a call: its record and its recording. @throws ApiProblem */
export const deleteCall = (id: string) => ask<unknown>("DELETE", `/api/calls/${encodeURIComponent(id)}`);

/** Where the sound of a recorded call is. */
export const recordingUrl = (id: string) => `/api/calls/${encodeURIComponent(id)}/recording`;

/** @throws ApiProblem */
export async function ask<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
  hostToken = "",
): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (hostToken !== "") headers["luna-host-token"] = hostToken;
  const init: RequestInit = { method, headers, signal: AbortSignal.timeout(15_000) };
  if (body !== undefined) {
    headers["content-type"] = "application/json";
    init.body = JSON.stringify(body);
  }
  let response: Response;
  try {
    response = await fetch(path, init);
  } catch {
    throw new ApiProblem(0, "unreachable", "Luna's server cannot be reached. Check the connection and try again.");
  }
  const answer: unknown = await response.json().catch(() => null);
  if (response.ok) return answer as T;
  const problem = (answer ?? {}) as { detail?: unknown; title?: unknown; code?: unknown };
  const said = typeof problem.detail === "string" ? problem.detail : problem.title;
  throw new ApiProblem(
    response.status,
    typeof problem.code === "string" ? problem.code : String(response.status),
    typeof said === "string"
      ? said
      : `Luna's server answered with an error (${response.status}). Try again in a moment.`,
  );
}
