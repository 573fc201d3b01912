/**
 * A Luna agent behind a client of the protocol: the client may say how it listens and sounds and may bring tools of its own;
 * what the agent is told and what it can do here stays as it is.
 */
import type { ClientEvent, FunctionTool, ResponseOverrides, SessionConfig, Tool } from "../realtime/events.ts";

/** The agent's part of the session. */
export interface Agent {
  instructions: string;
  tools: FunctionTool[];
}

/** The client's event as the engine may have it; the same object where nothing has to change. */
export function asAgent(agent: Agent, event: ClientEvent): ClientEvent {
  if (event.type === "session.update" && event.session.type === "realtime") {
    return { ...event, session: update(agent, event.session) };
  }
  if (event.type === "response.create" && event.response)
    return { ...event, response: overrides(agent, event.response) };
  return event;
}

/** The agent's session as somebody who minted a secret for it wants it: within the same bounds as a client's update. */
export function agentWith(session: SessionConfig, agent: Agent, wanted: SessionConfig): SessionConfig {
  const { audio, ...rest } = update(agent, wanted);
  const input = { ...session.audio?.input, ...audio?.input };
  const output = { ...session.audio?.output, ...audio?.output };
  return { ...session, ...rest, audio: { input, output } };
}

function update(agent: Agent, session: SessionConfig): SessionConfig {
  const { instructions: _told, prompt: _stored, model: _fixed, tools, ...rest } = session;
  return { ...rest, ...(tools ? { tools: together(agent, tools) } : {}) };
}

function overrides(agent: Agent, response: ResponseOverrides): ResponseOverrides {
  const { instructions: _told, prompt: _stored, tools, ...rest } = response;
  return { ...rest, ...(tools ? { tools: together(agent, tools) } : {}) };
}

/** The agent's, and the client's functions of other names. Tools that the provider fetches from elsewhere are not taken. */
function together(agent: Agent, tools: Tool[]): Tool[] {
  const own = new Set(agent.tools.map((tool) => tool.name));
  return [...agent.tools, ...tools.filter((tool) => tool.type === "function" && !own.has(tool.name))];
}
