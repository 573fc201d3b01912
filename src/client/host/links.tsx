/** Links that anyone can call: made here, sent from here, closed here. */
import { useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { LinkShown } from "../../legs/links.ts";
import { Icon } from "../views/icon.tsx";
import { getLinks, sentence } from "./api.ts";
import { Head, Trouble } from "./frame.tsx";
import { LinkCard } from "./link-card.tsx";
import { LinkForm } from "./link-form.tsx";
import { mayChange, say, session } from "./state.ts";
import { many } from "./words.ts";

/** Counts change while guests call. */
const AGAIN_MS = 5_000;

export function LinksPage() {
  const links = useSignal<LinkShown[] | null>(null);
  const made = useSignal<string | null>(null);
  const trouble = useSignal("");
  /** Behind the newest page, as far as somebody has looked. */
  const older = useSignal<LinkShown[]>([]);
  const next = useSignal<string | null>(null);
  /** Counts changes made here: an answer from before the last one is thrown away. */
  const changes = useRef(0);
  const load = async () => {
    const asked = changes.current;
    try {
      const page = await getLinks();
      if (asked !== changes.current) return;
      // The address may name a link, which was not there when the browser looked for it.
      const named = links.value === null ? location.hash.slice(1) : "";
      links.value = page.links;
      if (older.value.length === 0) next.value = page.next;
      trouble.value = "";
      if (named === "") return;
      const known = () => [...page.links, ...older.value].some(({ id }) => id === named);
      while (!known() && next.value !== null && trouble.value === "") await loadOlder();
      if (known()) made.value = named;
    } catch (thrown) {
      trouble.value = sentence(thrown);
    }
  };
  const loadOlder = async () => {
    try {
      const page = await getLinks(next.value ?? "");
      older.value = [...older.value, ...page.links];
      next.value = page.next;
    } catch (thrown) {
      trouble.value = sentence(thrown);
    }
  };
  const shown = links.value === null ? null : distinct([...older.value, ...links.value]);
  const put = (link: LinkShown) => {
    changes.current += 1;
    const before = shown?.find(({ id }) => id === link.id);
    const swap = (all: LinkShown[]) => all.map((one) => (one.id === link.id ? link : one));
    links.value = before === undefined ? [link, ...(links.value ?? [])] : swap(links.value ?? []);
    older.value = swap(older.value);
    // It stands in another list now, and what was pressed is gone.
    if (before?.state !== link.state) made.value = link.id;
  };
  useEffect(() => {
    void load();
    const timer = setInterval(() => document.visibilityState === "visible" && void load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const open = shown?.filter(({ state }) => state === "open") ?? [];
  const closed = shown?.filter(({ state }) => state !== "open") ?? [];
  return (
    <>
      <Head title="Links" />
      <p class="host-lead">A link opens a call without a key and without an account, within the limits you give it.</p>
      {trouble.value !== "" && <Trouble says={trouble.value} again={() => void load()} />}
      {session.value === null ? null : (
        <>
          {session.value.role === "operator" && (
            <p class="host-note">
              <Icon name="info" size={18} />
              Operators may look at links. Making, changing and revoking them is for hosts.
            </p>
          )}
          {mayChange() && (
            <LinkForm
              onMade={(link) => {
                put(link);
                say("The link is made.");
              }}
            />
          )}
          <section aria-labelledby="open-links">
            <h2 id="open-links">Open</h2>
            {shown === null && trouble.value === "" && <p class="host-wait">Looking…</p>}
            {shown !== null && open.length === 0 && <p class="host-empty">No link is open.</p>}
            <ul class="link-cards">
              {open.map((link) => (
                <LinkCard key={link.id} link={link} made={made} onChanged={put} />
              ))}
            </ul>
          </section>
          {closed.length > 0 && (
            <details class="host-closed">
              <summary>{many(closed.length, "closed link")}</summary>
              <ul class="link-cards">
                {closed.map((link) => (
                  <LinkCard key={link.id} link={link} made={made} onChanged={put} />
                ))}
              </ul>
            </details>
          )}
          {next.value !== null && (
            <button type="button" class="button host-more" onClick={() => void loadOlder()}>
              Older links
            </button>
          )}
        </>
      )}
    </>
  );
}

/** A new link moves those below it to the next page. @param links what is newer last; ids go by the time they were made. */
function distinct(links: LinkShown[]): LinkShown[] {
  const all = [...new Map(links.map((link) => [link.id, link])).values()];
  return all.toSorted((a, b) => (a.id < b.id ? 1 : -1));
}
