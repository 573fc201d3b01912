/** Links that anyone can call: made here, sent from here, closed here. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useRef } from "preact/hooks";
import type { LinkShown } from "../../legs/links.ts";
import { Icon } from "../views/icon.tsx";
import { getLinks, revokeLink, sentence } from "./api.ts";
import { Head, Trouble } from "./frame.tsx";
import { LinkForm } from "./link-form.tsx";
import { copy, mayChange, say, session, titleOf } from "./state.ts";
import { Fact } from "./transcript.tsx";
import { fullMoment, many, money, relative } from "./words.ts";

/** Counts change while guests call. */
const AGAIN_MS = 5_000;

export function LinksPage() {
  const links = useSignal<LinkShown[] | null>(null);
  const made = useSignal<string | null>(null);
  const trouble = useSignal("");
  /** Behind the newest page, as far as somebody has looked. */
  const older = useSignal<LinkShown[]>([]);
  const next = useSignal<string | null>(null);
  const load = async () => {
    try {
      const page = await getLinks();
      links.value = page.links;
      if (older.value.length === 0) next.value = page.next;
      trouble.value = "";
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
  useEffect(() => {
    void load();
    const timer = setInterval(() => document.visibilityState === "visible" && void load(), AGAIN_MS);
    return () => clearInterval(timer);
  }, []);
  const shown = links.value === null ? null : distinct([...links.value, ...older.value]);
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
              Operators may look at links. Making and revoking them is for hosts.
            </p>
          )}
          {mayChange() && (
            <LinkForm
              onMade={(link) => {
                made.value = link.id;
                links.value = [link, ...(links.value ?? [])];
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
                <LinkCard key={link.id} link={link} made={made} reload={load} />
              ))}
            </ul>
          </section>
          {closed.length > 0 && (
            <details class="host-closed">
              <summary>{many(closed.length, "closed link")}</summary>
              <ul class="link-cards">
                {closed.map((link) => (
                  <LinkCard key={link.id} link={link} made={made} reload={load} />
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

/** A new link moves those below it to the next page. */
function distinct(links: LinkShown[]): LinkShown[] {
  return [...new Map(links.map((link) => [link.id, link])).values()];
}

const STATE: Record<LinkShown["state"], string> = {
  open: "Open",
  expired: "Expired",
  revoked: "Revoked",
  used_up: "Used up",
  spent: "Its money is spent",
};

interface CardProps {
  link: LinkShown;
  /** Id of the link that was just made: it takes the focus. */
  made: Signal<string | null>;
  reload: () => Promise<void>;
}

function LinkCard({ link, made, reload }: CardProps) {
  const card = useRef<HTMLLIElement>(null);
  useEffect(() => {
    if (made.value !== link.id) return;
    card.current?.focus();
    card.current?.scrollIntoView({ block: "nearest" });
  }, [made.value]);
  const url = `${location.origin}${link.url}`;
  const open = link.state === "open";
  return (
    <li
      ref={card}
      id={link.id}
      class="host-card link-card"
      data-state={link.state}
      tabIndex={-1}
      aria-label={link.label}
    >
      <header>
        <h3>{link.label}</h3>
        <span class={`chip ${open ? "chip-good" : ""}`}>{STATE[link.state]}</span>
        {link.running > 0 && <span class="chip chip-warn">{many(link.running, "call")} on now</span>}
      </header>
      {open && (
        <div class="link-send">
          <Address label="Link to call" url={url} />
          {link.watch_url !== null && <Address label="Link to watch" url={`${location.origin}${link.watch_url}`} />}
        </div>
      )}
      <dl class="facts">
        <Fact label="About">{titleOf(link.scenario)}</Fact>
        <Fact label="Invited by">{link.host_name}</Fact>
        <Fact label="Calls">
          {link.opened}
          {link.max_calls === null ? "" : ` of ${link.max_calls}`}, {link.minutes} min each
        </Fact>
        <Fact label="Spent">
          {money(link.spent_usd)}
          {link.cap_usd === null ? "" : ` of ${money(link.cap_usd)}`}
        </Fact>
        <Fact label={open ? "Closes" : "Made"}>
          {open ? (
            link.expires_at === null ? (
              "when revoked"
            ) : (
              <time dateTime={new Date(link.expires_at).toISOString()} title={fullMoment(link.expires_at)}>
                {relative(link.expires_at, Date.now())}
              </time>
            )
          ) : (
            fullMoment(link.created_at)
          )}
        </Fact>
        <Fact label="Guests">{traitsOf(link)}</Fact>
      </dl>
      <div class="host-buttons">
        <a class="button button-small" href={`/host/history?link=${encodeURIComponent(link.id)}`}>
          <Icon name="notes" size={18} />
          Its calls
        </a>
        {open && <Qr link={link} />}
        {open && mayChange() && <Revoke link={link} reload={reload} />}
      </div>
    </li>
  );
}

function traitsOf(link: LinkShown): string {
  const traits = [
    link.mode === "scripted" ? "scripted" : "AI if possible",
    link.language,
    ...(link.has_pin ? ["PIN"] : []),
    ...(link.record ? ["recorded"] : []),
    ...(link.origins.length > 0 ? [many(link.origins.length, "site")] : []),
  ];
  return traits.join(", ");
}

function Address({ label, url }: { label: string; url: string }) {
  return (
    <div class="address">
      <label>
        <span>{label}</span>
        <input readOnly value={url} onFocus={(event) => event.currentTarget.select()} />
      </label>
      <button
        type="button"
        class="button button-small"
        aria-label={`Copy ${label.toLowerCase()}`}
        onClick={() => void copy(url, label)}
      >
        <Icon name="copy" size={18} />
        Copy
      </button>
    </div>
  );
}

function Qr({ link }: { link: LinkShown }) {
  return (
    <details class="qr">
      <summary class="button button-small">QR code</summary>
      <img src={link.qr} width={220} height={220} alt={`QR code of the link ${link.label}`} loading="lazy" />
      <a class="button button-small" href={link.qr} download="luna-link.svg">
        <Icon name="download" size={18} />
        SVG
      </a>
    </details>
  );
}

function Revoke({ link, reload }: { link: LinkShown; reload: () => Promise<void> }) {
  const step = useSignal<"open" | "sure" | "revoking">("open");
  const press = async () => {
    if (step.value === "open") {
      step.value = "sure";
      return;
    }
    step.value = "revoking";
    try {
      await revokeLink(link.id);
      say("The link is revoked.");
      await reload();
    } catch (thrown) {
      say(sentence(thrown), "bad");
    }
    step.value = "open";
  };
  const sure = step.value !== "open";
  return (
    <button
      type="button"
      class={`button button-small ${sure ? "button-danger" : ""}`}
      aria-label={sure ? `Really revoke ${link.label}` : `Revoke ${link.label}`}
      disabled={step.value === "revoking"}
      onClick={() => void press()}
      onBlur={() => {
        if (step.value === "sure") step.value = "open";
      }}
    >
      {sure ? (link.running > 0 ? `Really revoke, and end ${many(link.running, "call")}` : "Really revoke") : "Revoke"}
    </button>
  );
}
