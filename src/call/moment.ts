/** One step's surroundings, handed from rule to rule: the state, the time, and where commands go. */

import type { Notice, PageEvent } from "../legs/wire.ts";
import type { ClientEvent } from "../realtime/events.ts";
import { noticeOf } from "./notice.ts";
import type { CallState, Command } from "./state.ts";

export interface Moment {
  state: CallState;
  /** Unix ms. */
  now: number;
  commands: Command[];
}

/** A fresh id; counts up over the call, so that no two engines of a call get the same one. */
export function nextId(state: CallState, prefix: string): string {
  state.count += 1;
  return `${prefix}_${state.count}`;
}

/** To the engine, tagged so that an error can be traced to it. Gives the event id. */
export function send(moment: Moment, event: ClientEvent): string {
  const event_id = nextId(moment.state, "luna_evt");
  moment.commands.push({ do: "send", event: { ...event, event_id } });
  return event_id;
}

export function tell(moment: Moment, event: PageEvent): void {
  moment.commands.push({ do: "tell", event });
}

export function notice(moment: Moment, code: string, tone: Notice["tone"], message: string): void {
  tell(moment, noticeOf(code, tone, message));
}

/** An `error` event of the call's own, in the provider's shape. `about` is the page's event at fault. */
export function tellError(moment: Moment, code: string, message: string, about: string | null = null): void {
  const event_id = nextId(moment.state, "luna_err");
  tell(moment, {
    type: "error",
    event_id,
    error: { type: "invalid_request_error", code, message, param: null, event_id: about },
  });
}
