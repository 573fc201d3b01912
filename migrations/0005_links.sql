-- Links that anyone can call. The link itself, with its token, counts and PIN, lives in its switchboard; this is the copy for
-- lists, search and the record. Tokens are nowhere here: SHA-256 of 128 random bits can be found again but not turned back.
CREATE TABLE links (
  id TEXT PRIMARY KEY,
  -- SHA-256 of the link's token, hex: the name of its switchboard.
  hash TEXT NOT NULL UNIQUE CHECK (length(hash) = 64),
  -- Of the token for those who only watch; null where nobody may.
  watch_hash TEXT UNIQUE CHECK (length(watch_hash) = 64),
  label TEXT NOT NULL,
  host_name TEXT NOT NULL,
  scenario TEXT NOT NULL,
  created_at INTEGER NOT NULL,
  expires_at INTEGER,
  revoked_at INTEGER,
  -- As of the last change that was copied.
  opened INTEGER NOT NULL DEFAULT 0,
  running INTEGER NOT NULL DEFAULT 0,
  spent_usd REAL NOT NULL DEFAULT 0,
  -- Copies may arrive out of order: the highest counts.
  version INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- Each time somebody tried to open a link.
CREATE TABLE link_openings (
  link_id TEXT NOT NULL REFERENCES links (id) ON DELETE CASCADE,
  -- ULID, so that they stand in the order of time.
  id TEXT NOT NULL,
  at INTEGER NOT NULL,
  result TEXT NOT NULL,
  call_id TEXT,
  -- The address, hashed with a salt of the link that is thrown away every day.
  who TEXT NOT NULL,
  PRIMARY KEY (link_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX link_openings_by_time ON link_openings (at);

ALTER TABLE calls ADD COLUMN link_id TEXT;

-- What a guest keeps of a call: whoever shows the token may read it, and delete it. It goes with its call.
CREATE TABLE postcards (
  -- SHA-256 of the token, hex.
  hash TEXT PRIMARY KEY CHECK (length(hash) = 64),
  call_id TEXT NOT NULL UNIQUE REFERENCES calls (id) ON DELETE CASCADE,
  host_name TEXT NOT NULL,
  kept_until INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX postcards_by_end ON postcards (kept_until);
