/** The call of this browser is on, and not in this tab: the way back into it comes before everything else. */
import { Icon } from "../views/icon.tsx";
import { Refused } from "./door.tsx";
import { say } from "./given.ts";
import { Head } from "./head.tsx";
import { anew, backToCall, door } from "./invitation.ts";

export function StillOn() {
  return (
    <div class="guest g-closed">
      <Head kicker={say("still_kicker")} title={say("still_title")} lead={say("still_lead")} />
      <main class="g-act" aria-label={say("still_kicker")}>
        <Refused />
        <button type="button" class="call-button" onClick={() => void backToCall(false)}>
          <Icon name="call" size={24} />
          {say("still_back")}
        </button>
        <button type="button" class="g-write" onClick={() => void backToCall(true)}>
          <Icon name="keyboard" size={18} />
          {say("write")}
        </button>
        {door.value.state === "open" && (
          <button
            type="button"
            class="g-write"
            onClick={() => {
              anew.value = true;
            }}
          >
            {say("still_new")}
          </button>
        )}
      </main>
    </div>
  );
}
