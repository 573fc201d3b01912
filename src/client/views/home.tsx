/** Before a call: what this is, and what one could say. */
import { badge } from "../state/store.ts";
import { Icon } from "./icon.tsx";

const LINES = [
  "I lost my card, please block it.",
  "Move two hundred fifty to savings.",
  "I don't recognise a charge on my card.",
  "What would it take to pay off my car?",
];

export function Home() {
  const ai = badge.value === "ai";
  return (
    <section class="home" aria-label="Welcome">
      <p class="home-kicker">Aurora Bank, day and night</p>
      <h2 class="home-title">Call the bank. Just talk.</h2>
      <p class="home-lead">
        Luna picks up at once, listens, and gets things done on a bank of your own that you can break and reset. Pick a
        reason to call, or simply call.
      </p>
      <p class="home-try">You could say</p>
      <ul class="home-lines">
        {LINES.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
      <ul class="home-facts">
        <li>
          <Icon name={ai ? "signal" : "lock"} />
          {ai
            ? "A realtime AI model answers. Your voice goes to it while the call is on."
            : "No key, no account: your voice never leaves this browser."}
        </li>
        <li>
          <Icon name="voice" />
          Interrupt whenever you like. Luna stops and listens.
        </li>
        <li>
          <Icon name="shield" />
          Invented money, real rules: identity first, and a clear yes before anything moves.
        </li>
      </ul>
    </section>
  );
}
