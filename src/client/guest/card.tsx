/** The postcard: what was said and done in one call, for as long as it is kept; and the way to have it gone. */
import { signal, useSignal } from "@preact/signals";
import type { Postcard } from "../../legs/links.ts";
import { ApiProblem } from "../api.ts";
import { clock } from "../export/transcript.ts";
import { Icon } from "../views/icon.tsx";
import { deletePostcard, getPostcard, postcardSound } from "./api.ts";
import { type CardWords, cardText, nameOf } from "./card-text.ts";
import { day, given, names, say } from "./given.ts";
import { Head } from "./head.tsx";
import { Pass } from "./postcard-offer.tsx";
import { toolLook } from "./tool-look.ts";

const OUTCOME = {
  contained: { icon: "check", word: "contained" },
  escalated: { icon: "person", word: "escalated" },
  abandoned: { icon: "end", word: "abandoned" },
  failed: { icon: "alert", word: "failed" },
} as const;

/** Nothing else tells this page that the call is over. */
const LOOK_AGAIN_MS = 1_500;

const shown = signal<Postcard | null>(null);
/** Its call has not ended. */
const waiting = signal(false);

export function prepareCard(): void {
  if (given.page !== "postcard") return;
  waiting.value = given.on;
  show(given.card);
  if (given.on) setTimeout(lookAgain, LOOK_AGAIN_MS);
}

function show(card: Postcard | null): void {
  const speaker = card?.turns.findLast(({ who }) => who === "luna")?.speaker ?? "Luna";
  names.value = { ...names.value, speaker, host: card?.host_name || given.words.somebody };
  shown.value = card;
}

async function lookAgain(): Promise<void> {
  try {
    show(await getPostcard());
    waiting.value = false;
  } catch (problem) {
    // A network that is away for a moment says nothing about the call.
    waiting.value = problem instanceof ApiProblem && problem.status !== 404;
    if (waiting.value) setTimeout(lookAgain, LOOK_AGAIN_MS);
  }
}

export function Card() {
  const deleted = useSignal(false);
  const card = shown.value;
  if (deleted.value) return <Gone title={say("card_deleted")} lead={say("card_deleted_next")} />;
  if (waiting.value) return <Gone title={say("card_call_on")} lead={say("card_call_on_next")} />;
  if (card === null) return <Gone title={say("card_gone")} lead={say("card_gone_next")} />;
  return (
    <div class="guest g-card">
      <Head kicker={say("card_kicker")} title={card.scenario} lead={lead(card)}>
        <Outcome card={card} />
      </Head>
      <main class="g-sheet" aria-label={say("card_kicker")}>
        <Done card={card} />
        {card.recording && <Sound />}
        <Said card={card} />
        <Keep card={card} onDeleted={() => (deleted.value = true)} />
      </main>
    </div>
  );
}

function lead(of: Postcard): string {
  return `${day(of.started_at)} · ${clock(of.seconds)} · ${say("card_by")}`;
}

function Gone({ title, lead }: { title: string; lead: string }) {
  return (
    <div class="guest g-closed">
      <Head kicker={say("card_kicker")} title={title} lead={lead} />
      <main class="g-act" aria-label={title}>
        <a class="button" href="/">
          <Icon name="call" />
          {say("call_luna")}
        </a>
      </main>
    </div>
  );
}

function Outcome({ card }: { card: Postcard }) {
  const look = OUTCOME[card.outcome];
  return (
    <p class={`g-stamp g-stamp-${card.outcome}`}>
      <Icon name={look.icon} size={18} />
      {say(look.word)}
    </p>
  );
}

function Done({ card }: { card: Postcard }) {
  return (
    <section class="g-done">
      <h2>{say("card_done")}</h2>
      {card.done.length === 0 && <p class="quiet">{say("card_nothing")}</p>}
      <ul lang="en">
        {card.done.map((done, index) => (
          <Deed key={index} done={done} />
        ))}
      </ul>
    </section>
  );
}

function Deed({ done }: { done: Postcard["done"][number] }) {
  const look = toolLook(done);
  return (
    <li class={`tool tool-${look.tone}`}>
      <p class="tool-row g-tool">
        <Icon name={look.icon} size={18} />
        <span class="tool-label">{done.label}</span>
        <span class="tool-state" lang={given.language}>
          {say(look.word)}
        </span>
      </p>
      {done.summary !== "" && <p class="g-tool-summary g-small">{done.summary}</p>}
    </li>
  );
}

function Sound() {
  const failed = useSignal(false);
  const attempt = useSignal(0);
  return (
    <section class="g-sound">
      <h2 id="sound">{say("card_hear")}</h2>
      <p class="quiet">{say("card_sides")}</p>
      {/* biome-ignore lint/a11y/useMediaCaption: its words stand below. */}
      <audio
        key={attempt.value}
        controls
        preload="none"
        aria-labelledby="sound"
        src={postcardSound}
        onError={() => (failed.value = true)}
        onPlaying={() => (failed.value = false)}
      />
      {failed.value && (
        <p class="quiet" role="status">
          {say("card_sound_late")}{" "}
          <button
            type="button"
            class="button button-small"
            onClick={() => {
              failed.value = false;
              attempt.value += 1;
            }}
          >
            {say("again")}
          </button>
        </p>
      )}
    </section>
  );
}

function words(): CardWords {
  const came = (done: Postcard["done"][number]) => say(toolLook(done).word);
  return { caller: say("you"), specialist: say("specialist"), done: say("card_done"), said: say("card_said"), came };
}

function Said({ card }: { card: Postcard }) {
  const mine = words();
  return (
    <section class="g-said">
      <h2>{say("card_said")}</h2>
      {card.turns.length === 0 && <p class="quiet">{say("nothing_said")}</p>}
      <ol class="rows">
        {card.turns.map((turn, index) => (
          <li key={index} class={`turn turn-${turn.who}`}>
            <p class="turn-head">
              <span class="turn-name">{nameOf(turn, mine)}</span>
              <span>{clock((turn.at - card.started_at) / 1000)}</span>
            </p>
            <p class="turn-text">{turn.text}</p>
          </li>
        ))}
      </ol>
    </section>
  );
}

type Step = "kept" | "sure" | "deleting" | "failed";

function Keep({ card, onDeleted }: { card: Postcard; onDeleted: () => void }) {
  const step = useSignal<Step>("kept");
  const failure = useSignal("");
  const remove = async () => {
    step.value = "deleting";
    try {
      await deletePostcard();
      onDeleted();
    } catch (problem) {
      // It is gone already: that is what was wanted.
      if (problem instanceof ApiProblem && (problem.status === 404 || problem.code === "gone")) return onDeleted();
      failure.value =
        problem instanceof ApiProblem && problem.code === "call_on" ? say("card_call_on") : say("card_delete_failed");
      step.value = "failed";
    }
  };
  return (
    <section class="g-keep">
      <p class="quiet">{say("card_kept", { date: day(card.kept_until) })}</p>
      <div class="g-buttons">
        <Pass url={location.pathname} />
        <button type="button" class="button" onClick={() => save(card)}>
          <Icon name="download" />
          {say("card_save")}
        </button>
        {step.value !== "sure" && (
          <button
            type="button"
            class="button g-delete"
            disabled={step.value === "deleting"}
            onClick={() => (step.value = "sure")}
          >
            {say("card_delete")}
          </button>
        )}
      </div>
      {step.value === "sure" && (
        <div class="g-sure" role="alertdialog" aria-labelledby="sure">
          <p id="sure">{say("card_sure")}</p>
          <div class="g-buttons">
            <button type="button" class="button button-danger" onClick={() => void remove()}>
              {say("card_sure_yes")}
            </button>
            <button type="button" class="button" onClick={() => (step.value = "kept")}>
              {say("card_sure_no")}
            </button>
          </div>
        </div>
      )}
      <p role="status" class="g-small">
        {step.value === "failed" ? failure.value : ""}
      </p>
    </section>
  );
}

function save(of: Postcard): void {
  const url = URL.createObjectURL(new Blob([cardText(of, words())], { type: "text/plain;charset=utf-8" }));
  const link = Object.assign(document.createElement("a"), { href: url, download: `luna-${of.call_id}.txt` });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 1_000);
}
