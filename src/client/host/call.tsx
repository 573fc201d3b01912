/** One call: its sound and its words in step, what its tools did and why, what it cost, and its end. */
import { computed, type Signal, useSignal } from "@preact/signals";
import { useEffect, useMemo, useRef } from "preact/hooks";
import type { CallSeen } from "../../legs/host.ts";
import { asJson, asText } from "../export/files.ts";
import { clock } from "../export/transcript.ts";
import { asWebVtt } from "../export/web-vtt.ts";
import { Icon } from "../views/icon.tsx";
import { OUTCOME } from "../words.ts";
import { deleteCall, deleteCallerOf, getCall, getWaveform, sentence } from "./api.ts";
import { Erase } from "./erase.tsx";
import { Head, Trouble } from "./frame.tsx";
import { Live } from "./live.tsx";
import { Player, type PlayerHandle } from "./player.tsx";
import { endedSays, otherSide, silenceOf, stateOf } from "./record.ts";
import { save } from "./save.ts";
import { mayChange, say, session, titleOf } from "./state.ts";
import { bytesOf, type Sound, type TimedWord, timedWords } from "./timing.ts";
import { Fact, Transcript, type TurnFigures } from "./transcript.tsx";
import { answeredWord, fullMoment, many, money, ms } from "./words.ts";

export function CallPage({ id }: { id: string }) {
  const call = useSignal<CallSeen | null>(null);
  const sound = useSignal<Sound | null>(null);
  const trouble = useSignal("");
  /** What is gone, in words; "" while nothing is. */
  const deleted = useSignal("");
  const load = async () => {
    try {
      call.value = await getCall(id);
      trouble.value = "";
    } catch (thrown) {
      trouble.value = sentence(thrown);
      return;
    }
    if (call.value.recording === null) return;
    try {
      const { step_ms, caller, luna } = await getWaveform(id);
      sound.value = { step_ms, caller: bytesOf(caller), luna: bytesOf(luna) };
    } catch (thrown) {
      say(sentence(thrown), "bad");
    }
  };
  useEffect(() => void load(), []);
  const shown = call.value;
  if (deleted.value !== "") {
    return (
      <>
        <Head title="Deleted" />
        <p class="host-lead" role="status">
          The words, the sound and the figures of {deleted.value} are gone.{" "}
          {/* What was pressed is gone with the call. */}
          <a href="/host/history" ref={(link) => link?.focus()}>
            Back to the history
          </a>
        </p>
      </>
    );
  }
  // What one may do stands in the head: without it the page would move when it comes.
  if (shown === null || session.value === null) {
    return (
      <>
        <Head title="Call" />
        {trouble.value === "" ? (
          <p class="host-wait">Looking…</p>
        ) : (
          <Trouble says={trouble.value} again={() => void load()} />
        )}
      </>
    );
  }
  return (
    <>
      <Head title={titleOf(shown.scenario)}>
        {shown.outcome !== null && <Saves call={shown} />}
        {mayChange() && (
          <>
            <Erase
              word="Delete"
              question="Delete all that is kept of this call, for good?"
              erase={async () => {
                await deleteCall(id);
                deleted.value = "this call";
              }}
            />
            <Erase
              word="Delete the caller"
              question="Delete every call that was made with this caller's browser, and their bank, for good?"
              erase={async () => {
                const count = (await deleteCallerOf(id)).deleted;
                deleted.value = count === 1 ? "this caller's one call" : `this caller's ${many(count, "call")}`;
              }}
            />
          </>
        )}
      </Head>
      <p class="host-lead">
        {fullMoment(shown.started_at)} · <span class="host-code">{shown.id}</span>
      </p>
      <div class="call-columns">
        <div class="call-main">
          {shown.outcome === null ? (
            <Live id={id} onEnded={() => void load()} />
          ) : (
            <Replay call={shown} sound={sound} />
          )}
        </div>
        <Figures call={shown} />
      </div>
    </>
  );
}

function Replay({ call, sound }: { call: CallSeen; sound: Signal<Sound | null> }) {
  const at = useSignal(0);
  const player = useRef<PlayerHandle | null>(null);
  const state = useMemo(() => stateOf(call, titleOf(call.scenario)), [call]);
  const figures = useMemo(() => new Map(call.turns.map((turn) => [turn.item_id, figuresOf(turn)])), [call]);
  const { recording } = call;
  const words = useMemo(
    () => (recording === null || sound.value === null ? undefined : wordsOf(call, recording, sound.value)),
    [call, sound.value],
  );
  const sounding = useMemo(() => computed(() => (words === undefined ? null : soundingAt(words, at.value))), [words]);
  return (
    <>
      {recording === null && (
        <p class="host-note">
          <Icon name="speaker-off" size={18} />
          {silenceOf(call)}
        </p>
      )}
      {recording !== null && (
        <Player
          id={call.id}
          seconds={recording.seconds}
          answers={otherSide(call.turns)}
          sound={sound.value}
          at={at}
          onReady={(handle) => (player.current = handle)}
        />
      )}
      <h2>Transcript</h2>
      {recording !== null && (
        <p class="quiet">
          Click a word to hear it. Where a word is within its turn is worked out from the sound, not noted while it was
          said: right to about half a second.
        </p>
      )}
      {state.rows.length === 0 && <p class="host-empty">Nothing was said.</p>}
      <Transcript
        rows={state.rows}
        start={call.started_at}
        figures={figures}
        words={words}
        sounding={sounding}
        onHear={(from) => player.current?.hear(from)}
      />
    </>
  );
}

function figuresOf(turn: CallSeen["turns"][number]): TurnFigures {
  return { server_ms: turn.server_ms ?? null, cost_usd: turn.cost_usd ?? null };
}

function wordsOf(call: CallSeen, recording: NonNullable<CallSeen["recording"]>, sound: Sound) {
  const start = call.started_at + recording.starts_ms;
  const said = call.turns
    .filter(({ state }) => state !== "unclear")
    .map(({ item_id, who, text, heard, state, at }) => ({
      item_id,
      who,
      text: state === "interrupted" ? heard : text,
      at: (at - start) / 1_000,
    }));
  return timedWords(said, sound, recording.seconds);
}

/** The last word that has begun and not yet ended, on either side. */
function soundingAt(words: ReadonlyMap<string, TimedWord[]>, at: number): { item_id: string; index: number } | null {
  if (at === 0) return null;
  for (const [item_id, all] of words) {
    const index = all.findIndex(({ from, to }) => at >= from && at < to);
    if (index >= 0) return { item_id, index };
  }
  return null;
}

function Figures({ call }: { call: CallSeen }) {
  const { figures, latency } = call;
  const seconds = call.ended_at === null ? null : (call.ended_at - call.started_at) / 1_000;
  const tokens = Object.entries(figures?.tokens ?? {}).filter(([, count]) => count > 0);
  return (
    <aside class="call-facts" aria-label="Figures of this call">
      {call.outcome !== null && (
        <p class={`outcome outcome-${call.outcome}`}>
          <Icon name={OUTCOME[call.outcome].icon} />
          {OUTCOME[call.outcome].word}
        </p>
      )}
      <p class="quiet">{endedSays(call)}</p>
      <dl class="facts">
        <Fact label="Duration">{seconds === null ? "still on" : clock(seconds)}</Fact>
        <Fact label="Answered by">{answeredWord(call)}</Fact>
        <Fact label="Model">{call.model}</Fact>
        <Fact label="Caller verified">{call.verified ? "yes" : "no"}</Fact>
        <Fact label="Came by">{call.link === null ? "this site" : (call.link.label ?? "a link that is gone")}</Fact>
        <Fact label="Median answer">{ms(latency.p50)}</Fact>
        <Fact label="95th percentile">{ms(latency.p95)}</Fact>
        <Fact label="At the server">{ms(figures?.server.p50 ?? null)}</Fact>
        <Fact label="Talked over">{figures?.talk_overs == null ? "–" : `${figures.talk_overs}×`}</Fact>
        <Fact label="Cost">{money(figures?.cost_usd ?? null)}</Fact>
      </dl>
      {tokens.length > 0 && (
        <details>
          <summary>Tokens</summary>
          <dl class="facts">
            {tokens.map(([kind, count]) => (
              <Fact key={kind} label={kind.replaceAll("_", " ")}>
                {count.toLocaleString()}
              </Fact>
            ))}
          </dl>
        </details>
      )}
    </aside>
  );
}

/** The record holds words and tools; the events between call and engine are kept nowhere after a call. */
function Saves({ call }: { call: CallSeen }) {
  const as = (what: string, type: string, text: string) => save(`luna-${call.scenario}-${call.id}.${what}`, type, text);
  const state = () => stateOf(call, titleOf(call.scenario));
  return (
    <fieldset class="host-buttons" aria-label="Export">
      <button type="button" class="button button-small" onClick={() => as("txt", "text/plain", asText(state()))}>
        <Icon name="download" size={18} />
        Text
      </button>
      <button type="button" class="button button-small" onClick={() => as("vtt", "text/vtt", asWebVtt(state()))}>
        <Icon name="download" size={18} />
        Captions
      </button>
      <button
        type="button"
        class="button button-small"
        onClick={() =>
          as("json", "application/json", JSON.stringify({ ...JSON.parse(asJson(state())), record: call }, null, 2))
        }
      >
        <Icon name="download" size={18} />
        JSON
      </button>
    </fieldset>
  );
}
