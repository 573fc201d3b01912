/** Around every one of the host's pages: where one is, who one is, and what was just said. */
import { useSignal } from "@preact/signals";
import type { ComponentChildren } from "preact";
import { Icon } from "../views/icon.tsx";
import type { IconName } from "../views/icon-names.ts";
import { sentence, signOut } from "./api.ts";
import { mayChange, said, say, session } from "./state.ts";

const PAGES: { path: string; word: string; icon: IconName; host?: true }[] = [
  { path: "/host", word: "Today", icon: "bars" },
  { path: "/host/links", word: "Links", icon: "call" },
  { path: "/host/history", word: "History", icon: "notes" },
  { path: "/host/audit", word: "Audit", icon: "shield", host: true },
];

export function Frame({ path, children }: { path: string; children: ComponentChildren }) {
  return (
    <>
      <a class="skip" href="#page">
        Skip to the page
      </a>
      <header class="host-top">
        <a class="brand" href="/host" aria-label="Luna for hosts: today">
          <span class="brand-moon" aria-hidden="true" />
          <span class="brand-name">Luna</span>
          <span class="brand-bank">for hosts</span>
        </a>
        <nav class="host-nav" aria-label="Host pages">
          {PAGES.filter(({ host }) => !host || session.value === null || mayChange()).map((page) => (
            <a key={page.path} href={page.path} aria-current={isAt(path, page.path) ? "page" : undefined}>
              <Icon name={page.icon} size={18} />
              {page.word}
            </a>
          ))}
        </nav>
        <div class="host-who">
          <Who />
          <a class="button button-small" href="/" aria-label="Call page">
            <Icon name="home" size={18} />
            <span>Call page</span>
          </a>
        </div>
      </header>
      <main id="page" class="host-page" tabIndex={-1}>
        {children}
      </main>
      <p class={`host-said host-said-${said.value?.tone ?? "good"}`} role="status" data-on={said.value !== null}>
        {said.value?.text}
      </p>
    </>
  );
}

/** A call is looked at in the history. */
function isAt(path: string, page: string): boolean {
  return path === page || (page === "/host/history" && path.startsWith("/host/calls/"));
}

const ROLE = { host: "Host", operator: "Operator: you may look", stranger: "" } as const;

function Who() {
  const leaving = useSignal(false);
  const now = session.value;
  if (now === null) return <span class="host-role" />;
  if (now.via === "local") {
    return (
      <span
        class="host-role"
        title="No sign-in is configured, and this is localhost: whoever is at this machine is the host. Deployed, these pages stay closed until you set one up."
      >
        <Icon name="info" size={16} />
        Open on localhost
      </span>
    );
  }
  const leave = async () => {
    leaving.value = true;
    try {
      const { leave: to } = await signOut();
      location.assign(to ?? "/sign-in");
    } catch (thrown) {
      leaving.value = false;
      say(sentence(thrown), "bad");
    }
  };
  return (
    <>
      <span class="host-role">{ROLE[now.role]}</span>
      {(now.via === "password" || now.via === "access") && (
        <button type="button" class="button button-small" disabled={leaving.value} onClick={() => void leave()}>
          Sign out
        </button>
      )}
    </>
  );
}

/** The head of a page: its one `h1`, and what can be done beside it. */
export function Head({ title, children }: { title: string; children?: ComponentChildren }) {
  return (
    <div class="host-head">
      <h1>{title}</h1>
      {children}
    </div>
  );
}

/** Something could not be shown, with the way to try again. */
export function Trouble({ says, again }: { says: string; again?: () => void }) {
  return (
    <div class="host-trouble" role="alert">
      <Icon name="alert" />
      <p>{says}</p>
      {again !== undefined && (
        <button type="button" class="button button-small" onClick={again}>
          Try again
        </button>
      )}
    </div>
  );
}

/** What is wider than the screen scrolls by itself; reachable by keyboard. */
export function Scroll({ label, busy, children }: { label: string; busy?: boolean; children: ComponentChildren }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard.
    <section class="host-scroll" aria-label={label} aria-busy={busy} tabIndex={0}>
      {children}
    </section>
  );
}
