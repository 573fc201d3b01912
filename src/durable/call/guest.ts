/**
 * What a guest may do in a call that the host pays for and answers for: talk, and what talking needs. And what a guest is
 * told of it: everything but the host's money.
 */
import type { PageEvent, PageMessage } from "../../legs/wire.ts";
import type { CallRecord } from "../../store/calls.ts";
import type { CallLink } from "../switchboard/kept.ts";
import type { Live } from "./live.ts";

/** Why this message of a guest is not taken; undefined where it is. */
export function beyondGuest(message: PageMessage, link: Pick<CallLink, "record">): string | undefined {
  switch (message.type) {
    case "luna.session":
      // Instructions of one's own would make a free model for anybody of the host's key.
      return "How Luna answers in this call is set by whoever made the link.";
    case "luna.trace":
      return "What passes between the call and its engine is not shown to guests.";
    case "luna.record":
      // Off is always the guest's to say.
      return message.on && !link.record
        ? "This call is not recorded: whoever made the link has left that out."
        : undefined;
    default:
      return undefined;
  }
}

/**
 * Why nothing is said or asked by HTTP in this call yet; undefined where it may be. A use of a link counts from when its page
 * is there: before that, words would be answered on the host's key and the use given back.
 */
export function beforeGuest({ opened, progress }: Pick<Live, "opened" | "progress">): string | undefined {
  if (!opened.link || progress.status !== "open") return undefined;
  return "Open the page of the link first: this call begins there.";
}

/** The event as a guest gets it; undefined where it is for the host alone. Tokens are money to whoever knows the price. */
export function forGuest(event: PageEvent): PageEvent | undefined {
  switch (event.type) {
    case "luna.cost":
      return undefined;
    case "luna.ended":
      return { ...event, cost_usd: null };
    case "response.done": {
      const { usage: _, ...response } = event.response;
      return { ...event, response };
    }
    case "conversation.item.input_audio_transcription.completed": {
      const { usage: _, ...words } = event;
      return words;
    }
    default:
      return event;
  }
}

/** The record of a call that came by a link, as its guest may read it. */
export function recordForGuest(record: CallRecord): CallRecord {
  const turns = record.turns.map(({ cost_usd: _, ...turn }) => turn);
  const { figures } = record;
  return { ...record, turns, ...(figures ? { figures: { ...figures, cost_usd: null, tokens: null } } : {}) };
}
