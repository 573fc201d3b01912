-- Signing in with the password: what sessions are sealed with, which were signed out before their end, and who keeps trying.

-- One row. Takes part in the key that signs sessions; another seal ends them all.
CREATE TABLE session_seal (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  -- Base64 of 32 random bytes.
  seal TEXT NOT NULL,
  made_at INTEGER NOT NULL
) STRICT;

CREATE TABLE signed_out (
  session TEXT PRIMARY KEY,
  -- Unix ms; after that the session would have ended anyway, and the row goes.
  ends_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- By address, hashed with the seal and forgotten after a month. '*' counts over all addresses.
CREATE TABLE sign_in_tries (
  address TEXT PRIMARY KEY,
  tries INTEGER NOT NULL,
  -- The first of these tries, Unix ms.
  since INTEGER NOT NULL,
  -- When somebody at this address last knew the password.
  known_at INTEGER
) STRICT, WITHOUT ROWID;

CREATE INDEX sign_in_tries_since ON sign_in_tries (since);
