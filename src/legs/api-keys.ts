/** A key for a program of one's own, as the host's page, `GET /api/host/keys` and the store have it. The key itself is in none of them. */

/**
 * What a key may do: open Realtime sessions, mint client secrets, read the records of its own calls, and talk in its own calls
 * by plain HTTP.
 */
export const SCOPES = ["realtime", "secrets", "calls", "talk"] as const;
export type Scope = (typeof SCOPES)[number];

/** Times are Unix ms. */
export interface ApiKey {
  id: string;
  label: string;
  /** The last four characters. */
  hint: string;
  scopes: Scope[];
  created_at: number;
  /** Null: until it is revoked. */
  expires_at: number | null;
  /** `YYYY-MM-DD` in UTC. */
  last_used_on: string | null;
  revoked_at: number | null;
}
