/** Who tried to open a link: when, from where as far as that is kept, and what came of it. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { OpeningsPage } from "../../legs/host.ts";
import type { LinkOpening, LinkShown } from "../../legs/links.ts";
import { getOpenings, sentence } from "./api.ts";
import { Scroll, Trouble } from "./frame.tsx";
import { fullMoment, moment, OPENING } from "./words.ts";

export function LinkOpenings({ link }: { link: LinkShown }) {
  const page = useSignal<OpeningsPage | null>(null);
  const trouble = useSignal("");
  const busy = useSignal(false);
  const load = async (before = "") => {
    if (busy.value && before !== "") return;
    busy.value = true;
    try {
      const told = await getOpenings(link.id, before);
      const openings = before === "" ? told.openings : [...(page.value?.openings ?? []), ...told.openings];
      page.value = { ...told, openings };
      trouble.value = "";
    } catch (thrown) {
      trouble.value = sentence(thrown);
    }
    busy.value = false;
  };
  // A guest who has just come in stands on top.
  useEffect(() => void load(), [link.id, link.opened]);
  const shown = page.value;
  return (
    <section class="openings" aria-label={`Openings of ${link.label}`}>
      {trouble.value !== "" && <Trouble says={trouble.value} again={() => void load()} />}
      {shown === null && trouble.value === "" && <p class="host-wait">Looking…</p>}
      {shown?.openings.length === 0 && <p class="host-empty">Nobody has tried to open it yet.</p>}
      {shown !== null && shown.openings.length > 0 && (
        <>
          <p class="quiet">
            The same address has the same mark on the same day; nothing more is kept of it. Tries go after a while, as
            calls do.
          </p>
          <Scroll label={`Openings of ${link.label}, newest first`} busy={busy.value}>
            <table class="host-table">
              <thead>
                <tr>
                  <th scope="col">When</th>
                  <th scope="col">What came of it</th>
                  <th scope="col">From</th>
                </tr>
              </thead>
              <tbody>
                {shown.openings.map((opening, index) => (
                  <Opening key={index} opening={opening} />
                ))}
              </tbody>
            </table>
          </Scroll>
        </>
      )}
      {shown !== null && shown.next !== null && (
        <button
          type="button"
          class="button button-small"
          aria-disabled={busy.value}
          onClick={() => void load(shown.next ?? "")}
        >
          Older tries
        </button>
      )}
    </section>
  );
}

function Opening({ opening: { at, result, call_id, who } }: { opening: LinkOpening }) {
  return (
    <tr>
      <td>
        <time dateTime={new Date(at).toISOString()} title={fullMoment(at)}>
          {moment(at)}
        </time>
      </td>
      <td>
        {result === "opened" && call_id !== null ? (
          <a href={`/host/calls/${call_id}`}>{OPENING[result]}</a>
        ) : (
          OPENING[result]
        )}
      </td>
      <td class="host-code">{who.slice(0, 8)}</td>
    </tr>
  );
}
