/** The invitation: who invites, what to try, what happens with what is said, and one big button. */
import { useEffect, useRef } from "preact/hooks";
import type { DoorScenario, LinkDoor } from "../../legs/links.ts";
import { Icon, ScenarioIcon } from "../views/icon.tsx";
import type { IconName } from "../views/icon-names.ts";
import { megabytes } from "../words.ts";
import { given, say } from "./given.ts";
import { Head } from "./head.tsx";
import { callByLink, door, human, pin, refusal, visit, voiceKept } from "./invitation.ts";
import { PostcardOffer } from "./postcard-offer.tsx";
import { PersonCheck } from "./turnstile.tsx";

/** More lines than this nobody reads before a call. */
const LINES = 4;

export function Invitation() {
  return (
    <div class="guest g-door">
      <Head kicker={say("kicker")} title={say("title")} lead={say("lead")} />
      <main class="g-sheet" aria-label={say("kicker")}>
        <Note />
        <Try />
        <Facts />
      </main>
      <Act />
    </div>
  );
}

function Note() {
  const { note } = door.value;
  if (note === "") return null;
  return (
    <section class="g-note">
      <h2>{say("note_from")}</h2>
      <blockquote>{note}</blockquote>
    </section>
  );
}

function Try() {
  const { scenario } = door.value;
  if (scenario === null) return null;
  return (
    <section class="g-try">
      <h2>{say("try_title")}</h2>
      <Reason scenario={scenario} />
      {scenario.say.length > 0 && (
        <>
          <h3>{say("say_title")}</h3>
          <ul class="g-lines" lang="en">
            {scenario.say.slice(0, LINES).map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </>
      )}
    </section>
  );
}

function Reason({ scenario }: { scenario: DoorScenario }) {
  const { caller } = scenario;
  return (
    <div class="g-reason">
      <span class="g-reason-icon">
        <ScenarioIcon name={scenario.icon} size={26} />
      </span>
      <div>
        <p class="g-reason-title" lang="en">
          {scenario.title}
        </p>
        <p class="g-small">
          {caller.name !== "" && `${say("you_play", { name: caller.name })} `}
          <span lang="en">{caller.about}</span>
        </p>
      </div>
    </div>
  );
}

function Facts() {
  const { minutes, mode, record, watched } = door.value;
  return (
    <ul class="g-facts">
      {facts({ minutes, mode, record, watched }).map(([icon, words, strong]) => (
        <li key={words} class={strong ? "g-fact-strong" : undefined}>
          <Icon name={icon} />
          <span>{words}</span>
        </li>
      ))}
    </ul>
  );
}

/** What a guest is to know before the call; what may not please stands first and is marked. */
function facts(told: Pick<LinkDoor, "minutes" | "mode" | "record" | "watched">): [IconName, string, boolean][] {
  const scripted = told.mode === "scripted";
  const recorded = isRecorded(told);
  return [
    ...(recorded ? ([["alert", say("recorded"), true]] as [IconName, string, boolean][]) : []),
    ...(told.watched ? ([["eye", say("watched"), true]] as [IconName, string, boolean][]) : []),
    ...(scripted && given.language !== "en"
      ? ([["message", say("english"), true]] as [IconName, string, boolean][])
      : []),
    ...(scripted ? toFetch() : []),
    ["clock", told.minutes === 1 ? say("minute") : say("minutes", { n: told.minutes }), false],
    scripted ? ["lock", say("scripted"), false] : ["signal", say("ai"), false],
    ...(recorded ? [] : ([["notes", say("kept"), false]] as [IconName, string, boolean][])),
  ];
}

/** Said once in each browser, which keeps what it has fetched. */
function toFetch(): [IconName, string, boolean][] {
  const bytes = given.page === "call" ? given.voice_bytes : null;
  return bytes === null || voiceKept.value ? [] : [["download", say("size", { size: megabytes(bytes) }), false]];
}

/** The built-in Luna has nothing to record: the voice never leaves the browser. */
function isRecorded({ record, mode }: Pick<LinkDoor, "record" | "mode">): boolean {
  return record && mode === "ai";
}

/** PIN, the check for a person, and the button: always within the thumb's reach. */
function Act() {
  const { pin: asked, turnstile } = door.value;
  const waiting = turnstile !== null && human.value === null;
  return (
    <form
      class="g-act"
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        callByLink(false);
      }}
    >
      <Warned />
      <Refused />
      {asked && <Pin />}
      {turnstile !== null && <PersonCheck siteKey={turnstile} />}
      <button type="submit" class="call-button" disabled={waiting}>
        <Icon name="call" size={24} />
        {say("call")}
      </button>
      <button type="button" class="g-write" disabled={waiting} onClick={() => callByLink(true)}>
        <Icon name="keyboard" size={18} />
        {say("write")}
      </button>
    </form>
  );
}

/** What may not please, once more beside the button: nobody shall call without having seen it. */
function Warned() {
  const { watched } = door.value;
  const recorded = isRecorded(door.value);
  if (!recorded && !watched) return null;
  return (
    <div class="g-told g-warned">
      {recorded && (
        <p class="g-told-one">
          <span class="recording-dot" aria-hidden="true" />
          {say("recording")}
        </p>
      )}
      {watched && (
        <p class="g-told-one">
          <Icon name="eye" size={16} />
          {say("watching")}
        </p>
      )}
    </div>
  );
}

/** Why the last try was refused. */
export function Refused() {
  const why = refusal.value;
  return (
    <p class="g-refusal" role="alert" id="refusal" lang={why?.ours === false ? "en" : undefined}>
      {why !== null && (
        <>
          <Icon name="alert" size={18} />
          {why.words}
        </>
      )}
    </p>
  );
}

function Pin() {
  const field = useRef<HTMLInputElement>(null);
  const wrong = refusal.value?.pin === true;
  useEffect(() => {
    if (wrong) field.current?.select();
  }, [wrong, refusal.value]);
  return (
    <div class="g-pin">
      <label for="pin">{say("pin")}</label>
      <input
        ref={field}
        id="pin"
        name="pin"
        type="text"
        inputMode="numeric"
        autocomplete="one-time-code"
        maxLength={8}
        value={pin.value}
        aria-invalid={wrong}
        aria-describedby={wrong ? "refusal pin-hint" : "pin-hint"}
        onInput={(event) => {
          const digits = event.currentTarget.value.replace(/\D/g, "");
          pin.value = digits;
          event.currentTarget.value = digits;
        }}
      />
      <p id="pin-hint" class="g-small">
        {say("pin_hint")}
      </p>
    </div>
  );
}

const CLOSED = {
  expired: ["clock", "closed_expired", "closed_expired_next"],
  revoked: ["lock", "closed_revoked", "closed_revoked_next"],
  used_up: ["check", "closed_used_up", "closed_used_up_next"],
  spent: ["alert", "closed_spent", "closed_spent_next"],
  paused: ["clock", "closed_paused", "closed_paused_next"],
  unknown: ["info", "closed_unknown", "closed_unknown_next"],
} as const;

/** A link that opens nothing: why, and what to do next. */
export function Closed({ state }: { state: keyof typeof CLOSED }) {
  const [icon, title, next] = CLOSED[state];
  return (
    <div class="guest g-closed">
      <Head kicker={say("kicker_closed")} title={say(title)} lead={say(next)} />
      <main class="g-act" aria-label={say(title)}>
        <span class="g-closed-icon" aria-hidden="true">
          <Icon name={icon} size={28} />
        </span>
        {visit.value !== null && <PostcardOffer url={visit.value.postcard} />}
        <a class="button" href="/">
          <Icon name="moon" />
          {say("closed_elsewhere")}
        </a>
      </main>
    </div>
  );
}
