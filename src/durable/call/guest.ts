/** What a guest may do in a call that the host pays for and answers for: talk, and what talking needs. */
import type { PageMessage } from "../../legs/wire.ts";
import type { CallLink } from "../switchboard/kept.ts";

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
