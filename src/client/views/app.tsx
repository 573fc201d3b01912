/** The page: header, reasons to call, the phone, the conversation, a panel at the side, the footer. */
import { LabPanel } from "../lab/door.tsx";
import { phase } from "../state/parts.ts";
import { dialog, inCall, panel } from "../state/store.ts";
import { Announcer } from "./announcer.tsx";
import { BankPanel } from "./bank-panel.tsx";
import { Cards } from "./cards.tsx";
import { Conversation } from "./conversation.tsx";
import { Footer } from "./footer.tsx";
import { Header } from "./header.tsx";
import { Help } from "./help.tsx";
import { NotesPanel } from "./notes-panel.tsx";
import { Notices } from "./notices.tsx";
import { Phone } from "./phone.tsx";
import { SettingsDialog } from "./settings.tsx";
import { SwitchCall } from "./switch-call.tsx";

export function App() {
  const onScreen = phase.value !== "idle";
  const classes = [
    "app",
    onScreen ? "app-call" : "app-home",
    inCall.value ? "app-live" : "",
    panel.value ? `app-side app-${panel.value}` : "",
  ];
  return (
    <div class={classes.join(" ")}>
      <Header />
      <Cards />
      <main class="stage" aria-label="Call">
        <Phone />
        <Conversation />
      </main>
      {panel.value === "bank" && <BankPanel />}
      {panel.value === "notes" && <NotesPanel />}
      {panel.value === "lab" && <LabPanel />}
      <Footer />
      <Notices />
      <Announcer />
      {dialog.value === "settings" && <SettingsDialog />}
      {dialog.value === "help" && <Help />}
      {dialog.value === "switch" && <SwitchCall />}
    </div>
  );
}
