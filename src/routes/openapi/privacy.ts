/** The addresses of the audit trail and of deleting, and what they answer. */
import { z } from "zod";
import type { DeedRow } from "../../store/audit.ts";
import type { Operation } from "./operation.ts";

const JSON_TYPE = "application/json";
const PRIVACY = "Privacy";

const deed = z.object({
  seq: z.int().describe("Counts from 1, without gaps"),
  at: z.int().describe("Unix time, milliseconds"),
  who: z.string().describe("host:password, access:<e-mail>, key:<id>, link:<id>, visitor, luna"),
  did: z.enum([
    "signed_in",
    "sign_in_failed",
    "signed_out",
    "link_made",
    "link_changed",
    "link_revoked",
    "link_opened",
    "watched",
    "listened",
    "read_call",
    "deleted_call",
    "deleted_link_calls",
    "deleted_visitor",
    "key_made",
    "key_revoked",
    "retention",
    "exported",
  ]),
  subject: z.string().nullable(),
  previous: z.string().describe("Hash of the deed before, hex"),
  hash: z.string().describe("SHA-256 of previous, a line feed, and the deed as JSON"),
}) satisfies z.ZodType<DeedRow>;

export const AuditShape = z.object({
  deeds: z.array(deed).describe("Newest first"),
  next: z.string().nullable().describe("Cursor of the next page"),
  intact: z.boolean().describe("The chain fits, and reaches as far as it is known to"),
  broken_at: z.int().nullable().describe("The first deed that does not fit"),
  why: z.enum(["changed", "missing", "cut"]).nullable(),
  count: z.int().describe("Deeds up to the end, or to the break"),
  head: z.string().describe("Hash of the last of them"),
});

export const DeletedShape = z.object({ deleted: z.int().describe("Calls that were there, ended or on") });

const deleted = (means: string) => ({ status: 200, means, body: { [JSON_TYPE]: "Deleted" as const } });

export const PRIVACY_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/audit",
    group: PRIVACY,
    title: "The audit trail",
    about:
      "A hundred deeds a page, newest first. The chain is walked each time: all that is new, and 5,000 of the rest in turn.",
    for: "host",
    query: [{ name: "cursor", about: "The next of the page before", type: "string" }],
    answers: [{ status: 200, means: "Deeds, and whether the chain is whole.", body: { [JSON_TYPE]: "Audit" } }],
    problems: ["invalid_request", "sign_in", "forbidden"],
  },
  {
    method: "get",
    path: "/api/audit/export",
    group: PRIVACY,
    title: "The audit trail as a file",
    for: "host",
    answers: [
      { status: 200, means: "Oldest first, one JSON object a line.", body: { "application/x-ndjson": "text" } },
    ],
    problems: ["sign_in", "forbidden"],
  },
  {
    method: "delete",
    path: "/api/visitor",
    group: PRIVACY,
    title: "Delete everything of this browser",
    about: "Its calls with their sound, its bank, its cookie. Calls that are on are ended first.",
    for: "visitor",
    answers: [deleted("Nothing is left.")],
    problems: ["forbidden", "too_many", "unavailable"],
  },
  {
    method: "delete",
    path: "/api/visitors/:call",
    group: PRIVACY,
    title: "Delete everything of who made this call",
    about: "A visitor's own id is a secret of their browser, so a caller is named by any of their calls.",
    for: "host",
    answers: [deleted("Nothing is left of them.")],
    problems: ["sign_in", "forbidden", "not_found", "unavailable"],
  },
  {
    method: "delete",
    path: "/api/links/:id/calls",
    group: PRIVACY,
    title: "Delete all calls of a link",
    about: "The link itself stays as it is. Calls that are on are ended first.",
    for: "host",
    answers: [deleted("Nothing is left of its calls.")],
    problems: ["sign_in", "forbidden", "not_found", "unavailable"],
  },
];
