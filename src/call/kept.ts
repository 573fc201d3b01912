/**
 * A client whose sound goes by WebRTC has a line of its own to the provider, past Luna: nothing it asks there can be refused, but
 * all that comes of it is seen on the sideband. So what was bound is watched, and put back where it has been changed.
 */
import type { ServerEvent } from "../realtime/events.ts";
import { sameSession } from "../realtime/session.ts";
import type { Session, SessionConfig, Tool } from "../realtime/session-config.ts";
import { isConfigured } from "./bound.ts";

/** What is fixed in a session. */
export interface Fixed {
  instructions?: string;
  tools?: Tool[];
  /** The client may bring functions of other names. */
  adds: boolean;
  /** Empty instructions are the program's own: any others are the client's. Else they mean the provider's usual ones. */
  emptied: boolean;
  /** Words cost less than sound: where they were bound, they stay. */
  text: boolean;
  most_tokens: number | null;
  /** Nobody but the host speaks to the model beside the conversation. */
  silent: boolean;
}

/** What is watched in a session, as the program that minted the secret has changed it since. */
export type Changed = Pick<SessionConfig, (typeof WATCHED)[number]>;
const WATCHED = ["instructions", "tools", "output_modalities", "max_output_tokens"] as const;

/**
 * @param bound configuration of the secret the client came with; absent where it came with a key of its own.
 * @param agent the words and tools of a Luna agent.
 * @param changed goes before the secret's own, field by field. Words that the secret leaves to its client stay the client's.
 */
export function fixedOf(
  bound: SessionConfig | undefined,
  agent: Pick<SessionConfig, "instructions" | "tools"> | undefined,
  changed: Changed = {},
): Fixed {
  const configured = bound !== undefined && isConfigured(bound);
  const now = bound && { ...bound, ...changed };
  const { instructions, tools = configured ? [] : undefined } = agent ?? (configured && now ? now : {});
  return {
    ...(instructions === undefined ? {} : { instructions }),
    ...(tools === undefined ? {} : { tools }),
    adds: agent !== undefined,
    emptied: !agent && changed.instructions === "",
    text: now?.output_modalities?.[0] === "text",
    most_tokens: typeof now?.max_output_tokens === "number" ? now.max_output_tokens : null,
    silent: bound !== undefined && (configured || agent !== undefined),
  };
}

/** What an update of the program's would change of what is watched; null where that is nothing. */
export function changeIn(update: SessionConfig): Changed | null {
  const asked = WATCHED.filter((field) => update[field] !== undefined);
  return asked.length === 0 ? null : Object.fromEntries(asked.map((field) => [field, update[field]]));
}

/** The change as the provider has taken it; null where the session does not have it. */
export function takenAs(change: Changed, session: Session): Changed | null {
  const has = { ...session, tools: session.tools ?? [], max_output_tokens: session.max_output_tokens ?? "inf" };
  if (!holds({ type: "realtime", ...change }, has)) return null;
  return change.instructions === "" ? { ...change, instructions: session.instructions ?? "" } : change;
}

/** The update that makes the session what it was bound to; null where it still is. */
export function putBack(fixed: Fixed, session: Session): SessionConfig | null {
  const update: SessionConfig = { type: "realtime" };
  const { instructions, tools, text, most_tokens } = fixed;
  const others = fixed.emptied && instructions === "" && (session.instructions ?? "") !== "";
  if (instructions !== undefined && (others || !holds({ type: "realtime", instructions }, session))) {
    update.instructions = instructions;
  }
  if (tools !== undefined) {
    const all = session.tools ?? [];
    const named = new Set(tools.map(nameOf));
    const added = fixed.adds ? all.filter((tool) => tool.type === "function" && !named.has(nameOf(tool))) : [];
    const wanted = [...tools, ...added];
    if (!holds({ type: "realtime", tools: wanted }, { ...session, tools: all })) update.tools = wanted;
  }
  if (text && session.output_modalities?.[0] === "audio") update.output_modalities = ["text"];
  const most = session.max_output_tokens ?? "inf";
  if (most_tokens !== null && (most === "inf" || most > most_tokens)) update.max_output_tokens = most_tokens;
  return Object.keys(update).length > 1 ? update : null;
}

/** A message to the model that somebody but Luna has put beside the conversation; its item id. */
export function foreignSystemItem(event: ServerEvent): string | null {
  if (event.type !== "conversation.item.added" && event.type !== "conversation.item.created") return null;
  const { item } = event;
  return item.type === "message" && item.role === "system" && !item.id.startsWith("luna_") ? item.id : null;
}

function holds(asked: SessionConfig, session: Session): boolean {
  return sameSession(asked, session).ok;
}

function nameOf(tool: Tool): string {
  return tool.type === "function" ? tool.name : tool.type;
}
