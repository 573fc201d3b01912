/** A line on which others can answer too, and what is to be seen of it. */
import type { Cast } from "../../src/call/cast.ts";
import { audioArrived, type Command } from "../../src/call/machine.ts";
import type { PersonaStatus } from "../../src/legs/wire.ts";
import type { ServerEvent } from "../../src/realtime/events.ts";
import { deeds, delta, Line, message, page, sent, server, told } from "./events.ts";

export const CAST: Cast = {
  members: [
    { key: "luna", title: "The bank", speaker: "Luna" },
    { key: "waiter", title: "The waiter", speaker: "Felix" },
    { key: "cfo", title: "The finance chief", speaker: "Conrad" },
  ],
  first: "luna",
  rotates: false,
};

export function line(options: { rotates?: boolean; ready?: boolean; text?: boolean; rest_ms?: number } = {}): Line {
  const { rotates = false, ready = true, text = false, rest_ms = null } = options;
  const one = new Line({ ready: false, text });
  one.state.setup.cast = { ...CAST, rotates };
  if (ready) one.ready({ persona: "luna", rest_ms, rotate_at: 9_000_000_000 });
  return one;
}

export const asks = (one: Line, key: string) => one.page({ type: "luna.persona", key });
export const casts = (commands: Command[]) => deeds(commands, "cast") as Extract<Command, { do: "cast" }>[];
export const statuses = (commands: Command[]) => told(commands, "luna.persona") as PersonaStatus[];
export const updated = {
  type: "session.updated",
  event_id: "event_u",
  session: { type: "transcription" },
} as unknown as ServerEvent;
export const marks = (commands: Command[]) =>
  sent(commands, "conversation.item.create").flatMap((event) => {
    if (event.type !== "conversation.item.create" || event.item.type !== "message") return [];
    const [part] = event.item.content;
    return part && "text" in part && event.item.role === "system" ? [part.text ?? ""] : [];
  });

/** Luna says something, and it has been heard. */
export function speaks(one: Line, response: string, item = `${response}_says`): void {
  one.engine(server.created(response), server.outputAdded(response, message(item)));
  audioArrived(one.state, delta(response, item), 500, one.now);
  one.engine(
    server.transcript(response, item, "Hello there."),
    server.audioDone(response, item),
    server.done(response, "completed"),
  );
  one.page(page.playback(item, "done", 500));
}
