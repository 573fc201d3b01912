/**
 * The link that the caller came by is closed: whatever was going on stops, Luna says so and hangs up, all within two seconds.
 * An engine outside is only silenced: what it would say costs money and comes too late. Where the page speaks, these few
 * words are the call's own and are there at once.
 */
import { interrupt } from "./barge-in.ts";
import { cancel } from "./gate.ts";
import { type Moment, nextId, notice, tell } from "./moment.ts";
import { newSound } from "./playback.ts";
import { lunaText } from "./transcript.ts";

/** So long the caller can read why. */
const READ_MS = 1_200;
/** And so long the words may take to be heard; the rest of the two seconds is for their way. */
const HEARD_MS = 1_550;

/** Said: what the page's voices say in a little over a second. Shown: why. */
const WHY = {
  revoked: {
    says: "I have to go, bye.",
    shown: "Whoever invited you has closed this link, so Luna has to say goodbye here.",
  },
  expired: {
    says: "Time is up, bye.",
    shown: "The time of this link is over, so Luna has to say goodbye here.",
  },
};

/** Whatever else was to come, this comes first. */
export function linkClosed(moment: Moment, why: keyof typeof WHY): void {
  const { state, now } = moment;
  if (state.farewell?.next === "closed") return;
  const { says, shown } = WHY[why];
  interrupt(moment, true);
  notice(moment, "link_closed", "warning", shown);
  const spoken = state.engine.text && !state.rest.held;
  const response_id = spoken ? say(moment, says) : null;
  const due = now + (spoken ? HEARD_MS : READ_MS);
  state.farewell = {
    next: "closed",
    phase: "playing",
    response_id,
    due,
    interrupted: false,
    not_before: now + READ_MS,
  };
}

/** Nothing is answered any more, whatever the caller says and whoever has begun to. */
export function stayClosed(moment: Moment): void {
  const { farewell, gate } = moment.state;
  if (farewell?.next !== "closed") return;
  gate.owed = null;
  cancel(moment);
}

/** Words of the call's own, as if the engine had written them. Gives the response that they stand for. */
function say(moment: Moment, text: string): string {
  const { state, now } = moment;
  const item_id = nextId(state, "luna_item");
  const response_id = nextId(state, "luna_resp");
  newSound(state, { item_id, response_id, output_index: 0 }, now).complete = true;
  lunaText(moment, item_id, text, state.engine.speaker);
  const at = { event_id: nextId(state, "luna_evt"), response_id, item_id, output_index: 0, content_index: 0 };
  tell(moment, { type: "response.output_text.done", ...at, text });
  return response_id;
}
