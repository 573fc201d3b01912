/** All calls: looked for by what was said and what they were, a page at a time. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { CallListed } from "../../legs/host.ts";
import type { LinkShown } from "../../legs/links.ts";
import { clock } from "../export/transcript.ts";
import { Icon } from "../views/icon.tsx";
import { getHistory, getLinks, sentence } from "./api.ts";
import { Head, Scroll, Trouble } from "./frame.tsx";
import { type Asked, askedIn, changed, type Field, NOTHING_ASKED, narrowedBy, queryOf } from "./question.ts";
import { scenarios, titleOf } from "./state.ts";
import { OutcomeMark } from "./today.tsx";
import { answeredWord, many, moment, money, ms, outcomeWord } from "./words.ts";

/** Somebody is still typing. */
const TYPING_MS = 250;

export function HistoryPage() {
  const asked = useSignal<Asked>(askedIn(location.search));
  const calls = useSignal<CallListed[] | null>(null);
  const next = useSignal<string | null>(null);
  const trouble = useSignal("");
  const busy = useSignal(false);
  const links = useSignal<LinkShown[]>([]);
  /** The newest question: answers to older ones are thrown away. */
  const turn = useRef(0);
  const typing = useRef<ReturnType<typeof setTimeout>>(undefined);

  const load = async (cursor = "") => {
    const mine = ++turn.current;
    busy.value = true;
    const query = queryOf(asked.value);
    try {
      const page = await getHistory(cursor === "" ? query : `${query}&cursor=${encodeURIComponent(cursor)}`);
      if (mine !== turn.current) return;
      calls.value = cursor === "" ? page.calls : [...(calls.value ?? []), ...page.calls];
      next.value = page.next;
      trouble.value = "";
    } catch (thrown) {
      if (mine !== turn.current) return;
      trouble.value = sentence(thrown);
    }
    busy.value = false;
  };
  const change = (field: Field, value: string) => {
    asked.value = changed(asked.value, field, value);
    const query = queryOf(asked.value);
    history.replaceState(null, "", query === "" ? location.pathname : `?${query}`);
    clearTimeout(typing.current);
    typing.current = setTimeout(() => void load(), field === "q" ? TYPING_MS : 0);
  };
  useEffect(() => {
    void load();
    // Without them calls cannot be narrowed to a link, and everything else works.
    getLinks().then(
      (all) => (links.value = all.links),
      () => undefined,
    );
  }, []);
  const found = calls.value;
  return (
    <>
      <Head title="History" />
      <Filters
        asked={asked.value}
        links={links.value}
        change={change}
        clear={() => {
          asked.value = NOTHING_ASKED;
          change("q", "");
        }}
      />
      <p class="visually-hidden" role="status">
        {busy.value || found === null ? "Looking…" : `${many(found.length, "call")}${next.value ? " so far" : ""}`}
      </p>
      {trouble.value !== "" && <Trouble says={trouble.value} again={() => void load()} />}
      {found === null && trouble.value === "" && <p class="host-wait">Looking…</p>}
      {found?.length === 0 && trouble.value === "" && (
        <p class="host-empty">
          {narrowedBy(asked.value) === 0
            ? "There has been no call yet."
            : "No call fits. Look for fewer words, or narrow less."}
        </p>
      )}
      {found !== null && found.length > 0 && <List calls={found} busy={busy.value} />}
      {next.value !== null && (
        <button
          type="button"
          class="button host-more"
          aria-disabled={busy.value}
          onClick={() => !busy.value && void load(next.value ?? "")}
        >
          More calls
        </button>
      )}
    </>
  );
}

interface FiltersProps {
  asked: Asked;
  links: LinkShown[];
  change: (field: Field, value: string) => void;
  clear: () => void;
}

function Filters({ asked, links, change, clear }: FiltersProps) {
  const searching = asked.q.trim() !== "";
  // The newest links are known here; the address may name another.
  const elsewhere = asked.link !== "" && !links.some(({ id }) => id === asked.link);
  const pick = (field: Field, label: string, all: [value: string, word: string, off?: boolean][]) => (
    <label class="filter">
      <span>{label}</span>
      <select value={asked[field]} onChange={(event) => change(field, event.currentTarget.value)}>
        {all.map(([value, word, off]) => (
          <option key={value} value={value} disabled={off}>
            {word}
          </option>
        ))}
      </select>
    </label>
  );
  const day = (field: "from" | "to", label: string) => (
    <label class="filter">
      <span>{label}</span>
      <input type="date" value={asked[field]} onInput={(event) => change(field, event.currentTarget.value)} />
    </label>
  );
  return (
    <search class="filters">
      <label class="filter filter-words">
        <span>What was said or done</span>
        <input
          type="search"
          value={asked.q}
          maxLength={200}
          autocomplete="off"
          spellcheck={false}
          placeholder={'stolen card, or "exactly these words"'}
          onInput={(event) => change("q", event.currentTarget.value)}
        />
      </label>
      {pick("scenario", "Scenario", [
        ["", "Any"],
        ...scenarios.value.map(({ id, title }): [string, string] => [id, title]),
      ])}
      {pick("outcome", "Outcome", [
        ["", "Any"],
        ...(["contained", "escalated", "abandoned", "failed"] as const).map((one): [string, string] => [
          one,
          outcomeWord(one),
        ]),
        ["running", outcomeWord(null), searching],
      ])}
      {pick("mode", "Answered by", [
        ["", "Anybody"],
        ["ai", "AI"],
        ["scripted", "Scripted"],
        ["fell_back", "AI, then scripted"],
      ])}
      {pick("link", "Link", [
        ["", "Any"],
        ...links.map(({ id, label }): [string, string] => [id, label]),
        ...(elsewhere ? [[asked.link, "An older link"] as [string, string]] : []),
      ])}
      {day("from", "From (UTC)")}
      {day("to", "To (UTC)")}
      {pick("sort", "Sort", [
        ["newest", "Newest first"],
        ["oldest", "Oldest first"],
        ["longest", "Longest first", searching],
        ["dearest", "Dearest first", searching],
        ["slowest", "Slowest answers first", searching],
      ])}
      {narrowedBy(asked) > 0 && (
        <button type="button" class="button button-small" onClick={clear}>
          Clear
        </button>
      )}
    </search>
  );
}

function List({ calls, busy }: { calls: CallListed[]; busy: boolean }) {
  return (
    <Scroll label="Calls" busy={busy}>
      <table class="host-table history-table">
        <thead>
          <tr>
            <th scope="col">Call</th>
            <th scope="col">Outcome</th>
            <th scope="col">Began</th>
            <th scope="col">Length</th>
            <th scope="col">Turns</th>
            <th scope="col">p95</th>
            <th scope="col">Cost</th>
            <th scope="col">Came by</th>
          </tr>
        </thead>
        <tbody>
          {calls.map((call) => (
            <tr key={call.id}>
              <th scope="row">
                <a href={`/host/calls/${call.id}`}>{titleOf(call.scenario)}</a>
                <small>{answeredWord(call)}</small>
                {call.found !== null && <Found pieces={call.found} />}
              </th>
              <td>
                <OutcomeMark outcome={call.outcome} />
              </td>
              <td class="figures-cell">{moment(call.started_at)}</td>
              <td class="figures-cell">
                {call.ended_at === null ? "–" : clock((call.ended_at - call.started_at) / 1_000)}
              </td>
              <td class="figures-cell">{call.turns}</td>
              <td class="figures-cell">{ms(call.latency.p95)}</td>
              <td class="figures-cell">{money(call.cost_usd)}</td>
              <td>{call.link === null ? "This site" : (call.link.label ?? "A link that is gone")}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </Scroll>
  );
}

function Found({ pieces }: { pieces: { text: string; hit: boolean }[] }) {
  return (
    <p class="found">
      <Icon name="message" size={14} />
      <span>{pieces.map(({ text, hit }) => (hit ? <mark>{text}</mark> : text))}</span>
    </p>
  );
}
