/** Fetches what WebRTC takes, and lets the call's sound go by it. Where that fails, the call is told, and takes the relay. */
import type { CallOpened } from "../../legs/open-call.ts";
import type { LocalEvent } from "../state/call-state.ts";
import type { LineStats } from "../state/steps.ts";
import type { PeerLine } from "./peer.ts";
import type { CallSession } from "./session.ts";

export interface ByPeer {
  opened: Pick<CallOpened, "call_id" | "method" | "secret">;
  session: CallSession;
  line: PeerLine;
  mark(step: string): void;
  show(event: LocalEvent): void;
  lineStats: { read: (() => Promise<LineStats | null>) | null };
}

export async function goByPeer({ opened, session, line, mark, show, lineStats }: ByPeer): Promise<void> {
  const lost = () => session.send({ type: "luna.peer", state: "lost" });
  try {
    const asked = fetch(`/api/ice-servers?call_id=${opened.call_id}`);
    const [{ Peer }, ice] = await Promise.all([import("./peer.ts"), asked]);
    const { iceServers = [] } = ice.ok ? ((await ice.json()) as { iceServers?: RTCIceServer[] }) : {};
    const peer = new Peer(
      {
        opened,
        line,
        tell: (message) => session.send(message),
        show,
        mark,
      },
      iceServers,
    );
    session.join(peer);
    lineStats.read = () => peer.stats();
    await peer.connect();
  } catch {
    lost();
  }
}
