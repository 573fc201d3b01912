/** The addresses of the host's pages: how the day goes, and what was. */
import type { Answer, Operation } from "./operation.ts";

const HISTORY = "Looking back";
const json = (means: string): Answer => ({ status: 200, means, body: { "application/json": "any" } });

const text = (name: string, about: string) => ({ name, about, type: "string" as const });

export const HISTORY_OPERATIONS: Operation[] = [
  {
    method: "get",
    path: "/api/host/today",
    group: HISTORY,
    title: "How the day is going",
    for: "operator",
    query: [{ name: "days", about: "How far back the series go, 1 to 90; 14 if absent", type: "integer" }],
    answers: [json("Live calls, minutes, money, outcomes, latency against its targets, and series for plots.")],
    problems: ["invalid_request", "sign_in", "forbidden"],
  },
  {
    method: "get",
    path: "/api/history",
    group: HISTORY,
    title: "Find calls",
    for: "operator",
    query: [
      text("q", "Words that were said"),
      text("scenario", "Id of the scenario"),
      text("outcome", "contained, escalated, abandoned, failed, running"),
      text("mode", "ai, scripted, fell_back"),
      text("link", "Id of the link"),
      text("from", "First day, YYYY-MM-DD in UTC"),
      text("to", "Last day"),
      text("sort", "newest, oldest, longest, dearest, slowest"),
      text("cursor", "The next of the page before"),
      { name: "limit", about: "1 to 100; 50 if absent", type: "integer" },
    ],
    answers: [json("A page of calls, and where the next begins.")],
    problems: ["invalid_request", "sign_in", "forbidden"],
  },
  {
    method: "get",
    path: "/api/history/:id",
    group: HISTORY,
    title: "A whole call",
    for: "operator",
    answers: [json("Words, tool runs, figures.")],
    problems: ["sign_in", "forbidden", "not_found"],
  },
  {
    method: "get",
    path: "/api/history/:id/recording",
    group: HISTORY,
    title: "The sound of any call",
    for: "operator",
    answers: [
      { status: 200, means: "The whole file.", body: { "audio/wav": "binary" } },
      { status: 206, means: "A part of it.", body: { "audio/wav": "binary" } },
      { status: 304, means: "Not changed." },
      { status: 416, means: "No such part." },
    ],
    problems: ["sign_in", "forbidden", "not_found"],
  },
  {
    method: "get",
    path: "/api/history/:id/waveform",
    group: HISTORY,
    title: "How loud both sides are over time",
    for: "operator",
    answers: [json("Peaks of the caller and of Luna.")],
    problems: ["sign_in", "forbidden", "not_found"],
  },
  {
    method: "delete",
    path: "/api/history/:id",
    group: HISTORY,
    title: "Delete any call",
    about: "All that is kept of it; one that is on is ended first.",
    for: "host",
    answers: [{ status: 204, means: "Gone." }],
    problems: ["sign_in", "forbidden", "not_found"],
  },
];
