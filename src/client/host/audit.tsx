/** The audit trail: who listened, deleted, revoked, signed in; and whether anybody has changed it. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import type { AuditPage as Page } from "../../legs/host.ts";
import { Icon } from "../views/icon.tsx";
import { getAudit, sentence } from "./api.ts";
import { type DeedShown, type Place, placeOf, placeOfWho } from "./deed.ts";
import { Head, Scroll, Trouble } from "./frame.tsx";
import { session } from "./state.ts";
import { fullMoment, many } from "./words.ts";

const DID: Record<string, string> = {
  signed_in: "Signed in",
  sign_in_failed: "Failed to sign in",
  signed_out: "Signed out",
  link_made: "Made a link",
  link_changed: "Changed a link",
  link_revoked: "Revoked a link",
  link_opened: "A link was opened",
  watched: "Watched a call live",
  listened: "Listened to a recording",
  read_call: "Read a call",
  deleted_call: "Deleted a call",
  deleted_link_calls: "Deleted all calls of a link",
  deleted_visitor: "Deleted all of a visitor",
  key_made: "Made an API key",
  key_revoked: "Revoked an API key",
  retention: "Old calls were deleted",
  exported: "Exported",
};
export function AuditPage() {
  if (session.value === null) return <Head title="Audit trail" />;
  if (session.value.role !== "operator") return <Trail />;
  return (
    <>
      <Head title="Audit trail" />
      <p class="host-note">
        <Icon name="info" size={18} />
        The audit trail is for hosts. You are signed in as an operator, who may look at links and calls.
      </p>
    </>
  );
}

function Trail() {
  const page = useSignal<Page | null>(null);
  const trouble = useSignal("");
  const busy = useSignal(false);
  const load = async (cursor: string) => {
    if (busy.value) return;
    busy.value = true;
    try {
      const told = await getAudit(cursor);
      const before = cursor === "" ? [] : (page.value?.deeds ?? []);
      page.value = { ...told, deeds: [...before, ...told.deeds] };
      trouble.value = "";
    } catch (thrown) {
      trouble.value = sentence(thrown);
    }
    busy.value = false;
  };
  useEffect(() => void load(""), []);
  const shown = page.value;
  return (
    <>
      <Head title="Audit trail">
        <a class="button button-small" href="/api/audit/export" download>
          <Icon name="download" size={18} />
          Export
        </a>
      </Head>
      <p class="host-lead">
        Every deed that touches other people's words or the doors of this Luna, each chained to the one before it.
      </p>
      {trouble.value !== "" && <Trouble says={trouble.value} again={() => void load("")} />}
      {shown === null ? (
        trouble.value === "" && <p class="host-wait">Looking…</p>
      ) : (
        <>
          <Verdict page={shown} />
          <Scroll label="Deeds">
            <table class="host-table audit-table">
              <thead>
                <tr>
                  <th scope="col">No.</th>
                  <th scope="col">When</th>
                  <th scope="col">Who</th>
                  <th scope="col">Did</th>
                  <th scope="col">To</th>
                </tr>
              </thead>
              <tbody>
                {shown.deeds.map((deed) => (
                  <tr key={deed.seq} class={deed.seq === shown.broken_at ? "host-bad-row" : undefined}>
                    <td class="figures-cell">{deed.seq}</td>
                    <td class="figures-cell">{fullMoment(deed.at)}</td>
                    <td>
                      <Leading words={deed.who} to={placeOfWho(deed.who)} />
                    </td>
                    <td>{DID[deed.did] ?? deed.did}</td>
                    <td>
                      <Subject deed={deed} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </Scroll>
          {shown.deeds.length === 0 && <p class="host-empty">Nothing has been done yet.</p>}
          {shown.next !== null && (
            <button type="button" class="button" aria-disabled={busy.value} onClick={() => void load(shown.next ?? "")}>
              Older deeds
            </button>
          )}
        </>
      )}
    </>
  );
}

function Subject({ deed }: { deed: DeedShown }) {
  if (deed.subject === null) return <>–</>;
  return <Leading words={deed.subject} to={placeOf(deed)} />;
}

function Leading({ words, to }: { words: string; to: Place | null }) {
  return to === null ? <span class="host-code">{words}</span> : <a href={to.href}>{to.words}</a>;
}

const WHY = {
  changed: (at: number | null) => `Deed ${at} was changed after it was written.`,
  missing: (at: number | null) => `A deed is missing before deed ${at}.`,
  cut: () => "Deeds are missing at the end.",
};

function Verdict({ page }: { page: Page }) {
  if (page.intact) {
    return (
      <p class="host-verdict host-verdict-good">
        <Icon name="check" size={18} />
        The chain is whole: {many(page.count, "deed")}, none changed, moved or taken out.
      </p>
    );
  }
  return (
    <p class="host-verdict host-verdict-bad" role="alert">
      <Icon name="alert" size={18} />
      The chain is broken. {page.why === null ? "" : WHY[page.why](page.broken_at)} Somebody may have changed the
      record.
    </p>
  );
}
