/**
 * Our types against the declarations of the official SDK. `tsc` does the work (a departure breaks the build); at run time
 * only the names are compared. Departures that are meant are spelled out here.
 */
import type * as OpenAI from "openai/resources/realtime/realtime";
import { describe, expect, expectTypeOf, it } from "vitest";
import type {
  ClientEvent,
  Item,
  NewItem,
  ResponseCreate,
  ServerEvent,
  ServerEventType,
  SessionConfig,
  TranscriptionConfig,
} from "../../src/realtime/events.ts";
import { SERVER_EVENT_TYPES } from "../../src/realtime/read.ts";
import type { sessionConfig } from "../../src/realtime/session.ts";

/** The wire has nulls where the declarations have only absence: without them the shapes must agree. */
type Declared<T> = unknown extends T
  ? T
  : T extends string
    ? string extends T
      ? string
      : T
    : T extends (infer E)[]
      ? Declared<E>[]
      : T extends object
        ? { [K in keyof T]: Declared<Exclude<T[K], null>> }
        : T;

/** Nearly everything is optional in the declarations; where both have a field, its type must agree. */
type Partly<T> = unknown extends T
  ? T
  : T extends (infer E)[]
    ? Partly<E>[]
    : T extends object
      ? { [K in keyof T]?: Partly<T[K]> }
      : T;

type OfType<T, N> = T extends { type: infer U } ? (N extends U ? Omit<T, "type"> & { type: N } : never) : never;
type OpenAIServer = OpenAI.RealtimeServerEvent;
type OpenAIClient = OpenAI.RealtimeClientEvent;

/** The `type`s of `From` that `To` could not hold. */
type Misfits<From extends { type: string }, To> = {
  [N in From["type"]]: Declared<OfType<From, N>> extends Declared<OfType<To, N>> ? never : N;
}[From["type"]];

/** The same for one way in which fields may be absent on our side. */
type Disagreements<From extends { type: string }, To> = {
  [N in From["type"]]: Declared<OfType<From, N>> extends Partly<Declared<OfType<To, N>>> ? never : N;
}[From["type"]];

describe("our types and the declarations of the official SDK", () => {
  it("name the same 46 server events and 11 client events", () => {
    expectTypeOf<ServerEventType>().toEqualTypeOf<OpenAIServer["type"]>();
    expectTypeOf<ClientEvent["type"]>().toEqualTypeOf<OpenAIClient["type"]>();
    expect(new Set(SERVER_EVENT_TYPES).size).toBe(46);
  });

  it("let the SDK read what we emit; only a transcription's usage may be missing and a rate limit have a new name", () => {
    expectTypeOf<Misfits<ServerEvent, OpenAIServer>>().toEqualTypeOf<
      "conversation.item.input_audio_transcription.completed" | "rate_limits.updated"
    >();
  });

  it("let us hold everything the SDK declares a server to send", () => {
    type OfSession = "session.created" | "session.updated";
    expectTypeOf<Disagreements<OpenAIServer, ServerEvent>>().toEqualTypeOf<OfSession>();
    // Of a session all but these two, where the SDK says `unknown` and files, and we an object and texts.
    type Echoed = Omit<OpenAI.RealtimeSessionCreateRequest, "tools" | "prompt">;
    expectTypeOf<Declared<Echoed>>().toExtend<Partly<Declared<SessionConfig>>>();
  });

  it("let every client event of ours be sent through the SDK, item references by its own parameter type", () => {
    expectTypeOf<Misfits<Exclude<ClientEvent, ResponseCreate>, OpenAIClient>>().toEqualTypeOf<never>();
    expectTypeOf<Declared<ResponseCreate>>().toExtend<OpenAI.ResponseCreateEventWithReferencesParam>();
    expectTypeOf<Declared<NewItem>>().toExtend<OpenAI.ConversationItem>();
    expectTypeOf<Declared<Item>>().toExtend<OpenAI.ConversationItem>();
  });

  it("agree on every field an SDK client may send, but for items and prompts no client of ours creates", () => {
    expectTypeOf<Disagreements<OpenAIClient, ClientEvent>>().toEqualTypeOf<
      "conversation.item.create" | "response.create" | "session.update"
    >();
  });

  it("let the session we ask for be the SDK's session, as it is, without taking nulls away", () => {
    type Asked = ReturnType<typeof sessionConfig>;
    expectTypeOf<{ type: "session.update"; session: Asked }>().toExtend<OpenAI.SessionUpdateEvent>();
    expectTypeOf<Asked>().toExtend<OpenAI.RealtimeSessionCreateRequest>();
    expectTypeOf<Declared<SessionConfig>>().toExtend<Declared<OpenAI.RealtimeSessionCreateRequest>>();
    expectTypeOf<Declared<TranscriptionConfig>>().toExtend<OpenAI.RealtimeTranscriptionSessionCreateRequest>();
  });
});
