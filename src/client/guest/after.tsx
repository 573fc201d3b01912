/** After the call: thanks, how it went, and the postcard that is left of it. */
import { useEffect, useRef } from "preact/hooks";
import type { CallEnded, Outcome } from "../../legs/wire.ts";
import { call } from "../state/store.ts";
import { Icon } from "../views/icon.tsx";
import type { IconName } from "../views/icon-names.ts";
import { say } from "./given.ts";
import { backToInvitation, visit } from "./invitation.ts";
import { speaker } from "./line.tsx";
import { PostcardOffer } from "./postcard-offer.tsx";
import type { GuestWords } from "./words/index.ts";

const ICON: Record<Outcome, IconName> = { contained: "check", escalated: "person", abandoned: "end", failed: "alert" };

const WHY: Partial<Record<CallEnded["reason"], keyof GuestWords>> = {
  caller_left: "ended_caller_left",
  too_long: "ended_too_long",
  silent: "ended_silent",
  spent: "ended_spent",
  link_closed: "ended_link_closed",
};

export function After() {
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus({ preventScroll: true }), []);
  const { ended, failure, elsewhere, rows } = call.value;
  const outcome: Outcome = ended?.outcome ?? "failed";
  const why = ended === null ? undefined : WHY[ended.reason];
  const said = rows.some((row) => row.kind === "turn" && row.text !== "");
  return (
    <section class="g-after" aria-label={say("after_call")}>
      <div class={`g-outcome outcome-${elsewhere ? "elsewhere" : outcome}`}>
        <Icon name={elsewhere ? "info" : ICON[outcome]} size={28} />
        <div>
          <h2 ref={heading} tabIndex={-1}>
            {say(elsewhere ? "line_elsewhere" : ended === null ? "line_failed" : "thanks")}
          </h2>
          <p>{elsewhere ? say("ended_elsewhere") : (failure ?? say(why ?? outcome, { speaker: speaker() }))}</p>
        </div>
      </div>
      {!elsewhere && said && visit.value !== null && <PostcardOffer url={visit.value.postcard} />}
      <div class="g-buttons">
        <button type="button" class="button" onClick={backToInvitation}>
          <Icon name="reset" />
          {say("back")}
        </button>
      </div>
    </section>
  );
}
