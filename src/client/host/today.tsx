/** The host's first page: who is on, how the day is going, and how it has been going. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { useEffect, useMemo } from "preact/hooks";
import type { Held, LiveCall, TodayShown } from "../../legs/host.ts";
import type { LinkShown } from "../../legs/links.ts";
import { Icon } from "../views/icon.tsx";
import { OUTCOME } from "../words.ts";
import { getLinks, getToday, sentence } from "./api.ts";
import { Head, Scroll, Trouble } from "./frame.tsx";
import { Live } from "./live.tsx";
import { Plot } from "./plot-view.tsx";
import { mayChange, titleOf } from "./state.ts";
import { ANSWERED, many, minutes, moment, money, ms, outcomeWord, relative } from "./words.ts";

/** The page looks again this often, while it is seen. */
const AGAIN_MS = 5_000;

export function TodayPage() {
  const today = useSignal<TodayShown | null>(null);
  const links = useSignal<LinkShown[] | null>(null);
  const trouble = useSignal("");
  const load = async () => {
    try {
      const [told, all] = await Promise.all([getToday(), getLinks()]);
      today.value = told;
      links.value = all.links;
      trouble.value = "";
    } catch (thrown) {
      trouble.value = sentence(thrown);
    }
  };
  useEffect(() => {
    void load();
    const timer = setInterval(() => document.visibilityState === "visible" && void load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const shown = today.value;
  return (
    <>
      <Head title="Today">
        {mayChange() && (
          <a class="button button-primary" href="/host/links#make">
            <Icon name="call" size={18} />
            Make a link
          </a>
        )}
      </Head>
      {trouble.value !== "" && <Trouble says={trouble.value} again={() => void load()} />}
      {shown?.unfit.map((fault) => (
        <p key={fault} class="host-note" role="alert">
          <Icon name="alert" size={18} />
          What this is for is closed until it fits: {fault}.
        </p>
      ))}
      <Tiles today={shown} />
      <div class="today-columns">
        <OnNow live={shown?.live ?? null} />
        <Links links={links.value} />
      </div>
      <Speed today={shown} />
      {shown !== null && <Plots today={shown} />}
      {shown !== null && (
        <p class="quiet">
          Days are those of UTC. Calls and their recordings are kept {many(shown.retention_days, "day")}, then deleted.
        </p>
      )}
    </>
  );
}

function Tiles({ today }: { today: TodayShown | null }) {
  const cap = today?.caps.day_usd ?? null;
  const settled = today?.outcomes.filter(({ outcome }) => outcome !== null) ?? [];
  return (
    <dl class="tiles">
      <Tile label="Calls" value={today === null ? "…" : String(today.calls)}>
        {today === null ? "" : `${many(today.live.length, "call")} on now`}
      </Tile>
      <Tile label="Talked" value={today === null ? "…" : minutes(today.minutes)}>
        {today === null || today.calls === 0 ? "" : `${minutes(today.minutes / today.calls)} a call`}
      </Tile>
      <Tile label="Cost" value={today === null ? "…" : money(today.usd)}>
        {today === null
          ? ""
          : cap === null
            ? today.server_key
              ? "no cap for the day"
              : "on visitors' own keys; the server has none"
            : `${money(today.charged_usd)} of the day's ${money(cap)} on the server's key`}
      </Tile>
      <Tile label="Outcomes" value={today === null ? "…" : shareSolved(settled)}>
        {settled.length === 0
          ? ""
          : settled.map(({ outcome, calls }) => `${calls} ${OUTCOME_IN_A_LINE[outcome ?? "failed"]}`).join(", ")}
      </Tile>
    </dl>
  );
}

const OUTCOME_IN_A_LINE = {
  contained: "without a person",
  escalated: "with a specialist",
  abandoned: "ended early",
  failed: "failed",
} as const;

function shareSolved(settled: TodayShown["outcomes"]): string {
  const all = settled.reduce((sum, { calls }) => sum + calls, 0);
  const solved = settled.find(({ outcome }) => outcome === "contained")?.calls ?? 0;
  return all === 0 ? "–" : `${Math.round((100 * solved) / all)} % solved`;
}

function Tile({ label, value, children }: { label: string; value: string; children: ComponentChildren }) {
  return (
    <div class="tile">
      <dt>{label}</dt>
      <dd class="tile-value">{value}</dd>
      <dd class="tile-says">{children}</dd>
    </div>
  );
}

function OnNow({ live }: { live: LiveCall[] | null }) {
  const watching = useSignal<string | null>(null);
  const now = Date.now();
  return (
    <section class="host-card" aria-labelledby="on-now">
      <h2 id="on-now">On now</h2>
      {live === null && <p class="host-wait">Looking…</p>}
      {live?.length === 0 && watching.value === null && <p class="host-empty">No call is on.</p>}
      <ul class="host-list">
        {live?.map((call) => (
          <li key={call.id}>
            <div>
              <a href={`/host/calls/${call.id}`}>{titleOf(call.scenario)}</a>
              <small>
                {ANSWERED[call.mode]} · began {relative(call.started_at, now)} · {many(call.turns, "turn")}
                {call.link !== null && ` · ${call.link.label ?? "a link that is gone"}`}
              </small>
            </div>
            <button
              type="button"
              class="button button-small"
              aria-expanded={watching.value === call.id}
              onClick={() => (watching.value = watching.value === call.id ? null : call.id)}
            >
              <Icon name="eye" size={18} />
              {watching.value === call.id ? "Stop watching" : "Watch"}
            </button>
          </li>
        ))}
      </ul>
      {watching.value !== null && (
        <Live
          key={watching.value}
          id={watching.value}
          onEnded={() => location.assign(`/host/calls/${watching.value ?? ""}`)}
        />
      )}
    </section>
  );
}

function Links({ links }: { links: LinkShown[] | null }) {
  const open = links?.filter(({ state }) => state === "open") ?? [];
  return (
    <section class="host-card" aria-labelledby="open-links">
      <h2 id="open-links">Open links</h2>
      {links === null && <p class="host-wait">Looking…</p>}
      {links !== null && open.length === 0 && (
        <p class="host-empty">
          No link is open. <a href="/host/links">{mayChange() ? "Make one" : "All links"}</a>
        </p>
      )}
      <ul class="host-list">
        {open.slice(0, 6).map((link) => (
          <li key={link.id}>
            <div>
              <a href={`/host/links#${link.id}`}>{link.label}</a>
              <small>
                {titleOf(link.scenario)} · {many(link.opened, "call")}
                {link.max_calls !== null && ` of ${link.max_calls}`}
                {link.running > 0 && ` · ${link.running} on now`}
              </small>
            </div>
          </li>
        ))}
      </ul>
      {open.length > 6 && <a href="/host/links">All {open.length}</a>}
    </section>
  );
}

function Speed({ today }: { today: TodayShown | null }) {
  return (
    <section class="host-card" aria-labelledby="speed">
      <h2 id="speed">How quickly Luna answers today</h2>
      <p class="quiet">
        From the end of the caller's words to the first sound. Held against a mean of {today?.targets.mean_ms ?? 500} ms
        and a 95th percentile of {today?.targets.p95_ms ?? 800} ms.
      </p>
      <Scroll label="Answer times">
        <table class="host-table">
          <thead>
            <tr>
              <th scope="col">Answered by</th>
              <th scope="col">Answers</th>
              <th scope="col">Mean</th>
              <th scope="col">p50</th>
              <th scope="col">p95</th>
            </tr>
          </thead>
          <tbody>
            {today?.latency.flatMap(({ by, ear, server }) => [
              <SpeedRow key={`${by}-ear`} by={ANSWERED[by]} where="at the ear" held={ear} />,
              <SpeedRow key={`${by}-server`} by={ANSWERED[by]} where="at the server" held={server} />,
            ])}
            {(today === null || today.latency.length === 0) && (
              <tr>
                <td colSpan={5}>{today === null ? "Looking…" : "No answer has been measured today."}</td>
              </tr>
            )}
          </tbody>
        </table>
      </Scroll>
    </section>
  );
}

function SpeedRow({ by, where, held }: { by: string; where: string; held: Held }) {
  if (held.turns === 0) return null;
  return (
    <tr>
      <th scope="row">
        {by}
        <small>{where}</small>
      </th>
      <td class="figures-cell">{held.turns}</td>
      <td class="figures-cell">
        <Kept value={held.mean} keeps={held.keeps.mean} />
      </td>
      <td class="figures-cell">{ms(held.p50)}</td>
      <td class="figures-cell">
        <Kept value={held.p95} keeps={held.keeps.p95} />
      </td>
    </tr>
  );
}

/** The word beside the colour. */
function Kept({ value, keeps }: { value: number | null; keeps: boolean | null }) {
  if (keeps === null) return <>{ms(value)}</>;
  return (
    <span class={keeps ? "kept" : "missed"}>
      <span class="whole">{ms(value)}</span> {keeps ? "✓" : "over"}
    </span>
  );
}

function Plots({ today }: { today: TodayShown }) {
  const { days, answers } = today.series;
  // Drawn anew only when there is something new to draw.
  const fingerprint = JSON.stringify([days, answers.length, answers.at(-1)]);
  const drawings = useMemo(() => {
    const at = days.map(({ day }) => Date.parse(day) / 1_000);
    const bars = (values: number[], label: string, colour: string, unit: (value: number) => string) => ({
      at,
      lines: [{ label, colour, values, shape: "bars" as const }],
      unit,
      utc: true,
    });
    const flat = (value: number) => answers.map(() => value);
    return {
      calls: bars(
        days.map(({ calls }) => calls),
        "Calls",
        "--accent",
        (value) => (Number.isInteger(value) ? String(value) : ""),
      ),
      talked: bars(
        days.map((day) => day.minutes),
        "Minutes",
        "--caller",
        (value) => `${value} min`,
      ),
      cost: bars(
        days.map(({ usd }) => usd),
        "US dollars",
        "--luna",
        (value) => `$${value.toFixed(value < 1 ? 2 : 0)}`,
      ),
      answers: {
        at: answers.map((one) => one.at / 1_000),
        lines: [
          {
            label: "median answer of a call",
            colour: "--accent",
            values: answers.map(({ p50 }) => p50),
            shape: "points" as const,
          },
          {
            label: "its 95th percentile",
            colour: "--bad",
            values: answers.map(({ p95 }) => p95),
            shape: "points" as const,
          },
          {
            label: `target of the mean, ${today.targets.mean_ms} ms`,
            colour: "--good",
            values: flat(today.targets.mean_ms),
            shape: "line" as const,
          },
          {
            label: `target of the 95th, ${today.targets.p95_ms} ms`,
            colour: "--warn",
            values: flat(today.targets.p95_ms),
            shape: "line" as const,
          },
        ],
        unit: (value: number) => `${value} ms`,
        utc: false,
      },
    };
  }, [fingerprint]);
  const sum = (of: (day: (typeof days)[number]) => number) => days.reduce((total, day) => total + of(day), 0);
  const inTime = answers.filter(({ p95 }) => p95 <= today.targets.p95_ms).length;
  const span = many(days.length, "day");
  const none = days.every(({ calls }) => calls === 0) ? `No call in ${span}.` : undefined;
  return (
    <section class="plots" aria-labelledby="plots">
      <h2 id="plots">The last {span}</h2>
      <div class="plot-grid">
        <Plot
          title="Calls"
          says={`${many(
            sum((day) => day.calls),
            "call",
          )} in ${span}.`}
          drawing={drawings.calls}
          head={["Day", "Calls"]}
          rows={days.map((day) => [day.day, String(day.calls)])}
          empty={none}
        />
        <Plot
          title="Talked"
          says={`${minutes(sum((day) => day.minutes))} in ${span}.`}
          drawing={drawings.talked}
          head={["Day", "Minutes"]}
          rows={days.map((day) => [day.day, minutes(day.minutes)])}
          empty={none}
        />
        <Plot
          title="Cost"
          says={`${money(sum((day) => day.usd))} in ${span}, of the calls whose cost is known.`}
          drawing={drawings.cost}
          head={["Day", "Cost"]}
          rows={days.map((day) => [day.day, money(day.usd)])}
          empty={none}
        />
        <Plot
          title="Answers"
          says={
            answers.length === 0
              ? "No answer was measured."
              : `In ${inTime} of ${many(answers.length, "call")} the 95th percentile stayed within ${today.targets.p95_ms} ms.`
          }
          drawing={drawings.answers}
          head={["Call began", "Median", "95th percentile"]}
          rows={answers.map((one) => [moment(one.at), ms(one.p50), ms(one.p95)])}
          empty={answers.length === 0 ? "Calls in which sound was heard are drawn here." : undefined}
        />
      </div>
    </section>
  );
}

/** For the words of an outcome with its icon. */
export function OutcomeMark({ outcome }: { outcome: keyof typeof OUTCOME | null }) {
  return (
    <span class={`outcome outcome-${outcome ?? "running"}`}>
      <Icon name={outcome === null ? "ring" : OUTCOME[outcome].icon} size={16} />
      {outcomeWord(outcome)}
    </span>
  );
}
