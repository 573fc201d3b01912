/** The addresses of signing in and out, and what they answer. */
import { z } from "zod";
import type { Operation } from "./operation.ts";

const JSON_TYPE = "application/json";
const STAFF = "Signing in";

export const SessionShape = z.object({
  role: z.enum(["stranger", "operator", "host"]),
  id: z.string().describe("As in the audit trail: host:local, host:token, host:password, access:<e-mail>, stranger"),
  via: z.enum(["local", "token", "password", "access"]).nullable(),
  sign_in: z.enum(["open", "password", "access", "closed"]).describe("How staff sign in here"),
});

export const LeftShape = z.object({
  leave: z.url().nullable().describe("Where the browser has to go to end its session with Cloudflare Access"),
});

export const SESSION_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/session",
    group: STAFF,
    title: "Who asks, and how staff sign in",
    for: "anybody",
    answers: [{ status: 200, means: "What this browser or program is here.", body: { [JSON_TYPE]: "Session" } }],
    problems: ["unavailable"],
  },
  {
    method: "post",
    path: "/api/session",
    group: STAFF,
    title: "Sign in with the password",
    about: "The answer sets the session's cookie. Five tries in a quarter of an hour and address.",
    for: "anybody",
    takes: "SignIn",
    answers: [{ status: 200, means: "Signed in.", body: { [JSON_TYPE]: "Session" } }],
    problems: ["invalid_request", "wrong_type", "too_large", "sign_in", "forbidden", "too_many", "unavailable"],
  },
  {
    method: "delete",
    path: "/api/session",
    group: STAFF,
    title: "Sign out",
    for: "anybody",
    query: [{ name: "everywhere", about: "1: every browser, not just this one; for the host", type: "integer" }],
    answers: [{ status: 200, means: "Signed out.", body: { [JSON_TYPE]: "Left" } }],
    problems: ["sign_in", "forbidden", "unavailable"],
  },
];
