/** What the page asks about API keys. Every failure is an `Error` with one plain sentence. */
import type { ApiKey, Scope } from "../../legs/api-keys.ts";

export interface NewKey {
  label: string;
  scopes: Scope[];
  expires_in_days?: number;
}

/** The only answer that has the key itself. */
export type MadeKey = ApiKey & { key: string };

const ADDRESS = "/api/host/keys";

export class KeysApi {
  readonly #token: string;

  /** @param token the host's, "" on localhost. */
  constructor(token: string) {
    this.#token = token;
  }

  async list(): Promise<ApiKey[]> {
    return ((await this.#ask("GET", ADDRESS)) as { keys: ApiKey[] }).keys;
  }

  make(wish: NewKey): Promise<MadeKey> {
    return this.#ask("POST", ADDRESS, wish) as Promise<MadeKey>;
  }

  async revoke(id: string): Promise<void> {
    await this.#ask("DELETE", `${ADDRESS}/${encodeURIComponent(id)}`);
  }

  async #ask(method: "GET" | "POST" | "DELETE", path: string, body?: NewKey): Promise<unknown> {
    const headers: Record<string, string> = { accept: "application/json" };
    if (this.#token !== "") headers["luna-host-token"] = this.#token;
    const init: RequestInit = { method, headers, signal: AbortSignal.timeout(15_000) };
    if (body !== undefined) {
      headers["content-type"] = "application/json";
      init.body = JSON.stringify(body);
    }
    const response = await fetch(path, init).catch(() => null);
    if (response === null) throw new Error("Luna's server cannot be reached. Check the connection and try again.");
    const answer: unknown = await response.json().catch(() => null);
    if (response.ok) return answer;
    const { detail } = (answer ?? {}) as { detail?: unknown };
    throw new Error(typeof detail === "string" ? detail : "That did not work. Try again in a moment.");
  }
}

/** What stands under a key's name: how it ends and when it was last of use. @param now Unix ms */
export function lifeOf(key: ApiKey, now: number): string {
  if (key.revoked_at !== null) return `Revoked ${dayOf(key.revoked_at)}`;
  if (key.expires_at !== null && key.expires_at <= now) return `Expired ${dayOf(key.expires_at)}`;
  const used = key.last_used_on === null ? "Never used" : `Last used ${dayOf(Date.parse(key.last_used_on))}`;
  return key.expires_at === null ? used : `${used} · expires ${dayOf(key.expires_at)}`;
}

/** Whether it still opens anything. @param now Unix ms */
export function stands(key: ApiKey, now: number): boolean {
  return key.revoked_at === null && (key.expires_at === null || key.expires_at > now);
}

function dayOf(ms: number): string {
  return new Date(ms).toLocaleDateString("en-US", { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" });
}
