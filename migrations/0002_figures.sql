-- Records are written while the call is on (no outcome, reason and end yet), with cost and latency; money spent by day.
-- SQLite cannot take NOT NULL from a column, so the tables are rebuilt. The children first: dropping `calls` deletes its rows,
-- and a deleted call takes its turns and tool runs with it.
CREATE TABLE calls_2 (
  id TEXT PRIMARY KEY,
  visitor TEXT NOT NULL,
  scenario TEXT NOT NULL,
  lit TEXT,
  mode TEXT NOT NULL CHECK (mode IN ('ai', 'scripted')),
  fell_back INTEGER NOT NULL DEFAULT 0,
  model TEXT NOT NULL,
  verified INTEGER NOT NULL,
  -- Null while the call is on.
  outcome TEXT CHECK (outcome IN ('contained', 'escalated', 'abandoned', 'failed')),
  reason TEXT,
  started_at INTEGER NOT NULL,
  ended_at INTEGER,
  -- The page's view: end of the caller's speech to first sound at the ear, ms.
  latency_p50 INTEGER,
  latency_p95 INTEGER,
  latency_mean INTEGER,
  -- The object's view: to the first audio byte, ms.
  server_p50 INTEGER,
  server_p95 INTEGER,
  server_mean INTEGER,
  -- US dollars; null where not all of it has a price, or nothing was charged.
  cost_usd REAL,
  -- JSON, tokens by kind; null where not counted.
  tokens TEXT CHECK (json_valid(tokens)),
  talk_overs INTEGER,
  CHECK ((outcome IS NULL) = (ended_at IS NULL) AND (reason IS NULL) = (ended_at IS NULL))
) STRICT;
INSERT INTO calls_2 (id, visitor, scenario, lit, mode, fell_back, model, verified, outcome, reason, started_at, ended_at,
    latency_p50, latency_p95)
  SELECT id, visitor, scenario, lit, mode, fell_back, model, verified, outcome, reason, started_at, ended_at,
    latency_p50, latency_p95 FROM calls;

CREATE TABLE turns_2 (
  call_id TEXT NOT NULL REFERENCES calls_2 (id) ON DELETE CASCADE,
  item_id TEXT NOT NULL,
  ord INTEGER NOT NULL,
  who TEXT NOT NULL CHECK (who IN ('caller', 'luna', 'specialist')),
  how TEXT NOT NULL CHECK (how IN ('typed', 'speech')),
  text TEXT NOT NULL,
  heard TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('live', 'final', 'interrupted', 'unclear')),
  at INTEGER NOT NULL,
  latency_ms INTEGER,
  server_ms INTEGER,
  cost_usd REAL,
  PRIMARY KEY (call_id, item_id)
) STRICT, WITHOUT ROWID;
INSERT INTO turns_2 (call_id, item_id, ord, who, how, text, heard, state, at, latency_ms)
  SELECT call_id, item_id, ord, who, how, text, heard, state, at, latency_ms FROM turns;

CREATE TABLE tool_runs_2 (
  call_id TEXT NOT NULL REFERENCES calls_2 (id) ON DELETE CASCADE,
  tool_call_id TEXT NOT NULL,
  ord INTEGER NOT NULL,
  name TEXT NOT NULL,
  arguments TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('done', 'refused', 'failed')),
  summary TEXT NOT NULL,
  at INTEGER NOT NULL,
  ms INTEGER NOT NULL,
  PRIMARY KEY (call_id, tool_call_id)
) STRICT, WITHOUT ROWID;
INSERT INTO tool_runs_2 (call_id, tool_call_id, ord, name, arguments, state, summary, at, ms)
  SELECT call_id, tool_call_id, ord, name, arguments, state, summary, at, ms FROM tool_runs;

DROP TABLE tool_runs;
DROP TABLE turns;
DROP TABLE calls;
-- References follow the new name.
ALTER TABLE calls_2 RENAME TO calls;
ALTER TABLE turns_2 RENAME TO turns;
ALTER TABLE tool_runs_2 RENAME TO tool_runs;
CREATE INDEX calls_by_visitor ON calls (visitor, started_at DESC);
CREATE INDEX calls_by_start ON calls (started_at);

-- What all calls have cost, by day (UTC), US dollars, counted against the day's cap.
CREATE TABLE spending (
  day TEXT PRIMARY KEY,
  usd REAL NOT NULL
) STRICT, WITHOUT ROWID;
-- What each call has reported so far, so that a report that comes twice adds nothing.
CREATE TABLE spent_by_call (
  call_id TEXT PRIMARY KEY,
  usd REAL NOT NULL
) STRICT, WITHOUT ROWID;
CREATE TRIGGER calls_forget_spending AFTER DELETE ON calls
BEGIN
  DELETE FROM spent_by_call WHERE call_id = OLD.id;
END;
