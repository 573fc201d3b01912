/** The host's pages: one bundle, a page by its address. Each page is a load of its own; the way back is the browser's. */
import { render } from "preact";
import { useEffect } from "preact/hooks";
import { getScenarios } from "../api.ts";
import { getSession, sentence } from "./api.ts";
import { AuditPage } from "./audit.tsx";
import { CallPage } from "./call.tsx";
import { Frame } from "./frame.tsx";
import { HistoryPage } from "./history.tsx";
import { LinksPage } from "./links.tsx";
import { LostPage } from "./lost.tsx";
import { say, scenarios, session } from "./state.ts";
import { TodayPage } from "./today.tsx";

const CALL = /^\/host\/calls\/([0-9A-Z]{26})$/;

function Pages() {
  const path = location.pathname.replace(/(.)\/$/, "$1");
  useEffect(() => {
    getSession().then(
      (told) => (session.value = told),
      (thrown) => {
        // Whoever this is may look as far as the server lets them.
        session.value = { role: "stranger", id: "stranger", via: null, sign_in: "closed" };
        say(sentence(thrown), "bad");
      },
    );
    // Without them calls go by the ids of their scenarios.
    getScenarios().then(
      (told) => (scenarios.value = told),
      () => undefined,
    );
  }, []);
  return <Frame path={path}>{pageAt(path)}</Frame>;
}

function pageAt(path: string) {
  const call = CALL.exec(path)?.[1];
  if (call !== undefined) return <CallPage id={call} />;
  if (path === "/host/links") return <LinksPage />;
  if (path === "/host/history") return <HistoryPage />;
  if (path === "/host/audit") return <AuditPage />;
  return path === "/host" ? <TodayPage /> : <LostPage />;
}

const root = document.querySelector("#host");
if (root) render(<Pages />, root);
