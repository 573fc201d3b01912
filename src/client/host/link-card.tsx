/** One link: what is sent, what was used of it, who tried to open it; and what a host may do with it. */
import { type Signal, useSignal } from "@preact/signals";
import { useEffect, useId, useRef } from "preact/hooks";
import type { LinkShown } from "../../legs/links.ts";
import { Icon } from "../views/icon.tsx";
import { deleteLinkCalls, revokeLink, sentence } from "./api.ts";
import { Erase } from "./erase.tsx";
import { LinkEdit } from "./link-edit.tsx";
import { LinkOpenings } from "./link-openings.tsx";
import { copy, mayChange, say, titleOf } from "./state.ts";
import { Fact } from "./transcript.tsx";
import { fullMoment, many, money, relative } from "./words.ts";

const STATE: Record<LinkShown["state"], string> = {
  open: "Open",
  expired: "Expired",
  revoked: "Revoked",
  used_up: "Used up",
  spent: "Its money is spent",
};

interface CardProps {
  link: LinkShown;
  /** Id of the link that has just come into its list: it takes the focus. */
  made: Signal<string | null>;
  /** The link as it is from now on. */
  onChanged: (link: LinkShown) => void;
}

export function LinkCard({ link, made, onChanged }: CardProps) {
  const card = useRef<HTMLLIElement>(null);
  const edit = useRef<HTMLButtonElement>(null);
  /** Stays: whoever has deleted the last call has the focus on the button that did it. */
  const wasOpened = useRef(false);
  wasOpened.current ||= link.opened > 0;
  const shows = useSignal<"nothing" | "form" | "openings">("nothing");
  const below = useId();
  const toggle = (what: "form" | "openings") => (shows.value = shows.value === what ? "nothing" : what);
  useEffect(() => {
    if (made.value !== link.id) return;
    made.value = null;
    const folded = card.current?.closest("details:not([open])");
    const place = folded?.querySelector<HTMLElement>("summary") ?? card.current;
    place?.focus();
    place?.scrollIntoView({ block: "nearest" });
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
      {link.note !== "" && <p class="link-note">{link.note}</p>}
      <div class="host-buttons">
        <a class="button button-small" href={`/host/history?link=${encodeURIComponent(link.id)}`}>
          <Icon name="notes" size={18} />
          Its calls
        </a>
        <button
          type="button"
          class="button button-small"
          aria-expanded={shows.value === "openings"}
          aria-controls={below}
          onClick={() => toggle("openings")}
        >
          <Icon name="eye" size={18} />
          Openings
        </button>
        {mayChange() && (
          <button
            ref={edit}
            type="button"
            class="button button-small"
            aria-label={`Edit ${link.label}`}
            aria-expanded={shows.value === "form"}
            aria-controls={below}
            onClick={() => toggle("form")}
          >
            Edit
          </button>
        )}
        {open && <Qr link={link} />}
        {open && mayChange() && <Revoke link={link} onRevoked={onChanged} />}
        {wasOpened.current && mayChange() && (
          <Erase
            word="Delete its calls"
            label={`Delete the calls of ${link.label}`}
            question="Delete all that is kept of every call of this link, for good?"
            erase={async () => say(`${many((await deleteLinkCalls(link.id)).deleted, "call")} deleted.`)}
          />
        )}
      </div>
      <div id={below} hidden={shows.value === "nothing"}>
        {shows.value === "openings" && <LinkOpenings link={link} />}
        {shows.value === "form" && (
          <LinkEdit
            link={link}
            onDone={(changed) => {
              shows.value = "nothing";
              edit.current?.focus();
              if (changed !== null) onChanged(changed);
            }}
          />
        )}
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

function Revoke({ link, onRevoked }: { link: LinkShown; onRevoked: (link: LinkShown) => void }) {
  const step = useSignal<"open" | "sure" | "revoking">("open");
  const press = async () => {
    if (step.value === "revoking") return;
    if (step.value === "open") {
      step.value = "sure";
      return;
    }
    step.value = "revoking";
    try {
      const revoked = await revokeLink(link.id);
      say("The link is revoked.");
      onRevoked(revoked);
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
      aria-disabled={step.value === "revoking"}
      onClick={() => void press()}
      onBlur={() => {
        if (step.value === "sure") step.value = "open";
      }}
    >
      {sure ? (link.running > 0 ? `Really revoke, and end ${many(link.running, "call")}` : "Really revoke") : "Revoke"}
    </button>
  );
}
