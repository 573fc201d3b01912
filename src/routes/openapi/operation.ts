/** How an address is described, and the schemas it may name. */
import type { z } from "zod";
import type { ErrorKind } from "../../errors.ts";
import { Say, SayInCall } from "../../legs/http.ts";
import { GuestCall, LinkChange, NewLink } from "../../legs/links.ts";
import { OpenCall } from "../../legs/open-call.ts";
import { KeyTest } from "../config.ts";
import { NewApiKey, NewClientSecret, NewPageKey } from "../keys.ts";
import { PersonaWish } from "../persona.ts";
import { SignInWish } from "../session.ts";
import * as links from "./links.ts";
import { AuditShape, DeletedShape } from "./privacy.ts";
import { LeftShape, SessionShape } from "./session.ts";
import * as shapes from "./shapes.ts";

/** Schemas by the name they have in the document. */
export const REQUESTS = {
  OpenCall,
  Say,
  SayInCall,
  PersonaWish,
  KeyTest,
  NewApiKey,
  NewClientSecret,
  NewPageKey,
  SignIn: SignInWish,
  NewLink,
  LinkChange,
  GuestCall,
};

export const ANSWERS = {
  Problem: shapes.Problem,
  OpenAiProblem: shapes.OpenAiProblem,
  CallOpened: shapes.CallOpenedShape,
  CallRecord: shapes.CallRecordShape,
  SayAnswer: shapes.SayAnswerShape,
  SayStream: shapes.SayStream,
  Persona: shapes.PersonaShape,
  Ended: shapes.EndedShape,
  Health: shapes.HealthShape,
  Bank: shapes.BankShape,
  Metrics: shapes.MetricsShape,
  Scenario: shapes.ScenarioShape,
  Config: shapes.ConfigShape,
  KeyVerdict: shapes.KeyVerdict,
  ApiKey: shapes.ApiKeyShape,
  NewApiKeyAnswer: shapes.NewApiKeyShape,
  PageSecret: shapes.PageSecret,
  ClientSecret: shapes.ClientSecret,
  Model: shapes.ModelShape,
  IceServers: shapes.IceServers,
  Audit: AuditShape,
  Deleted: DeletedShape,
  Session: SessionShape,
  Left: LeftShape,
  Link: links.LinkShape,
  Links: links.LinksShape,
  Openings: links.OpeningsShape,
  LinkDoor: links.LinkDoorShape,
  GuestCallOpened: links.GuestCallShape,
  GuestCallBack: links.GuestCallBackShape,
  WatchDoor: links.WatchDoorShape,
  Postcard: links.PostcardShape,
} satisfies Record<string, z.ZodType>;

export type Named = keyof typeof ANSWERS;

export interface Answer {
  status: number;
  means: string;
  /** By content type; absent: no body. */
  body?: Record<string, Named | "binary" | "text" | { list: Named } | { data: Named } | { keys: Named } | "any">;
}

export interface Operation {
  method: "get" | "post" | "patch" | "delete";
  /** As the router has it: `/api/calls/:id`. */
  path: string;
  group: string;
  title: string;
  about?: string;
  /** What each of these is: `WHOM` in `who-may.ts`. */
  for: "anybody" | "visitor" | "guest" | "spectator" | "key" | "operator" | "host";
  takes?: keyof typeof REQUESTS | Record<string, string>;
  query?: { name: string; about: string; type: "integer" | "string"; required?: boolean }[];
  answers: Answer[];
  /** What may go wrong beyond what every address says. */
  problems: ErrorKind[];
}
