/** Tools on other people's servers: configured and echoed, but this server asks nobody for them. */
import type { Tool } from "../../realtime/events.ts";
import type { BareEvent } from "./response.ts";

/** Tells, for each server that was not there before, that its list of tools could not be had. */
export function refuseMcp(
  before: Tool[] | undefined,
  after: Tool[] | undefined,
  id: (prefix: string) => string,
  emit: (event: BareEvent) => void,
): void {
  const known = new Set(labels(before));
  for (const label of labels(after)) {
    if (known.has(label)) continue;
    const item_id = id("mcpl");
    emit({ type: "mcp_list_tools.in_progress", item_id });
    emit({ type: "mcp_list_tools.failed", item_id });
  }
}

function labels(tools: Tool[] | undefined): string[] {
  return (tools ?? []).flatMap((tool) => (tool.type === "mcp" ? [tool.server_label] : []));
}
