/**
 * The protocol of the house: GA Realtime events. Clients send `ClientEvent`, servers send `ServerEvent`; both are unions
 * told apart by `type`. Shapes are in the files below; `parse.ts` and `read.ts` take them from the wire.
 */
export type * from "./client-events.ts";
export type * from "./items.ts";
export type * from "./response-object.ts";
export type * from "./server-events.ts";
export type * from "./session-config.ts";
