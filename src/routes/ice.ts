/** How browsers find a way through their networks: STUN tells them their own address, TURN relays what nothing else gets through. */
import type { IceSettings } from "../env.ts";
import { log } from "../log.ts";

export interface IceServer {
  urls: string[];
  username?: string;
  credential?: string;
}

const STUN = ["stun:stun.cloudflare.com:3478"];
const TURN_SERVICE = "https://rtc.live.cloudflare.com/v1/turn/keys";
/** Minting takes a round trip to the service; a page waits for it before it can offer anything. */
const MINTED_WITHIN_MS = 3_000;
/** Credentials are handed out again for this long, and then outlive any call that begins with them. */
const KEPT_MS = 10 * 60_000;

/** In the memory of this isolate: credentials with an end of their own, the same for everybody. */
let kept: { keyId: string; servers: IceServer[]; until: number } | undefined;

/**
 * @param ice `stun` undefined: Cloudflare's.
 * @param maxCallMs the longest that a call may last.
 */
export async function iceServersFor(ice: IceSettings, maxCallMs: number, now: number): Promise<IceServer[]> {
  const turn = ice.turn === undefined ? [] : await turnServers(ice.turn, maxCallMs, now);
  if (turn.length > 0) return turn;
  const urls = ice.stun ?? STUN;
  return urls.length === 0 ? [] : [{ urls }];
}

async function turnServers(
  { keyId, token }: NonNullable<IceSettings["turn"]>,
  maxCallMs: number,
  now: number,
): Promise<IceServer[]> {
  if (kept?.keyId === keyId && now < kept.until) return kept.servers;
  try {
    const response = await fetch(`${TURN_SERVICE}/${keyId}/credentials/generate-ice-servers`, {
      method: "POST",
      headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
      body: JSON.stringify({ ttl: Math.ceil((maxCallMs + KEPT_MS) / 1_000) }),
      signal: AbortSignal.timeout(MINTED_WITHIN_MS),
    });
    if (!response.ok) throw new Error(`HTTP ${response.status}`);
    const servers = serversIn(await response.json());
    kept = { keyId, servers, until: now + KEPT_MS };
    return servers;
  } catch (thrown) {
    log.warn("TURN credentials not minted", { error: (thrown as Error).message });
    return [];
  }
}

/** The service has answered with one server and with a list of them. Port 53 is one that browsers refuse to open. */
function serversIn(answer: unknown): IceServer[] {
  const given = (answer as { iceServers?: unknown } | null)?.iceServers;
  const list = Array.isArray(given) ? given : [given];
  return list.flatMap((one: Partial<Record<keyof IceServer, unknown>> | null | undefined) => {
    const urls = [one?.urls]
      .flat()
      .filter((url) => typeof url === "string" && /^(stun|turns?):(?!.*:53(\?|$))/.test(url));
    if (urls.length === 0) return [];
    const { username, credential } = one ?? {};
    const known = typeof username === "string" && typeof credential === "string" ? { username, credential } : {};
    return [{ urls: urls as string[], ...known }];
  });
}
