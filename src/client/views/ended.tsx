/** After the call: how it went, the transcript to keep, and the way back in. */
import { useEffect, useRef } from "preact/hooks";
import type { CallEnded } from "../../legs/wire.ts";
import { goHome, lastWish, startCall } from "../call/current.ts";
import { clock } from "../export/transcript.ts";
import { saveTranscript } from "../lab/door.tsx";
import type { Row } from "../state/call-state.ts";
import { readLatency } from "../state/latency.ts";
import { earLatencies, speedOf } from "../state/speed.ts";
import { call } from "../state/store.ts";
import { ENDED_SAYS, OUTCOME, seconds, usd } from "../words.ts";
import { Icon } from "./icon.tsx";
import { KeptCallCard } from "./recording.tsx";
import { SpeedBars } from "./speed.tsx";

const ELSEWHERE = { word: "Going on elsewhere", says: "", icon: "info" } as const;

export function Ended() {
  const again = useRef<HTMLButtonElement>(null);
  useEffect(() => again.current?.focus({ preventScroll: true }), []);
  const state = call.value;
  const { ended } = state;
  const look = state.elsewhere ? ELSEWHERE : OUTCOME[ended?.outcome ?? "failed"];
  const says = state.failure ?? (ended === null ? undefined : ENDED_SAYS[ended.reason]) ?? look.says;
  const speed = speedOf(earLatencies(state.rows));
  return (
    <section class="ended" aria-label="After the call">
      <h2 class={`ended-outcome outcome-${state.elsewhere ? "elsewhere" : (ended?.outcome ?? "failed")}`}>
        <Icon name={look.icon} />
        {look.word}
      </h2>
      <p class="ended-says">{says}</p>
      {ended !== null && (
        <dl class="figures">
          <Figure label="Duration" value={clock(ended.seconds)} />
          <Figure label="Turns" value={String(state.rows.filter((row) => row.kind === "turn").length)} />
          <Answers told={ended.latency} rows={state.rows} />
          {(ended.talk_overs ?? 0) > 0 && <Figure label="Talked over" value={`${ended.talk_overs}×`} />}
          <Figure label="Cost" value={state.usedAi ? usd(ended.cost_usd ?? state.cost?.usd ?? null) : "free"} />
        </dl>
      )}
      {speed !== null && <SpeedBars speed={speed} />}
      {ended !== null && state.callId !== null && (
        <KeptCallCard key={state.callId} id={state.callId} recorded={state.recorded} />
      )}
      <div class="ended-buttons">
        <button
          ref={again}
          type="button"
          class="button button-primary"
          onClick={() => lastWish.value !== null && startCall(lastWish.value)}
        >
          <Icon name="call" />
          Call again
        </button>
        {state.rows.length > 0 && (
          <>
            <Save format="txt" word="Transcript" />
            <Save format="vtt" word="Captions" />
            <Save format="json" word="JSON" />
          </>
        )}
        <button type="button" class="button" onClick={goHome}>
          <Icon name="home" />
          Home
        </button>
      </div>
    </section>
  );
}

/** How long answers took to be heard; where nothing was heard, how long they took to be read. */
function Answers({ told, rows }: { told: CallEnded["latency"]; rows: Row[] }) {
  const read = told.turns === 0 ? readLatency(rows) : null;
  const { p50, p95 } = read ?? told;
  return (
    <>
      <Figure label={read === null ? "Median answer" : "Median to text"} value={seconds(p50)} />
      <Figure label={read === null ? "95th percentile" : "95th pct. to text"} value={seconds(p95)} />
    </>
  );
}

function Figure({ label, value }: { label: string; value: string }) {
  return (
    <div class="figure">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  );
}

function Save({ format, word }: { format: "txt" | "vtt" | "json"; word: string }) {
  return (
    <button type="button" class="button" onClick={() => saveTranscript(format)}>
      <Icon name="download" />
      {word}
    </button>
  );
}
