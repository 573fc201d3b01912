-- Luna's API keys: who may open Realtime sessions, mint client secrets and read records from another server.
-- The key itself is nowhere: it is 256 random bits, so its SHA-256 can be found again but not turned back.
CREATE TABLE api_keys (
  id TEXT PRIMARY KEY,
  -- SHA-256 of the whole key, hex.
  hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  label TEXT NOT NULL,
  -- The last four characters, by which the host tells keys apart.
  hint TEXT NOT NULL,
  -- JSON, some of "realtime", "secrets" and "calls".
  scopes TEXT NOT NULL CHECK (json_valid(scopes)),
  created_at INTEGER NOT NULL,
  -- Null: until it is revoked.
  expires_at INTEGER,
  -- The day (UTC) it was last accepted, no finer.
  last_used_on TEXT,
  revoked_at INTEGER
) STRICT, WITHOUT ROWID;
