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
  /** Words cost less than sound: where they were bound, they stay. */
  text: boolean;
  most_tokens: number | null;
  /** Nobody but the host speaks to the model beside the conversation. */
  silent: boolean;
}

/**
 * @param bound configuration of the secret the client came with; absent where it came with a key of its own.
 * @param agent the words and tools of a Luna agent.
 */
export function fixedOf(
  bound: SessionConfig | undefined,
  agent: Pick<SessionConfig, "instructions" | "tools"> | undefined,
): Fixed {
  const configured = bound !== undefined && isConfigured(bound);
  const { instructions, tools = configured ? [] : undefined } = agent ?? (configured ? bound : {});
  return {
    ...(instructions === undefined ? {} : { instructions }),
    ...(tools === undefined ? {} : { tools }),
    adds: agent !== undefined,
    text: bound?.output_modalities?.[0] === "text",
    most_tokens: typeof bound?.max_output_tokens === "number" ? bound.max_output_tokens : null,
    silent: bound !== undefined && (configured || agent !== undefined),
  };
}

/** The update that makes the session what it was bound to; null where it still is. */
export function putBack(fixed: Fixed, session: Session): SessionConfig | null {
  const update: SessionConfig = { type: "realtime" };
  const { instructions, tools, text, most_tokens } = fixed;
  if (instructions !== undefined && !holds({ type: "realtime", instructions }, session)) {
    update.instructions = instructions;
  }
  if (tools !== undefined) {
    const all = session.tools ?? [];
    const named = new Set(tools.map(nameOf));
    const others = fixed.adds ? all.filter((tool) => tool.type === "function" && !named.has(nameOf(tool))) : [];
    const wanted = [...tools, ...others];
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
