-- The record of every call that has ended. Digits beyond the last four are masked before anything arrives here.
CREATE TABLE calls (
  id TEXT PRIMARY KEY,
  visitor TEXT NOT NULL,
  scenario TEXT NOT NULL,
  lit TEXT,
  mode TEXT NOT NULL CHECK (mode IN ('ai', 'scripted')),
  fell_back INTEGER NOT NULL DEFAULT 0,
  model TEXT NOT NULL,
  verified INTEGER NOT NULL,
  outcome TEXT NOT NULL CHECK (outcome IN ('contained', 'escalated', 'abandoned', 'failed')),
  reason TEXT NOT NULL,
  started_at INTEGER NOT NULL,
  ended_at INTEGER NOT NULL,
  latency_p50 INTEGER,
  latency_p95 INTEGER
) STRICT;
CREATE INDEX calls_by_visitor ON calls (visitor, started_at DESC);

CREATE TABLE turns (
  call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
  item_id TEXT NOT NULL,
  ord INTEGER NOT NULL,
  who TEXT NOT NULL CHECK (who IN ('caller', 'luna', 'specialist')),
  how TEXT NOT NULL CHECK (how IN ('typed', 'speech')),
  text TEXT NOT NULL,
  heard TEXT NOT NULL,
  state TEXT NOT NULL CHECK (state IN ('live', 'final', 'interrupted', 'unclear')),
  at INTEGER NOT NULL,
  latency_ms INTEGER,
  PRIMARY KEY (call_id, item_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE tool_runs (
  call_id TEXT NOT NULL REFERENCES calls (id) ON DELETE CASCADE,
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
