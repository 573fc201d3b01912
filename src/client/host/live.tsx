/** A call while it is on: its words as they are said, what its tools do, how quickly Luna answers. Nobody is heard by watching. */
import { useSignal } from "@preact/signals";
import { useEffect } from "preact/hooks";
import { WATCH_PROTOCOL } from "../../legs/watcher.ts";
import { Icon } from "../views/icon.tsx";
import { usePinned } from "../views/pinned.ts";
import { lineLook } from "../words.ts";
import { watchUrl } from "./api.ts";
import { Trouble } from "./frame.tsx";
import { Transcript } from "./transcript.tsx";
import { eventOf, NOTHING, type Watched, watched } from "./watching.ts";

const AGAIN_MS = [500, 1_000, 2_000, 4_000, 8_000];
const SILENT = { muted: false, typing: false, loading: null };

/** @param onEnded the call is over, and its record can be read. */
export function Live({ id, onEnded }: { id: string; onEnded: () => void }) {
  const seen = useSignal<Watched>(NOTHING);
  const link = useSignal<"on" | "away" | "lost">("on");
  const { box, onScroll } = usePinned();
  useEffect(() => {
    const end = watch(
      id,
      (event) => (seen.value = watched(seen.value, event, Date.now())),
      (state) => (link.value = state),
      () => seen.value.call.ended !== null || seen.value.status?.state === "closed",
    );
    return end;
  }, [id]);
  const { call, status, server } = seen.value;
  const figures = new Map(Object.entries(server).map(([id, server_ms]) => [id, { server_ms, cost_usd: null }]));
  const over = call.ended !== null || status?.state === "closed";
  const look = over ? { word: "The call has ended", icon: "end" as const } : lineLook(call, SILENT);
  return (
    <section class="live" aria-label="Live call">
      <p class="live-line" role="status">
        <Icon name={look.icon} size={18} />
        {status === null && !over ? "Connecting to the call…" : look.word}
        {link.value === "away" && !over && <span class="quiet"> The line to the call was lost; trying again.</span>}
      </p>
      {link.value === "lost" && !over && (
        <Trouble says="This call cannot be watched: it is over, or its server is away." />
      )}
      <div
        ref={box}
        class="live-rows"
        role="log"
        aria-label="Transcript"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling box must be reachable by keyboard.
        tabIndex={0}
        onScroll={onScroll}
      >
        {call.rows.length === 0 && !over && <p class="host-empty">Nothing has been said yet.</p>}
        <Transcript
          rows={call.rows}
          start={call.startedAt ?? Date.now()}
          specialist={call.transfer?.specialist}
          figures={figures}
        />
      </div>
      {over && (
        <button type="button" class="button button-primary" onClick={onEnded}>
          Show the whole call
        </button>
      )}
    </section>
  );
}

/** Opens the socket, and again when it is lost. Gives what ends it. */
function watch(
  id: string,
  onEvent: (event: Parameters<typeof watched>[1]) => void,
  onLink: (state: "on" | "away" | "lost") => void,
  isOver: () => boolean,
): () => void {
  let socket: WebSocket | undefined;
  let tries = 0;
  let timer: ReturnType<typeof setTimeout> | undefined;
  let left = false;
  const open = () => {
    socket = new WebSocket(watchUrl(id), [WATCH_PROTOCOL]);
    socket.onmessage = ({ data }) => {
      tries = 0;
      onLink("on");
      const event = eventOf(data);
      if (event !== null) onEvent(event);
    };
    socket.onclose = () => {
      if (left || isOver()) return;
      const wait = AGAIN_MS[tries++];
      onLink(wait === undefined ? "lost" : "away");
      if (wait !== undefined) timer = setTimeout(open, wait);
    };
  };
  open();
  return () => {
    left = true;
    clearTimeout(timer);
    socket?.close();
  };
}
